# what:   init waits for the command alone: orphans stay zombies
# check:  2 --init reaps orphans: no zombie is left
# likely: waitpid for the command alone: -1 takes any child
s/command, ended/command/
s/while ((ended = waitpid(-1\(.*\)) > 0/if (waitpid(command\1 == command/
/ended == command/{N;s/.*\n    //}

# what:   init reaps everybody, and goes on without its command
# check:  2 --init: init ends with the command
# likely: init goes on although its waitpid says that the command ended
# hangs:  yes
s/command, ended/command/
s/(ended = \(waitpid.*\)) > 0/\1 > 0/
/ended == command/,/_exit/c\            continue;

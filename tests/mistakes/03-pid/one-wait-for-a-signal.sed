# what:   one waitpid(2) for each SIGCHLD
# check:  2 --init reaps orphans: no zombie is left
# likely: one waitpid for each SIGCHLD: several ends may arrive as one
s/while ((\(ended = .*\)) > 0)/\1;/
/ended == command/,/_exit/s/    //

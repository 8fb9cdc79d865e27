# what:   init ends with the first child that ends
# check:  2 --init reaps orphans: no zombie is left
# likely: init ends with any child, not with the command alone
s/command, ended/command/
s/while ((ended = \(waitpid.*\)) > 0/if (\1 > 0/
/ended == command/{N;s/.*\n    //}

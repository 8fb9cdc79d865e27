# what:   the fork's parent becomes the command, its child init
# check:  2 --init: PID 1 is init, PID 2 the command
# likely: the parent is the command: it must be the fork's child
s/command == 0/command != 0/

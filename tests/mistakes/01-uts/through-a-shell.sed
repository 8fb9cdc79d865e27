# what:   the command is given to a shell, as system(3) does
# check:  - arguments arrive as they are
# likely: a shell, or a string, between box and the command
s|find_command(.*, command|"/bin/sh", (char *[]){"sh", "-c", command[0], NULL}|

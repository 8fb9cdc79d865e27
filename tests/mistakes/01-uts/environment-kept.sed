# what:   the command gets the caller's environment
# check:  3 the environment is a new one
# likely: the caller's environment is passed on
/set_environment(/d

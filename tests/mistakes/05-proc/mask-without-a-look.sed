# what:   what this kernel does not have is an error
# check:  2 box true ends with 0
# likely: not every kernel has them all: what is missing is left out
/if (stat(/,/continue/c\        must(stat(paths[i], &status), "stat %s", paths[i]);

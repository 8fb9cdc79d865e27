# what:   nothing is masked with --share pid
# check:  2 --share pid: masked all the same
# likely: masks are left out when pid is shared
s/mask_paths();/if (!shares(box, CLONE_NEWPID))\n        &/

# what:   the capabilities are dropped before the mounts are made
# check:  3 box true ends with 0
# likely: dropped before the mounts are made, which take CAP_SYS_ADMIN
/drop_capabilities(box);/d
/if (!.*CLONE_NEWNS))/i\    drop_capabilities(box);

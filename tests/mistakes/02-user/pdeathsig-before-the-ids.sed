# what:   die_with_launcher comes before the uid changes
# check:  3 the kernel kills it with its launcher
# likely: PDEATHSIG is set before the uid changes, which cancels it
# needs:  root
/die_with_launcher(&/d
/wait_for_release(&/a\    die_with_launcher(&box->launch);

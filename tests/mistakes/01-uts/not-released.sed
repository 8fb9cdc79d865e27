# what:   the child is not released, so launcher and child wait for each other
# check:  - box true ends with 0
# likely: it does not end
# hangs:  yes
/release_box(/d

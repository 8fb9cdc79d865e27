# what:   the bounding set stays as it is
# check:  3 CapBnd is Docker's fourteen
# likely: the bounding set is not dropped: cap_drop_bound(3)
/bool may_shrink/d
/if (may_shrink)/,/;/d

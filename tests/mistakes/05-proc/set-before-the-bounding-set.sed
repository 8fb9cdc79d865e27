# what:   the bounding set is dropped after CAP_SETPCAP is gone
# check:  3 --cap-drop ALL --cap-add chown leaves one
# likely: cap_set_proc comes first, and takes away CAP_SETPCAP
/if (may_shrink)/,/;/d
/cap_set_proc(keep)/a\
    for (cap_value_t cap = 0; may_shrink && cap < cap_max_bits(); cap++)\
        if (!((box->capabilities >> cap) & 1))\
            must(cap_drop_bound(cap), "drop capability %d", cap);

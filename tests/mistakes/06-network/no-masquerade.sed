# what:   nothing puts the host's address in place of the box's
# check:  2 ping 203.0.113.1: who is on the bridge reaches
# likely: no masquerade, so that nobody knows the way back
/oifname != box0 masquerade/d

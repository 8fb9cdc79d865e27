# what:   the capabilities from 32 on are not looked at
# check:  3 CapEff is Docker's fourteen
# likely: the loop ends before the last one: cap_max_bits()
s/cap_max_bits()/32/

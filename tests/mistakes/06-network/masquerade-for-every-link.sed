# what:   the rule does not say over which link
# check:  2 the rules change no other packets than the boxes'
# likely: masquerade for every link: oifname != box0 is missing
s/ oifname != box0//

# what:   every packet of the host is masqueraded
# check:  2 the rules change no other packets than the boxes'
# likely: masquerade for whoever sends, over whatever link
s/ip saddr .* oifname != box0 //

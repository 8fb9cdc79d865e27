# what:   the rule does not say for which senders
# check:  2 the rules change no other packets than the boxes'
# likely: masquerade for every sender: ip saddr is missing
s|ip saddr 10.240.0.0/24 ||

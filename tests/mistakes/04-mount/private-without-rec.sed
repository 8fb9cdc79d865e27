# what:   MS_PRIVATE without MS_REC
# check:  2 no mount of the box is a peer or slave
# likely: MS_REC forgotten: what is mounted below / stays tied
s/MS_REC | MS_PRIVATE/MS_PRIVATE/

# what:   what is to be kept is dropped, and the rest stays
# check:  3 CapEff is Docker's fourteen
# likely: the test is the wrong way round: what is to be kept goes
s/(box->capabilities >> cap) & 1/!(&)/

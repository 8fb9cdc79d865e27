# what:   drop_capabilities is not called
# check:  3 CapEff is Docker's fourteen
# likely: drop_capabilities is not called, or drops nothing
/drop_capabilities(box);/d

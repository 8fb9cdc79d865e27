# what:   init is forked before the capabilities are dropped
# check:  3 init itself holds no more
# likely: run_init comes before drop_capabilities
/drop_capabilities(box);/{h;d}
/run_init(box);/G

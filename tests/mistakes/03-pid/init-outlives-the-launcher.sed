# what:   die_with_launcher comes after run_init
# check:  2 --init: SIGKILL to the launcher ends all
# likely: die_with_launcher comes after run_init: init lives on
/die_with_launcher(&/{h;d}
/run_init(box);/G

# what:   close_from is missing
# check:  2 init keeps no descriptor above 2
# likely: close_from is missing
/close_from(3)/d

# what:   work is open to others
# check:  1 --keep: upper for all to read, work for nobody else
# likely: work is for nobody else: mode 0700
s/"work", 0700/"work", 0755/

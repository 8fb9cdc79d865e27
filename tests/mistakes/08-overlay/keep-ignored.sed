# what:   the changes always go to a tmpfs
# check:  1 --keep: upper for all to read, work for nobody else
# likely: the directory of --keep is not used: box->layers.directory
s/on_disk = .*/on_disk = false;/

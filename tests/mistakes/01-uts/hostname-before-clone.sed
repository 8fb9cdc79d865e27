# what:   the hostname is set before the clone
# check:  2 the host keeps its name
# likely: sethostname in the launcher: the host is renamed
/set_hostname(box);/d
/start_box(/i\    set_hostname(&box);

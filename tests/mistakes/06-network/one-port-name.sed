# what:   all ports have one name, and the next box takes it away
# check:  3 two boxes at once have a port each
# likely: the boxes' ports have one name: port_name()
# hangs:  yes
s/port_name()/"veth-box"/
/ip_link_add_veth(/i\    ip_link_delete(port);

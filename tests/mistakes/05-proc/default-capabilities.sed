# what:   --cap-add and --cap-drop are not looked at
# check:  3 --cap-drop ALL --cap-add chown leaves one
# likely: DEFAULT_CAPABILITIES in place of box->capabilities
s/box->capabilities >>/DEFAULT_CAPABILITIES >>/

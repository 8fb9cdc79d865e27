# what:   --read-only takes /dev, /tmp and the volumes as well
# check:  given --read-only: / takes no writes, /tmp does
# likely: the attribute is set on all mounts below as well
s/MOUNT_ATTR_RDONLY, false/MOUNT_ATTR_RDONLY, true/

# what:   volumes are attached before /tmp is mounted over them
# check:  given --volume shows a directory
# likely: volumes are attached before mount_tmp, which covers them
/mount_tmp();/{h;d}
/attach_binds(&volumes)/G

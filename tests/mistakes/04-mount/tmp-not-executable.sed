# what:   /tmp has the flags of /dev
# check:  5 /tmp is nosuid and nodev
# likely: MS_NOEXEC is passed: what is built in /tmp could not run
s/"\/tmp", MS_NODEV/& | MS_NOEXEC/

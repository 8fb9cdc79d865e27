# what:   the cgroup is not removed
# check:  given the cgroup is gone with the box
# likely: remove_cgroup is not called
# needs:  limits
/remove_cgroup(/d

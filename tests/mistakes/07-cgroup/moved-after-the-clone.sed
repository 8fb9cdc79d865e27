# what:   the box is not born into its cgroup, but moved there
# check:  1 the command has a cgroup namespace of its own
# likely: it enters its cgroup after the clone: not the namespace's root
# needs:  limits
s/box.launch.cgroup = //
/start_box(/{n;a\
    must(write_number((uint64_t)box.launch.pid, "%s/cgroup.procs",\
                      box.cgroup.v2.path),\
         "move the box");
}

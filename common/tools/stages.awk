# Writes the source of one stage out of common/box.c.in:
#
#   awk -v stage=03 -f common/tools/stages.awk common/box.c.in >03-pid/box.c
#
# The marks in that file:
#   //@ from NN … //@ end    these lines stand from stage NN on
#   //@ only NN … //@ end    these lines stand in stage NN alone
#   CODE //@ NN              this line stands from stage NN on
#   //@ task NN N MINUTES PAGES   the next function is task N of stage NN
#   //@ hint NN N TEXT            `make hint` gives them in this order, then the function
# Blocks nest. Blank lines that meet where lines were left out become one.
#
# With -v cut=1 it is the exercise: the bodies of the stage's tasks and its flags
# are left out, but for those tasks that -v solved=12 names. An unwritten task says
# so and lets the box go on as the stage before would; some end it: without them
# there is no command, or the host is in reach.

function fail(message)
{
    print FILENAME ":" FNR ": " message >"/dev/stderr"
    failed = 1
    exit 1
}

# A line of a task's function, in an exercise. Its comment says what to do.
function write_task(line, original)
{
    if (head && line == "/*") {
        print line "\n * " head "\n *"
        head = ""
    } else if (head && line ~ /^\/\* /) {
        print "/*\n * " head "\n *"
        sub(/^\/\*/, " *", line)
        sub(/ \*\/$/, "\n */", line)
        print line
        head = ""
    } else if (line ~ /^static /) {
        signature = line
        print line
    } else if (line == "{") {
        inside = 1
        print line
        name = signature
        sub(/\(.*/, "", name)
        sub(/.*[ *]/, "", name)
        if (name != "clone_flags") {
            print_unused(signature)
            print_not_written()
            if (signature ~ /^static struct scratch /)
                print "    return (struct scratch){-1, -1};"
        }
    } else if (line == "}") {
        inside = 0
        task = 0
        print line
    } else if (!inside || name == "clone_flags" && !is_new_flag(original)) {
        if (!inside && signature)
            signature = signature line
        print line
    } else if (name == "clone_flags" && !said[stage]++) {
        print_not_written()
    }
}

function print_not_written()
{
    print "    " (stage name ~ /^(01run_command|04clone_flags|04make_mounts_private|04enter_root|05mount_proc)$/ \
        ? "stop_not_written" : "not_written") "(" task ", \"" name "\");"
}

function is_new_flag(line)
{
    return line ~ /flags \|=/ && (line ~ "//@ " stage "$" || stage == "01" && line !~ /\/\/@/)
}

# A parameter that nothing uses yet is no warning.
function print_unused(text, count, parts, i)
{
    sub(/^[^(]*\(/, "", text)
    sub(/\).*/, "", text)
    count = split(text, parts, ",")
    for (i = 1; i <= count; i++) {
        sub(/.*[ *]/, "", parts[i])
        if (parts[i] != "void")
            print "    (void)" parts[i] ";"
    }
}

/^[ \t]*\/\/@ (from|only) 0[1-8]$/ {
    depth++
    outer[depth] = hidden
    if ($2 == "from" ? $3 > stage : $3 != stage)
        hidden = 1
    next
}

/^[ \t]*\/\/@ end$/ {
    if (depth == 0)
        fail("end without a beginning")
    hidden = outer[depth--]
    next
}

/^[ \t]*\/\/@ task 0[1-8] [1-9] [0-9]+ / {
    if (cut && $3 == stage && index(solved, $4) == 0) {
        task = $4
        pages = $0
        sub(/^[^(]*task 0[1-8] [1-9] [0-9]+ /, "", pages)
        head = "Task " task " (" $5 " minutes; " pages ")."
    }
    next
}

/^\/\/@ hint 0[1-8] [1-9] ./ { next }

{
    line = $0
    if (match(line, / \/\/@ 0[1-8]$/)) {
        if (substr(line, RSTART + 5) > stage)
            next
        line = substr(line, 1, RSTART - 1)
    }
    if (index(line, "//@"))
        fail("not a mark: " line)
    if (hidden)
        next
    if (line == "" && blank)
        next
    blank = line == ""
    if (task)
        write_task(line, $0)
    else
        print line
}

END {
    if (!failed && depth > 0)
        fail("a block has no end")
}

# Writes the source of one stage out of common/box.c.in:
#
#   awk -v stage=03 -f common/tools/stages.awk common/box.c.in >03-pid/box.c
#
# The marks in that file:
#   //@ from NN … //@ end    these lines stand from stage NN on
#   //@ only NN … //@ end    these lines stand in stage NN alone
#   CODE //@ NN              this line stands from stage NN on
#   //@ task NN N MINUTES    the next function is task N of stage NN
# Blocks nest. Blank lines that meet where lines were left out become one.

function fail(message)
{
    print FILENAME ":" FNR ": " message >"/dev/stderr"
    failed = 1
    exit 1
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

/^[ \t]*\/\/@ task 0[1-8] [1-9] [0-9]+$/ { next }

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
    print line
}

END {
    if (!failed && depth > 0)
        fail("a block has no end")
}

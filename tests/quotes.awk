# awk -f quotes.awk box.c README.md: each block of C in the chapter stands in the
# source as it is, and has at most 15 lines.
FNR == NR { source = source $0 "\n"; next }
/^```c$/ { inside = 1; block = ""; lines = 0; start = FNR; next }
inside && /^```$/ {
    inside = 0
    count++
    if (index(source, block) == 0) {
        print FILENAME ":" start ": is not in the source:\n" block
        bad = 1
    }
    if (lines > 15) {
        print FILENAME ":" start ": " lines " lines; expected at most 15"
        bad = 1
    }
}
inside { block = block $0 "\n"; lines++ }
END { exit bad || count == 0 }

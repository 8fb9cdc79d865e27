# The part of play.exp that plays in panes of tmux; demo.sh has started the
# server. LAB_DEMO is a directory for both: keys, a fifo; notes, what the second
# client shows.
set tmux [list tmux -u -S $env(LAB_DEMO_SOCKET)]
set demo $env(LAB_DEMO)

# What goes wrong ends the demo in one place, below.
proc fail {text} {error $text}

# ---- panes ----------------------------------------------------------------------

# A pane without a shell yet. All panes are there before the first shell starts, for a shell
# whose width changes while a command is typed draws it wrong.
proc open_pane {name} {
    global tmux demo env panes spawned spawn_id
    if {[array size panes] == 0} {
        set pane [exec {*}$tmux new-session -d -s demo -x $env(LAB_DEMO_COLUMNS) -y $env(LAB_DEMO_LINES) -P -F "#{pane_id}" cat]
    } else {
        set pane [exec {*}$tmux split-window -h -d -t demo -P -F "#{pane_id}" cat]
        exec {*}$tmux select-layout -t demo even-horizontal
    }
    set panes($name) $pane
    exec mkfifo $demo/$name
    exec {*}$tmux pipe-pane -t $pane "cat >\"\$LAB_DEMO\"/$name"
    spawn -noecho -open [open $demo/$name r+]
    set spawned($name) $spawn_id
}

# Its shell on the host. The directory is the lab's.
proc start_shell {name} {
    global tmux panes shows
    set shows($name) {}
    exec {*}$tmux respawn-pane -k -t $panes($name) "LC_ALL=C.UTF-8 exec common/tools/sandbox.sh --terminal [number_of $name] 9>\"\$LAB_DEMO/alive\""
    exec {*}$tmux select-pane -t $panes($name) -T $name
}

proc type_in_pane {name text} {
    global tmux panes
    if {$text eq "\r"} {
        exec {*}$tmux send-keys -t $panes($name) Enter
    } else {
        exec {*}$tmux select-pane -t $panes($name)
        exec {*}$tmux send-keys -t $panes($name) -l -- $text
    }
}

# Somebody may have typed: what a pane shows now is what its last prompt says.
proc look_at_panes {} {
    global names spawned shows prompt_pattern expect_out
    foreach name $names {
        set text {}
        expect -i $spawned($name) -timeout 0 -re ".+" {append text $expect_out(0,string); exp_continue}
        foreach {-> prompt} [regexp -all -inline "(?:^|\n|\r)($prompt_pattern) " [join [clean $text] \n]] {
            set shows($name) $prompt
        }
    }
}

# ---- what the room reads ----------------------------------------------------------

# Where we are, and in the last two lines a text; markup of tmux's is text, too.
proc say {where text} {
    global tmux
    set lines [wrap $text]
    foreach {option line} [list @where $where @say1 [lindex $lines 0] @say2 [lindex $lines 1]] {
        exec {*}$tmux set-option -g $option [string map {# ##} $line]
    }
}

# What the instructor reads, in the other client.
proc note {step next} {
    global tmux demo
    set file [open $demo/notes w]
    fconfigure $file -encoding utf-8
    puts $file "[dict get $step section]\n"
    puts $file "[join [wrap [dict get $step sentence]] \n]\n"
    puts $file "[join [wrap [dict get $step notes]] \n]\n"
    puts $file "next:  [dict get $step prompt] [dict get $step command]"
    if {$next ne {}} {puts $file "then:  [dict get $next prompt] [dict get $next command]"}
    close $file
    exec {*}$tmux wait-for -S notes
}

proc show_step {} {
    global steps at chapter
    if {$at == [llength $steps]} {
        say "$chapter(title)" "This is the end of the chapter. C-b d leaves."
        return
    }
    set step [lindex $steps $at]
    # Of the paragraph before the command the last sentence.
    regsub {^.*[.?!]\s+(?=\S)} [dict get $step sentence] {} sentence
    say "[dict get $step section] [expr {$at + 1}]/[llength $steps]  PageDown: $::phase" $sentence
    note $step [lindex $steps [expr {$at + 1}]]
}

# ---- steps ------------------------------------------------------------------------

# Types the step's command. An error if no pane shows the prompt that it needs.
proc type_step {} {
    global steps at phase typed_in
    look_at_panes
    set step [lindex $steps $at]
    set typed_in [terminal_of [dict get $step prompt]]
    type $typed_in [dict get $step command]
    set phase "run it"
    show_step
}

# Runs it. An error if no prompt comes back; the next step is next all the same.
proc run_step {} {
    global at phase typed_in
    incr at
    set phase "type the next"
    set failed [catch {run_typed $typed_in} message]
    show_step
    if {$failed} {error "$typed_in: $message"}
}

proc step_back {} {
    global at phase typed_in tmux panes
    if {$phase eq "run it"} {
        exec {*}$tmux send-keys -t $panes($typed_in) C-u
        set phase "type the next"
    } elseif {$at > 0} {
        incr at -1
    }
    show_step
}

# The steps of all blocks that this machine can play, each with its section.
proc steps_of_chapter {} {
    global chapter
    set steps {}
    foreach block $chapter(blocks) {
        if {[refusal [dict get $block words]] ne {}} continue
        foreach step [dict get $block steps] {
            lappend steps [dict merge $step [dict filter $block key section sentence notes]]
        }
    }
    return $steps
}

# The number of the first step of a section: its number, or how its name begins.
proc first_step_of {wanted} {
    global steps
    set sections {}
    set number 0
    foreach step $steps {
        set section [dict get $step section]
        if {$section ni $sections} {
            lappend sections $section
            if {[llength $sections] eq $wanted ||
                [string match -nocase [quote_glob $wanted]* $section]} {return $number}
        }
        incr number
    }
    fail "FROM='$wanted': expected one of: [join $sections {, }], or its number"
}

proc quote_glob {text} {
    return [string map {* \\* ? \\? \[ \\\[ \\ \\\\} $text]
}

# What the panes have shown, with their names.
proc record {path} {
    global tmux panes names
    set file [open $path w]
    fconfigure $file -encoding utf-8
    foreach name $names {
        puts $file "==== $name"
        puts $file [exec {*}$tmux capture-pane -p -J -S - -t $panes($name)]
    }
    close $file
}

# ---- the story --------------------------------------------------------------------

proc play_demo {path} {
    global tmux demo steps at phase names chapter spawn_id
    read_chapter $path
    set steps [steps_of_chapter]
    set at 0
    set phase "type the next"
    set first 0
    if {[value_of FROM] ne {}} {set first [first_step_of [value_of FROM]]}
    foreach step $steps {
        if {[regexp {^(host[0-9]*)#$} [dict get $step prompt] -> name] && ![info exists ::panes($name)]} {
            open_pane $name
        }
    }
    foreach name [lsort [array names ::panes]] {open_terminal $name}
    while {$at < $first} {
        type_step
        run_step
    }
    if {$first > 0} {
        foreach name $names {
            exec {*}$tmux send-keys -R -t $::panes($name)
            exec {*}$tmux clear-history -t $::panes($name)
            run_typed $name
        }
    }
    show_step
    spawn -noecho -open [open $demo/keys r+]
    set keys $spawn_id
    exec {*}$tmux wait-for -S ready
    if {[value_of AUTO] ne {}} {
        exec {*}$tmux wait-for attached
        set pause [expr {int(1000 * ([value_of SPEED] ne {} ? [value_of SPEED] : 2))}]
        while {$at < [llength $steps]} {
            type_step
            after $pause
            run_step
            after $pause
        }
        if {[value_of RECORD] ne {}} {record /dev/fd/5}
        exec {*}$tmux detach-client -s demo
        return
    }
    set timeout -1
    expect {
        -i $keys
        "next\n" {
            # Before a room the pane can be put right by hand.
            if {[catch {
                if {$phase eq "run it"} {
                    run_step
                } elseif {$at < [llength $steps]} {
                    type_step
                }
            } message]} {say "PageDown: $phase" $message}
            exp_continue
        }
        "back\n" {
            step_back
            exp_continue
        }
    }
}

if {[catch {play_demo [lindex $chapters 0]} message]} {
    puts stderr $message
    catch {exec {*}$tmux kill-session -t demo}
    catch {exec {*}$tmux wait-for -S ready}
    exit 1
}

# what:   upper, which becomes /, is for its owner alone
# check:  1 --keep: upper for all to read, work for nobody else
# likely: upper becomes /, for all to read: mode 0755
s/"upper", 0755/"upper", 0700/

# what:   the options are cut off at 255 bytes
# check:  2 150 layers, more than a page of paths
# likely: the options are cut off: too small a buffer, or past 4095 bytes
s/data\[4096\] = \(.*\);/data[256] = \1, number[64];/
/char \*end = /d
/"%d:", layer/c\
        sprintf(number, "%d:", layer);\
        strncat(data, number, sizeof data - strlen(data) - 1);
/"%d", layer/,/volatile/c\
    sprintf(number, "%d,upperdir=%d,workdir=%d%s", layer, scratch.upper,\
            scratch.work, layers->keep ? "" : ",volatile");\
    strncat(data, number, sizeof data - strlen(data) - 1);

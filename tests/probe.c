/*
 * Says what only a system call can tell of the inside of a box:
 *
 *   probe keyring      the serial number of the session keyring, keyctl(2)
 *
 * and outside of one:
 *
 *   probe join COMMAND [ARG...]   runs it with a session keyring of its own
 */
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "keyring") == 0) {
        printf("%ld\n", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
                                -3 /* KEY_SPEC_SESSION_KEYRING */, 0));
        return 0;
    }
    if (argc > 2 && strcmp(argv[1], "join") == 0 &&
        syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) != -1)
        execvp(argv[2], argv + 2);
    return 1;
}

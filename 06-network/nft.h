/*
 * Firewall rules, through the nft(8) program: netlink says the same in
 * messages for a small virtual machine, which would hide the rules.
 */
#ifndef NETWORK_NFT_H
#define NETWORK_NFT_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether there is an nft where distributions have it. */
bool has_nft(void);

/*
 * Applies rules as one transaction, all or nothing: `nft -f -`. What nft says
 * goes to stderr. Returns 0, or -1 with errno ENOENT if there is no nft, EIO
 * if it refused.
 */
int run_nft(const char *rules);

/* An nft that stays, with a table of its own. */
struct nft_holder {
    /* 0 if there is none. */
    pid_t pid;
    /* The pipes that it reads its commands from and answers to. */
    int input, output;
};

/*
 * Applies rules, a single line, in an `nft -i` that stays, and returns when
 * they are in force. A table in them with `flags owner` (Linux 5.12) lives as
 * long as that process, and that ends when the pipe does: with the caller,
 * however it ends. Returns 0, or -1 with errno as above; what nft said is
 * printed.
 */
int hold_nft(struct nft_holder *holder, const char *rules);

/* Ends it and waits until its table is gone. Does nothing if there is none. */
void end_nft(struct nft_holder *holder);

#endif

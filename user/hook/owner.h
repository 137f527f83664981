/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owners: tell whether any process still lives behind something in the kernel that outlives its makers. An owner is a
 * socket that holds a number of this network namespace. The kernel frees the number when the last process that shares
 * the socket has ended, however it ended. Holding a number takes CAP_NET_ADMIN, so an ordinary user can neither pose as
 * an owner nor keep a number from one.
 */
#ifndef OWNER_H
#define OWNER_H

#include <linux/types.h>

/*
 * Returns the socket of an owner that has no number yet, or a negative errno. The caller closes it; fork() shares it.
 */
int owner__open(void);

/*
 * Gives the owner its number, which must not be 0. Call it once. Returns 0 or a negative errno (-EPERM: CAP_NET_ADMIN
 * is missing).
 */
int owner__claim(int owner, __u32 number);

/* Returns how many sockets of this network namespace hold the number, or a negative errno. */
int owner__count(__u32 number);

#endif

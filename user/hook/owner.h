/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owners: tells whether the processes behind a thing in the kernel that outlives them still live. An owner is a socket
 * that holds a number of this network namespace; the number is free again when the last process that shares the socket
 * has ended, however that happened. Holding one takes CAP_NET_ADMIN, so no ordinary user can pretend to be an owner,
 * nor keep a number from one.
 */
#ifndef OWNER_H
#define OWNER_H

#include <linux/types.h>

/* Returns the socket of an owner without a number, to be shared by fork() and to be closed; or a negative errno. */
int owner__open(void);

/* Gives it the number, not 0, once. Returns 0 or a negative errno (-EPERM: CAP_NET_ADMIN is missing). */
int owner__claim(int owner, __u32 number);

/* Returns 1 when a socket in this network namespace holds the number, 0 when none does, or a negative errno. */
int owner__is_alive(__u32 number);

#endif

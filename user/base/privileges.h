/* SPDX-License-Identifier: BSD-2-Clause */
/* The capabilities that loading and attaching need, and getting rid of them. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the names of the capabilities that loading and attaching need and this process lacks in its effective set, as
 * "CAP_BPF, CAP_PERFMON", to text (cut to size). CAP_SYS_ADMIN stands for these two, as it does in the kernel. Returns
 * how many are missing, or a negative errno.
 */
int privileges__missing(char *text, size_t size);

/*
 * Whether this process is in a user namespace of its own, whose capabilities the kernel does not ask for when programs are
 * loaded. False when that cannot be told.
 */
bool privileges__are_namespaced(void);

/*
 * Drops all capabilities for good: effective, permitted, inheritable, ambient, bounding (where allowed), and sets
 * no_new_privs. A root user stays uid 0, without any capability. Returns 0 or a negative errno.
 */
int privileges__drop(void);

/* The same, but keeps CAP_NET_ADMIN if there is one. */
int privileges__drop_to_net_admin(void);

#endif

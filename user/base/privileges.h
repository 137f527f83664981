/* SPDX-License-Identifier: BSD-2-Clause */
/* The capabilities that loading and attaching need: finds those that are missing, and drops them after use. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the names of the capabilities that loading and attaching need but the effective set of this process lacks, as
 * "CAP_BPF, CAP_PERFMON". Cuts the text to size. CAP_SYS_ADMIN stands in for CAP_BPF and CAP_PERFMON, as it does in the
 * kernel. Returns the number of missing capabilities, or a negative errno.
 */
int privileges__missing(char *text, size_t size);

/*
 * Returns whether this process is in a user namespace of its own. The kernel ignores the capabilities of such a
 * namespace when programs are loaded. Returns false if it cannot find out.
 */
bool privileges__are_namespaced(void);

/*
 * Drops all capabilities for good: effective, permitted, inheritable, ambient and, where allowed, bounding. Sets
 * no_new_privs. A root user stays uid 0 but has no capability. Returns 0 or a negative errno.
 */
int privileges__drop(void);

/* Does the same, but keeps CAP_NET_ADMIN if the process has it. */
int privileges__drop_to_net_admin(void);

#endif

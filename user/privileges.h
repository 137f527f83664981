/* SPDX-License-Identifier: BSD-2-Clause */
/* The capabilities that loading needs, and getting rid of them. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stddef.h>

/*
 * Writes the names of the capabilities that loading and attaching need and this process lacks in its effective set, as
 * "CAP_BPF, CAP_PERFMON", to text. Returns how many are missing, or a negative errno.
 */
int privileges__missing(char *text, size_t size);

/* Drops all capabilities for good: effective, permitted, inheritable, ambient, bounding (where allowed), and sets
 * no_new_privs. A root user stays uid 0, without any capability. Returns 0 or a negative errno. */
int privileges__drop(void);

#endif

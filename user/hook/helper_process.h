/* SPDX-License-Identifier: BSD-2-Clause */
/* Helper processes: children that keep the right that their parent gives up, and end with it. */
#ifndef HELPER_PROCESS_H
#define HELPER_PROCESS_H

#include <stddef.h>

/*
 * Makes the calling child a process of its own: a session, a name of up to 15 characters, all signals blocked, no
 * descriptors but these (of which some may be -1), CAP_NET_ADMIN and no other capability. Returns 0 or a negative errno.
 */
int helper_process__isolate(const char *name, const int *kept_fds, size_t count);

#endif

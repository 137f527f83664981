/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes have BPF programs open, as /proc tells. */
#ifndef HOLDER_H
#define HOLDER_H

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

#define HOLDER_COMMAND_SIZE 16

struct holder {
	pid_t pid; /* in the PID namespace of this process */
	char command[HOLDER_COMMAND_SIZE];
	__u32 program; /* id of one that it has open; each is a holder of its own */
};

struct holders {
	struct holder *list;
	size_t count;
};

/*
 * Finds the processes that have one of these programs open, this process left out. Those that may not be looked at are
 * passed over. Returns 0 and holders for holders__free(), or a negative errno.
 */
int holders__find(const __u32 *programs, size_t count, struct holders *ret_holders);
void holders__free(struct holders *holders);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds in /proc which processes have BPF maps open for writing. Whoever only looks has them open for reading. */
#ifndef HOLDER_H
#define HOLDER_H

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

#define HOLDER_COMMAND_SIZE 16

struct holder {
	pid_t pid; /* in the PID namespace of this process */
	char command[HOLDER_COMMAND_SIZE];
	__u32 map; /* id of a map that it has open; a process with several of them is listed once for each */
};

struct holders {
	struct holder *list;
	size_t count;
};

/*
 * Finds the processes, except this one, that have one of these maps open for writing. Skips those that it may not look into.
 * Returns 0 and holders for holders__free(), or a negative errno.
 */
int holders__find(const __u32 *maps, size_t count, struct holders *ret_holders);
void holders__free(struct holders *holders);

#endif

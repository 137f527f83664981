/* SPDX-License-Identifier: BSD-2-Clause */
/* The limit that control groups set on the memory of this process, and of what the kernel holds for it. */
#ifndef MEMORY_LIMIT_H
#define MEMORY_LIMIT_H

#include <linux/types.h>

/* Where the kernel tells the groups of this process, and where they are. */
#define MEMORY_LIMIT_GROUPS "/proc/self/cgroup"
#define MEMORY_LIMIT_ROOT "/sys/fs/cgroup"

/* Where process %d has them: `ip netns exec` hides them by another /sys, but not from who has called it. */
#define MEMORY_LIMIT_ROOT_OF "/proc/%d/root/sys/fs/cgroup"

/*
 * Returns the lowest limit of the groups that the file names and of those above them, in bytes, whichever version of
 * control groups the host uses. Returns 0 if there is none or none can be read.
 */
__u64 memory_limit__read(const char *groups, const char *root);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lets only one process of this network namespace change something at a time. Taking the lock takes CAP_NET_ADMIN, so an
 * ordinary user cannot hold others up.
 */
#ifndef PRIVILEGED_LOCK_H
#define PRIVILEGED_LOCK_H

#include <linux/types.h>

/*
 * Takes the lock of this number, which no owner may have. Waits for another holder, but at most five seconds: waiting
 * forever would be worse than going on without the lock. The kernel frees it when its holder ends, however it ends.
 *
 * Returns a descriptor for privileged_lock__release(), or a negative errno.
 */
int privileged_lock__take(__u32 number);

/* A negative errno is fine. */
void privileged_lock__release(int fd);

#endif

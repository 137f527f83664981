/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guardian: a small child process that puts clsact filters on an interface and removes them when its parent says so or
 * ends, however that happens. It keeps CAP_NET_ADMIN alone, so its parent can drop all capabilities.
 */
#ifndef GUARDIAN_H
#define GUARDIAN_H

#include "clsact.h"

struct guardian;

/*
 * Starts a guardian that attaches these programs (see clsact__attach()). Returns 0 and a guardian that the caller
 * frees, or a negative errno; then nothing is attached and no process is left.
 */
int guardian__new(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], struct guardian **ret_guardian);

/* Has the filters removed and waits until they are. NULL is fine. */
void guardian__free(struct guardian *guardian);

#endif

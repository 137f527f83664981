/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guardian: a small child process that puts clsact filters on an interface and removes them when its parent says so or
 * ends, however that happens. It keeps CAP_NET_ADMIN alone, so its parent can drop all capabilities.
 */
#ifndef GUARDIAN_H
#define GUARDIAN_H

#include "hook/clsact.h"

struct guardian;

/*
 * Starts a guardian that attaches these programs (see clsact__attach()). Returns 0 and a guardian that the caller
 * frees, or a negative errno; then nothing is attached and no process is left.
 */
int guardian__new(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], struct guardian **ret_guardian);

/* Has the filters removed and waits until they are. NULL is fine. */
void guardian__free(struct guardian *guardian);

/* Readable (epoll) when the guardian has ended before its time; -1 after guardian__is_lost() has said so. */
int guardian__fd(const struct guardian *guardian);

/* Whether it has ended before its time (somebody killed it): then nobody removes the filters. Does not block. */
bool guardian__is_lost(struct guardian *guardian);

/* What it put on the interface. */
const struct clsact *guardian__clsact(const struct guardian *guardian);

#endif

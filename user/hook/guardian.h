/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guardian: a small child process that puts clsact filters on an interface. It removes them when its parent asks it to
 * or ends, however the parent ends. It keeps only CAP_NET_ADMIN, so the parent can drop all capabilities.
 */
#ifndef GUARDIAN_H
#define GUARDIAN_H

#include "hook/clsact.h"

struct guardian;

/*
 * Starts a guardian that attaches these programs (see clsact__attach()). Returns 0 and a guardian that the caller
 * frees, or a negative errno; on failure nothing stays attached and no process is left.
 */
int guardian__new(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], struct guardian **ret_guardian);

/*
 * Takes over the guardian of another process, with the descriptors that it has sent: guardian__fd() and guardian__owner().
 * Returns 0, or -ENOMEM; then the descriptors are still the caller's.
 */
int guardian__adopt(int socket, int owner, const struct clsact *clsact, struct guardian **ret_guardian);

/* Frees the handle, and leaves the guardian to the process that has taken it over. NULL is fine. */
void guardian__leave(struct guardian *guardian);

/* Makes the guardian remove the filters and waits until it has. NULL is fine. */
void guardian__free(struct guardian *guardian);

/*
 * Returns a descriptor that becomes readable (epoll) when the guardian has ended too early, or -1 after
 * guardian__is_lost() has said so.
 */
int guardian__fd(const struct guardian *guardian);

/*
 * Returns whether the guardian has ended too early, for example because it was killed. Nobody removes the filters then.
 * Does not block.
 */
bool guardian__is_lost(struct guardian *guardian);

/* Returns the descriptor by which the filters are in use (owner.h). */
int guardian__owner(const struct guardian *guardian);

/* Returns what the guardian has put on the interface. */
const struct clsact *guardian__clsact(const struct guardian *guardian);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The links of counters in the order in which they are shown, those that look alike at a depth side by side. Knows no
 * BPF and no output format.
 *
 * The depth says how much of a link matters: 1 the server's address, 2 the client's too, 3 the transport too, 4 the
 * server port too, 5 the client port too.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "counts/counter.h"

#define GROUP_DEPTH_MIN 1
#define GROUP_DEPTH_MAX 5

enum group_order {
	GROUP_BY_LINK,    /* as groups__sort() leaves them */
	GROUP_BY_TOTAL,   /* by the sum of messages, falling; of equals the last by link comes first */
	GROUP_AS_COUNTED, /* as groups__list() leaves them */
};

struct group_row;

/* Links in order; `other` comes last. Zeroed, it is empty. */
struct groups {
	struct group_row *rows; /* private to group.c */
	size_t rows_count;
	size_t groups_count;
	bool is_part; /* groups__select() has left out links that have messages */
};

/* Links that look alike; zeroed, it stands before the first group. */
struct group {
	size_t first;
	size_t count;
};

/*
 * Sorts by server address, transport, server port, client port and client address as far as the depth goes: addresses
 * and transports as text, ports as numbers. Links without messages are left out. The result points into the counters,
 * which must not change meanwhile; free it with groups__free(). Returns 0, -EINVAL for a depth that is none, -ENOMEM.
 */
int groups__sort(const struct counters *counters, int depth, struct groups *ret_groups);

/*
 * Lists the links with messages, each a group of its own, in the order in which they were first counted: for sums, which
 * need no sorting. Otherwise as groups__sort(). Returns 0 or -ENOMEM.
 */
int groups__list(const struct counters *counters, struct groups *ret_groups);

/*
 * Orders the groups anew, or keeps only the `top` ones with the most messages (0: all), or both. Returns 0 or -ENOMEM
 * (nothing has changed then).
 */
int groups__select(struct groups *groups, enum group_order order, size_t top);

void groups__free(struct groups *groups);

/* Moves to the next group; false after the last one. */
bool groups__next(const struct groups *groups, struct group *group);

/* The i-th link in order; i < groups->rows_count. */
const struct counter_link *groups__link(const struct groups *groups, size_t i);

#endif

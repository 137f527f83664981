/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The links of counters in the order in which they are shown. Links that look alike at a depth stand side by side and
 * form a group. Knows no BPF and no output format.
 *
 * The depth says how much of a link matters: 1 the server's address, 2 also the client's, 3 also the transport, 4 also
 * the server port, 5 also the client port.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "counts/counter.h"

#define GROUP_DEPTH_MIN 1
#define GROUP_DEPTH_MAX 5

enum group_order {
	GROUP_BY_LINK,    /* as groups__sort() orders them */
	GROUP_BY_TOTAL,   /* by falling sum of messages; with equal sums, the last by link comes first */
	GROUP_AS_COUNTED, /* as groups__list() orders them */
};

struct group_row;

/* Links in order; `other` comes last. All zero: empty. */
struct groups {
	struct group_row *rows; /* private to group.c */
	size_t rows_count;
	size_t groups_count;
	size_t left_out; /* groups that groups__select() has left out */
};

/* Links that look alike. All zero: the place before the first group. */
struct group {
	size_t first;
	size_t count;
};

/*
 * Sorts by server address, transport, server port, client port and client address, as far as the depth goes: addresses
 * and transports as text, ports as numbers. Leaves out links that are not visible. Returns 0, -EINVAL for an invalid
 * depth, or -ENOMEM.
 *
 * The groups point into the counters, which must not change meanwhile. The caller frees the groups with groups__free().
 */
int groups__sort(const struct counters *counters, int depth, struct groups *ret_groups);

/*
 * Lists the visible links in the order in which they were first counted, each as a group of its own. That suffices for
 * sums, which need no sorting. Returns 0 or -ENOMEM. The groups are the caller's as with groups__sort().
 */
int groups__list(const struct counters *counters, struct groups *ret_groups);

/*
 * Orders the groups anew, or keeps only the `top` groups with the most messages (0: all), or both. Returns 0, or
 * -ENOMEM with nothing changed.
 */
int groups__select(struct groups *groups, enum group_order order, size_t top);

void groups__free(struct groups *groups);

/* Moves to the next group. Returns false after the last one. */
bool groups__next(const struct groups *groups, struct group *group);

/* Returns the i-th link in order; i < groups->rows_count. */
const struct counter_link *groups__link(const struct groups *groups, size_t i);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What counters hold of a type, and whether two hold the same, in whatever order they came by it. */
#ifndef COUNTS_H
#define COUNTS_H

#include <string.h>

#include "counts/counter.h"

/* Messages of a type and CSeq method, of all links and directions; NULL: of any. */
static inline __u64 counts__of(const struct counters *counters, const char *type, const char *method)
{
	const struct counter_cell *cell;
	__u64 count = 0;
	size_t i, j;

	for (i = 0; i < counters__links_count(counters); i++) {
		for (j = 0; j < counters__link(counters, i)->cells_count; j++) {
			cell = &counters__link(counters, i)->cells[j];
			if ((!type || strcmp(counters__type_name(counters, cell->type), type) == 0) &&
			    (!method || strcmp(counters__type_name(counters, cell->method), method) == 0))
				count += cell->count;
		}
	}
	return count;
}

/* The cell of `counters` for the same as this one of `other`; NULL: there is none. */
static inline const struct counter_cell *counts__find(const struct counters *counters, const struct counters *other,
						      const struct link *link, const struct counter_cell *cell)
{
	const struct counter_link *candidate;
	size_t i, j;

	for (i = 0; i < counters__links_count(counters); i++) {
		candidate = counters__link(counters, i);
		for (j = 0; j < candidate->cells_count; j++)
			if (memcmp(&candidate->link, link, sizeof(*link)) == 0 &&
			    candidate->cells[j].direction == cell->direction &&
			    strcmp(counters__type_name(counters, candidate->cells[j].type),
				   counters__type_name(other, cell->type)) == 0 &&
			    strcmp(counters__type_name(counters, candidate->cells[j].method),
				   counters__type_name(other, cell->method)) == 0)
				return &candidate->cells[j];
	}
	return NULL;
}

static inline bool counts__same_messages(const struct counters *a, const struct counters *b)
{
	const struct counter_cell *cell, *same;
	const struct counter_link *link;
	size_t i, j;

	if (counters__total(a) != counters__total(b))
		return false;
	for (i = 0; i < counters__links_count(a); i++) {
		link = counters__link(a, i);
		for (j = 0; j < link->cells_count; j++) {
			cell = &link->cells[j];
			same = counts__find(b, a, &link->link, cell);
			if (cell->count && (!same || same->count != cell->count))
				return false;
		}
	}
	return true;
}

/* Whether all links that are shown without messages are in `others` too. */
static inline bool counts__shows_no_more(const struct counters *counters, const struct counters *others)
{
	const struct counter_link *link;
	size_t i, j;

	for (i = 0; i < counters__links_count(counters); i++) {
		link = counters__link(counters, i);
		for (j = 0; link->is_marked_visible && j < counters__links_count(others); j++)
			if (counters__link(others, j)->is_marked_visible &&
			    memcmp(&counters__link(others, j)->link, &link->link, sizeof(link->link)) == 0)
				break;
		if (link->is_marked_visible && j == counters__links_count(others))
			return false;
	}
	return true;
}

/* Whether all that could not be read is named in `others` too, unless there is more than is named. */
static inline bool counts__left_no_more_unread(const struct counters *counters, const struct counters *others)
{
	struct unread left = *counters__unread(counters);

	if (left.has_more_links || left.has_more_ports)
		return true;
	unread__subtract(&left, counters__unread(others));
	return unread__is_empty(&left);
}

/* Likewise, and whether the packets had the same fates. */
static inline bool counts__same(const struct counters *a, const struct counters *b)
{
	return counts__left_no_more_unread(a, b) && counts__left_no_more_unread(b, a) &&
	       memcmp(counters__packets_const(a), counters__packets_const(b), sizeof(struct sipbpf_packets)) == 0 &&
	       counts__same_messages(a, b) && counts__shows_no_more(a, b) && counts__shows_no_more(b, a);
}

#endif

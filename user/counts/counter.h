/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters: how many messages of each type, CSeq method and direction each link carried, and what became of the
 * packets. Knows no BPF and no output format. Made for a million links: about 130 bytes a link and 16 a cell.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sipbpf.h"
#include "counts/filter.h"
#include "counts/link.h"

/*
 * The most messages, and the most packets, that counters hold: the greatest whole number that readers of JSON take. Sums
 * over any of them are no greater, so that none can overflow.
 */
#define COUNTERS_MAX INT64_MAX

/* One cell: messages of one type and CSeq method in one direction of a link. */
struct counter_message {
	__u16 type;     /* index for counters__type_name() */
	__u16 method;   /* likewise: the CSeq method */
	__u8 direction; /* enum link_direction */
	__u64 count;    /* may be 0: such a cell says nothing */
};

/* All messages of a link, in the order of their first appearance. There may be none. */
struct counter_link {
	struct link link;
	struct counter_message *messages;
	__u32 messages_count;
	__u32 messages_capacity : 31;
	__u32 is_shown : 1; /* counters__show() */
};

/* Whether no message of the link was counted. */
bool counter_link__is_empty(const struct counter_link *link);

/* Whether the link is to be seen: it has messages, or counters__show() said so. */
bool counter_link__is_visible(const struct counter_link *link);

struct counters;

/* Empty counters, owned by the caller; NULL when memory is short. counters__free(NULL) is fine. */
struct counters *counters__new(void);
void counters__free(struct counters *counters);

/*
 * Keeps at most so many links; messages of further ones count under the link `other`, their direction unknown. At first
 * there is no limit.
 */
void counters__limit_links(struct counters *counters, size_t links_max);

/*
 * From now on counters__add() passes over messages that the filter does not want. It belongs to the caller and must
 * outlive its use; NULL: all are wanted, as at first.
 */
void counters__set_filter(struct counters *counters, const struct filter *filter);

/*
 * From now on counters__add() and counters__add_packets() add to lifetime as well, which counters__clear() leaves alone:
 * the counters of an interval, and those since the start. It belongs to the caller and must outlive its use; NULL: none,
 * as at first.
 */
void counters__set_lifetime(struct counters *counters, struct counters *lifetime);

/* Forgets all links, messages and packets, keeps type numbers. */
void counters__clear(struct counters *counters);

/*
 * Adds count messages; none are no reason for a new link. type and method are names ("INVITE", "200") and are copied.
 * There is room for 65536 different names; messages of further ones count under "UNKNOWN". Returns 0, -ENOMEM, or
 * -EOVERFLOW when all messages would be more than COUNTERS_MAX (nothing was added then).
 */
int counters__add(struct counters *counters, const struct link *link, enum link_direction direction, const char *type,
		  const char *method, __u64 count);

/* As counters__add(), whatever the filter says: for messages that it has let pass already, with all that it looks at. */
int counters__add_wanted(struct counters *counters, const struct link *link, enum link_direction direction,
			 const char *type, const char *method, __u64 count);

/*
 * Makes a link visible, with or without messages: one whose messages nobody can read, since they are encrypted. A filter that
 * wants only some types of messages, or other hosts, does not want it; where the limit of links is reached it is left out.
 * Returns 0 or -ENOMEM.
 */
int counters__show(struct counters *counters, const struct link *link);

/*
 * Adds packets. Returns 0, or -EOVERFLOW when those seen, or another of the counts beside them, would be more than
 * COUNTERS_MAX (nothing was added then).
 */
int counters__add_packets(struct counters *counters, const struct sipbpf_packets *packets);

/*
 * Adds all of source, messages and packets, to target, whatever the filter says. Returns 0, -ENOMEM or -EOVERFLOW as above
 * (no count has changed then).
 */
int counters__merge(struct counters *target, const struct counters *source);

/*
 * As counters__merge(), and leaves source without counts. If target has none it takes those of source as they are, at no
 * cost; its own numbers of types are forgotten then.
 */
int counters__take_over(struct counters *target, struct counters *source);

/*
 * Takes all of source, messages and packets, off target. A link has a number of messages of each type in each direction;
 * what would be less than nothing is 0. Within such a number, messages are taken off those of their own CSeq method
 * first, and what these lack off those of the other methods, in the order of the link's cells. Returns 0 or -ENOMEM (no
 * count has changed then). Cells and links that are empty now stay until counters__compact().
 */
int counters__subtract(struct counters *target, const struct counters *source);

/* Frees cells of 0 messages and links that are not visible. Returns 0 or -ENOMEM (nothing has changed then). */
int counters__compact(struct counters *counters);

/*
 * The same counts by links cut to a depth (see link__at_depth()), and the packets. Returns 0 and counters that the caller
 * frees, -EINVAL for a depth that is none, -ENOMEM.
 */
int counters__group(const struct counters *counters, int depth, struct counters **ret_counters);

/* Packets seen, by fate; who counts them one by one, without lifetime counters, may do so here. */
struct sipbpf_packets *counters__packets(struct counters *counters);
const struct sipbpf_packets *counters__packets_const(const struct counters *counters);

/* Packets seen: with messages, plus all reasons. */
__u64 counters__packets_seen(const struct counters *counters);

/* Sum of all messages. */
__u64 counters__total(const struct counters *counters);

/* Whether there is a link that is visible. */
bool counters__has_links(const struct counters *counters);

size_t counters__links_count(const struct counters *counters);

/* The i-th link in the order of first appearance; i < counters__links_count(). Owned by the counters. */
const struct counter_link *counters__link(const struct counters *counters, size_t i);

/*
 * The name of a type or method number found in a counter_message; owned by the counters. Numbers run from 0 to
 * counters__types_count() - 1, and 0 is "UNKNOWN".
 */
const char *counters__type_name(const struct counters *counters, __u16 type);
size_t counters__types_count(const struct counters *counters);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters: how many messages of each type, CSeq method and direction each link carried, and what became of the packets.
 * They know neither BPF nor any output format. They are made for a million links: a link takes about 130 bytes, a cell 16.
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
#include "counts/unread.h"

/*
 * The limit for the sum of all messages and for the sum of all packets: the greatest integer that JSON readers accept. No
 * partial sum is greater, so none can overflow.
 */
#define COUNTERS_MAX INT64_MAX

/* How many messages of one type and CSeq method passed in one direction of a link. */
struct counter_cell {
	__u16 type;     /* a number for counters__type_name() */
	__u16 method;   /* the CSeq method, a number for counters__type_name() */
	__u8 direction; /* enum link_direction */
	__u64 count;    /* may be 0 */
};

/* A link and its cells, in the order of their first appearance. There may be none. */
struct counter_link {
	struct link link;
	struct counter_cell *cells;
	__u32 cells_count;
	__u32 cells_capacity : 31;
	__u32 is_marked_visible : 1;
};

/* Whether no message of the link was counted. */
bool counter_link__is_empty(const struct counter_link *link);

/* Whether the link is to be seen: it has messages, or counters__mark_visible() said so. */
bool counter_link__is_visible(const struct counter_link *link);

struct counters;

/* Returns empty counters, which the caller frees; NULL when memory is short. counters__free(NULL) is fine. */
struct counters *counters__new(void);
void counters__free(struct counters *counters);

/*
 * Limits the number of links. Messages of any further link count under the link `other`, with no direction. New counters
 * have no limit.
 */
void counters__limit_links(struct counters *counters, size_t links_max);

/*
 * Sets the filter: counters__add() ignores the messages that it does not want. The filter belongs to the caller and must
 * outlive the counters. NULL, as in new counters, wants all messages.
 */
void counters__set_filter(struct counters *counters, const struct filter *filter);

/* Gives the counters the filter and the limit of others. */
void counters__set_like(struct counters *counters, const struct counters *others);

/* Removes all links, messages and packets. The numbers of types stay. */
void counters__clear(struct counters *counters);

/*
 * Adds messages to the counters. A count of 0 adds nothing, not even a link. type and method are
 * names ("INVITE", "200"), which are copied. There is room for 65536 different names; messages of any further one count
 * under "UNKNOWN". Returns 0, -ENOMEM, or -EOVERFLOW when the sum would exceed COUNTERS_MAX. On failure nothing has been
 * added.
 */
int counters__add(struct counters *counters, const struct link *link, enum link_direction direction, const char *type,
		  const char *method, __u64 count);

/* Where messages of one kind are counted, until counters change in any other way than by adding. */
struct counter_place {
	struct counter_link *link; /* NULL: nowhere */
	__u32 cell;
};

/* Returns where counters__add() has counted last; nowhere if that failed. */
struct counter_place counters__last_place(const struct counters *counters);

/* Adds one more message of the kind that is counted there. Returns 0, or -EOVERFLOW as counters__add(). */
int counters__add_at(struct counters *counters, const struct counter_place *place);

/* Does the same as counters__add() without asking the filter: for messages that have passed it already. */
int counters__add_wanted(struct counters *counters, const struct link *link, enum link_direction direction,
			 const char *type, const char *method, __u64 count);

/*
 * Marks a link as visible even without messages: those of an encrypted link cannot be read. Does nothing if the filter does not want the host, or wants only some types of messages, or if there
 * is no room for another link. Returns 0 or -ENOMEM.
 */
int counters__mark_visible(struct counters *counters, const struct link *link);

/*
 * Notes packets of a link that could not be read, if the filter wants the hosts.
 * However many links are noted, the counters do not grow.
 */
void counters__note_unread(struct counters *counters, const struct link *link, enum unread_cause cause, __u64 packets);

/* Likewise, connections that began with TLS on a port that is not known for SIP. */
void counters__note_tls_port(struct counters *counters, __u16 port, __u64 handshakes);

const struct unread *counters__unread(const struct counters *counters);

/* Adds to what the counters have noted, without asking the filter. */
void counters__merge_unread(struct counters *counters, const struct unread *unread);

/*
 * Adds packets to the counters. Returns 0, or -EOVERFLOW when the number of packets seen, or any
 * other count among them, would exceed COUNTERS_MAX. On failure nothing has been added.
 */
int counters__add_packets(struct counters *counters, const struct sipbpf_packets *packets);

/*
 * Adds all messages and packets of source to target, without asking the filter. Returns 0, -ENOMEM or -EOVERFLOW. On
 * failure no count has changed.
 */
int counters__merge(struct counters *target, const struct counters *source);

/*
 * Does the same and leaves source without counts. An empty target takes the counts of source over as they are, at no cost;
 * its own numbers of types are then no longer valid.
 */
int counters__take_over(struct counters *target, struct counters *source);

/*
 * Subtracts all messages and packets of source from target. No count falls below 0. Messages are subtracted by link, type
 * and direction: first from the cell of their own CSeq method, then from the cells of other methods, in the order of the
 * link's cells. Returns 0 or -ENOMEM. On failure no count has changed. Empty cells and links stay until
 * counters__compact().
 */
int counters__subtract(struct counters *target, const struct counters *source);

/* Removes empty cells, and links that are not visible. Returns 0 or -ENOMEM; on failure nothing has changed. */
int counters__compact(struct counters *counters);

/*
 * Groups the counts by links cut to a depth from 1 to 5 (link__at_depth()); packets are copied. Returns 0 and counters
 * that the caller frees, -EINVAL for any other depth, or -ENOMEM.
 */
int counters__group(const struct counters *counters, int depth, struct counters **ret_counters);

/* The packets seen, by fate. A caller that counts them one by one may write here. */
struct sipbpf_packets *counters__packets(struct counters *counters);
const struct sipbpf_packets *counters__packets_const(const struct counters *counters);

/* The number of packets seen: those with messages, and those with a reason. */
__u64 counters__packets_seen(const struct counters *counters);

/* The sum of all messages. */
__u64 counters__total(const struct counters *counters);

/* Whether any link is visible. */
bool counters__has_links(const struct counters *counters);

size_t counters__links_count(const struct counters *counters);

/* The i-th link in the order of first appearance; i < counters__links_count(). Owned by the counters. */
const struct counter_link *counters__link(const struct counters *counters, size_t i);

/*
 * The name for a type or method number of a cell. The counters own it. Numbers run from 0 to counters__types_count() - 1;
 * 0 is "UNKNOWN".
 */
const char *counters__type_name(const struct counters *counters, __u16 type);
size_t counters__types_count(const struct counters *counters);

#endif

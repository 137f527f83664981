/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters: how many messages of each type, CSeq method and direction each link carried, and what became of the
 * packets. Knows no BPF and no output format.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "link.h"
#include "sipbpf.h"

/* One cell: messages of one type and CSeq method in one direction of a link. */
struct counter_message {
	__u16 type; /* index for counters__type_name() */
	__u16 method; /* likewise: the CSeq method */
	__u8 direction; /* enum link_direction */
	__u64 count;
};

/* All messages of a link, in the order of their first appearance. */
struct counter_link {
	struct link link;
	struct counter_message *messages;
	size_t messages_count;
	size_t messages_capacity;
	/* private to counter.c follow */
	void *hash_private[8];
};

struct counters;

/* Empty counters, owned by the caller; NULL when memory is short. counters__free(NULL) is fine. */
struct counters *counters__new(void);
void counters__free(struct counters *counters);

/* Forgets all messages and packets, keeps type numbers. */
void counters__clear(struct counters *counters);

/*
 * Adds count messages. type and method are names ("INVITE", "200"). Returns 0 or -ENOMEM (nothing was added then).
 */
int counters__add(struct counters *counters, const struct link *link, enum link_direction direction, const char *type,
		  const char *method, __u64 count);

/* Adds all of source to target. Returns 0 or -ENOMEM. */
int counters__merge(struct counters *target, const struct counters *source);

/* Packets seen, by fate; callers add to it freely. */
struct sipbpf_packets *counters__packets(struct counters *counters);
const struct sipbpf_packets *counters__packets_const(const struct counters *counters);

/* Packets seen: with messages, plus all reasons. */
__u64 counters__packets_seen(const struct counters *counters);

/* Sum of all messages. */
__u64 counters__total(const struct counters *counters);

size_t counters__links_count(const struct counters *counters);

/* The i-th link in the order of first appearance; i < counters__links_count(). Owned by the counters. */
const struct counter_link *counters__link(const struct counters *counters, size_t i);

/* The name of a type or method number found in a counter_message. Owned by the counters. */
const char *counters__type_name(const struct counters *counters, __u16 type);
size_t counters__types_count(const struct counters *counters);

#endif

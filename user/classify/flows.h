/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flows of TCP, of SCTP and of datagrams in fragments in captures: user space keeps here what the programs keep in
 * maps. Knows no BPF.
 */
#ifndef FLOWS_H
#define FLOWS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/cdefs.h>

#include "stream/table.h"

struct flows;

/* Returns flows, none of them known yet, or NULL when memory is short. flows__free(NULL) is fine. */
struct flows *flows__new(void);
void flows__free(struct flows *flows);

/* Sets the seed of the flows' hash, which is a fixed one otherwise. Call it before there is any flow. */
void flows__set_seed(struct flows *flows, __u64 seed);

/* Stores a set of flows under its number. It was made under the same seed, by programs that have ended. Returns 0 or -ENOMEM. */
int flows__take_set(struct flows *flows, __u32 number, const struct flow_set *set);

/* Stores a copy of a payload, FLOW_HELD_SIZE bytes, under its ticket. Returns 0 or -ENOMEM. */
int flows__take_copy(struct flows *flows, __u32 ticket, const __u8 *bytes);

/* Returns false if the flow on this channel between these ends is certainly unknown. */
bool flows__may_have(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel);

/*
 * Stores in *ret_flow the flow on this channel between these ends. If it is unknown, stores a free flow with that
 * channel and those ends.
 */
void flows__get(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, struct flow *ret_flow);

/*
 * Keeps the flow. If it is new and its set is full, another flow is evicted. Returns 1 if that one had a message in
 * flight, 0 otherwise, or -ENOMEM.
 */
int flows__put(struct flows *flows, const struct flow *flow);

/*
 * Returns the flow that gives way if this one is kept, or NULL if none does. The flows own it, and flows__put() overwrites
 * it.
 */
const struct flow *flows__victim(const struct flows *flows, const struct flow *flow);

/* Forgets the flow on this channel between these ends. */
void flows__drop(struct flows *flows, const struct sipbpf_ends *ends, __u32 channel);

/* Marks this datagram: its later fragments do not matter, for a while. */
void flows__mark(struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, __u32 milliseconds);
void flows__unmark(struct flows *flows, const struct sipbpf_ends *ends, __u32 channel);

/* Whether the datagram is marked, as far as that is known: the marks of others may have taken its place. */
bool flows__is_marked(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, __u32 milliseconds);

/*
 * Keeps a copy of at most FLOW_HELD_SIZE bytes for a flow on this channel, in the place of the oldest copy of its kind.
 * Returns its ticket, or 0 when memory is short.
 */
__u32 flows__keep_copy(struct flows *flows, __u32 channel, const __u8 *bytes, __u32 length);

/* Returns the copy of this ticket, FLOW_HELD_SIZE bytes, or NULL if it had to give way. The flows own it. */
const __u8 *flows__copy(const struct flows *flows, __u32 ticket);

/*
 * Returns the next flow that waits for missing bytes or fragments, or NULL if there is none. *position is 0 at first; the function
 * advances it.
 */
const struct flow *flows__next_waiting(const struct flows *flows, size_t *position);

#endif

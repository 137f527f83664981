/* SPDX-License-Identifier: BSD-2-Clause */
/* The flows of TCP and SCTP that captures hold: where user space keeps what the programs keep in maps. Knows no BPF. */
#ifndef FLOWS_H
#define FLOWS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/cdefs.h>

#include "stream/table.h"

struct flows;

/* No flows yet; NULL when memory is short. flows__free(NULL) is fine. */
struct flows *flows__new(void);
void flows__free(struct flows *flows);

/* The seed of the flows' hash, a fixed one at first; to be set before there is any flow. */
void flows__set_seed(struct flows *flows, __u64 seed);

/* Takes over a set of flows, of this number, made under the same seed: one of the programs', when they have ended. */
void flows__take_set(struct flows *flows, __u32 number, const struct stream_set *set);

/* Takes over a copy of a payload with its ticket. */
void flows__take_copy(struct flows *flows, __u32 ticket, const __u8 *bytes);

/* Whether this flow between these ends may be known; if not, it is not. */
bool flows__may_have(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel);

/* Fills in *ret_flow: this flow between these ends, or one that is free. */
void flows__get(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, struct stream_flow *ret_flow);

/* Keeps the flow in the place of the one that flows__get() gave. Returns whether another was lost with a message in flight. */
bool flows__put(struct flows *flows, const struct stream_flow *flow);

/* Forgets this flow between these ends. */
void flows__drop(struct flows *flows, const struct sipbpf_ends *ends, __u32 channel);

/* Keeps a copy of at most STREAM_HELD_SIZE bytes, the oldest one giving way. Returns its ticket, which is not 0. */
__u32 flows__hold(struct flows *flows, const __u8 *bytes, __u32 length);

/* The copy of this ticket, STREAM_HELD_SIZE bytes; NULL when it had to give way. Owned by the flows. */
const __u8 *flows__held(const struct flows *flows, __u32 ticket);

/* A flow that waits for what is missing, from *position on, which is 0 at first. Returns NULL when there is none. */
const struct stream_flow *flows__next_waiting(const struct flows *flows, size_t *position);

#endif

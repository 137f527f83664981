/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receive offloads: features by which a card merges packets before the kernel sees them. The kernel switches them off for
 * generic XDP, and leaves them off when the program has gone.
 */
#ifndef RECEIVE_OFFLOAD_H
#define RECEIVE_OFFLOAD_H

#include <linux/types.h>

enum receive_offload { RECEIVE_OFFLOAD_GRO_HW, RECEIVE_OFFLOAD_LRO, RECEIVE_OFFLOADS };

/*
 * Returns those that an interface has on and that can be switched, as a bit for each (1 << enum receive_offload). What
 * cannot be read is taken as off. Needs no capability.
 */
__u32 receive_offload__read(const char *interface);

/* Returns the name by which ethtool switches it: "rx-gro-hw". Static storage. */
const char *receive_offload__name(enum receive_offload offload);

#endif

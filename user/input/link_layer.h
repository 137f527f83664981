/* SPDX-License-Identifier: BSD-2-Clause */
/* Link layers: what frames of a capture begin with. Knows the numbers of link types, libpcap's and pcapng's, and no files. */
#ifndef LINK_LAYER_H
#define LINK_LAYER_H

#include <stdbool.h>

#include "classify/frame.h"

/* The link types that can be read, for messages. */
#define LINK_LAYER_NAMES "Ethernet, LINUX_SLL, LINUX_SLL2, NULL, LOOP, PPP, PPP_ETHER, C_HDLC, MPLS and raw IP"

bool link_layer__is_supported(int link_type);

/*
 * Takes the link layer's own header off *frame, which has bytes and length, and fills in start, ethertype and, where the header
 * tells, hook. What is of another link type, or too short for its header, has no protocol.
 */
void link_layer__strip(int link_type, struct frame *frame);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Link layers: the headers with which frames of a capture begin. Knows the numbers of link types, those of libpcap and
 * of pcapng, but no files.
 */
#ifndef LINK_LAYER_H
#define LINK_LAYER_H

#include <stdbool.h>

#include "classify/frame.h"

/* The link types that can be read, for messages to the operator. */
#define LINK_LAYER_NAMES                                                                                            \
	"Ethernet, LINUX_SLL, LINUX_SLL2, NULL, LOOP, PPP, PPP_ETHER, C_HDLC, FRELAY, MPLS, 802.11, NFLOG, PFLOG, " \
	"PKTAP, ERF, WIRESHARK_UPPER_PDU and raw IP"

bool link_layer__is_supported(int link_type);

/*
 * Removes the link layer's own header from *frame, whose bytes and length are set. Fills in start, ethertype and, if
 * the header tells the direction, hook. A frame of another link type, or one too short for its header, gets ethertype
 * 0, which is no protocol, and an obstacle if a header says that it may hold IP. An exported payload gets FRAME_PAYLOAD
 * and its origin.
 */
void link_layer__strip(int link_type, struct frame *frame);

/* Moves on to the next packet of a frame that holds several. Returns false if there is none; then *frame stays as it is. */
bool link_layer__next_packet(struct frame *frame);

/* What frames with this obstacle are, for messages to the operator. */
const char *link_layer__obstacle_name(enum frame_obstacle obstacle);

#endif

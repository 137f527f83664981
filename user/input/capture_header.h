/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers that were never on a wire: those that capturing cards, drivers and kernels put before frames. Each function
 * removes one from *frame, whose bytes and length are set, and sets the hook if the header tells the direction. It
 * returns the link type of what follows, CAPTURE_HEADER_IP if that is an IP packet, or CAPTURE_HEADER_NOTHING.
 */
#ifndef CAPTURE_HEADER_H
#define CAPTURE_HEADER_H

#include "classify/frame.h"

#define CAPTURE_HEADER_NOTHING (-1) /* too short, or of what cannot be read */
#define CAPTURE_HEADER_IP (-2)

/* Netfilter's log, in the byte order of the machine that made the capture. */
int capture_header__strip_nflog(struct frame *frame);

/* Apple's PKTAP, which names the link type. */
int capture_header__strip_pktap(struct frame *frame);

/* Endace's Extensible Record Format: Ethernet and IP. */
int capture_header__strip_erf(struct frame *frame);

/* radiotap, AVS and Prism, before frames of 802.11. */
int capture_header__strip_radiotap(struct frame *frame);
int capture_header__strip_avs(struct frame *frame);
int capture_header__strip_prism(struct frame *frame);

/* A byte that is not 0 if the frame was sent, before frames of this link type. */
int capture_header__strip_direction(struct frame *frame, int link_type);

#endif

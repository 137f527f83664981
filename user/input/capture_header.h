/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers that were never on a wire: those that capturing cards, drivers and kernels put before frames. Each function
 * removes one from *frame, whose bytes and length are set, and sets the hook if the header tells the direction. It
 * returns the link type of what follows, or CAPTURE_HEADER_NOTHING. `next` is that link type, for headers that do not
 * name it. With CAPTURE_HEADER_ETHERTYPE, it sets the EtherType too.
 */
#ifndef CAPTURE_HEADER_H
#define CAPTURE_HEADER_H

#include <stdbool.h>

#include "classify/frame.h"

#define CAPTURE_HEADER_NOTHING (-1) /* too short, or of what cannot be read */

/* Link types that have no number. */
#define CAPTURE_HEADER_PADDED_WIFI (-2) /* 802.11, with its header padded to four bytes */
#define CAPTURE_HEADER_HDLC (-3)        /* PPP, Cisco HDLC or Frame Relay */
#define CAPTURE_HEADER_ETHERTYPE (-4)   /* what the frame's EtherType says */
#define CAPTURE_HEADER_LLC (-5)         /* LLC of 802.2 */

/* Linux's cooked captures, in both forms. */
int capture_header__strip_sll(struct frame *frame, int next);
int capture_header__strip_sll2(struct frame *frame, int next);

/* Netfilter's log, in the byte order of the machine that made the capture. */
int capture_header__strip_nflog(struct frame *frame, int next);

/* Apple's PKTAP, which names the link type. */
int capture_header__strip_pktap(struct frame *frame, int next);

/* The log of pf, the packet filter of BSD. */
int capture_header__strip_pflog(struct frame *frame, int next);

/* Endace's Extensible Record Format, which names what follows: Ethernet, HDLC and IP can be read. */
int capture_header__strip_erf(struct frame *frame, int next);

/* radiotap, AVS and Prism, before frames of 802.11. */
int capture_header__strip_radiotap(struct frame *frame, int next);
int capture_header__strip_avs(struct frame *frame, int next);
int capture_header__strip_prism(struct frame *frame, int next);

/* A byte that is not 0 if the frame was sent. */
int capture_header__strip_direction(struct frame *frame, int next);

/* Removes so many bytes. Returns false if there are fewer: then it removes those. */
bool capture_header__remove(struct frame *frame, __u32 length);

#endif

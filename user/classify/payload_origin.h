/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Payloads without their packets, as a program has exported them: makes packets of them again, from what is known of where
 * they come from.
 */
#ifndef PAYLOAD_ORIGIN_H
#define PAYLOAD_ORIGIN_H

#include "classify/frame.h"
#include "sip/scan.h"

/* Where the payload begins in the packet that is made. Some of an earlier segment may have to stand before it. */
#define PAYLOAD_ORIGIN_OFFSET SIP_LOOK_AHEAD

struct packet;
struct payload_origins;

/* Returns NULL when memory is short. payload_origins__free(NULL) is fine. */
struct payload_origins *payload_origins__new(void);
void payload_origins__free(struct payload_origins *origins);

/*
 * Makes *ret_packet, whose payload is the frame, which has start FRAME_PAYLOAD. A segment of TCP is one of its connection's
 * stream. What segments have carried, without their numbers, is a stream of its own; if it is the same once more, of the same
 * packet, it is refused as SIPBPF_REASON_SEEN_ELSEWHERE, because exporters repeat it for each message in it. Returns 0 or
 * -ENOMEM.
 */
int payload_origins__begin_packet(struct payload_origins *origins, const struct frame *frame,
				  struct packet *ret_packet);

#endif

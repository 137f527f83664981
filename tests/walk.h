/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks a frame layer by layer, each header as a copy with zeros behind its end, and compares with the short way. */
#ifndef WALK_H
#define WALK_H

#include <linux/types.h>
#include <stdbool.h>
#include <string.h>
#include <sys/cdefs.h>

#include "packet_plain.h"

/* Ends with PACKET_PAYLOAD, PACKET_REFUSED, or after PACKET_LAYERS_MAX layers. */
static inline void walk(const unsigned char *frame, unsigned int length, enum packet_layer first,
			struct packet *ret_packet)
{
	__u8 header[PACKET_HEADER_SIZE];
	__u32 left;
	int i;

	packet__begin(ret_packet, length, (__u8)first, 0);
	for (i = 0; i < PACKET_LAYERS_MAX && ret_packet->layer < PACKET_PAYLOAD; i++) {
		left = ret_packet->end - ret_packet->offset;
		memset(header, 0, sizeof(header));
		memcpy(header, frame + ret_packet->offset, left < sizeof(header) ? left : sizeof(header));
		packet__layer(ret_packet, header);
	}
}

/* Whether the short way takes the frame, of which `linear` bytes can be read in place. *ret_packet: what it finds. */
static inline bool walk__plain(const unsigned char *frame, unsigned int linear, unsigned int length,
			       struct packet *ret_packet)
{
	struct packet_plain plain;

	if (!packet__plain(frame, frame + linear, length, &plain) ||
	    packet__plain_is_tunnel(frame, frame + linear, &plain))
		return false;
	packet__from_plain(ret_packet, frame, frame + linear, &plain);
	return true;
}

/* Whether two walks found the same; where they refused, the reason alone matters. */
static inline bool walk__same(const struct packet *packet, const struct packet *other)
{
	if (packet->layer != other->layer)
		return false;
	if (packet->layer == PACKET_REFUSED)
		return packet->reason == other->reason;
	return memcmp(&packet->ends.source, &other->ends.source, sizeof(packet->ends.source)) == 0 &&
	       memcmp(&packet->ends.target, &other->ends.target, sizeof(packet->ends.target)) == 0 &&
	       packet->offset == other->offset && packet->end == other->end &&
	       packet->ends.source_port == other->ends.source_port &&
	       packet->ends.target_port == other->ends.target_port && packet->protocol == other->protocol &&
	       packet->depth == other->depth && packet->cut == other->cut;
}

#endif

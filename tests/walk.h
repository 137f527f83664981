/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks a frame layer by layer, each header as a copy with zeros behind its end; and with the short way where there is one. */
#ifndef WALK_H
#define WALK_H

#include <linux/types.h>
#include <stdbool.h>
#include <string.h>
#include <sys/cdefs.h>

#include "packet/plain.h"

/* Takes one layer off, of which the header is copied. */
static inline void walk__layer(const unsigned char *frame, struct packet *packet)
{
	__u32 left = packet->end - packet->offset;
	__u8 header[PACKET_HEADER_SIZE] = { 0 };

	memcpy(header, frame + packet->offset, left < sizeof(header) ? left : sizeof(header));
	packet__take_layer(packet, header);
}

/* Until no layer is left to be taken off. */
static inline void walk(const unsigned char *frame, unsigned int length, enum packet_layer first,
			struct packet *ret_packet)
{
	packet__begin(ret_packet, length, (__u8)first, 0);
	while (packet__has_next_layer(ret_packet))
		walk__layer(frame, ret_packet);
}

/*
 * Likewise, by the short way through each plain frame, which may be the first one or in a tunnel; `linear` bytes can be read in
 * place. Returns how many there were.
 */
static inline unsigned int walk__short(const unsigned char *frame, unsigned int linear, unsigned int length,
				       enum packet_layer first, struct packet *ret_packet)
{
	const unsigned char *frame_end = frame + linear;
	unsigned int plain = 0;

	packet__begin(ret_packet, length, (__u8)first, 0);
	while (packet__has_next_layer(ret_packet))
		if (ret_packet->offset <= linear &&
		    packet__take_plain(ret_packet, frame + ret_packet->offset, frame_end))
			plain++;
		else
			walk__layer(frame, ret_packet);
	return plain;
}

/* Whether two walks found the same; where they refused, the reason alone matters. */
static inline bool walk__same(const struct packet *packet, const struct packet *other)
{
	if (packet->layer != other->layer || packet->encapsulations != other->encapsulations)
		return false;
	if (packet->layer >= PACKET_UNREAD && packet->reason != other->reason)
		return false;
	if (packet->layer == PACKET_REFUSED)
		return packet->reason == other->reason;
	return memcmp(&packet->ends.source, &other->ends.source, sizeof(packet->ends.source)) == 0 &&
	       memcmp(&packet->ends.target, &other->ends.target, sizeof(packet->ends.target)) == 0 &&
	       packet->offset == other->offset && packet->end == other->end &&
	       packet->ends.source_port == other->ends.source_port &&
	       packet->ends.target_port == other->ends.target_port && packet->protocol == other->protocol &&
	       packet->reported == other->reported && packet->depth == other->depth &&
	       memcmp(&packet->identity, &other->identity, sizeof(packet->identity)) == 0 &&
	       packet->is_cut == other->is_cut && packet->missing == other->missing;
}

#endif

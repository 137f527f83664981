/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP, TCP and SCTP. Tested by tests/unit/packet/test_packet.c. */
#ifndef PACKET_TRANSPORT_H
#define PACKET_TRANSPORT_H

#include "packet/datagram.h"
#include "packet/hep.h"

/* The layer in a datagram that is trimmed. Bytes behind it are no tunnel's header. */
static __always_inline __u8 packet__udp_layer(const struct packet *packet, const __u8 *header)
{
	__u32 present = packet->end - packet->offset - 8;
	__u8 layer;

	if (present < 8)
		return PACKET_PAYLOAD;
	layer = packet__datagram_layer(words__be16(header + 2), header + 8);
	if (layer == PACKET_PAYLOAD && packet__is_hep(header + 8, present, present + packet->missing))
		return PACKET_HEP;
	return layer;
}

static __always_inline void packet__take_udp(struct packet *packet, const __u8 *header)
{
	__u32 length = words__be16(header + 4);

	/* 0 means a jumbogram (RFC 2675 4). */
	if (length && length < 8) {
		packet__refuse(packet, SIPBPF_REASON_BAD_HEADER);
		return;
	}
	packet__set_ports(&packet->ends, header);
	packet->protocol = PACKET_PROTOCOL_UDP;
	if (packet->fragment.is_fragment)
		packet->fragment.datagram = words__be32(header + 4);
	packet__trim(packet, length);
	packet__advance(packet, 8, packet__udp_layer(packet, header));
}

static __always_inline void packet__take_tcp(struct packet *packet, const __u8 *header)
{
	__u32 header_length = (header[12] >> 4) * 4;

	if (header_length < 20) {
		packet__refuse(packet, SIPBPF_REASON_BAD_HEADER);
		return;
	}
	packet__set_ports(&packet->ends, header);
	packet->protocol = PACKET_PROTOCOL_TCP;
	packet->sequence = words__be32(header + 4);
	packet->flags = header[13];
	packet__advance(packet, header_length, PACKET_PAYLOAD);
}

/* RFC 9260 3.1. Chunks follow. */
static __always_inline void packet__take_sctp(struct packet *packet, const __u8 *header)
{
	packet__set_ports(&packet->ends, header);
	packet->protocol = PACKET_PROTOCOL_SCTP;
	packet->tag = words__be32(header + 4);
	packet__advance(packet, 12, PACKET_PAYLOAD);
}

/* Takes off the last layer: see packet__take_layer(). */
static __always_inline void packet__take_transport_layer(struct packet *packet, const __u8 *header)
{
	switch (packet->layer) {
	case PACKET_UDP:
		packet__take_udp(packet, header);
		break;
	case PACKET_TCP:
		packet__take_tcp(packet, header);
		break;
	case PACKET_SCTP:
		packet__take_sctp(packet, header);
		break;
	default:
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
		break;
	}
}

#endif

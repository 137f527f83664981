/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Layers: where is the payload, and whose is it? packet__take_layer() takes one header off. The caller gives it the
 * header's bytes and repeats until it reaches the payload. A format is added in the room that it belongs to: its layer
 * in packet.h, and the case that reads it in link.h, ip.h, tunnel.h, hep.h or transport.h.
 * Tested by tests/unit/packet/test_packet.c.
 */
#ifndef PACKET_LAYERS_H
#define PACKET_LAYERS_H

#include "packet/link.h"
#include "packet/transport.h"
#include "packet/tunnel.h"

/* The least bytes of a layer's header that packet__take_layer() needs. */
static __always_inline __u32 packet__header_min(__u32 layer)
{
	switch (layer) {
	case PACKET_ETHERNET:
		return PACKET_ETHERNET_SIZE;
	case PACKET_ESP:
		return 16;
	case PACKET_TCP:
		return 20;
	case PACKET_SCTP:
		return 12;
	case PACKET_TRUSTSEC:
	case PACKET_L2TP_UDP:
	case PACKET_VXLAN:
	case PACKET_GENEVE:
	case PACKET_GTPU:
	case PACKET_ERSPAN:
	case PACKET_UDP:
	case PACKET_IPV6_EXTENSION:
	case PACKET_IPV6_AUTHENTICATION:
	case PACKET_IPV6_FRAGMENT:
		return 8;
	case PACKET_PPPOE:
	case PACKET_VN_TAG:
	case PACKET_HEP:
		return 6;
	case PACKET_VLAN:
	case PACKET_PBB:
	case PACKET_MPLS:
	case PACKET_GRE:
	case PACKET_GUE:
	case PACKET_L2TP:
	case PACKET_TZSP:
		return 4;
	case PACKET_LLC:
		return 3;
	case PACKET_ETHERIP:
		return 2;
	case PACKET_HEP_CHUNK:
		return 0;
	default:
		return 1;
	}
}

/* Whether a tunnel ends with nothing in it. */
static __always_inline int packet__is_empty_tunnel(const struct packet *packet)
{
	int begins_packet = packet->layer == PACKET_ETHERNET || packet->layer == PACKET_PPP ||
			    packet->layer == PACKET_IP || packet->layer == PACKET_GTPU_PDU;

	return begins_packet && packet->depth && !packet->is_cut && packet->end == packet->offset;
}

/* Whether another layer can be taken off. If not, the payload is found, the packet is refused, or it is too deep. */
static __always_inline int packet__has_next_layer(const struct packet *packet)
{
	return packet->layer < PACKET_PAYLOAD && packet->layers < PACKET_LAYERS_MAX;
}

/*
 * Takes one layer off. header points to PACKET_HEADER_SIZE readable bytes: the frame's from packet->offset on, and
 * zeros past packet->end.
 */
static __always_inline void packet__take_layer(struct packet *packet, const __u8 *header)
{
	__u32 present = packet->end - packet->offset;

	packet->layers++;
	if (present < packet__header_min(packet->layer)) {
		packet__refuse(packet,
			       packet__is_empty_tunnel(packet) ? SIPBPF_REASON_NO_PAYLOAD : SIPBPF_REASON_TRUNCATED);
		return;
	}
	if (packet->layer <= PACKET_LINK_LAST)
		packet__take_link_layer(packet, header);
	else if (packet->layer <= PACKET_IP_LAST)
		packet__take_ip_layer(packet, header, present);
	else if (packet->layer <= PACKET_TUNNEL_LAST)
		packet__take_tunnel_layer(packet, header);
	else if (packet->layer <= PACKET_HEP_LAST)
		packet__take_hep_layer(packet, header);
	else
		packet__take_transport_layer(packet, header);
}

#endif

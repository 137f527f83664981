/* SPDX-License-Identifier: BSD-2-Clause */
/* What does a datagram of UDP carry? A tunnel has a port, and a beginning that no text has; HEP has a beginning alone (hep.h). Tested by tests/unit/packet/test_packet.c. */
#ifndef PACKET_DATAGRAM_H
#define PACKET_DATAGRAM_H

#include "packet/ip.h"

/* The ports of tunnels. A datagram to one of them that does not begin with the tunnel's header is an ordinary one. */
#define PACKET_PORT_L2TP 1701
#define PACKET_PORT_GTPU 2152
#define PACKET_PORT_VXLAN 4789
#define PACKET_PORT_VXLAN_GPE 4790
#define PACKET_PORT_GUE 6080
#define PACKET_PORT_GENEVE 6081
#define PACKET_PORT_VXLAN_LINUX 8472 /* Linux's own default, from before the assigned port */
#define PACKET_PORT_TZSP 37008

static __always_inline int packet__is_tunnel_port(__u32 port)
{
	switch (port) {
	case PACKET_PORT_L2TP:
	case PACKET_PORT_GTPU:
	case PACKET_PORT_VXLAN:
	case PACKET_PORT_VXLAN_GPE:
	case PACKET_PORT_GUE:
	case PACKET_PORT_GENEVE:
	case PACKET_PORT_VXLAN_LINUX:
	case PACKET_PORT_TZSP:
		return 1;
	default:
		return 0;
	}
}

/*
 * RFC 7348 5: a network identifier is given. draft-ietf-nvo3-vxlan-gpe 3.1: data. Other flags are ignored on receipt.
 * The last byte is ignored too, because Linux uses it (remcsumtx, draft-herbert-vxlan-rco), unless unused flags are
 * set. Then it must be 0, which tells this header from text.
 */
static __always_inline int packet__is_vxlan(const __u8 *header)
{
	return (header[0] & 0x09) == 0x08 && (!(header[0] & 0x73) || !header[7]);
}

/* RFC 8926 3.4: version 0, data, and a known type. What is reserved is ignored, except for the last byte, as above. */
static __always_inline int packet__is_geneve(const __u8 *header)
{
	return !(header[0] & 0xc0) && !(header[1] & 0x80) && !header[7] &&
	       packet__ethertype_layer(words__be16(header + 2)) != PACKET_REFUSED;
}

/* TS 29.281 5.1: version 1, not GTP', and a G-PDU, which carries IP. The spare bit is ignored. */
static __always_inline int packet__is_gtpu(const __u8 *header)
{
	return (header[0] & 0xf0) == 0x30 && header[1] == 0xff;
}

/*
 * draft-ietf-intarea-gue 3: version 0, data, and a known protocol; or version 1, which is bare IP, as FOU carries it
 * (Linux's ip-fou(8)).
 */
static __always_inline int packet__is_gue(const __u8 *header)
{
	return header[0] >> 5 ? packet__is_bare_ip(header) : packet__protocol_layer(header[1]) != PACKET_REFUSED;
}

/* RFC 3931 4.1.2.1: version 3, data. */
static __always_inline int packet__is_l2tp(const __u8 *header)
{
	return !header[0] && header[1] == 3;
}

/* TaZmen Sniffer Protocol: version 1, a packet as it was received or is to be sent, from Ethernet. */
static __always_inline int packet__is_tzsp(const __u8 *header)
{
	return header[0] == 1 && header[1] <= 1 && !header[2] && header[3] == 1;
}

/* What a datagram to this port carries, by its first bytes: a tunnel's layer, else PACKET_PAYLOAD. */
static __always_inline __u8 packet__datagram_layer(__u32 port, const __u8 *header)
{
	switch (port) {
	case PACKET_PORT_VXLAN:
	case PACKET_PORT_VXLAN_GPE:
	case PACKET_PORT_VXLAN_LINUX:
		return packet__is_vxlan(header) ? PACKET_VXLAN : PACKET_PAYLOAD;
	case PACKET_PORT_GENEVE:
		return packet__is_geneve(header) ? PACKET_GENEVE : PACKET_PAYLOAD;
	case PACKET_PORT_GTPU:
		return packet__is_gtpu(header) ? PACKET_GTPU : PACKET_PAYLOAD;
	case PACKET_PORT_GUE:
		return packet__is_gue(header) ? PACKET_GUE : PACKET_PAYLOAD;
	case PACKET_PORT_L2TP:
		return packet__is_l2tp(header) ? PACKET_L2TP_UDP : PACKET_PAYLOAD;
	case PACKET_PORT_TZSP:
		return packet__is_tzsp(header) ? PACKET_TZSP : PACKET_PAYLOAD;
	default:
		return PACKET_PAYLOAD;
	}
}

#endif

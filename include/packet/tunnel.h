/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels: what is between an IP or UDP header and the packet inside. Tested by tests/unit/packet/test_packet.c. */
#ifndef PACKET_TUNNEL_H
#define PACKET_TUNNEL_H

#include "packet/ip.h"
#include "packet/link.h"

/*
 * RFC 2784, 2890 (key, sequence) and 2637 (version 1, PPP). ERSPAN (draft-foschiano-erspan) has a header of its own,
 * except for type I, which has no sequence number in the GRE header.
 */
static __always_inline void packet__take_gre(struct packet *packet, const __u8 *header)
{
	__u32 flags = header[0], version = header[1] & 7, length = 4, type = words__be16(header + 2), key;

	if (version > 1 || (flags & 0x40)) { /* source routing is obsolete */
		packet__refuse(packet, SIPBPF_REASON_NOT_TRANSPORT);
		return;
	}
	length += flags & 0x80 ? 4 : 0;
	key = words__be32(header + length) & (version ? 0xffff : ~0U); /* RFC 2637 4.1: above it is a length */
	length += flags & 0x20 ? 4 : 0;
	length += flags & 0x10 ? 4 : 0;
	length += version == 1 && (header[1] & 0x80) ? 4 : 0;
	if (type != 0x88be && type != 0x22eb) {
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_GRE);
		if (flags & 0x20)
			packet__note_network(packet, key);
		else
			packet__note_tunnel_ends(packet);
		packet__advance_to_ethertype(packet, length, type);
		return;
	}
	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_ERSPAN);
	packet__advance(packet, length, type == 0x88be && !(flags & 0x10) ? PACKET_ETHERNET : PACKET_ERSPAN);
}

/*
 * ERSPAN of type II (version 1) and III (version 2). The header of type III says what the frame is, and whether eight
 * platform-specific bytes follow.
 */
static __always_inline void packet__take_erspan(struct packet *packet, const __u8 *header)
{
	__u32 version = header[0] >> 4, frame_type = header[10] >> 2 & 31;

	packet__note_network(packet, words__be16(header) & PACKET_VLAN_NUMBER);
	if (version == 1)
		packet__advance(packet, 8, PACKET_ETHERNET);
	else if (version == 2 && (frame_type == 0 || frame_type == 2))
		packet__advance(packet, header[11] & 1 ? 20 : 12, frame_type == 0 ? PACKET_ETHERNET : PACKET_IP);
	else
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
}

/* RFC 3378: version 3, and reserved bits that are 0. */
static __always_inline void packet__take_etherip(struct packet *packet, const __u8 *header)
{
	if (words__be16(header) == 0x3000)
		packet__advance(packet, 2, PACKET_ETHERNET);
	else
		packet__refuse(packet, SIPBPF_REASON_NOT_TRANSPORT);
}

/* RFC 7348. A flag tells a header of VXLAN-GPE, which says what follows. */
static __always_inline void packet__take_vxlan(struct packet *packet, const __u8 *header)
{
	__u32 next = header[0] & 0x04 ? header[3] : 3;

	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_VXLAN);
	packet__note_network(packet, words__be32(header + 4) >> 8);
	if (next == 1 || next == 2)
		packet__advance(packet, 8, PACKET_IP);
	else if (next == 3)
		packet__advance(packet, 8, PACKET_ETHERNET);
	else if (next == 5)
		packet__advance(packet, 8, PACKET_MPLS);
	else
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
}

/* RFC 8926. */
static __always_inline void packet__take_geneve(struct packet *packet, const __u8 *header)
{
	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_GENEVE);
	packet__note_network(packet, words__be32(header + 4) >> 8);
	packet__advance_to_ethertype(packet, 8 + (header[0] & 63) * 4, words__be16(header + 2));
}

/*
 * TS 29.281 5.1: each of three flags adds the same four bytes. The last of them is the type of the next extension
 * header.
 */
static __always_inline void packet__take_gtpu(struct packet *packet, const __u8 *header)
{
	__u32 length = words__be16(header + 2);

	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_GTPU);
	packet__note_network(packet, words__be32(header + 4));
	packet__trim(packet, length + 8);
	if (!(header[0] & 0x07))
		packet__advance(packet, 8, PACKET_GTPU_PDU);
	else if (header[0] & 0x04)
		packet__advance(packet, 11, PACKET_GTPU_NEXT);
	else
		packet__advance(packet, 12, PACKET_GTPU_PDU);
}

/* TS 29.281 5.2.1: a length in units of four bytes; the last byte is the type of the next extension header. */
static __always_inline void packet__take_gtpu_next(struct packet *packet, const __u8 *header)
{
	if (!header[0])
		packet__advance(packet, 1, PACKET_GTPU_PDU);
	else if (header[1] || packet->end - packet->offset < 2)
		packet__advance(packet, header[1] ? header[1] * 4 : 2, PACKET_GTPU_NEXT);
	else
		packet__refuse(packet, SIPBPF_REASON_BAD_HEADER);
}

/*
 * A session may carry IP or Ethernet (TS 23.501 5.8.2.11). Nothing in the packet says which, so the first four bits decide
 * where they may be those of IP.
 */
static __always_inline void packet__take_gtpu_pdu(struct packet *packet, const __u8 *header)
{
	__u32 version = header[0] >> 4;

	if (version == 4 || version == 6)
		packet__advance(packet, 0, PACKET_IP);
	else if (packet__ethertype_layer(words__be16(header + 12)) != PACKET_REFUSED)
		packet__advance(packet, 0, PACKET_ETHERNET);
	else
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
}

/* See packet__is_gue(). Behind four bytes there may be more of the header, in units of four bytes. */
static __always_inline void packet__take_gue(struct packet *packet, const __u8 *header)
{
	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_GUE);
	if (!(header[0] >> 5)) {
		packet__advance_to_protocol(packet, 4 + (header[0] & 31) * 4, header[1]);
		return;
	}
	packet__note_tunnel_ends(packet);
	packet__advance(packet, 0, PACKET_IP);
}

/* What may be between the number of a session of L2TPv3 and its data: a cookie, and the default sublayer. */
#define PACKET_L2TP_REST_MAX 12

/*
 * RFC 3931 4.1: the number of the session, 0 in control messages. The ends of the session alone know how long its cookie
 * is, whether there is a sublayer and what is carried. Only Ethernet is looked for (RFC 4719).
 */
static __always_inline void packet__take_l2tp(struct packet *packet, const __u8 *header)
{
	__u32 rest;

	for (rest = 0; words__be32(header) && rest <= PACKET_L2TP_REST_MAX; rest += 4) {
		if (packet__is_ethernet(header + 4 + rest)) {
			packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_L2TP);
			packet__note_network(packet, words__be32(header));
			packet__advance(packet, 4 + rest, PACKET_ETHERNET);
			return;
		}
	}
	packet__refuse(packet, SIPBPF_REASON_NOT_TRANSPORT);
}

/* Tagged fields lie before the packet: a type, a length and the field; the first, padding, and the last are types alone. */
static __always_inline void packet__take_tzsp_tag(struct packet *packet, const __u8 *header)
{
	if (header[0] == 1)
		packet__advance(packet, 1, PACKET_ETHERNET);
	else
		packet__advance(packet, header[0] ? 2U + header[1] : 1, PACKET_TZSP_TAG);
}

/* The trailer of ESP: its length and the next header, after padding and before the integrity check (RFC 4303 2). */
#define PACKET_ESP_TRAILER_MIN 2
#define PACKET_ESP_TRAILER_MAX 64

/* Whether this much of ESP's contents may be followed by a trailer only. */
static __always_inline int packet__may_be_esp_contents(__u32 present, __u32 length)
{
	return present >= length + PACKET_ESP_TRAILER_MIN && present <= length + PACKET_ESP_TRAILER_MAX;
}

/* Whether eight bytes are printable ASCII. */
static __always_inline int packet__is_text(const __u8 *bytes)
{
	__u64 word = words__load8(bytes), ones = 0x0101010101010101ULL, highs = ones << 7;

	return !((word | (word + ones) | (word - ones * 0x20)) & highs);
}

/*
 * What ESP carries in the clear (RFC 4303, RFC 2410): PACKET_IP, PACKET_UDP, or PACKET_REFUSED if it may be encrypted.
 * Nothing says so; the contents do, if they are an IP packet, or a datagram of text, whose length leaves room for just
 * the trailer. A TCP segment has no length, so it cannot be told where its payload ends.
 */
static __always_inline __u8 packet__esp_layer(const __u8 *contents, __u32 present)
{
	if (contents[0] == 0x45 && packet__has_ipv4_checksum(contents))
		return packet__may_be_esp_contents(present, words__be16(contents + 2)) ? PACKET_IP : PACKET_REFUSED;
	if (contents[0] >> 4 == 6 && packet__is_bare_ip(contents) &&
	    packet__may_be_esp_contents(present, 40 + words__be16(contents + 4)))
		return PACKET_IP;
	return packet__is_text(contents + 8) && packet__may_be_esp_contents(present, words__be16(contents + 4))
		       ? PACKET_UDP
		       : PACKET_REFUSED;
}

static __always_inline void packet__take_esp(struct packet *packet, const __u8 *header)
{
	__u8 layer = packet__esp_layer(header + 8, packet->end - packet->offset - 8);

	if (layer == PACKET_REFUSED) {
		packet__refuse(packet, SIPBPF_REASON_NOT_TRANSPORT);
		return;
	}
	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_ESP_NULL);
	if (layer == PACKET_IP)
		packet__note_tunnel_ends(packet);
	packet__advance(packet, 8, layer);
}

/* Takes off a tunnel's layer: see packet__take_layer(). */
static __always_inline void packet__take_tunnel_layer(struct packet *packet, const __u8 *header)
{
	switch (packet->layer) {
	case PACKET_GRE:
		packet__take_gre(packet, header);
		break;
	case PACKET_ERSPAN:
		packet__take_erspan(packet, header);
		break;
	case PACKET_ETHERIP:
		packet__take_etherip(packet, header);
		break;
	case PACKET_VXLAN:
		packet__take_vxlan(packet, header);
		break;
	case PACKET_GENEVE:
		packet__take_geneve(packet, header);
		break;
	case PACKET_GTPU:
		packet__take_gtpu(packet, header);
		break;
	case PACKET_GTPU_NEXT:
		packet__take_gtpu_next(packet, header);
		break;
	case PACKET_GTPU_PDU:
		packet__take_gtpu_pdu(packet, header);
		break;
	case PACKET_GUE:
		packet__take_gue(packet, header);
		break;
	case PACKET_L2TP_UDP: /* RFC 3931 4.1.2.1: flags, version, and two reserved bytes */
		packet__advance(packet, 4, PACKET_L2TP);
		break;
	case PACKET_L2TP:
		packet__take_l2tp(packet, header);
		break;
	case PACKET_TZSP:
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_TZSP);
		packet__advance(packet, 4, PACKET_TZSP_TAG);
		break;
	case PACKET_TZSP_TAG:
		packet__take_tzsp_tag(packet, header);
		break;
	case PACKET_ESP:
		packet__take_esp(packet, header);
		break;
	default:
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
		break;
	}
}

#endif

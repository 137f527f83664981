/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Layers: where is the payload, and whose is it? packet__take_layer() takes one header off. The caller gives it the
 * header's bytes and repeats until it reaches the payload. A format is added in one place: its layer, and the case that
 * reads it. plain.h does the same in one step for the frames that make up most of the traffic. Plain C: no helper
 * calls, no kernel headers.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 */
#ifndef PACKET_H
#define PACKET_H

#include "common/sipbpf.h"
#include "common/words.h"

/* Bytes of a header that packet__take_layer() may look at. */
#define PACKET_HEADER_SIZE 40

/* Headers taken off one packet, and IP headers among them. A packet with more is too deep. */
#define PACKET_LAYERS_MAX 64
#define PACKET_DEPTH_MAX 5

#define PACKET_TCP_FIN 1
#define PACKET_TCP_SYN 2
#define PACKET_TCP_RST 4

#define PACKET_PROTOCOL_IPV4 4
#define PACKET_PROTOCOL_TCP 6
#define PACKET_PROTOCOL_UDP 17
#define PACKET_PROTOCOL_IPV6 41
#define PACKET_PROTOCOL_GRE 47
#define PACKET_PROTOCOL_SCTP 132

enum packet_layer {
	PACKET_ETHERNET = 0,
	PACKET_ETHERTYPE, /* nothing to take off: packet.next is an EtherType */
	PACKET_VLAN,
	PACKET_PPPOE,
	PACKET_PPP,
	PACKET_MPLS,
	PACKET_IP, /* IPv4 or IPv6, as the first four bits say */
	PACKET_IPV6_EXTENSION,
	PACKET_IPV6_AUTHENTICATION,
	PACKET_IPV6_FRAGMENT,
	PACKET_GRE,
	PACKET_ERSPAN,
	PACKET_VXLAN,
	PACKET_GENEVE,
	PACKET_GTPU,
	PACKET_GTPU_NEXT, /* the type of the next extension header; 0: there is none */
	PACKET_UDP,
	PACKET_TCP,
	PACKET_SCTP,
	PACKET_PAYLOAD, /* packet.offset to packet.end is what UDP, TCP or SCTP carries */
	PACKET_REFUSED, /* packet.reason says why */
};

/*
 * The fragment of a datagram that the packet is or came in, if it came in one; in a tunnel's fragment, the datagram is
 * the tunnel's. Valid if is_fragment.
 */
struct packet_fragment {
	struct sipbpf_ends ends; /* of the fragment, with the datagram's identification in the place of the ports */
	__u32 shift;             /* from an offset in the frame to the one in the datagram, modulo 2^32 */
	__u32 datagram;          /* of a first fragment: length and checksum of UDP, which tell datagrams apart */
	__u8 protocol;           /* of the datagram */
	__u8 is_fragment;
	__u8 is_first;
	__u8 is_last;
	__u8 is_cut; /* the capture ends before the fragment does */
};

struct packet {
	struct sipbpf_ends ends;
	__u32 offset;         /* of the layer */
	__u32 end;            /* offset of the first byte behind the layer; the bytes before it are present */
	__u32 missing;        /* bytes of the layer behind the end, which the capture has cut off */
	__u32 sequence;       /* of TCP: the number of the first byte of the payload, or of SYN */
	__u32 tag;            /* of SCTP: the verification tag */
	__u16 next;           /* the IP protocol or EtherType of the layer, where the layer alone does not tell */
	__u16 encapsulations; /* that were taken off, a bit for each enum sipbpf_encapsulation */
	__u8 layer;           /* enum packet_layer */
	__u8 protocol;        /* of the payload: PACKET_PROTOCOL_UDP, _TCP or _SCTP */
	__u8 reason;          /* enum sipbpf_reason */
	__u8 layers;          /* taken off */
	__u8 depth;           /* IP headers among them */
	__u8 is_cut;          /* bytes of the payload are missing: a first fragment, or a cut capture */
	__u8 flags;           /* of TCP */
	struct packet_fragment fragment;
} __attribute__((aligned(8))); /* cleared by the word */

static __always_inline void packet__refuse(struct packet *packet, __u8 reason)
{
	packet->reason = reason;
	packet->layer = PACKET_REFUSED;
}

/* Notes that the packet came through this encapsulation. */
static __always_inline void packet__note_encapsulation(struct packet *packet, __u32 encapsulation)
{
	packet->encapsulations |= (__u16)(1U << encapsulation);
}

/* Moves on to the layer that begins `length` bytes further, or refuses a frame that ends before. */
static __always_inline void packet__advance(struct packet *packet, __u32 length, __u8 layer)
{
	if (packet->end - packet->offset < length) {
		packet__refuse(packet, SIPBPF_REASON_TRUNCATED);
		return;
	}
	packet->offset += length;
	packet->layer = layer;
}

/* The layer that an EtherType announces; PACKET_REFUSED if it cannot carry IP. */
static __always_inline __u8 packet__ethertype_layer(__u32 ethertype)
{
	switch (ethertype) {
	case 0x0800:
	case 0x86dd:
		return PACKET_IP;
	case 0x8100: /* 802.1Q */
	case 0x88a8: /* 802.1ad */
	case 0x9100: /* QinQ before 802.1ad */
		return PACKET_VLAN;
	case 0x8847:
	case 0x8848:
		return PACKET_MPLS;
	case 0x8864:
		return PACKET_PPPOE;
	case 0x6558: /* transparent Ethernet bridging, in tunnels */
		return PACKET_ETHERNET;
	case 0x880b:
		return PACKET_PPP;
	default:
		return PACKET_REFUSED;
	}
}

/* Moves on to the layer that an EtherType announces, `length` bytes further. */
static __always_inline void packet__advance_to_ethertype(struct packet *packet, __u32 length, __u32 ethertype)
{
	__u8 layer = packet__ethertype_layer(ethertype);

	if (layer == PACKET_REFUSED)
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
	else
		packet__advance(packet, length, layer);
}

/* Moves on to the layer that an IP protocol number announces, `length` bytes further. */
static __always_inline void packet__advance_to_protocol(struct packet *packet, __u32 length, __u32 protocol)
{
	__u8 layer;

	switch (protocol) {
	case PACKET_PROTOCOL_UDP:
		layer = PACKET_UDP;
		break;
	case PACKET_PROTOCOL_TCP:
		layer = PACKET_TCP;
		break;
	case PACKET_PROTOCOL_SCTP:
		layer = PACKET_SCTP;
		break;
	case PACKET_PROTOCOL_IPV4:
	case PACKET_PROTOCOL_IPV6:
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_IP_IN_IP);
		layer = PACKET_IP;
		break;
	case PACKET_PROTOCOL_GRE:
		layer = PACKET_GRE;
		break;
	case 137: /* RFC 4023 3 */
		layer = PACKET_MPLS;
		break;
	case 51:
		layer = PACKET_IPV6_AUTHENTICATION;
		break;
	default:
		packet__refuse(packet, SIPBPF_REASON_NOT_TRANSPORT);
		return;
	}
	packet__advance(packet, length, layer);
}

/* The same for IPv6, where extension headers may come first (RFC 8200 4, RFC 7045). */
static __always_inline void packet__advance_to_next_header(struct packet *packet, __u32 length, __u32 next_header)
{
	switch (next_header) {
	case 0:   /* hop-by-hop options */
	case 43:  /* routing */
	case 60:  /* destination options */
	case 135: /* mobility */
	case 139: /* HIP */
	case 140: /* Shim6 */
		packet__advance(packet, length, PACKET_IPV6_EXTENSION);
		break;
	case 44:
		packet__advance(packet, length, PACKET_IPV6_FRAGMENT);
		break;
	default:
		packet__advance_to_protocol(packet, length, next_header);
		break;
	}
}

/* The low half of an IPv4 address as ::ffff:a.b.c.d, with its first byte the lowest. */
static __always_inline __u64 packet__ipv4_mapped_low(const __u8 *address)
{
	return 0xffff0000ULL | (__u64)__builtin_bswap32(words__be32(address)) << 32;
}

static __always_inline void packet__map_ipv4(struct sipbpf_endpoint *ret_endpoint, const __u8 *address)
{
	words__store8(ret_endpoint->address, 0);
	words__store8(ret_endpoint->address + 8, WORDS_LITTLE(packet__ipv4_mapped_low(address)));
}

static __always_inline void packet__set_ipv6_ends(struct sipbpf_ends *ret_ends, const __u8 *header)
{
	words__store8(ret_ends->source.address, words__load8(header + 8));
	words__store8(ret_ends->source.address + 8, words__load8(header + 16));
	words__store8(ret_ends->target.address, words__load8(header + 24));
	words__store8(ret_ends->target.address + 8, words__load8(header + 32));
}

static __always_inline void packet__set_ports(struct sipbpf_ends *ret_ends, const __u8 *transport)
{
	__u32 ports = WORDS_PAIR(words__be16(transport), words__be16(transport + 2));

	words__store4(&ret_ends->source_port, ports);
}

/*
 * Ends the layer where its length field says, which is not where the frame ends: Ethernet pads. A cut capture has fewer
 * bytes than that. A length of 0 means that the packet is too large for the field (TCP segmentation offload, BIG TCP).
 */
static __always_inline void packet__trim(struct packet *packet, __u32 length)
{
	__u32 present = packet->end - packet->offset;

	if (length > present) {
		packet->is_cut = 1;
		packet->missing = length - present;
	} else if (length) {
		packet->end = packet->offset + length;
	}
}

/*
 * Whether the fragments of such a datagram behind the first one are looked at: the datagram may hold a message of UDP,
 * itself or in a tunnel.
 */
static __always_inline int packet__may_hold_datagram(__u32 protocol)
{
	return protocol == PACKET_PROTOCOL_UDP || protocol == PACKET_PROTOCOL_GRE || protocol == PACKET_PROTOCOL_IPV4 ||
	       protocol == PACKET_PROTOCOL_IPV6;
}

/*
 * Notes that the layer, whose header has this length, carries a fragment: the part from this offset on of a datagram of
 * this protocol.
 */
static __always_inline void packet__note_fragment(struct packet *packet, __u32 length, __u32 protocol, __u32 offset,
						  int is_last, __u32 identification)
{
	struct packet_fragment *fragment = &packet->fragment;

	fragment->ends.source = packet->ends.source;
	fragment->ends.target = packet->ends.target;
	words__store4(&fragment->ends.source_port, identification);
	fragment->shift = offset - (packet->offset + length);
	fragment->protocol = (__u8)protocol;
	fragment->is_fragment = 1;
	fragment->is_first = !offset;
	fragment->is_last = (__u8)is_last;
	fragment->is_cut = packet->missing != 0;
}

/*
 * Takes a fragment that is not the first one of its datagram. What it carries is payload, whatever its headers were: they
 * lie in the first one, and so do the ports.
 */
static __always_inline void packet__take_later_fragment(struct packet *packet, __u32 length)
{
	if (!packet__may_hold_datagram(packet->fragment.protocol)) {
		packet__refuse(packet, SIPBPF_REASON_FRAGMENT);
		return;
	}
	packet->ends.source_port = 0;
	packet->ends.target_port = 0;
	packet->protocol = PACKET_PROTOCOL_UDP;
	packet__advance(packet, length, PACKET_PAYLOAD);
}

static __always_inline void packet__take_ipv4(struct packet *packet, const __u8 *header)
{
	__u32 header_length = (header[0] & 15) * 4, length = words__be16(header + 2);
	__u32 fragment = words__be16(header + 6);

	if (header_length < 20 || (length && length < header_length)) {
		packet__refuse(packet, SIPBPF_REASON_BAD_HEADER);
		return;
	}
	packet__map_ipv4(&packet->ends.source, header + 12);
	packet__map_ipv4(&packet->ends.target, header + 16);
	packet__trim(packet, length);
	if (fragment & 0x3fff)
		packet__note_fragment(packet, header_length, header[9], (fragment & 0x1fff) * 8, !(fragment & 0x2000),
				      words__be16(header + 4));
	if (fragment & 0x1fff) {
		packet__take_later_fragment(packet, header_length);
		return;
	}
	if (fragment & 0x2000)
		packet->is_cut = 1;
	packet__advance_to_protocol(packet, header_length, header[9]);
}

static __always_inline void packet__take_ipv6(struct packet *packet, const __u8 *header)
{
	__u32 length = words__be16(header + 4);

	packet__set_ipv6_ends(&packet->ends, header);
	packet__trim(packet, length ? length + 40 : 0);
	packet__advance_to_next_header(packet, 40, header[6]);
}

static __always_inline void packet__take_ip(struct packet *packet, const __u8 *header, __u32 present)
{
	__u32 version = header[0] >> 4;

	if (++packet->depth > PACKET_DEPTH_MAX) {
		packet__refuse(packet, SIPBPF_REASON_TOO_DEEP);
		return;
	}
	packet->is_cut = 0;
	packet->missing = 0;
	if (version == 4 && present >= 20)
		packet__take_ipv4(packet, header);
	else if (version == 6 && present >= 40)
		packet__take_ipv6(packet, header);
	else
		packet__refuse(packet, version == 4 || version == 6 || !present ? SIPBPF_REASON_TRUNCATED
										: SIPBPF_REASON_NOT_IP);
}

static __always_inline void packet__take_ipv6_fragment(struct packet *packet, const __u8 *header)
{
	__u32 offset_and_more = words__be16(header + 2);

	if (offset_and_more & 0xfff9)
		packet__note_fragment(packet, 8, header[0], offset_and_more & 0xfff8, !(offset_and_more & 1),
				      words__be32(header + 4));
	if (offset_and_more & 0xfff8) {
		packet__take_later_fragment(packet, 8);
		return;
	}
	if (offset_and_more & 1)
		packet->is_cut = 1;
	packet__advance_to_next_header(packet, 8, header[0]);
}

/* The ports of tunnels. A datagram to one of them that does not begin with the tunnel's header is an ordinary one. */
#define PACKET_PORT_GTPU 2152
#define PACKET_PORT_VXLAN 4789
#define PACKET_PORT_VXLAN_GPE 4790
#define PACKET_PORT_GENEVE 6081
#define PACKET_PORT_VXLAN_LINUX 8472 /* Linux's own default, from before the assigned port */

static __always_inline int packet__is_tunnel_port(__u32 port)
{
	switch (port) {
	case PACKET_PORT_GTPU:
	case PACKET_PORT_VXLAN:
	case PACKET_PORT_VXLAN_GPE:
	case PACKET_PORT_GENEVE:
	case PACKET_PORT_VXLAN_LINUX:
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
	default:
		return PACKET_PAYLOAD;
	}
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
	/* Bytes behind the datagram are no tunnel's header. */
	packet__advance(packet, 8,
			packet->end - packet->offset < 16
				? PACKET_PAYLOAD
				: packet__datagram_layer(words__be16(header + 2), header + 8));
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

/*
 * RFC 2784, 2890 (key, sequence) and 2637 (version 1, PPP). ERSPAN (draft-foschiano-erspan) has a header of its own,
 * except for type I, which has no sequence number in the GRE header.
 */
static __always_inline void packet__take_gre(struct packet *packet, const __u8 *header)
{
	__u32 flags = header[0], version = header[1] & 7, length = 4, type = words__be16(header + 2);

	if (version > 1 || (flags & 0x40)) { /* source routing is obsolete */
		packet__refuse(packet, SIPBPF_REASON_NOT_TRANSPORT);
		return;
	}
	length += flags & 0x80 ? 4 : 0;
	length += flags & 0x20 ? 4 : 0;
	length += flags & 0x10 ? 4 : 0;
	length += version == 1 && (header[1] & 0x80) ? 4 : 0;
	if (type != 0x88be && type != 0x22eb) {
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_GRE);
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

	if (version == 1)
		packet__advance(packet, 8, PACKET_ETHERNET);
	else if (version == 2 && (frame_type == 0 || frame_type == 2))
		packet__advance(packet, header[11] & 1 ? 20 : 12, frame_type == 0 ? PACKET_ETHERNET : PACKET_IP);
	else
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
}

/* RFC 7348. A flag tells a header of VXLAN-GPE, which says what follows. */
static __always_inline void packet__take_vxlan(struct packet *packet, const __u8 *header)
{
	__u32 next = header[0] & 0x04 ? header[3] : 3;

	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_VXLAN);
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
	packet__trim(packet, length + 8);
	if (!(header[0] & 0x07))
		packet__advance(packet, 8, PACKET_IP);
	else if (header[0] & 0x04)
		packet__advance(packet, 11, PACKET_GTPU_NEXT);
	else
		packet__advance(packet, 12, PACKET_IP);
}

/* TS 29.281 5.2.1: a length in units of four bytes; the last byte is the type of the next extension header. */
static __always_inline void packet__take_gtpu_next(struct packet *packet, const __u8 *header)
{
	if (!header[0])
		packet__advance(packet, 1, PACKET_IP);
	else if (header[1] || packet->end - packet->offset < 2)
		packet__advance(packet, header[1] ? header[1] * 4 : 2, PACKET_GTPU_NEXT);
	else
		packet__refuse(packet, SIPBPF_REASON_BAD_HEADER);
}

/* RFC 1661, 1662: address and control may be left out, and the protocol may have one byte. */
static __always_inline void packet__take_ppp(struct packet *packet, const __u8 *header)
{
	__u32 at = header[0] == 0xff && header[1] == 0x03 ? 2 : 0;
	__u32 short_form = header[at] & 1;
	__u32 protocol = short_form ? header[at] : words__be16(header + at);

	__u32 length = at + 2 - short_form;

	if (protocol == 0x0021 || protocol == 0x0057)
		packet__advance(packet, length, PACKET_IP);
	else if (protocol == 0x0281 || protocol == 0x0283) /* RFC 3032 4.1 */
		packet__advance(packet, length, PACKET_MPLS);
	else
		packet__refuse(packet,
			       packet->end - packet->offset < length ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_NOT_IP);
}

/*
 * Whether Ethernet in a pseudowire comes behind a control word, which is optional (RFC 4448 4.6). A control word begins
 * with four bits of 0 (RFC 4385 3), and so may an address. The EtherType tells them apart, and if both places have one,
 * the reserved bits do.
 */
static __always_inline int packet__has_control_word(const __u8 *header)
{
	if (header[0] >> 4)
		return 0;
	return packet__ethertype_layer(words__be16(header + 12)) == PACKET_REFUSED ||
	       (!words__be16(header) && packet__ethertype_layer(words__be16(header + 16)) != PACKET_REFUSED);
}

/*
 * RFC 3032. Below the bottom of the stack, only the first four bits tell what follows. If it is not IP, it may be
 * Ethernet.
 */
static __always_inline void packet__take_mpls(struct packet *packet, const __u8 *header)
{
	__u32 version = header[4] >> 4;

	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_MPLS);
	if (!(header[2] & 1))
		packet__advance(packet, 4, PACKET_MPLS);
	else if (version == 4 || version == 6)
		packet__advance(packet, 4, PACKET_IP);
	else
		packet__advance(packet, packet__has_control_word(header + 4) ? 8 : 4, PACKET_ETHERNET);
}

/* The least bytes of a layer's header that packet__take_layer() needs. */
static __always_inline __u32 packet__header_min(__u32 layer)
{
	switch (layer) {
	case PACKET_ETHERNET:
		return 14;
	case PACKET_TCP:
		return 20;
	case PACKET_SCTP:
		return 12;
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
		return 6;
	case PACKET_VLAN:
	case PACKET_MPLS:
	case PACKET_GRE:
		return 4;
	default:
		return 1;
	}
}

/* Whether a tunnel ends with nothing in it. */
static __always_inline int packet__is_empty_tunnel(const struct packet *packet)
{
	int begins_packet =
		packet->layer == PACKET_ETHERNET || packet->layer == PACKET_PPP || packet->layer == PACKET_IP;

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
	switch (packet->layer) {
	case PACKET_ETHERNET:
		packet__advance_to_ethertype(packet, 14, words__be16(header + 12));
		break;
	case PACKET_ETHERTYPE:
		packet__advance_to_ethertype(packet, 0, packet->next);
		break;
	case PACKET_VLAN:
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_VLAN);
		packet__advance_to_ethertype(packet, 4, words__be16(header + 2));
		break;
	case PACKET_PPPOE: /* RFC 2516: only session data, code 0 */
		if (header[0] != 0x11 || header[1]) {
			packet__refuse(packet, SIPBPF_REASON_NOT_IP);
			break;
		}
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_PPPOE);
		packet__advance(packet, 6, PACKET_PPP);
		break;
	case PACKET_PPP:
		packet__take_ppp(packet, header);
		break;
	case PACKET_MPLS:
		packet__take_mpls(packet, header);
		break;
	case PACKET_IP:
		packet__take_ip(packet, header, present);
		break;
	case PACKET_IPV6_EXTENSION:
		packet__advance_to_next_header(packet, (header[1] + 1U) * 8, header[0]);
		break;
	case PACKET_IPV6_AUTHENTICATION: /* RFC 4302 2.2: in units of four bytes */
		packet__advance_to_next_header(packet, (header[1] + 2U) * 4, header[0]);
		break;
	case PACKET_IPV6_FRAGMENT:
		packet__take_ipv6_fragment(packet, header);
		break;
	case PACKET_GRE:
		packet__take_gre(packet, header);
		break;
	case PACKET_ERSPAN:
		packet__take_erspan(packet, header);
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

/* Whether the payload belongs to a fragment that is not the first one: its ports are unknown. */
static __always_inline int packet__is_later_fragment(const struct packet *packet)
{
	return packet->fragment.is_fragment && !packet->fragment.is_first;
}

/* Begins a packet in a frame of `length` bytes that starts with this layer. */
static __always_inline void packet__begin(struct packet *packet, __u32 length, __u8 layer, __u16 next)
{
	__builtin_memset(packet, 0, sizeof(*packet));
	packet->end = length;
	packet->layer = layer;
	packet->next = next;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4, IPv6 and its extension headers, and fragments of both. Tested by tests/unit/packet/test_packet.c. */
#ifndef PACKET_IP_H
#define PACKET_IP_H

#include "packet/packet.h"

/* The same for IPv6, where extension headers may come first (RFC 8200 4, RFC 7045). */
static __always_inline void packet__advance_to_next_header(struct packet *packet, __u32 length, __u32 next_header)
{
	switch (next_header) {
	case 0:  /* hop-by-hop options */
	case 43: /* routing */
	case PACKET_PROTOCOL_DESTINATION_OPTIONS:
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

static __always_inline void packet__set_ipv4_identity(struct packet_identity *ret_identity, const __u8 *header)
{
	ret_identity->identification = words__be16(header + 4);
	ret_identity->version = 4;
	ret_identity->hop_limit = header[8];
}

static __always_inline void packet__set_ipv6_identity(struct packet_identity *ret_identity, const __u8 *header)
{
	ret_identity->identification = words__be16(header + 2);
	ret_identity->version = 6;
	ret_identity->hop_limit = header[7];
}

/*
 * Whether the fragments of such a datagram behind the first one are looked at: the datagram may hold a message of UDP,
 * itself, behind a header that is cut with it, or in a tunnel.
 */
static __always_inline int packet__may_hold_datagram(__u32 protocol)
{
	return protocol == PACKET_PROTOCOL_UDP || protocol == PACKET_PROTOCOL_GRE || protocol == PACKET_PROTOCOL_IPV4 ||
	       protocol == PACKET_PROTOCOL_IPV6 || protocol == PACKET_PROTOCOL_AUTHENTICATION ||
	       protocol == PACKET_PROTOCOL_DESTINATION_OPTIONS;
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
	fragment->path = packet->path;
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
	packet__set_ipv4_identity(&packet->identity, header);
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
	packet__set_ipv6_identity(&packet->identity, header);
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

/*
 * Whether IP begins here, by eight bytes of it: IPv4 that is no fragment, or IPv6 with TCP, UDP or SCTP. No text has such
 * bytes.
 */
static __always_inline int packet__is_bare_ip(const __u8 *header)
{
	if (header[0] == 0x45)
		return !(header[6] & 0xbf) && !header[7];
	return header[0] >> 4 == 6 && (header[6] == PACKET_PROTOCOL_TCP || header[6] == PACKET_PROTOCOL_UDP ||
				       header[6] == PACKET_PROTOCOL_SCTP);
}

/* Whether the checksum of an IPv4 header without options is right (RFC 791 3.1). */
static __always_inline int packet__has_ipv4_checksum(const __u8 *header)
{
	__u32 sum = 0, i;

	for (i = 0; i < 20; i += 2)
		sum += words__be16(header + i);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* Takes off a layer of IP, of which `present` bytes are at hand: see packet__take_layer(). */
static __always_inline void packet__take_ip_layer(struct packet *packet, const __u8 *header, __u32 present)
{
	switch (packet->layer) {
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
	default:
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
		break;
	}
}

#endif

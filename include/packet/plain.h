/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short way through the layers, for the frames that make up most of the traffic. It takes at once what packet.h
 * takes one by one, with the same result. Plain C: no helper calls, no kernel headers.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 * Tested by tests/unit/packet/test_nesting.c.
 */
#ifndef PACKET_PLAIN_H
#define PACKET_PLAIN_H

#include "packet/layers.h"

/* What is plain in a frame. Offsets count from the IP header on. */
struct packet_plain {
	__u32 transport; /* offset of the UDP or TCP header */
	__u32 payload;
	__u32 end;
	__u8 version; /* 4 or 6 */
	__u8 protocol;
	__u8 flags; /* of TCP */
};

/* What packet__find_plain() must have at hand: Ethernet, IPv4 and UDP. */
#define PACKET_PLAIN_SIZE (PACKET_ETHERNET_SIZE + 20 + 8)

/*
 * Finds the payload behind an IP header of this version, which is 4 or 6 and, if it is 4, has no options. The packet has
 * `length` bytes, of which the first `before` come before the IP header. Returns as packet__find_plain() does.
 */
static __always_inline int packet__find_plain_behind(const __u8 *ip, const __u8 *frame_end, __u32 before, __u32 length,
						     __u32 version, struct packet_plain *ret_plain)
{
	const __u8 *transport;
	__u32 ip_end;

	if (version == 4) {
		if (words__be16(ip + 6) & 0x3fff)
			return 0;
		ip_end = words__be16(ip + 2);
		ret_plain->protocol = ip[9];
		/* Without this, compilers merge the code of both versions, and keep each offset in a register. */
		__asm__ volatile("" : "+r"(ip_end));
		ret_plain->transport = 20;
		ret_plain->version = 4;
		transport = ip + 20;
	} else {
		if (ip + 40 + 8 > frame_end)
			return 0;
		ip_end = 40 + words__be16(ip + 4);
		ret_plain->protocol = ip[6];
		ret_plain->transport = 40;
		ret_plain->version = 6;
		transport = ip + 40;
	}
	if (before + ip_end > length)
		return 0;
	if (ret_plain->protocol == PACKET_PROTOCOL_UDP) {
		ret_plain->payload = ret_plain->transport + 8;
		ret_plain->end = ret_plain->transport + words__be16(transport + 4);
		return ret_plain->end >= ret_plain->payload && ret_plain->end <= ip_end;
	}
	if (ret_plain->protocol != PACKET_PROTOCOL_TCP || transport + 20 > frame_end || transport[12] >> 4 < 5)
		return 0;
	ret_plain->payload = ret_plain->transport + (transport[12] >> 4) * 4;
	ret_plain->end = ip_end;
	ret_plain->flags = transport[13];
	return ret_plain->end >= ret_plain->payload;
}

/*
 * Finds the payload of a plain frame: Ethernet, IPv4 without options or IPv6 without extension headers, no fragment,
 * then UDP or TCP, with lengths that agree with the frame. Returns whether the frame is plain. Any other frame goes
 * through packet__take_layer(), which finds the same in plain ones. Reads frame up to frame_end, of a packet of
 * `length` bytes.
 */
static __always_inline int packet__find_plain(const __u8 *frame, const __u8 *frame_end, __u32 length,
					      struct packet_plain *ret_plain)
{
	const __u8 *ip = frame + PACKET_ETHERNET_SIZE;

	if (frame + PACKET_PLAIN_SIZE > frame_end)
		return 0;
	if (words__be16(frame + 12) == 0x0800 && ip[0] == 0x45)
		return packet__find_plain_behind(ip, frame_end, PACKET_ETHERNET_SIZE, length, 4, ret_plain);
	if (words__be16(frame + 12) == 0x86dd && ip[0] >> 4 == 6)
		return packet__find_plain_behind(ip, frame_end, PACKET_ETHERNET_SIZE, length, 6, ret_plain);
	return 0;
}

/* The same for a frame that begins with IP. */
static __always_inline int packet__find_plain_ip(const __u8 *ip, const __u8 *frame_end, __u32 length,
						 struct packet_plain *ret_plain)
{
	if (ip + 20 + 8 > frame_end)
		return 0;
	if (ip[0] == 0x45)
		return packet__find_plain_behind(ip, frame_end, 0, length, 4, ret_plain);
	if (ip[0] >> 4 == 6)
		return packet__find_plain_behind(ip, frame_end, 0, length, 6, ret_plain);
	return 0;
}

/*
 * Whether a payload with this first byte may belong to a tunnel. Few letters may, nor RTP as it is sent. This costs less
 * than looking at the port.
 */
static __always_inline int packet__may_begin_tunnel(__u32 first)
{
	if ((first & 0x09) == 0x08)
		return 1;
	return first < 0x80 && (first < 0x40 || first == 0x45 || first >> 4 == 6);
}

/* The UDP or TCP header, by constants: the verifier knows nothing of plain->transport once it has been in memory. */
static __always_inline const __u8 *packet__plain_transport(const __u8 *ip, const struct packet_plain *plain)
{
	return ip + (plain->version == 4 ? 20 : 40);
}

/*
 * Whether what packet__find_plain() accepted, with this IP header, goes to a tunnel's port, so that packet__take_layer()
 * must look into it.
 */
static __always_inline int packet__plain_is_tunnel(const __u8 *ip, const __u8 *frame_end,
						   const struct packet_plain *plain)
{
	const __u8 *transport = packet__plain_transport(ip, plain);

	return plain->protocol == PACKET_PROTOCOL_UDP && transport + 4 <= frame_end &&
	       packet__is_tunnel_port(words__be16(transport + 2));
}

/* Bytes before the frame that a mirror sends: Ethernet, IPv4, and UDP with VXLAN or GRE with ERSPAN II. */
#define PACKET_PLAIN_MIRROR_SIZE 50

/* Whether such a frame of Ethernet holds another one behind VXLAN. Its length is not checked. */
static __always_inline int packet__plain_is_vxlan(const __u8 *frame, const __u8 *frame_end,
						  const struct packet_plain *plain)
{
	return plain->version == 4 && plain->protocol == PACKET_PROTOCOL_UDP &&
	       frame + PACKET_PLAIN_MIRROR_SIZE <= frame_end && frame[42] == 0x08 &&
	       packet__datagram_layer(words__be16(frame + 36), frame + 42) == PACKET_VXLAN;
}

/*
 * The same for ERSPAN II over GRE with just a sequence number. Returns the offset behind the inner frame, or 0. Reads
 * as packet__find_plain() does.
 */
static __always_inline __u32 packet__plain_erspan_end(const __u8 *frame, const __u8 *frame_end, __u32 length)
{
	__u32 ip_end;

	if (frame + PACKET_PLAIN_MIRROR_SIZE > frame_end || words__be16(frame + 12) != 0x0800 || frame[14] != 0x45 ||
	    (words__be16(frame + 20) & 0x3fff) || frame[23] != PACKET_PROTOCOL_GRE ||
	    words__be32(frame + 34) != 0x100088be || frame[42] >> 4 != 1)
		return 0;
	ip_end = 14 + words__be16(frame + 16);
	return ip_end > length ? 0 : ip_end;
}

/* Sets both ends of what packet__find_plain() accepted, and its identity. It always can; the checks are for the verifier. */
static __always_inline void packet__set_plain_ends(struct sipbpf_ends *ret_ends, struct packet_identity *ret_identity,
						   const __u8 *ip, const __u8 *frame_end,
						   const struct packet_plain *plain)
{
	const __u8 *transport;

	if (plain->version == 4) {
		transport = ip + 20;
		if (transport + 4 > frame_end)
			return;
		packet__map_ipv4(&ret_ends->source, ip + 12);
		packet__map_ipv4(&ret_ends->target, ip + 16);
		packet__set_ipv4_identity(ret_identity, ip);
	} else {
		transport = ip + 40;
		if (transport + 4 > frame_end)
			return;
		packet__set_ipv6_ends(ret_ends, ip);
		packet__set_ipv6_identity(ret_identity, ip);
	}
	packet__set_ports(ret_ends, transport);
}

/* What packet__take_plain() takes off besides tags: Ethernet, IP, and UDP or TCP. */
#define PACKET_PLAIN_LAYERS 3

/*
 * The number of tags behind the addresses of an Ethernet frame. At most two are counted, which are taken off at once.
 */
static __always_inline __u32 packet__plain_tag_count(const __u8 *frame, const __u8 *frame_end)
{
	if (frame + 20 > frame_end || !packet__is_vlan(words__be16(frame + 12)))
		return 0;
	return packet__is_vlan(words__be16(frame + 16)) ? 2 : 1;
}

/* Whether what packet__find_plain() accepted may hold HEP: its first bytes say so, or are not at hand. */
static __always_inline int packet__plain_may_be_hep(const __u8 *ip, const __u8 *frame_end,
						    const struct packet_plain *plain)
{
	const __u8 *payload = packet__plain_transport(ip, plain) + 8;

	if (plain->protocol != PACKET_PROTOCOL_UDP || plain->end - plain->payload < 8)
		return 0;
	return payload + 8 > frame_end || packet__may_be_hep(WORDS_LITTLE(words__load8(payload)));
}

/*
 * The layer in what packet__find_plain() accepted: PACKET_PAYLOAD, a tunnel's or PACKET_HEP. PACKET_REFUSED means that too
 * few bytes are at hand.
 */
static __always_inline __u8 packet__plain_layer(const __u8 *ip, const __u8 *frame_end, const struct packet_plain *plain)
{
	const __u8 *transport = packet__plain_transport(ip, plain);
	__u32 length = plain->end - plain->payload;
	__u8 layer = PACKET_PAYLOAD;

	if (packet__plain_is_tunnel(ip, frame_end, plain)) {
		if (length < 8 || transport + 16 > frame_end)
			return PACKET_REFUSED;
		layer = packet__datagram_layer(words__be16(transport + 2), transport + 8);
	}
	if (layer != PACKET_PAYLOAD || !packet__plain_may_be_hep(ip, frame_end, plain))
		return layer;
	if (transport + 8 + PACKET_HEP_LOOK > frame_end)
		return PACKET_REFUSED;
	return packet__is_hep(transport + 8, length, length) ? PACKET_HEP : PACKET_PAYLOAD;
}

/* Notes the tags of a frame, one or two, which have been counted. */
static __always_inline void packet__note_plain_tags(struct packet *packet, const __u8 *frame, __u32 tags)
{
	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_VLAN);
	packet__note_network(packet, words__be16(frame + 14) & PACKET_VLAN_NUMBER);
	if (tags == 2)
		packet__note_network(packet, words__be16(frame + 18) & PACKET_VLAN_NUMBER);
}

/*
 * Takes the layers of a plain frame off at once, with up to two tags, where packet__take_layer() needs several steps.
 * Returns whether the next layer was such a frame. If not, nothing has changed. frame points to the byte at
 * packet->offset.
 */
static __always_inline int packet__take_plain(struct packet *packet, const __u8 *frame, const __u8 *frame_end)
{
	__u32 tags = packet__plain_tag_count(frame, frame_end), present = packet->end - packet->offset;
	const __u8 *ip = frame + 4 * tags + PACKET_ETHERNET_SIZE, *transport;
	struct packet_plain plain;
	__u8 layer;

	if (packet->layer != PACKET_ETHERNET || packet->depth == PACKET_DEPTH_MAX ||
	    packet->layers + PACKET_PLAIN_LAYERS + tags > PACKET_LAYERS_MAX || present < 4 * tags)
		return 0;
	/* packet__find_plain() looks at nothing before the EtherType, so it can start behind the tags. */
	if (!packet__find_plain(frame + 4 * tags, frame_end, present - 4 * tags, &plain))
		return 0;
	layer = packet__plain_layer(ip, frame_end, &plain);
	if (layer == PACKET_REFUSED)
		return 0;
	packet__set_plain_ends(&packet->ends, &packet->identity, ip, frame_end, &plain);
	transport = packet__plain_transport(ip, &plain);
	if (plain.protocol == PACKET_PROTOCOL_TCP && transport + 20 <= frame_end) {
		packet->sequence = words__be32(transport + 4);
		packet->flags = transport[13];
	}
	if (tags)
		packet__note_plain_tags(packet, frame, tags);
	packet->offset += 4 * tags + PACKET_ETHERNET_SIZE;
	packet->end = packet->offset + plain.end;
	packet->offset += plain.payload;
	packet->missing = 0;
	packet->is_cut = 0;
	packet->layers += (__u8)(PACKET_PLAIN_LAYERS + tags);
	packet->depth++;
	packet->protocol = plain.protocol;
	packet->layer = layer;
	return 1;
}

#endif

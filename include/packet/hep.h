/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HEP, the Homer Encapsulation Protocol: a datagram that tells of a message which passed elsewhere, with its ends and its
 * transport. Versions 1 and 2 have a header of fixed fields; version 3 (EEP) has chunks in any order. What HEP holds is not a
 * packet but a message, also where it came over TCP.
 * Tested by tests/unit/packet/test_packet.c.
 */
#ifndef PACKET_HEP_H
#define PACKET_HEP_H

#include "packet/ip.h"

/* Bytes of a datagram that packet__is_hep() may look at. */
#define PACKET_HEP_LOOK 32

/* Version 3: "HEP3" and the length of all. Each chunk begins with its vendor, its type and its length. */
#define PACKET_HEP3_SIZE 6
#define PACKET_HEP_CHUNK_SIZE 6

/* Versions 1 and 2: version, length, family, protocol and ports; then the addresses; version 2 has a time and an identifier. */
#define PACKET_HEP_FIXED_SIZE 8
#define PACKET_HEP_TIME_SIZE 12

/* Linux's numbers of the address families, which all senders use. */
#define PACKET_HEP_IPV4 2
#define PACKET_HEP_IPV6 10

/* Types of chunks of the vendor 0, which are those that everybody knows. */
enum packet_hep_chunk {
	PACKET_HEP_PROTOCOL = 0x02,
	PACKET_HEP_SOURCE_IPV4 = 0x03,
	PACKET_HEP_TARGET_IPV4 = 0x04,
	PACKET_HEP_SOURCE_IPV6 = 0x05,
	PACKET_HEP_TARGET_IPV6 = 0x06,
	PACKET_HEP_SOURCE_PORT = 0x07,
	PACKET_HEP_TARGET_PORT = 0x08,
	PACKET_HEP_CONTENT = 0x0b,
	PACKET_HEP_MESSAGE = 0x0f,
	PACKET_HEP_COMPRESSED = 0x10,
};

#define PACKET_HEP_CONTENT_SIP 1

/* What chunks tell, a bit each. */
enum packet_hep_fact {
	PACKET_HEP_KNOWS_SOURCE = 1 << 0,
	PACKET_HEP_KNOWS_TARGET = 1 << 1,
	PACKET_HEP_KNOWS_SOURCE_PORT = 1 << 2,
	PACKET_HEP_KNOWS_TARGET_PORT = 1 << 3,
	PACKET_HEP_KNOWS_PROTOCOL = 1 << 4,
	PACKET_HEP_KNOWS_LINK = (1 << 5) - 1, /* all of the above */
	PACKET_HEP_KNOWS_CONTENT = 1 << 5,
	PACKET_HEP_KNOWS_MESSAGE = 1 << 6,
	PACKET_HEP_KNOWS_COMPRESSED = 1 << 7,
};

/* Whether a message can have come by this protocol. Senders say 22, of no use otherwise, for TLS and for WebSocket. */
static __always_inline int packet__is_hep_protocol(__u32 protocol)
{
	return protocol == PACKET_PROTOCOL_UDP || protocol == PACKET_PROTOCOL_TCP || protocol == PACKET_PROTOCOL_SCTP ||
	       protocol == PACKET_PROTOCOL_IDP;
}

/*
 * Whether a datagram with these first eight bytes (lowest first) may be HEP. Nearly nothing else has such bytes; what has
 * them is looked at closely.
 */
static __always_inline int packet__may_be_hep(__u64 word)
{
	__u32 family = word >> 16 & 0xff;

	if ((__u32)word == 0x33504548) /* "HEP3" */
		return 1;
	return (word & 0xff) - 1 < 2 && (family == PACKET_HEP_IPV4 || family == PACKET_HEP_IPV6);
}

/* Whether four bytes are printable ASCII. */
static __always_inline int packet__is_short_text(const __u8 *bytes)
{
	__u32 word = words__be32(bytes), ones = 0x01010101, highs = 0x80808080;

	return !((word | (word + ones) | (word - ones * 0x20)) & highs);
}

/*
 * Whether version 1 or 2 begins here, in a datagram of `length` bytes, of which PACKET_HEP_LOOK are at hand. Four fields
 * must have one of few values, and text must follow. The length of the header is with or without the time; what sngrep
 * writes there is the high byte of the length of all.
 */
static __always_inline int packet__is_hep_fixed(const __u8 *header, __u32 length)
{
	__u32 is_ipv4 = header[2] == PACKET_HEP_IPV4, has_time = header[0] == 2;
	__u32 size = PACKET_HEP_FIXED_SIZE + (is_ipv4 ? 8 : 32);
	const __u8 *message;

	if ((header[0] != 1 && !has_time) || (!is_ipv4 && header[2] != PACKET_HEP_IPV6) ||
	    !packet__is_hep_protocol(header[3]))
		return 0;
	if (header[1] != size && (!has_time || (header[1] != size + PACKET_HEP_TIME_SIZE && header[1] != length >> 8)))
		return 0;
	message = header + (has_time ? 28 : 16);
	return !is_ipv4 || packet__is_short_text(message) || words__be16(message) == 0x0d0a; /* a line end */
}

/*
 * Whether a datagram of `length` bytes, of which `present` are at hand, is HEP by its first PACKET_HEP_LOOK bytes. No text
 * is.
 */
static __always_inline int packet__is_hep(const __u8 *header, __u32 present, __u32 length)
{
	if (present >= 8 && words__be32(header) == 0x48455033) /* "HEP3" */
		return !packet__is_short_text(header + 4);
	return present >= PACKET_HEP_LOOK && packet__is_hep_fixed(header, length);
}

/* Versions 1 and 2. The addresses of IPv6 lie where they do in its own header. */
static __always_inline void packet__take_hep_fixed(struct packet *packet, const __u8 *header)
{
	__u32 length = PACKET_HEP_FIXED_SIZE + (header[0] == 2 ? PACKET_HEP_TIME_SIZE : 0);

	if (header[2] == PACKET_HEP_IPV4) {
		packet__map_ipv4(&packet->ends.source, header + 8);
		packet__map_ipv4(&packet->ends.target, header + 12);
		length += 8;
	} else {
		packet__set_ipv6_ends(&packet->ends, header);
		length += 32;
	}
	packet__set_ports(&packet->ends, header + 4);
	packet->reported = header[3];
	packet__advance(packet, length, PACKET_PAYLOAD);
}

/* The beginning of HEP. Chunks follow, unless its version is 1 or 2. */
static __always_inline void packet__take_hep(struct packet *packet, const __u8 *header)
{
	__u32 length = words__be16(header + 4), left = packet->end - packet->offset + packet->missing;

	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_HEP);
	packet->hep.ends = packet->ends;
	if (header[0] != 'H') {
		packet__take_hep_fixed(packet, header);
		return;
	}
	if (length <= PACKET_HEP3_SIZE || length > left) {
		packet__refuse(packet, SIPBPF_REASON_BAD_HEADER);
		return;
	}
	packet->missing = 0;
	packet->is_cut = 0;
	packet__trim(packet, length);
	packet__advance(packet, PACKET_HEP3_SIZE, PACKET_HEP_CHUNK);
}

/* Moves on to the message, when all chunks have been looked at or the others are missing. */
static __always_inline void packet__end_chunks(struct packet *packet)
{
	const struct packet_hep *hep = &packet->hep;

	if ((hep->known & PACKET_HEP_KNOWS_LINK) != PACKET_HEP_KNOWS_LINK) {
		packet__refuse(packet, packet->missing ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_HEP);
	} else if (!packet__is_hep_protocol(packet->reported)) {
		packet__refuse(packet, SIPBPF_REASON_NOT_TRANSPORT);
	} else if ((hep->known & PACKET_HEP_KNOWS_CONTENT) && hep->content != PACKET_HEP_CONTENT_SIP) {
		packet__leave_unread(packet, SIPBPF_REASON_NOT_SIP);
	} else if (hep->known & PACKET_HEP_KNOWS_MESSAGE) {
		packet->offset = hep->begin;
		packet->end = hep->end;
		packet->missing = hep->missing;
		packet->is_cut = hep->missing != 0;
		packet->layer = PACKET_PAYLOAD;
	} else {
		packet__leave_unread(packet, hep->known & PACKET_HEP_KNOWS_COMPRESSED ? SIPBPF_REASON_COMPRESSED
					     : packet->missing                        ? SIPBPF_REASON_TRUNCATED
										      : SIPBPF_REASON_NO_PAYLOAD);
	}
}

/* What chunks tell, and the length that they must have, their own header included; 0: any. */
static const struct packet_hep_form {
	__u8 fact; /* enum packet_hep_fact; 0: nothing of use */
	__u8 length;
} packet__hep_forms[] = {
	[PACKET_HEP_PROTOCOL] = { PACKET_HEP_KNOWS_PROTOCOL, PACKET_HEP_CHUNK_SIZE + 1 },
	[PACKET_HEP_SOURCE_IPV4] = { PACKET_HEP_KNOWS_SOURCE, PACKET_HEP_CHUNK_SIZE + 4 },
	[PACKET_HEP_TARGET_IPV4] = { PACKET_HEP_KNOWS_TARGET, PACKET_HEP_CHUNK_SIZE + 4 },
	[PACKET_HEP_SOURCE_IPV6] = { PACKET_HEP_KNOWS_SOURCE, PACKET_HEP_CHUNK_SIZE + 16 },
	[PACKET_HEP_TARGET_IPV6] = { PACKET_HEP_KNOWS_TARGET, PACKET_HEP_CHUNK_SIZE + 16 },
	[PACKET_HEP_SOURCE_PORT] = { PACKET_HEP_KNOWS_SOURCE_PORT, PACKET_HEP_CHUNK_SIZE + 2 },
	[PACKET_HEP_TARGET_PORT] = { PACKET_HEP_KNOWS_TARGET_PORT, PACKET_HEP_CHUNK_SIZE + 2 },
	[PACKET_HEP_CONTENT] = { PACKET_HEP_KNOWS_CONTENT, PACKET_HEP_CHUNK_SIZE + 1 },
	[PACKET_HEP_MESSAGE] = { PACKET_HEP_KNOWS_MESSAGE, 0 },
	[PACKET_HEP_COMPRESSED] = { PACKET_HEP_KNOWS_COMPRESSED, 0 },
};

#define PACKET_HEP_FORMS (sizeof(packet__hep_forms) / sizeof(packet__hep_forms[0]))

static __always_inline void packet__set_ipv6_end(struct sipbpf_endpoint *ret_endpoint, const __u8 *address)
{
	words__store8(ret_endpoint->address, words__load8(address));
	words__store8(ret_endpoint->address + 8, words__load8(address + 8));
}

/* Takes what a chunk of this type says of the message. Whether it is of IPv4 or IPv6, the type tells, not a family. */
static __always_inline void packet__take_hep_value(struct packet *packet, __u32 type, const __u8 *value)
{
	switch (type) {
	case PACKET_HEP_PROTOCOL:
		packet->reported = value[0];
		break;
	case PACKET_HEP_SOURCE_IPV4:
		packet__map_ipv4(&packet->ends.source, value);
		break;
	case PACKET_HEP_TARGET_IPV4:
		packet__map_ipv4(&packet->ends.target, value);
		break;
	case PACKET_HEP_SOURCE_IPV6:
		packet__set_ipv6_end(&packet->ends.source, value);
		break;
	case PACKET_HEP_TARGET_IPV6:
		packet__set_ipv6_end(&packet->ends.target, value);
		break;
	case PACKET_HEP_SOURCE_PORT:
		packet->ends.source_port = (__u16)words__be16(value);
		break;
	case PACKET_HEP_TARGET_PORT:
		packet->ends.target_port = (__u16)words__be16(value);
		break;
	case PACKET_HEP_CONTENT:
		packet->hep.content = value[0];
		break;
	default:
		break;
	}
}

/* Notes where the message is: in this chunk, of which so many bytes are present. A sender may cut it without saying so. */
static __always_inline void packet__note_hep_message(struct packet *packet, __u32 length, __u32 present)
{
	struct packet_hep *hep = &packet->hep;

	hep->begin = packet->offset + PACKET_HEP_CHUNK_SIZE;
	hep->end = packet->offset + (length < present ? length : present);
	hep->missing = length < present ? 0 : length - present;
}

/*
 * A chunk. Those of other vendors and of unknown types are skipped. The last one may be cut off; that of the message may be
 * longer than HEP says it is, because some senders cut a message to what a packet takes.
 */
static __always_inline void packet__take_hep_chunk(struct packet *packet, const __u8 *header)
{
	__u32 type = words__be32(header), length = words__be16(header + 4); /* the vendor, 0, is the upper half */
	__u32 present = packet->end - packet->offset, fact = 0, right_length = 0, is_cut;

	if (present < PACKET_HEP_CHUNK_SIZE)
		length = PACKET_HEP_CHUNK_SIZE;
	else if (type < PACKET_HEP_FORMS) {
		fact = packet__hep_forms[type].fact;
		right_length = packet__hep_forms[type].length;
	}
	is_cut = length > present;
	if (length < PACKET_HEP_CHUNK_SIZE || (right_length && length != right_length) || (packet->hep.known & fact) ||
	    (is_cut && !packet->missing && fact != PACKET_HEP_KNOWS_MESSAGE)) {
		packet__refuse(packet, SIPBPF_REASON_BAD_HEADER);
		return;
	}
	if (fact == PACKET_HEP_KNOWS_MESSAGE)
		packet__note_hep_message(packet, length, present);
	else if (!is_cut)
		packet__take_hep_value(packet, type, header + PACKET_HEP_CHUNK_SIZE);
	if (!is_cut || fact == PACKET_HEP_KNOWS_MESSAGE)
		packet->hep.known |= (__u16)fact;
	if (length < present)
		packet->offset += length;
	else
		packet__end_chunks(packet);
}

/* Takes off a layer of HEP: see packet__take_layer(). */
static __always_inline void packet__take_hep_layer(struct packet *packet, const __u8 *header)
{
	if (packet->layer == PACKET_HEP)
		packet__take_hep(packet, header);
	else
		packet__take_hep_chunk(packet, header);
}

#endif

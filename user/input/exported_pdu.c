/* SPDX-License-Identifier: BSD-2-Clause */
/* See exported_pdu.h. Tested by tests/unit/input/test_exported_pdu.c. */
#include "input/exported_pdu.h"

#include <endian.h>
#include <netinet/in.h>
#include <string.h>

#include "input/capture_header.h"

#define TAG_HEADER_SIZE 4 /* tag and length, 16 bits each, in network byte order */
#define TCP_INFO_VERSION 1

/* Wireshark's numbers (EXP_PDU_TAG_*). */
enum tag {
	TAG_END = 0,
	TAG_IPV4_SOURCE = 20,
	TAG_IPV4_TARGET = 21,
	TAG_IPV6_SOURCE = 22,
	TAG_IPV6_TARGET = 23,
	TAG_PORT_TYPE = 24,
	TAG_SOURCE_PORT = 25,
	TAG_TARGET_PORT = 26,
	TAG_ORIGINAL_NUMBER = 30,
	TAG_TCP_INFO = 34,
};

/* Of TAG_PORT_TYPE (EXP_PDU_PT_*). */
enum port_type {
	PORT_TYPE_SCTP = 1,
	PORT_TYPE_TCP = 2,
	PORT_TYPE_UDP = 3,
};

/* TAG_TCP_INFO: what the dissector of TCP hands on, packed. */
struct tcp_info {
	__u8 version[2];
	__u8 sequence[4];
	__u8 next_sequence[4];
	__u8 last_acknowledged[4];
	__u8 is_reassembled;
	__u8 flags[2];
	__u8 urgent_pointer[2];
};

/* What must be known, a bit each. */
enum fact {
	KNOWS_SOURCE = 1 << 0,
	KNOWS_TARGET = 1 << 1,
	KNOWS_SOURCE_PORT = 1 << 2,
	KNOWS_TARGET_PORT = 1 << 3,
	KNOWS_ENDS = (1 << 4) - 1,
};

static __u32 read_number(const __u8 *bytes)
{
	__u32 number;

	memcpy(&number, bytes, sizeof(number));
	return be32toh(number);
}

static __u8 ip_protocol(__u32 port_type)
{
	switch (port_type) {
	case PORT_TYPE_SCTP:
		return IPPROTO_SCTP;
	case PORT_TYPE_TCP:
		return IPPROTO_TCP;
	case PORT_TYPE_UDP:
		return IPPROTO_UDP;
	default:
		return IPPROTO_NONE;
	}
}

static void set_ipv4(struct sipbpf_endpoint *endpoint, const __u8 *address)
{
	memset(endpoint->address, 0, sizeof(endpoint->address));
	memset(endpoint->address + 10, 0xff, 2); /* RFC 4291 2.5.5.2 */
	memcpy(endpoint->address + 12, address, 4);
}

static void take_tcp_info(struct frame_origin *origin, const __u8 *value)
{
	struct tcp_info info;

	memcpy(&info, value, sizeof(info));
	if (info.version[1] != TCP_INFO_VERSION)
		return;
	origin->has_sequence = true;
	origin->tcp_sequence = read_number(info.sequence);
	origin->tcp_flags = info.flags[1];
}

/* The length that the value of a tag must have at least; 0: the tag is of no use here. */
static const __u8 value_lengths[] = {
	[TAG_IPV4_SOURCE] = 4,  [TAG_IPV4_TARGET] = 4,     [TAG_IPV6_SOURCE] = 16,
	[TAG_IPV6_TARGET] = 16, [TAG_PORT_TYPE] = 4,       [TAG_SOURCE_PORT] = 4,
	[TAG_TARGET_PORT] = 4,  [TAG_ORIGINAL_NUMBER] = 4, [TAG_TCP_INFO] = sizeof(struct tcp_info),
};

/* Takes what a tag says. Returns which of the facts that must be known it is, or 0. */
static unsigned int take_value(struct frame_origin *origin, __u32 tag, const __u8 *value)
{
	switch (tag) {
	case TAG_IPV4_SOURCE:
		set_ipv4(&origin->ends.source, value);
		return KNOWS_SOURCE;
	case TAG_IPV4_TARGET:
		set_ipv4(&origin->ends.target, value);
		return KNOWS_TARGET;
	case TAG_IPV6_SOURCE:
		memcpy(origin->ends.source.address, value, sizeof(origin->ends.source.address));
		return KNOWS_SOURCE;
	case TAG_IPV6_TARGET:
		memcpy(origin->ends.target.address, value, sizeof(origin->ends.target.address));
		return KNOWS_TARGET;
	case TAG_SOURCE_PORT:
		origin->ends.source_port = (__u16)read_number(value);
		return KNOWS_SOURCE_PORT;
	case TAG_TARGET_PORT:
		origin->ends.target_port = (__u16)read_number(value);
		return KNOWS_TARGET_PORT;
	case TAG_PORT_TYPE:
		origin->protocol = ip_protocol(read_number(value));
		return 0;
	case TAG_ORIGINAL_NUMBER:
		origin->number = read_number(value);
		return 0;
	case TAG_TCP_INFO:
		take_tcp_info(origin, value);
		return 0;
	default:
		return 0;
	}
}

bool exported_pdu__strip_tags(struct frame *frame)
{
	unsigned int known = 0;

	frame->start = FRAME_PAYLOAD;
	frame->origin = (struct frame_origin){ .protocol = IPPROTO_NONE };
	while (frame->length >= TAG_HEADER_SIZE) {
		__u32 header = read_number(frame->bytes), tag = header >> 16, length = header & 0xffff, wanted;
		const __u8 *value = frame->bytes + TAG_HEADER_SIZE;

		if (!capture_header__remove(frame, TAG_HEADER_SIZE + length))
			return false;
		if (tag == TAG_END)
			return known == KNOWS_ENDS;
		wanted = tag < sizeof(value_lengths) ? value_lengths[tag] : 0;
		if (wanted && length >= wanted)
			known |= take_value(&frame->origin, tag, value);
	}
	return false;
}

// SPDX-License-Identifier: BSD-2-Clause
/* See capture_header.h. Tested by tests/unit/input/test_capture.c. */
#include "input/capture_header.h"

#include <byteswap.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define NFLOG_HEADER_SIZE 4
#define NFLOG_FIELD_SIZE 4 /* length and type, before the value; fields are aligned to as much */
#define NFLOG_TYPE_MASK 0x7fff

#define PKTAP_HEADER_MIN 44
#define PKTAP_LINK_TYPE_OFFSET 8
#define PKTAP_FLAGS_OFFSET 36
#define PKTAP_IS_SENT 2

#define ERF_HEADER_SIZE 16
#define ERF_EXTENSION_SIZE 8
#define ERF_TYPE_OFFSET 8
#define ERF_HAS_MORE 0x80
#define ERF_ETHERNET_PADDING 2

#define AVS_HEADER_SIZE 64
#define PRISM_HEADER_SIZE 144

bool capture_header__remove(struct frame *frame, __u32 length)
{
	bool fits = frame->length >= length;

	if (!fits)
		length = frame->length;
	frame->bytes += length;
	frame->length -= length;
	return fits;
}

static __u32 read_le32(const __u8 *bytes)
{
	__u32 number;

	memcpy(&number, bytes, sizeof(number));
	return le32toh(number);
}

static __u32 read_be32(const __u8 *bytes)
{
	return bswap_32(read_le32(bytes));
}

static __u16 read_le16(const __u8 *bytes)
{
	return (__u16)(bytes[0] | bytes[1] << 8);
}

/* ---- Netfilter's log ---- */

static bool is_nflog_length(__u32 length, const struct frame *frame)
{
	return length >= NFLOG_FIELD_SIZE && length <= frame->length;
}

/* Takes what a field says. Returns whether it holds the packet. */
static bool take_nflog_field(struct frame *frame, __u16 type, __u32 length)
{
	const size_t hook = NFLOG_FIELD_SIZE + offsetof(struct nfulnl_msg_packet_hdr, hook);

	if (type == NFULA_PAYLOAD) {
		frame->length = length;
		(void)capture_header__remove(frame, NFLOG_FIELD_SIZE);
		return true;
	}
	if (type == NFULA_PACKET_HDR && length > hook &&
	    (frame->bytes[hook] == NF_INET_LOCAL_OUT || frame->bytes[hook] == NF_INET_POST_ROUTING))
		frame->hook = SIPBPF_SENT;
	return false;
}

int capture_header__strip_nflog(struct frame *frame, int next)
{
	if (!capture_header__remove(frame, NFLOG_HEADER_SIZE))
		return CAPTURE_HEADER_NOTHING;
	while (frame->length >= NFLOG_FIELD_SIZE) {
		__u16 length = read_le16(frame->bytes), type = read_le16(frame->bytes + 2);

		if (!is_nflog_length(length, frame)) {
			length = bswap_16(length);
			type = bswap_16(type);
		}
		if (!is_nflog_length(length, frame))
			break;
		if (take_nflog_field(frame, type & NFLOG_TYPE_MASK, length))
			return next;
		if (!capture_header__remove(frame,
					    (length + NFLOG_FIELD_SIZE - 1U) / NFLOG_FIELD_SIZE * NFLOG_FIELD_SIZE))
			break;
	}
	return CAPTURE_HEADER_NOTHING;
}

/* ---- PKTAP ---- */

int capture_header__strip_pktap(struct frame *frame, int next)
{
	const __u8 *header = frame->bytes;
	__u32 length, link_type;

	if (frame->length < PKTAP_HEADER_MIN)
		return CAPTURE_HEADER_NOTHING;
	length = read_le32(header);
	if (length < PKTAP_HEADER_MIN || !capture_header__remove(frame, length))
		return CAPTURE_HEADER_NOTHING;
	if (read_le32(header + PKTAP_FLAGS_OFFSET) & PKTAP_IS_SENT)
		frame->hook = SIPBPF_SENT;
	link_type = read_le32(header + PKTAP_LINK_TYPE_OFFSET);
	return link_type <= 0xffff && link_type != DLT_PKTAP ? (int)link_type : CAPTURE_HEADER_NOTHING;
}

/* ---- ERF ---- */

/* The link type behind the headers of a record of this type. Ethernet comes with and without colours and hashes. */
static int erf_link_type(__u32 type, int ip)
{
	switch (type) {
	case 2:
	case 11:
	case 16:
	case 20:
		return DLT_EN10MB;
	case 22:
	case 23:
		return ip;
	default:
		return CAPTURE_HEADER_NOTHING;
	}
}

int capture_header__strip_erf(struct frame *frame, int next)
{
	const __u8 *header = frame->bytes;
	bool has_more;
	int link_type;

	if (!capture_header__remove(frame, ERF_HEADER_SIZE))
		return CAPTURE_HEADER_NOTHING;
	link_type = erf_link_type(header[ERF_TYPE_OFFSET] & ~ERF_HAS_MORE, next);
	has_more = header[ERF_TYPE_OFFSET] & ERF_HAS_MORE;
	while (has_more) {
		header = frame->bytes;
		if (!capture_header__remove(frame, ERF_EXTENSION_SIZE))
			return CAPTURE_HEADER_NOTHING;
		has_more = header[0] & ERF_HAS_MORE;
	}
	if (link_type == DLT_EN10MB && !capture_header__remove(frame, ERF_ETHERNET_PADDING))
		return CAPTURE_HEADER_NOTHING;
	return link_type;
}

/* ---- radio ---- */

int capture_header__strip_radiotap(struct frame *frame, int next)
{
	if (frame->length < 8 || frame->bytes[0] != 0 || !capture_header__remove(frame, read_le16(frame->bytes + 2)))
		return CAPTURE_HEADER_NOTHING;
	return next;
}

int capture_header__strip_avs(struct frame *frame, int next)
{
	__u32 length = frame->length >= 8 ? read_be32(frame->bytes + 4) : 0;

	return length >= AVS_HEADER_SIZE && capture_header__remove(frame, length) ? next : CAPTURE_HEADER_NOTHING;
}

/* Drivers write AVS under the number of Prism too. */
int capture_header__strip_prism(struct frame *frame, int next)
{
	if (frame->length >= 8 && read_be32(frame->bytes) >> 4 == 0x8021100)
		return capture_header__strip_avs(frame, next);
	return capture_header__remove(frame, PRISM_HEADER_SIZE) ? next : CAPTURE_HEADER_NOTHING;
}

/* ---- a direction ---- */

int capture_header__strip_direction(struct frame *frame, int next)
{
	const __u8 *direction = frame->bytes;

	if (!capture_header__remove(frame, 1))
		return CAPTURE_HEADER_NOTHING;
	if (*direction)
		frame->hook = SIPBPF_SENT;
	return next;
}

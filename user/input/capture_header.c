// SPDX-License-Identifier: BSD-2-Clause
/* See capture_header.h. Tested by tests/unit/input/test_capture.c. */
#include "input/capture_header.h"

#include <byteswap.h>
#include <endian.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
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

#define PFLOG_HEADER_MIN 48 /* of the oldest form; the first byte has the length, without padding to four bytes */
#define PFLOG_DIRECTION_OFFSET 60
#define PFLOG_IS_SENT 2

#define ERF_HEADER_SIZE 16
#define ERF_EXTENSION_SIZE 8
#define ERF_TYPE_OFFSET 8
#define ERF_HAS_MORE 0x80
#define ERF_TYPE_META 27
#define ERF_TYPE_PADDING 48

#define RADIOTAP_HEADER_MIN 8
#define RADIOTAP_PRESENT_OFFSET 4
#define RADIOTAP_HAS_TIME 0x1
#define RADIOTAP_HAS_FLAGS 0x2
#define RADIOTAP_HAS_MORE 0x80000000 /* another word of what is present */
#define RADIOTAP_TIME_SIZE 8         /* and alignment */
#define RADIOTAP_IS_PADDED 0x20

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

/* ---- Linux's cooked captures ---- */

/* The link type of frames of hardware whose captures need no protocol, or `next`. */
static int cooked_hardware(__u16 hardware, int next)
{
	switch (hardware) {
	case ARPHRD_FRAD:
		return DLT_FRELAY;
	case ARPHRD_IEEE80211:
		return DLT_IEEE802_11;
	case ARPHRD_IEEE80211_PRISM:
		return DLT_PRISM_HEADER;
	case ARPHRD_IEEE80211_RADIOTAP:
		return DLT_IEEE802_11_RADIO;
	default:
		return next;
	}
}

/* Takes the protocol, which is an EtherType or one of Linux's small numbers. Returns the link type. */
static int take_cooked_protocol(struct frame *frame, __u16 protocol, int next)
{
	switch (protocol) {
	case ETH_P_ALL: /* of no single protocol: Ethernet's header is there */
		return DLT_EN10MB;
	case ETH_P_802_2:
		return CAPTURE_HEADER_LLC;
	case ETH_P_WAN_PPP:
		return DLT_PPP_SERIAL;
	default:
		frame->ethertype = protocol;
		return next;
	}
}

int capture_header__strip_sll(struct frame *frame, int next)
{
	struct sll_header header;
	const __u8 *bytes = frame->bytes;

	if (!capture_header__remove(frame, sizeof(header)))
		return CAPTURE_HEADER_NOTHING;
	memcpy(&header, bytes, sizeof(header));
	if (be16toh(header.sll_pkttype) == LINUX_SLL_OUTGOING)
		frame->hook = SIPBPF_SENT;
	return cooked_hardware(be16toh(header.sll_hatype),
			       take_cooked_protocol(frame, be16toh(header.sll_protocol), next));
}

int capture_header__strip_sll2(struct frame *frame, int next)
{
	struct sll2_header header;
	const __u8 *bytes = frame->bytes;

	if (!capture_header__remove(frame, sizeof(header)))
		return CAPTURE_HEADER_NOTHING;
	memcpy(&header, bytes, sizeof(header));
	if (header.sll2_pkttype == LINUX_SLL_OUTGOING)
		frame->hook = SIPBPF_SENT;
	return cooked_hardware(be16toh(header.sll2_hatype),
			       take_cooked_protocol(frame, be16toh(header.sll2_protocol), next));
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

/* ---- pf's log ---- */

int capture_header__strip_pflog(struct frame *frame, int next)
{
	const __u8 *header = frame->bytes;

	if (!frame->length || header[0] < PFLOG_HEADER_MIN || !capture_header__remove(frame, (header[0] + 3U) & ~3U))
		return CAPTURE_HEADER_NOTHING;
	if (header[0] > PFLOG_DIRECTION_OFFSET && header[PFLOG_DIRECTION_OFFSET] == PFLOG_IS_SENT)
		frame->hook = SIPBPF_SENT;
	return next;
}

/* ---- ERF ---- */

/* Each type that can be read. Most types come with and without colours and hashes, which stand in the header. */
static const struct erf_type {
	__u8 type;
	__u8 before; /* bytes before the frame: an offset and padding, or the header of one channel of many */
	int link_type;
} erf_types[] = {
	{ 1, 0, CAPTURE_HEADER_HDLC },
	{ 2, 2, DLT_EN10MB },
	{ 5, 4, CAPTURE_HEADER_HDLC },
	{ 10, 0, CAPTURE_HEADER_HDLC },
	{ 11, 2, DLT_EN10MB },
	{ 15, 0, CAPTURE_HEADER_HDLC },
	{ 16, 2, DLT_EN10MB },
	{ 17, 4, CAPTURE_HEADER_HDLC },
	{ 19, 0, CAPTURE_HEADER_HDLC },
	{ 20, 2, DLT_EN10MB },
	{ 22, 0, DLT_IPV4 },
	{ 23, 0, DLT_IPV6 },
};

static const struct erf_type *find_erf_type(__u8 type)
{
	for (size_t i = 0; i < sizeof(erf_types) / sizeof(*erf_types); i++)
		if (erf_types[i].type == type)
			return &erf_types[i];
	return NULL;
}

int capture_header__strip_erf(struct frame *frame, int next)
{
	const __u8 *header = frame->bytes;
	const struct erf_type *known;
	bool has_more;
	__u8 type;

	if (!capture_header__remove(frame, ERF_HEADER_SIZE))
		return CAPTURE_HEADER_NOTHING;
	type = header[ERF_TYPE_OFFSET] & ~ERF_HAS_MORE;
	has_more = header[ERF_TYPE_OFFSET] & ERF_HAS_MORE;
	while (has_more) {
		header = frame->bytes;
		if (!capture_header__remove(frame, ERF_EXTENSION_SIZE))
			return CAPTURE_HEADER_NOTHING;
		has_more = header[0] & ERF_HAS_MORE;
	}
	known = find_erf_type(type);
	if (!known && type != ERF_TYPE_META && type != ERF_TYPE_PADDING)
		frame->obstacle = FRAME_ERF_TYPE;
	return known && capture_header__remove(frame, known->before) ? known->link_type : next;
}

/* ---- radio ---- */

/* The flags of the frame behind a radiotap header of this length, or 0 if it tells none. */
static __u8 radiotap_flags(const __u8 *header, __u32 length)
{
	__u32 present = read_le32(header + RADIOTAP_PRESENT_OFFSET), at = RADIOTAP_PRESENT_OFFSET;

	while (at + sizeof(present) <= length && read_le32(header + at) & RADIOTAP_HAS_MORE)
		at += sizeof(present);
	at += sizeof(present);
	if (present & RADIOTAP_HAS_TIME)
		at = (at + RADIOTAP_TIME_SIZE - 1) / RADIOTAP_TIME_SIZE * RADIOTAP_TIME_SIZE + RADIOTAP_TIME_SIZE;
	return present & RADIOTAP_HAS_FLAGS && at < length ? header[at] : 0;
}

int capture_header__strip_radiotap(struct frame *frame, int next)
{
	const __u8 *header = frame->bytes;
	__u32 length = frame->length >= RADIOTAP_HEADER_MIN && header[0] == 0 ? read_le16(header + 2) : 0;

	if (length < RADIOTAP_HEADER_MIN || !capture_header__remove(frame, length))
		return CAPTURE_HEADER_NOTHING;
	return radiotap_flags(header, length) & RADIOTAP_IS_PADDED ? CAPTURE_HEADER_PADDED_WIFI : next;
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

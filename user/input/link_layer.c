// SPDX-License-Identifier: BSD-2-Clause
/* See link_layer.h. Tested by tests/unit/input/test_capture.c. */
#include "input/link_layer.h"

#include <byteswap.h>
#include <endian.h>
#include <linux/if_ether.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <string.h>
#include <sys/socket.h>

/* Raw IP: pcapng's number, and those that some systems wrote in the past. */
#define LINKTYPE_RAW 101
#define DLT_RAW_LINUX 12
#define DLT_RAW_OPENBSD 14

/* The address families of IPv6 in captures of BSD and Windows. Linux's is AF_INET6. */
#define AF_INET6_WINDOWS 23
#define AF_INET6_NETBSD 24
#define AF_INET6_FREEBSD 28
#define AF_INET6_DARWIN 30

#define ETHERTYPE_PPP 0x880b /* RFC 7042 B.1 */

#define HDLC_HEADER_SIZE 4
#define HDLC_UNICAST 0x0f
#define HDLC_BROADCAST 0x8f

bool link_layer__is_supported(int link_type)
{
	switch (link_type) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_PPP:
	case DLT_PPP_SERIAL:
	case DLT_PPP_ETHER:
	case DLT_C_HDLC:
	case DLT_MPLS:
	case DLT_RAW_LINUX:
	case DLT_RAW_OPENBSD:
	case LINKTYPE_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return true;
	default:
		return false;
	}
}

/*
 * Removes the link layer's header. A frame that is too short for it becomes empty and has no protocol. Returns whether
 * the header was complete.
 */
static bool strip_header(struct frame *frame, __u32 length)
{
	bool fits = frame->length >= length;

	frame->start = FRAME_ETHERTYPE;
	frame->ethertype = 0;
	if (!fits)
		length = frame->length;
	frame->bytes += length;
	frame->length -= length;
	return fits;
}

static __u16 family_ethertype(__u32 family)
{
	switch (family) {
	case AF_INET:
		return ETH_P_IP;
	case AF_INET6:
	case AF_INET6_WINDOWS:
	case AF_INET6_NETBSD:
	case AF_INET6_FREEBSD:
	case AF_INET6_DARWIN:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

/*
 * Removes four bytes of address family. With DLT_NULL they are in the byte order of the machine that made the capture,
 * with DLT_LOOP in network byte order.
 */
static void strip_family(struct frame *frame)
{
	const __u8 *header = frame->bytes;
	__u32 family;

	if (!strip_header(frame, sizeof(family)))
		return;
	memcpy(&family, header, sizeof(family));
	family = le32toh(family);
	if (family > 0xffff) /* no family is so large, so this was big-endian */
		family = bswap_32(family);
	frame->ethertype = family_ethertype(family);
}

static void strip_sll(struct frame *frame)
{
	struct sll_header header;
	const __u8 *bytes = frame->bytes;

	if (!strip_header(frame, sizeof(header)))
		return;
	memcpy(&header, bytes, sizeof(header));
	frame->ethertype = be16toh(header.sll_protocol);
	if (be16toh(header.sll_pkttype) == LINUX_SLL_OUTGOING)
		frame->hook = SIPBPF_SENT;
}

static void strip_sll2(struct frame *frame)
{
	struct sll2_header header;
	const __u8 *bytes = frame->bytes;

	if (!strip_header(frame, sizeof(header)))
		return;
	memcpy(&header, bytes, sizeof(header));
	frame->ethertype = be16toh(header.sll2_protocol);
	if (header.sll2_pkttype == LINUX_SLL_OUTGOING)
		frame->hook = SIPBPF_SENT;
}

/* Leaves the link layer's own header in the frame, as that of this EtherType. */
static void set_ethertype(struct frame *frame, int link_type)
{
	frame->start = FRAME_ETHERTYPE;
	frame->ethertype = link_type == DLT_MPLS        ? ETH_P_MPLS_UC
			   : link_type == DLT_PPP_ETHER ? ETH_P_PPP_SES
							: ETHERTYPE_PPP;
}

/* Cisco HDLC: an address, a byte of zeros, and an EtherType. */
static void strip_hdlc(struct frame *frame)
{
	const __u8 *header = frame->bytes;

	if (strip_header(frame, HDLC_HEADER_SIZE))
		frame->ethertype = (__u16)(header[2] << 8 | header[3]);
}

/* PPP in HDLC-like framing (RFC 1662), or Cisco HDLC, which the address tells apart. */
static void strip_serial(struct frame *frame)
{
	if (frame->length && (frame->bytes[0] == HDLC_UNICAST || frame->bytes[0] == HDLC_BROADCAST))
		strip_hdlc(frame);
	else
		set_ethertype(frame, DLT_PPP);
}

void link_layer__strip(int link_type, struct frame *frame)
{
	switch (link_type) {
	case DLT_LINUX_SLL:
		strip_sll(frame);
		break;
	case DLT_LINUX_SLL2:
		strip_sll2(frame);
		break;
	case DLT_NULL:
	case DLT_LOOP:
		strip_family(frame);
		break;
	case DLT_PPP:
	case DLT_PPP_ETHER:
	case DLT_MPLS:
		set_ethertype(frame, link_type);
		break;
	case DLT_PPP_SERIAL:
		strip_serial(frame);
		break;
	case DLT_C_HDLC:
		strip_hdlc(frame);
		break;
	case DLT_IPV4:
		frame->start = FRAME_IPV4;
		break;
	case DLT_IPV6:
		frame->start = FRAME_IPV6;
		break;
	case DLT_RAW_LINUX:
	case DLT_RAW_OPENBSD:
	case LINKTYPE_RAW:
		frame->start = FRAME_IP;
		break;
	case DLT_EN10MB:
		frame->start = FRAME_ETHERNET;
		break;
	default:
		(void)strip_header(frame, 0);
	}
}

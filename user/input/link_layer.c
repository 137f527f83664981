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

#include "input/capture_header.h"
#include "input/exported_pdu.h"

/* Raw IP: pcapng's number, and those that some systems wrote in the past. */
#define LINKTYPE_RAW 101
#define DLT_RAW_LINUX 12
#define DLT_RAW_OPENBSD 14

/* The address families of IPv6 in captures of BSD and Windows. Linux's is AF_INET6. */
#define AF_INET6_WINDOWS 23
#define AF_INET6_NETBSD 24
#define AF_INET6_FREEBSD 28
#define AF_INET6_DARWIN 30

#define ETHERTYPE_PPP 0x880b      /* RFC 7042 B.1 */
#define ETHERTYPE_BRIDGING 0x6558 /* RFC 1701: an Ethernet frame */

#define FRAME_RELAY_UNNUMBERED 0x03
#define NLPID_SNAP 0x80
#define NLPID_IPV6 0x8e
#define NLPID_IPV4 0xcc
#define NLPID_PPP 0xcf

#define WIFI_HEADER_SIZE 24

#define HDLC_HEADER_SIZE 4
#define HDLC_UNICAST 0x0f
#define HDLC_BROADCAST 0x8f

/*
 * Removes the link layer's header. A frame that is too short for it becomes empty and has no protocol. Returns whether
 * the header was complete.
 */
static bool strip_header(struct frame *frame, __u32 length)
{
	frame->start = FRAME_ETHERTYPE;
	frame->ethertype = 0;
	return capture_header__remove(frame, length);
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
static void strip_family(struct frame *frame, int unused)
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

static void strip_sll(struct frame *frame, int unused)
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

static void strip_sll2(struct frame *frame, int unused)
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
static void set_ethertype(struct frame *frame, int ethertype)
{
	frame->start = FRAME_ETHERTYPE;
	frame->ethertype = (__u16)ethertype;
}

/* Cisco HDLC: an address, a byte of zeros, and an EtherType. */
static void strip_hdlc(struct frame *frame, int unused)
{
	const __u8 *header = frame->bytes;

	if (strip_header(frame, HDLC_HEADER_SIZE))
		frame->ethertype = (__u16)(header[2] << 8 | header[3]);
}

/* PPP in HDLC-like framing (RFC 1662), or Cisco HDLC, which the address tells apart. */
static void strip_serial(struct frame *frame, int unused)
{
	if (frame->length && (frame->bytes[0] == HDLC_UNICAST || frame->bytes[0] == HDLC_BROADCAST))
		strip_hdlc(frame, unused);
	else
		set_ethertype(frame, ETHERTYPE_PPP);
}

/*
 * 802.11: data frames in the clear. A frame may have a fourth address, a QoS control field and, after that, an HT control
 * field. Frames of several packets (A-MSDU) are not read.
 */
static void strip_wifi(struct frame *frame, int unused)
{
	const __u8 *header = frame->bytes;
	__u32 length = WIFI_HEADER_SIZE;
	bool is_data, has_qos, is_clear;

	if (frame->length < WIFI_HEADER_SIZE) {
		(void)strip_header(frame, WIFI_HEADER_SIZE);
		return;
	}
	is_data = (header[0] & 0x4f) == 0x08; /* version 0, data, with a payload */
	has_qos = header[0] & 0x80;
	is_clear = !(header[1] & 0x40);
	if ((header[1] & 3) == 3)
		length += 6;
	if (has_qos && frame->length >= length + 2) {
		is_data = is_data && !(header[length] & 0x80);
		length += header[1] & 0x80 ? 6 : 2;
	}
	if (strip_header(frame, length) && is_data && is_clear)
		frame->start = FRAME_LLC;
}

/* An organization, and its number of a protocol: an EtherType, or Ethernet without a checksum (RFC 2427 4.2). */
static void strip_organization(struct frame *frame)
{
	static const __u8 ethertypes[] = { 0, 0, 0 }, bridged_ethernet[] = { 0, 0x80, 0xc2, 0, 7 };
	const __u8 *organization = frame->bytes;

	if (!strip_header(frame, 5))
		return;
	if (memcmp(organization, ethertypes, sizeof(ethertypes)) == 0)
		frame->ethertype = (__u16)(organization[3] << 8 | organization[4]);
	else if (memcmp(organization, bridged_ethernet, sizeof(bridged_ethernet)) == 0)
		frame->ethertype = ETHERTYPE_BRIDGING;
}

/* The protocol behind a network layer protocol identifier (RFC 2427), which is removed. */
static void strip_nlpid(struct frame *frame)
{
	const __u8 *nlpid = frame->bytes;

	if (frame->length && *nlpid == 0 && strip_header(frame, 1)) /* padding */
		nlpid = frame->bytes;
	if (!strip_header(frame, 1))
		return;
	if (*nlpid == NLPID_IPV4)
		frame->ethertype = ETH_P_IP;
	else if (*nlpid == NLPID_IPV6)
		frame->ethertype = ETH_P_IPV6;
	else if (*nlpid == NLPID_PPP)
		frame->ethertype = ETHERTYPE_PPP;
	else if (*nlpid == NLPID_SNAP)
		strip_organization(frame);
}

/* Frame Relay: an address that ends with an odd byte, then RFC 2427 or, as Cisco has it, an EtherType. */
static void strip_frame_relay(struct frame *frame, int unused)
{
	const __u8 *control;
	__u32 length = 0;

	while (length < frame->length && !(frame->bytes[length] & 1))
		length++;
	if (!strip_header(frame, length + 1) || !frame->length)
		return;
	control = frame->bytes;
	if (*control == FRAME_RELAY_UNNUMBERED && strip_header(frame, 1))
		strip_nlpid(frame);
	else if (strip_header(frame, 2))
		frame->ethertype = (__u16)(control[0] << 8 | control[1]);
}

/* A direction in the place of PPP's address, as pppd's captures have it. */
static void strip_pppd(struct frame *frame, int unused)
{
	(void)capture_header__strip_direction(frame, DLT_PPP);
	if (frame->length && frame->bytes[0] == 3) /* the control field */
		(void)strip_header(frame, 1);
	set_ethertype(frame, ETHERTYPE_PPP);
}

/* A payload whose packet is not known has no protocol. */
static void strip_tags(struct frame *frame, int unused)
{
	if (!exported_pdu__strip_tags(frame))
		set_ethertype(frame, 0);
}

/* Frames of this link type begin with Ethernet or IP. */
static void set_start(struct frame *frame, int start)
{
	frame->start = (enum frame_start)start;
}

/* Each link type with a header of its own: how that is removed, or what the frame begins with. */
static const struct layer {
	int link_type;
	int beginning; /* for set_start() and set_ethertype() */
	void (*strip)(struct frame *frame, int beginning);
} layers[] = {
	{ DLT_EN10MB, FRAME_ETHERNET, set_start },
	{ DLT_IPV4, FRAME_IPV4, set_start },
	{ DLT_IPV6, FRAME_IPV6, set_start },
	{ DLT_RAW_LINUX, FRAME_IP, set_start },
	{ DLT_RAW_OPENBSD, FRAME_IP, set_start },
	{ LINKTYPE_RAW, FRAME_IP, set_start },
	{ DLT_PPP, ETHERTYPE_PPP, set_ethertype },
	{ DLT_PPP_ETHER, ETH_P_PPP_SES, set_ethertype },
	{ DLT_MPLS, ETH_P_MPLS_UC, set_ethertype },
	{ DLT_LINUX_SLL, 0, strip_sll },
	{ DLT_LINUX_SLL2, 0, strip_sll2 },
	{ DLT_NULL, 0, strip_family },
	{ DLT_LOOP, 0, strip_family },
	{ DLT_PPP_SERIAL, 0, strip_serial },
	{ DLT_PPP_PPPD, 0, strip_pppd },
	{ DLT_C_HDLC, 0, strip_hdlc },
	{ DLT_FRELAY, 0, strip_frame_relay },
	{ DLT_IEEE802_11, 0, strip_wifi },
	{ DLT_WIRESHARK_UPPER_PDU, 0, strip_tags },
};

/* Each link type whose header stands before another link type. */
static const struct capture_header {
	int link_type;
	int next; /* if the header does not name it */
	int (*strip)(struct frame *frame, int next);
} capture_headers[] = {
	{ DLT_NFLOG, LINKTYPE_RAW, capture_header__strip_nflog },
	{ DLT_PKTAP, CAPTURE_HEADER_NOTHING, capture_header__strip_pktap },
	{ DLT_ERF, LINKTYPE_RAW, capture_header__strip_erf },
	{ DLT_IEEE802_11_RADIO, DLT_IEEE802_11, capture_header__strip_radiotap },
	{ DLT_IEEE802_11_RADIO_AVS, DLT_IEEE802_11, capture_header__strip_avs },
	{ DLT_PRISM_HEADER, DLT_IEEE802_11, capture_header__strip_prism },
	{ DLT_PPP_WITH_DIR, DLT_PPP_SERIAL, capture_header__strip_direction },
	{ DLT_C_HDLC_WITH_DIR, DLT_C_HDLC, capture_header__strip_direction },
	{ DLT_FRELAY_WITH_DIR, DLT_FRELAY, capture_header__strip_direction },
};

static const struct layer *find_layer(int link_type)
{
	for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
		if (layers[i].link_type == link_type)
			return &layers[i];
	return NULL;
}

static const struct capture_header *find_capture_header(int link_type)
{
	for (size_t i = 0; i < sizeof(capture_headers) / sizeof(*capture_headers); i++)
		if (capture_headers[i].link_type == link_type)
			return &capture_headers[i];
	return NULL;
}

bool link_layer__is_supported(int link_type)
{
	return find_layer(link_type) || find_capture_header(link_type);
}

void link_layer__strip(int link_type, struct frame *frame)
{
	const struct capture_header *before;
	const struct layer *layer;

	while ((before = find_capture_header(link_type)))
		link_type = before->strip(frame, before->next);
	layer = find_layer(link_type);
	if (layer)
		layer->strip(frame, layer->beginning);
	else
		(void)strip_header(frame, 0);
}

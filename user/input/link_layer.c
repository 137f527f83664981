// SPDX-License-Identifier: BSD-2-Clause
/* See link_layer.h. Tested by tests/unit/input/test_capture.c. */
#include "input/link_layer.h"

#include <byteswap.h>
#include <endian.h>
#include <linux/if_ether.h>
#include <pcap/pcap.h>
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
#define WIFI_SUBFRAME_HEADER_SIZE 14 /* two addresses and a length */
#define WIFI_TRAILER_MAX 7           /* padding and a checksum */

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

/* Whether these two bytes are IP's EtherType. */
static bool is_ip(const __u8 *bytes)
{
	__u32 ethertype = (__u32)(bytes[0] << 8 | bytes[1]);

	return ethertype == ETH_P_IP || ethertype == ETH_P_IPV6;
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

/* A header of 802.11, before data or anything else. */
struct wifi_header {
	__u32 length;     /* with padding */
	bool is_data;     /* the frame has a payload */
	bool has_several; /* packets: an A-MSDU */
	enum frame_obstacle obstacle;
};

/* Reads a header that is complete up to its three addresses, and padded to this alignment. */
static struct wifi_header read_wifi_header(const struct frame *frame, __u32 alignment)
{
	const __u8 *header = frame->bytes;
	struct wifi_header wifi = { .length = WIFI_HEADER_SIZE };

	wifi.is_data = (header[0] & 0x4f) == 0x08; /* version 0, data, with a payload */
	if (header[1] & 0x40)
		wifi.obstacle = FRAME_WIFI_ENCRYPTED;
	else if (header[22] & 0x0f) /* the number of the fragment */
		wifi.obstacle = FRAME_WIFI_FRAGMENT;
	if ((header[1] & 3) == 3)
		wifi.length += 6;
	if (header[0] & 0x80 && frame->length >= wifi.length + 2) {
		wifi.has_several = header[wifi.length] & 0x80;
		wifi.length += header[1] & 0x80 ? 6 : 2;
	}
	wifi.length = (wifi.length + alignment - 1) / alignment * alignment;
	return wifi;
}

/*
 * 802.11: data frames in the clear. A frame may have a fourth address, a QoS control field and, after that, an HT control
 * field. A first fragment is read like a frame that the capture has cut off.
 */
static void strip_wifi(struct frame *frame, int alignment)
{
	struct wifi_header wifi;

	if (frame->length < WIFI_HEADER_SIZE) {
		(void)strip_header(frame, WIFI_HEADER_SIZE);
		return;
	}
	wifi = read_wifi_header(frame, (__u32)alignment);
	if (!strip_header(frame, wifi.length) || !wifi.is_data)
		return;
	frame->obstacle = wifi.obstacle;
	if (wifi.obstacle)
		return;
	if (!wifi.has_several) {
		frame->start = FRAME_LLC;
		return;
	}
	frame->rest = (struct frame_rest){ frame->bytes, frame->length };
	frame->length = 0;
	(void)link_layer__next_packet(frame);
}

/* Whether this is Ethernet in Frame Relay, with or without its checksum, which is behind the packet (RFC 2427 4.2). */
static bool is_bridged_ethernet(const __u8 *organization)
{
	static const __u8 bridged[] = { 0, 0x80, 0xc2, 0 };

	return memcmp(organization, bridged, sizeof(bridged)) == 0 && (organization[4] == 1 || organization[4] == 7);
}

/* An organization, and its number of a protocol: an EtherType, or Ethernet. */
static void strip_organization(struct frame *frame)
{
	static const __u8 ethertypes[] = { 0, 0, 0 };
	const __u8 *organization = frame->bytes;

	if (!strip_header(frame, 5))
		return;
	if (memcmp(organization, ethertypes, sizeof(ethertypes)) == 0)
		frame->ethertype = (__u16)(organization[3] << 8 | organization[4]);
	else if (is_bridged_ethernet(organization))
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

/*
 * PPP, Cisco HDLC or Frame Relay, which nothing but the contents tell apart. An address of Frame Relay has two bytes, of
 * which the second is odd. In PPP without address and control, IP or a label would follow these, whose first byte is none
 * of those of Frame Relay's protocols.
 */
static void strip_any_hdlc(struct frame *frame, int unused)
{
	const __u8 *header = frame->bytes;

	if (frame->length >= 4 && !(header[0] & 1) && header[1] & 1 &&
	    (header[2] == FRAME_RELAY_UNNUMBERED || is_ip(header + 2)))
		strip_frame_relay(frame, unused);
	else
		strip_serial(frame, unused);
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

/* Frames of this link type begin with this. */
static void set_start(struct frame *frame, int start)
{
	frame->start = (enum frame_start)start;
}

/* Each link type with a header of its own: how that is removed, or what the frame begins with. */
static const struct layer {
	int link_type;
	int detail; /* what the frame begins with, or to how many bytes the header is padded */
	void (*strip)(struct frame *frame, int detail);
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
	{ DLT_NULL, 0, strip_family },
	{ DLT_LOOP, 0, strip_family },
	{ DLT_PPP_SERIAL, 0, strip_serial },
	{ DLT_PPP_PPPD, 0, strip_pppd },
	{ DLT_C_HDLC, 0, strip_hdlc },
	{ DLT_FRELAY, 0, strip_frame_relay },
	{ DLT_IEEE802_11, 1, strip_wifi },
	{ CAPTURE_HEADER_PADDED_WIFI, 4, strip_wifi },
	{ CAPTURE_HEADER_HDLC, 0, strip_any_hdlc },
	{ CAPTURE_HEADER_ETHERTYPE, FRAME_ETHERTYPE, set_start },
	{ CAPTURE_HEADER_LLC, FRAME_LLC, set_start },
	{ DLT_WIRESHARK_UPPER_PDU, 0, strip_tags },
};

/* Each link type whose header stands before another link type. */
static const struct capture_header {
	int link_type;
	int next; /* if the header does not name it */
	int (*strip)(struct frame *frame, int next);
} capture_headers[] = {
	{ DLT_LINUX_SLL, CAPTURE_HEADER_ETHERTYPE, capture_header__strip_sll },
	{ DLT_LINUX_SLL2, CAPTURE_HEADER_ETHERTYPE, capture_header__strip_sll2 },
	{ DLT_NFLOG, LINKTYPE_RAW, capture_header__strip_nflog },
	{ DLT_PKTAP, CAPTURE_HEADER_NOTHING, capture_header__strip_pktap },
	{ DLT_PFLOG, LINKTYPE_RAW, capture_header__strip_pflog },
	{ DLT_ERF, CAPTURE_HEADER_NOTHING, capture_header__strip_erf },
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
	int outer = link_type;

	while ((before = find_capture_header(link_type)))
		link_type = before->strip(frame, before->next);
	layer = find_layer(link_type);
	if (layer)
		layer->strip(frame, layer->detail);
	else
		(void)strip_header(frame, 0);
	if (!layer && link_type != outer && link_type != CAPTURE_HEADER_NOTHING)
		frame->obstacle = FRAME_INNER_LINK_TYPE;
}

bool link_layer__next_packet(struct frame *frame)
{
	struct frame_rest *rest = &frame->rest;
	__u32 length, taken;

	if (rest->length <= WIFI_TRAILER_MAX)
		return false;
	frame->bytes = rest->bytes;
	frame->length = rest->length;
	if (!strip_header(frame, WIFI_SUBFRAME_HEADER_SIZE)) {
		rest->length = 0;
		return true;
	}
	frame->start = FRAME_LLC;
	length = (__u32)(rest->bytes[12] << 8 | rest->bytes[13]);
	if (length < frame->length)
		frame->length = length;
	taken = (WIFI_SUBFRAME_HEADER_SIZE + length + 3) & ~3U;
	if (taken > rest->length)
		taken = rest->length;
	rest->bytes += taken;
	rest->length -= taken;
	return true;
}

const char *link_layer__obstacle_name(enum frame_obstacle obstacle)
{
	static const char *const names[FRAME_OBSTACLES] = {
		[FRAME_WIFI_ENCRYPTED] = "encrypted 802.11",
		[FRAME_WIFI_FRAGMENT] = "802.11 fragments after the first",
		[FRAME_ERF_TYPE] = "ERF types that are not supported",
		[FRAME_INNER_LINK_TYPE] = "PKTAP with link types that are not supported",
	};

	return names[obstacle];
}

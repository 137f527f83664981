/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random frames in which a SIP message lies below any number of tunnels, with all that may stand in between, some of them in
 * HEP, and what is to be found in them. All from one seed.
 */
#ifndef NESTING_H
#define NESTING_H

#include <stdlib.h>

#include "hep.h"
#include "packets.h"
#include "common/sipbpf.h"

#define NESTING_LENGTHS_MAX 64
#define NESTING_PORT 5060
#define NESTING_TUNNELS_READ 4 /* what is deeper is not reached */

/* A length field, to be filled in when all is there. */
struct nesting_length {
	size_t at;
	size_t begin; /* of what it covers */
};

struct nesting {
	__u64 seed;
	__u32 tunnels; /* each adds one IP header */
	__u32 encapsulations;
	__u32 is_ipv6; /* what is innermost */
	__u32 is_tcp;
	__u32 hep;         /* version of the HEP that holds the message, and then tells the ends; 0: none */
	__u16 client_port; /* it sends to NESTING_PORT */
	__u8 source[16], target[16];
	const char *type;
	size_t lengths_count;
	struct nesting_length lengths[NESTING_LENGTHS_MAX];
	struct packet_builder packet;
};

static inline __u32 nesting__draw(struct nesting *nesting, __u32 below)
{
	nesting->seed = nesting->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (__u32)(nesting->seed >> 33) % below;
}

static inline void nesting__put8(struct nesting *nesting, __u32 value)
{
	const unsigned char byte = (unsigned char)value;

	packets__put(&nesting->packet, &byte, 1);
}

static inline void nesting__put16(struct nesting *nesting, __u32 value)
{
	packets__put16(&nesting->packet, value);
}

static inline void nesting__put32(struct nesting *nesting, __u32 value)
{
	packets__put16(&nesting->packet, value >> 16);
	packets__put16(&nesting->packet, value & 0xffff);
}

/* Bytes of no meaning. */
static inline void nesting__put_any(struct nesting *nesting, size_t count)
{
	while (count--)
		nesting__put8(nesting, nesting__draw(nesting, 256));
}

/* A length of 16 bits that covers all from this offset on. */
static inline void nesting__put_length(struct nesting *nesting, size_t begin)
{
	nesting->lengths[nesting->lengths_count++] =
		(struct nesting_length){ .at = nesting->packet.length, .begin = begin };
	nesting__put16(nesting, 0);
}

static inline void nesting__through(struct nesting *nesting, enum sipbpf_encapsulation encapsulation)
{
	nesting->encapsulations |= 1U << encapsulation;
}

/* ---- below IP ---- */

static inline void nesting__put_ethernet(struct nesting *nesting, __u32 is_ipv6);

/* Labels, and now and then a pseudowire. */
static inline void nesting__put_labels(struct nesting *nesting, __u32 is_ipv6)
{
	__u32 labels = nesting__draw(nesting, 3), i;

	nesting__through(nesting, SIPBPF_ENCAPSULATION_MPLS);
	for (i = 0; i <= labels; i++)
		nesting__put32(nesting, (16 + nesting__draw(nesting, 1000)) << 12 | (i == labels) << 8 | 64);
	if (nesting__draw(nesting, 4) == 0) {
		nesting__put32(nesting, nesting__draw(nesting, 65536));
		nesting__put_ethernet(nesting, is_ipv6);
	}
}

static inline __u32 nesting__ip_type(__u32 is_ipv6)
{
	return is_ipv6 ? 0x86dd : 0x0800;
}

static inline void nesting__put_ppp(struct nesting *nesting, __u32 is_ipv6)
{
	__u32 protocol = is_ipv6 ? 0x57 : 0x21;

	if (nesting__draw(nesting, 2))
		nesting__put8(nesting, protocol);
	else
		nesting__put16(nesting, protocol);
}

/* A tag: its EtherType and what comes before the next one. */
static inline void nesting__put_tag(struct nesting *nesting)
{
	static const struct {
		__u16 type;
		__u8 length;
		__u8 encapsulation;
	} tags[] = {
		{ 0x8100, 2, SIPBPF_ENCAPSULATION_VLAN },   { 0x88a8, 2, SIPBPF_ENCAPSULATION_VLAN },
		{ 0x9100, 2, SIPBPF_ENCAPSULATION_VLAN },   { 0x9200, 2, SIPBPF_ENCAPSULATION_VLAN },
		{ 0x8926, 4, SIPBPF_ENCAPSULATION_VN_TAG }, { 0x8909, 6, SIPBPF_ENCAPSULATION_TRUSTSEC },
	};
	__u32 i = nesting__draw(nesting, sizeof(tags) / sizeof(tags[0]));

	nesting__through(nesting, tags[i].encapsulation);
	nesting__put16(nesting, tags[i].type);
	nesting__put_any(nesting, tags[i].length);
}

/* What an EtherType says, and all up to the IP header. */
static inline void nesting__put_type(struct nesting *nesting, __u32 is_ipv6)
{
	__u32 i;

	for (i = nesting__draw(nesting, 3); i > 0; i--)
		nesting__put_tag(nesting);
	switch (nesting__draw(nesting, 8)) {
	case 0:
		nesting__through(nesting, SIPBPF_ENCAPSULATION_PPPOE);
		nesting__put16(nesting, 0x8864);
		nesting__put16(nesting, 0x1100);
		nesting__put_any(nesting, 2);
		nesting__put_length(nesting, nesting->packet.length + 2);
		nesting__put_ppp(nesting, is_ipv6);
		break;
	case 1:
		nesting__put16(nesting, 0x8847 + nesting__draw(nesting, 2));
		nesting__put_labels(nesting, is_ipv6);
		break;
	case 2:
		nesting__through(nesting, SIPBPF_ENCAPSULATION_PBB);
		nesting__put16(nesting, 0x88e7);
		nesting__put_any(nesting, 4);
		nesting__put_ethernet(nesting, is_ipv6);
		break;
	case 3:
		nesting__through(nesting, SIPBPF_ENCAPSULATION_LLC);
		nesting__put_length(nesting, nesting->packet.length + 2);
		nesting__put32(nesting, 0xaaaa0300);
		nesting__put16(nesting, nesting__draw(nesting, 2) ? 0x00f8 : 0);
		nesting__put16(nesting, nesting__ip_type(is_ipv6));
		break;
	default:
		nesting__put16(nesting, nesting__ip_type(is_ipv6));
	}
}

static inline void nesting__put_ethernet(struct nesting *nesting, __u32 is_ipv6)
{
	nesting__put_any(nesting, 12);
	nesting__put_type(nesting, is_ipv6);
}

/* ---- IP ---- */

static inline void nesting__put_ipv4(struct nesting *nesting, __u32 protocol)
{
	size_t begin = nesting->packet.length;
	__u32 options = nesting__draw(nesting, 3) ? 0 : nesting__draw(nesting, 11);

	nesting__put16(nesting, (0x45 + options) << 8 | nesting__draw(nesting, 256));
	nesting__put_length(nesting, begin);
	nesting__put_any(nesting, 2);
	nesting__put16(nesting, nesting__draw(nesting, 2) << 14);
	nesting__put16(nesting, 64 << 8 | protocol);
	nesting__put_any(nesting, 2);
	packets__put(&nesting->packet, nesting->source + 12, 4);
	packets__put(&nesting->packet, nesting->target + 12, 4);
	nesting__put_any(nesting, (size_t)options * 4);
}

/* An extension header that says what the next one is. */
static inline void nesting__put_extension(struct nesting *nesting, __u32 kind, __u32 next)
{
	__u32 units = nesting__draw(nesting, 3);

	nesting__put8(nesting, next);
	if (kind == 44) { /* an atomic fragment */
		nesting__put_any(nesting, 1);
		nesting__put16(nesting, 0);
		nesting__put_any(nesting, 4);
		return;
	}
	nesting__put8(nesting, kind == 51 ? 2 * units : units);
	nesting__put_any(nesting, 6 + (size_t)units * 8);
}

static inline void nesting__put_ipv6(struct nesting *nesting, __u32 protocol)
{
	static const __u8 kinds[] = { 0, 43, 60, 51, 44, 135 };
	__u32 extensions = nesting__draw(nesting, 3) ? 0 : nesting__draw(nesting, 4), i, kind, next;

	kind = extensions ? kinds[nesting__draw(nesting, sizeof(kinds))] : protocol;
	nesting__put32(nesting, 6U << 28 | nesting__draw(nesting, 1 << 28));
	nesting__put_length(nesting, nesting->packet.length + 36);
	nesting__put16(nesting, kind << 8 | 64);
	packets__put(&nesting->packet, nesting->source, 16);
	packets__put(&nesting->packet, nesting->target, 16);
	for (i = 0; i < extensions; i++, kind = next) {
		next = i + 1 < extensions ? kinds[nesting__draw(nesting, sizeof(kinds))] : protocol;
		nesting__put_extension(nesting, kind, next);
	}
}

/* Other ends than those of the headers before. */
static inline void nesting__put_ip(struct nesting *nesting, __u32 is_ipv6, __u32 protocol)
{
	__u32 i;

	for (i = 0; i < 16; i++) {
		nesting->source[i] = (__u8)(1 + nesting__draw(nesting, 200));
		nesting->target[i] = (__u8)(1 + nesting__draw(nesting, 200));
	}
	if (is_ipv6)
		nesting__put_ipv6(nesting, protocol);
	else
		nesting__put_ipv4(nesting, protocol);
}

static inline void nesting__put_udp(struct nesting *nesting, __u32 source, __u32 target)
{
	size_t begin = nesting->packet.length;

	nesting__put16(nesting, source);
	nesting__put16(nesting, target);
	nesting__put_length(nesting, begin);
	nesting__put_any(nesting, 2);
}

/* ---- tunnels: the header behind the IP header, up to the next one ---- */

static inline void nesting__put_gre(struct nesting *nesting, __u32 is_ipv6)
{
	__u32 flags = nesting__draw(nesting, 8), fields = (flags & 1) + (flags >> 1 & 1) + (flags >> 2), kind, type;
	__u32 is_pptp = nesting__draw(nesting, 4) == 0, has_acknowledgement = is_pptp && nesting__draw(nesting, 2);

	kind = is_pptp ? 0 : 1 + nesting__draw(nesting, 3);
	type = kind == 0 ? 0x880b : kind == 1 ? 0x6558 : kind == 2 ? 0x8847 : nesting__ip_type(is_ipv6);
	nesting__through(nesting, SIPBPF_ENCAPSULATION_GRE);
	nesting__put8(nesting, (flags & 4) << 5 | (flags & 3) << 4);
	nesting__put8(nesting, has_acknowledgement << 7 | is_pptp);
	nesting__put16(nesting, type);
	nesting__put_any(nesting, (fields + has_acknowledgement) * 4);
	if (kind == 0)
		nesting__put_ppp(nesting, is_ipv6);
	else if (kind == 1)
		nesting__put_ethernet(nesting, is_ipv6);
	else if (kind == 2)
		nesting__put_labels(nesting, is_ipv6);
}

static inline void nesting__put_erspan(struct nesting *nesting, __u32 is_ipv6)
{
	__u32 type = 1 + nesting__draw(nesting, 3), has_key = nesting__draw(nesting, 2), holds_ip = 0, has_more;

	nesting__through(nesting, SIPBPF_ENCAPSULATION_ERSPAN);
	nesting__put16(nesting, (type > 1) << 12 | has_key << 13);
	nesting__put16(nesting, type == 3 ? 0x22eb : 0x88be);
	nesting__put_any(nesting, (has_key + (type > 1)) * 4);
	if (type > 1) {
		nesting__put8(nesting, (type - 1) << 4 | nesting__draw(nesting, 16));
		nesting__put_any(nesting, 7);
	}
	if (type == 3) {
		holds_ip = nesting__draw(nesting, 2);
		has_more = nesting__draw(nesting, 2);
		nesting__put_any(nesting, 2);
		nesting__put16(nesting, nesting__draw(nesting, 2) << 15 | holds_ip << 11 |
						nesting__draw(nesting, 512) << 1 | has_more);
		nesting__put_any(nesting, has_more * 8);
	}
	if (!holds_ip)
		nesting__put_ethernet(nesting, is_ipv6);
}

static inline void nesting__put_vxlan(struct nesting *nesting, __u32 is_ipv6)
{
	static const __u16 ports[] = { 4789, 8472, 4790 };
	__u32 is_generic = nesting__draw(nesting, 2), next = is_generic ? 1 + nesting__draw(nesting, 3) : 0;

	nesting__through(nesting, SIPBPF_ENCAPSULATION_VXLAN);
	nesting__put_udp(nesting, nesting__draw(nesting, 65536), ports[nesting__draw(nesting, 3)]);
	if (is_generic) {
		next = next == 3 ? 3 : is_ipv6 ? 2 : 1;
		nesting__put32(nesting, 0x0c000000 | next);
	} else if (nesting__draw(nesting, 2)) {
		nesting__put32(nesting, 0x88000000 | nesting__draw(nesting, 0x10000)); /* a group policy */
	} else {
		nesting__put32(nesting, 0x08000000);
	}
	nesting__put_any(nesting, 3);
	nesting__put8(nesting, 0);
	if (!is_generic || next == 3)
		nesting__put_ethernet(nesting, is_ipv6);
}

static inline void nesting__put_geneve(struct nesting *nesting, __u32 is_ipv6)
{
	__u32 options = nesting__draw(nesting, 2) ? 0 : nesting__draw(nesting, 64),
	      is_bridging = nesting__draw(nesting, 2);

	nesting__through(nesting, SIPBPF_ENCAPSULATION_GENEVE);
	nesting__put_udp(nesting, nesting__draw(nesting, 65536), 6081);
	nesting__put16(nesting, options << 8 | nesting__draw(nesting, 2) << 6);
	nesting__put16(nesting, is_bridging ? 0x6558 : nesting__ip_type(is_ipv6));
	nesting__put_any(nesting, 3);
	nesting__put8(nesting, 0);
	nesting__put_any(nesting, (size_t)options * 4);
	if (is_bridging)
		nesting__put_ethernet(nesting, is_ipv6);
}

static inline void nesting__put_gtpu(struct nesting *nesting)
{
	__u32 flags = nesting__draw(nesting, 8), extensions = flags & 4 ? nesting__draw(nesting, 3) : 0, units;

	nesting__through(nesting, SIPBPF_ENCAPSULATION_GTPU);
	nesting__put_udp(nesting, nesting__draw(nesting, 65536), 2152);
	nesting__put16(nesting, (0x30 | flags) << 8 | 0xff);
	nesting__put_length(nesting, nesting->packet.length + 6);
	nesting__put_any(nesting, 4);
	if (!flags)
		return;
	nesting__put_any(nesting, 3);
	for (; extensions > 0; extensions--) {
		units = 1 + nesting__draw(nesting, 4);
		nesting__put8(nesting, 0x85);
		nesting__put8(nesting, units);
		nesting__put_any(nesting, (size_t)units * 4 - 2);
	}
	nesting__put8(nesting, flags & 4 ? 0 : nesting__draw(nesting, 256));
}

/* Tagged fields, then Ethernet. */
static inline void nesting__put_tzsp(struct nesting *nesting, __u32 is_ipv6)
{
	__u32 fields = nesting__draw(nesting, 4), length;

	nesting__through(nesting, SIPBPF_ENCAPSULATION_TZSP);
	nesting__put_udp(nesting, nesting__draw(nesting, 65536), 37008);
	nesting__put16(nesting, 0x0100 | nesting__draw(nesting, 2));
	nesting__put16(nesting, 1);
	for (; fields > 0; fields--) {
		length = nesting__draw(nesting, 8);
		nesting__put8(nesting, length ? 10 + nesting__draw(nesting, 240) : 0);
		if (!length)
			continue;
		nesting__put8(nesting, length);
		nesting__put_any(nesting, length);
	}
	nesting__put8(nesting, 1);
	nesting__put_ethernet(nesting, is_ipv6);
}

/* Ethernet behind an IP header or GUE, as it is or with a header of EtherIP. Returns the IP protocol. */
static inline __u32 nesting__draw_ethernet_protocol(struct nesting *nesting)
{
	nesting__through(nesting, SIPBPF_ENCAPSULATION_ETHERNET_IN_IP);
	return nesting__draw(nesting, 2) ? 97 : 143;
}

static inline void nesting__put_ethernet_of_protocol(struct nesting *nesting, __u32 protocol, __u32 is_ipv6)
{
	if (protocol == 97)
		nesting__put16(nesting, 0x3000);
	nesting__put_ethernet(nesting, is_ipv6);
}

/* IP, or Ethernet with IP. */
static inline void nesting__put_gue(struct nesting *nesting, __u32 is_ipv6)
{
	__u32 more = nesting__draw(nesting, 2) ? 0 : nesting__draw(nesting, 32),
	      has_ethernet = nesting__draw(nesting, 2);
	__u32 protocol = has_ethernet ? nesting__draw_ethernet_protocol(nesting) : is_ipv6 ? 41 : 4;

	nesting__through(nesting, SIPBPF_ENCAPSULATION_GUE);
	if (!has_ethernet)
		nesting__through(nesting, SIPBPF_ENCAPSULATION_IP_IN_IP);
	nesting__put_udp(nesting, nesting__draw(nesting, 65536), 6080);
	nesting__put8(nesting, more);
	nesting__put8(nesting, protocol);
	nesting__put_any(nesting, 2 + (size_t)more * 4);
	if (has_ethernet)
		nesting__put_ethernet_of_protocol(nesting, protocol, is_ipv6);
}

/* Behind a session's number, perhaps a sublayer; Ethernet holds IP. */
static inline void nesting__put_l2tp(struct nesting *nesting, __u32 is_ipv6)
{
	nesting__through(nesting, SIPBPF_ENCAPSULATION_L2TP);
	nesting__put32(nesting, 1 + nesting__draw(nesting, 1 << 30));
	if (nesting__draw(nesting, 2))
		nesting__put32(nesting, nesting__draw(nesting, 2) << 30);
	nesting__put_any(nesting, 12);
	nesting__put16(nesting, nesting__ip_type(is_ipv6));
}

enum nesting_tunnel {
	NESTING_IP,
	NESTING_GRE,
	NESTING_ERSPAN,
	NESTING_VXLAN,
	NESTING_GENEVE,
	NESTING_GTPU,
	NESTING_TZSP,
	NESTING_GUE,
	NESTING_L2TP,
	NESTING_TUNNELS
};

static inline __u32 nesting__protocol_of(enum nesting_tunnel tunnel, __u32 is_ipv6)
{
	if (tunnel == NESTING_IP)
		return is_ipv6 ? 41 : 4;
	if (tunnel == NESTING_L2TP)
		return 115;
	return tunnel == NESTING_GRE || tunnel == NESTING_ERSPAN ? 47 : 17;
}

/* An IP header and a tunnel in which one of this version follows. */
static inline void nesting__put_tunnel(struct nesting *nesting, __u32 outer_is_ipv6, __u32 is_ipv6)
{
	enum nesting_tunnel tunnel = (enum nesting_tunnel)nesting__draw(nesting, NESTING_TUNNELS);

	nesting__put_ip(nesting, outer_is_ipv6, nesting__protocol_of(tunnel, is_ipv6));
	switch (tunnel) {
	case NESTING_GRE:
		nesting__put_gre(nesting, is_ipv6);
		break;
	case NESTING_ERSPAN:
		nesting__put_erspan(nesting, is_ipv6);
		break;
	case NESTING_VXLAN:
		nesting__put_vxlan(nesting, is_ipv6);
		break;
	case NESTING_GENEVE:
		nesting__put_geneve(nesting, is_ipv6);
		break;
	case NESTING_GTPU:
		nesting__put_gtpu(nesting);
		break;
	case NESTING_TZSP:
		nesting__put_tzsp(nesting, is_ipv6);
		break;
	case NESTING_GUE:
		nesting__put_gue(nesting, is_ipv6);
		break;
	case NESTING_L2TP:
		nesting__put_l2tp(nesting, is_ipv6);
		break;
	default:
		nesting__through(nesting, SIPBPF_ENCAPSULATION_IP_IN_IP);
	}
}

/* ---- all ---- */

/* Chunks of others, which say nothing. */
static inline void nesting__put_odd_chunk(struct nesting *nesting)
{
	static const __u8 any[40];
	__u32 vendor = nesting__draw(nesting, 3), type = vendor ? nesting__draw(nesting, 20) : 0x11;

	hep__put_chunk(&nesting->packet, vendor, type, any, nesting__draw(nesting, sizeof(any)));
}

/* The chunks in any order, with others in between. The message is among them. */
static inline void nesting__put_chunks(struct nesting *nesting, const struct hep_ends *ends, const char *message)
{
	size_t begin = hep__begin(&nesting->packet);
	__u32 left = (1U << (HEP_CHUNKS + 1)) - 1, number;

	while (left) {
		number = nesting__draw(nesting, HEP_CHUNKS + 1);
		if (!(left >> number & 1))
			continue;
		left &= ~(1U << number);
		if (nesting__draw(nesting, 6) == 0)
			nesting__put_odd_chunk(nesting);
		if (number == HEP_CHUNKS)
			hep__put_chunk(&nesting->packet, 0, 15, message, strlen(message));
		else
			hep__put_numbered_chunk(&nesting->packet, number, ends);
	}
	hep__end(&nesting->packet, begin);
}

/* Puts the message into HEP, whose ends are others than those of the packet. */
static inline void nesting__put_hep(struct nesting *nesting, const char *message)
{
	static const __u8 protocols[] = { 6, 17, 22, 132 };
	struct hep_ends ends = { .source_port = nesting->client_port, .target_port = NESTING_PORT };
	__u32 i;

	nesting__through(nesting, SIPBPF_ENCAPSULATION_HEP);
	nesting->is_ipv6 = nesting__draw(nesting, 2);
	ends.is_ipv6 = nesting->is_ipv6;
	ends.protocol = protocols[nesting__draw(nesting, sizeof(protocols))];
	for (i = 0; i < 16; i++) {
		nesting->source[i] = (__u8)(1 + nesting__draw(nesting, 200));
		nesting->target[i] = (__u8)(1 + nesting__draw(nesting, 200));
	}
	memcpy(ends.source, nesting->source + (ends.is_ipv6 ? 0 : 12), ends.is_ipv6 ? 16 : 4);
	memcpy(ends.target, nesting->target + (ends.is_ipv6 ? 0 : 12), ends.is_ipv6 ? 16 : 4);
	if (nesting->hep < 3)
		hep__put(&nesting->packet, nesting->hep, &ends, message, strlen(message));
	else
		nesting__put_chunks(nesting, &ends, message);
}

static inline void nesting__put_message(struct nesting *nesting)
{
	static const char *const types[] = { "INVITE", "BYE", "503" };
	static const char *const messages[] = {
		"INVITE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nContent-Length: "
		"0\r\n\r\n",
		"BYE sip:b SIP/2.0\r\nTo: <sip:b>;tag=1\r\nCSeq: 2 BYE\r\nl: 4\r\n\r\nbody",
		"SIP/2.0 503 Service Unavailable\r\nTo: <sip:b>\r\nCSeq: 3 OPTIONS\r\nl: 0\r\n\r\n",
	};
	__u32 i = nesting__draw(nesting, 3);

	nesting->type = types[i];
	if (nesting->hep)
		nesting__put_hep(nesting, messages[i]);
	else
		packets__text(&nesting->packet, messages[i]);
}

static inline void nesting__put_transport(struct nesting *nesting)
{
	if (nesting->hep) {
		nesting__put_udp(nesting, NESTING_PORT, 9000 + nesting__draw(nesting, 100));
		return;
	}
	if (!nesting->is_tcp) {
		nesting__put_udp(nesting, nesting->client_port, NESTING_PORT);
		return;
	}
	nesting__put16(nesting, nesting->client_port);
	nesting__put16(nesting, NESTING_PORT);
	nesting__put_any(nesting, 8);
	nesting__put16(nesting, 0x5018);
	nesting__put_any(nesting, 6);
}

static inline void nesting__fill_lengths(struct nesting *nesting)
{
	const struct nesting_length *length;
	size_t i;

	for (i = 0; i < nesting->lengths_count; i++) {
		length = &nesting->lengths[i];
		packets__set16(&nesting->packet, length->at, (unsigned int)(nesting->packet.length - length->begin));
	}
}

/* Changes some bytes before the message. */
static inline void nesting__mutate(struct nesting *nesting)
{
	static const __u8 tempting[] = { 0, 1, 4, 6, 8, 17, 41, 47, 132, 0x45, 0x60, 0x81, 0xff };
	__u32 i, headers = (__u32)nesting->packet.length - 60;

	for (i = 1 + nesting__draw(nesting, 3); i > 0; i--)
		nesting->packet.bytes[nesting__draw(nesting, headers)] =
			nesting__draw(nesting, 2) ? tempting[nesting__draw(nesting, sizeof(tempting))]
						  : (__u8)nesting__draw(nesting, 256);
}

/* Makes the frame of this seed: nesting->packet, and what it holds. */
static inline void nesting__make(struct nesting *nesting, __u64 seed, __u32 tunnels, __u32 is_tcp)
{
	__u32 is_ipv6, next_is_ipv6, i;

	memset(nesting, 0, sizeof(*nesting));
	nesting->seed = seed * 0x9e3779b97f4a7c15ULL + 1;
	nesting->tunnels = tunnels;
	nesting->is_tcp = is_tcp;
	nesting->client_port = (__u16)(10000 + nesting__draw(nesting, 50000));
	nesting->hep = is_tcp || tunnels > NESTING_TUNNELS_READ || nesting__draw(nesting, 4)
			       ? 0
			       : 1 + nesting__draw(nesting, 3);
	is_ipv6 = nesting__draw(nesting, 2);
	nesting__put_ethernet(nesting, is_ipv6);
	for (i = 0; i < tunnels; i++, is_ipv6 = next_is_ipv6) {
		next_is_ipv6 = nesting__draw(nesting, 2);
		nesting__put_tunnel(nesting, is_ipv6, next_is_ipv6);
	}
	nesting->is_ipv6 = is_ipv6;
	nesting__put_ip(nesting, is_ipv6, is_tcp ? 6 : 17);
	nesting__put_transport(nesting);
	nesting__put_message(nesting);
	nesting__fill_lengths(nesting);
}

#endif

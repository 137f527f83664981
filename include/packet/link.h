/* SPDX-License-Identifier: BSD-2-Clause */
/* The layers below IP: Ethernet, tags, LLC, PPP, MPLS. Tested by tests/unit/packet/test_packet.c. */
#ifndef PACKET_LINK_H
#define PACKET_LINK_H

#include "packet/packet.h"

#define PACKET_VLAN_NUMBER 0xfff /* the bits of a tag, or of ERSPAN, that are the number of the VLAN */

/* Whether this EtherType announces what can be read. */
static __always_inline int packet__is_known_ethertype(const __u8 *type)
{
	return packet__ethertype_layer(words__be16(type)) != PACKET_REFUSED;
}

/* Whether Ethernet begins here, surely: with IP, PPPoE, or a tag before another known EtherType. */
static __always_inline int packet__is_ethernet(const __u8 *header)
{
	__u32 type = words__be16(header + 12), next = words__be16(header + 14);

	switch (packet__ethertype_layer(type)) {
	case PACKET_IP:
		return next >> 12 == (type == 0x0800 ? 4 : 6);
	case PACKET_PPPOE:
		return next == 0x1100;
	case PACKET_VLAN:
		return packet__is_known_ethertype(header + 16);
	case PACKET_VN_TAG:
		return packet__is_known_ethertype(header + 18);
	case PACKET_TRUSTSEC:
		return next == 0x0101 && packet__is_known_ethertype(header + 20);
	default:
		return 0;
	}
}

/*
 * IEEE 802.2: SNAP with an EtherType (RFC 1042, 802.1H), or IP by its own number (RFC 948). In 802.3, a length stands in
 * the place of the EtherType.
 */
static __always_inline void packet__take_llc(struct packet *packet, const __u8 *header)
{
	__u32 organization = words__be32(header + 2) & 0xffffff, is_unnumbered = (header[2] & 0xef) == 0x03;
	__u32 is_snap = header[0] == 0xaa && header[1] == 0xaa && (!organization || organization == 0x0000f8);

	if (!is_unnumbered || !(is_snap || (header[0] == 0x06 && header[1] == 0x06))) {
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
		return;
	}
	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_LLC);
	if (is_snap)
		packet__advance_to_ethertype(packet, 8, words__be16(header + 6));
	else
		packet__advance(packet, 3, PACKET_IP);
}

/* Moves on `length` bytes, to what an EtherType announces or, if it is the length of an 802.3 frame, to LLC. */
static __always_inline void packet__advance_in_ethernet(struct packet *packet, __u32 length, __u32 type)
{
	if (type > 1500) {
		packet__advance_to_ethertype(packet, length, type);
		return;
	}
	packet__advance(packet, length, PACKET_LLC);
	packet__trim(packet, type);
}

/* RFC 1661, 1662: address and control may be left out, and the protocol may have one byte. */
static __always_inline void packet__take_ppp(struct packet *packet, const __u8 *header)
{
	__u32 at = header[0] == 0xff && header[1] == 0x03 ? 2 : 0;
	__u32 short_form = header[at] & 1;
	__u32 protocol = short_form ? header[at] : words__be16(header + at);

	__u32 length = at + 2 - short_form;

	if (protocol == 0x0021 || protocol == 0x0057)
		packet__advance(packet, length, PACKET_IP);
	else if (protocol == 0x0281 || protocol == 0x0283) /* RFC 3032 4.1 */
		packet__advance(packet, length, PACKET_MPLS);
	else
		packet__refuse(packet,
			       packet->end - packet->offset < length ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_NOT_IP);
}

/*
 * Whether Ethernet in a pseudowire comes behind a control word, which is optional (RFC 4448 4.6). A control word begins
 * with four bits of 0 (RFC 4385 3), and so may an address. The EtherType tells them apart, and if both places have one,
 * the reserved bits do.
 */
static __always_inline int packet__has_control_word(const __u8 *header)
{
	if (header[0] >> 4)
		return 0;
	return !packet__is_known_ethertype(header + 12) ||
	       (!words__be16(header) && packet__is_known_ethertype(header + 16));
}

/*
 * RFC 3032. Below the bottom of the stack, only the first four bits tell what follows. If it is not IP, it may be
 * Ethernet.
 */
static __always_inline void packet__take_mpls(struct packet *packet, const __u8 *header)
{
	__u32 version = header[4] >> 4;

	packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_MPLS);
	if (!(header[2] & 1))
		packet__advance(packet, 4, PACKET_MPLS);
	else if (version == 4 || version == 6)
		packet__advance(packet, 4, PACKET_IP);
	else
		packet__advance(packet, packet__has_control_word(header + 4) ? 8 : 4, PACKET_ETHERNET);
}

/* Takes off a layer below IP: see packet__take_layer(). */
static __always_inline void packet__take_link_layer(struct packet *packet, const __u8 *header)
{
	switch (packet->layer) {
	case PACKET_ETHERNET:
		packet__advance_in_ethernet(packet, PACKET_ETHERNET_SIZE, words__be16(header + 12));
		break;
	case PACKET_ETHERTYPE:
		packet__advance_to_ethertype(packet, 0, packet->next);
		break;
	case PACKET_VLAN:
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_VLAN);
		packet__note_network(packet, words__be16(header) & PACKET_VLAN_NUMBER);
		packet__advance_in_ethernet(packet, 4, words__be16(header + 2));
		break;
	case PACKET_VN_TAG: /* Cisco's, and what 802.1BR was made of: direction, two numbers, and the EtherType */
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_VN_TAG);
		packet__advance_in_ethernet(packet, 6, words__be16(header + 4));
		break;
	case PACKET_TRUSTSEC: /* Cisco MetaData: version, length, option, security group tag, and the EtherType */
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_TRUSTSEC);
		packet__advance_in_ethernet(packet, 8, words__be16(header + 6));
		break;
	case PACKET_PBB: /* IEEE 802.1ah: flags and the number of the service; a customer's frame follows */
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_PBB);
		packet__note_network(packet, words__be32(header) & 0xffffff);
		packet__advance(packet, 4, PACKET_ETHERNET);
		break;
	case PACKET_LLC:
		packet__take_llc(packet, header);
		break;
	case PACKET_PPPOE: /* RFC 2516: only session data, code 0 */
		if (header[0] != 0x11 || header[1]) {
			packet__refuse(packet, SIPBPF_REASON_NOT_IP);
			break;
		}
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_PPPOE);
		packet__note_network(packet, words__be16(header + 2));
		packet__advance(packet, 6, PACKET_PPP);
		break;
	case PACKET_PPP:
		packet__take_ppp(packet, header);
		break;
	case PACKET_MPLS:
		packet__take_mpls(packet, header);
		break;
	default:
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
		break;
	}
}

#endif

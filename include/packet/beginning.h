/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where does a frame begin: with Ethernet, or with what an EtherType announces, as on tunnels? Plain C: no helper calls,
 * no kernel headers. A header has PACKET_HEADER_SIZE readable bytes, with zeros past the end of the frame.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 * Tested by tests/unit/packet/test_beginning.c.
 */
#ifndef PACKET_BEGINNING_H
#define PACKET_BEGINNING_H

#include "packet/layers.h"

#define PACKET_ETHERTYPE_LLC 0x0004 /* ETH_P_802_2: no EtherType, but what Linux calls frames with a length */

/* Whether a frame with this first byte may begin with IP. So do the addresses of one network card in eight. */
static __always_inline int packet__has_ip_version(__u32 first)
{
	return (first & 0xd0) == 0x40; /* 4 or 6, in the upper half */
}

/* Whether the length in the header fits a frame of this length, if the frame begins with IP. */
static __always_inline int packet__fits_ip(const __u8 *header, __u32 length)
{
	return header[0] >> 4 == 4 ? words__be16(header + 2) <= length : words__be16(header + 4) + 40U <= length;
}

/*
 * Whether a frame of this length begins with bytes like those of IP: an IPv4 header whose checksum is right or, where
 * there is none at hand, a length that is the frame's.
 */
static __always_inline int packet__looks_like_ip(const __u8 *header, __u32 length)
{
	__u32 claimed = words__be16(header + 2);

	if (header[0] == 0x45)
		return (!claimed || claimed >= 20) && claimed <= length && packet__has_ipv4_checksum(header);
	if (header[0] >> 4 == 6)
		return words__be16(header + 4) + 40U == length;
	return header[0] >> 4 == 4 && (header[0] & 15) > 5 && claimed == length;
}

/*
 * Whether a frame that looks like IP may be a copy of what the host sends to a group or to all. Which IPv4 addresses mean
 * all, the frame does not tell.
 */
static __always_inline int packet__may_be_own_copy(const __u8 *header)
{
	return !packet__is_ethernet(header) && (header[0] >> 4 == 4 || header[24] == 0xff);
}

/*
 * Whether the frame begins with the IP header that a GRE device of several ends puts before packets of this EtherType.
 * In Ethernet, the same bytes would be an IPv4 packet that carries no protocol, or a sender with a group's address.
 */
static __always_inline int packet__is_gre_header(const __u8 *header, __u32 ethertype)
{
	if (header[0] == 0x45)
		return header[9] == PACKET_PROTOCOL_GRE && words__be16(header + 22) == ethertype;
	return header[0] >> 4 == 6 && header[6] == PACKET_PROTOCOL_GRE;
}

/*
 * The first layer of a frame without Ethernet that the kernel says is of this EtherType. IP shows itself, whatever the
 * EtherType.
 */
static __always_inline __u8 packet__bare_layer(__u32 ethertype)
{
	__u8 layer = packet__ethertype_layer(ethertype);

	if (ethertype == PACKET_ETHERTYPE_LLC)
		return PACKET_LLC;
	return layer == PACKET_REFUSED ? PACKET_IP : layer;
}

/*
 * Whether a packet with this IP header may leave the host: its hop limit is not 0, and it is not sent to a group of the
 * node alone (RFC 4291 2.7).
 */
static __always_inline int packet__may_leave_host(const __u8 *header)
{
	if (header[0] >> 4 == 4)
		return header[8] != 0;
	return header[7] && (header[24] != 0xff || (header[25] & 15) > 1);
}

#endif

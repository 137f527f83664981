/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments of IP that come through tags and tunnels: two datagrams of different networks may have the same addresses and
 * the same identification, and what differs between the packets of one network does not take a datagram apart.
 */
#ifndef NETWORKS_TEST_H
#define NETWORKS_TEST_H

#include <stdio.h>

#include "packets.h"

/* What is before the inner IP header. Of one kind of network, one byte differs. */
struct network_layers {
	const char *name;
	const char *bytes;
	size_t size;
	size_t place; /* of the byte that differs */
	unsigned int change;
	bool is_same; /* but the network does not */
};

#define NETWORKS_ETHERNET "\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
#define NETWORKS_VXLAN PACKETS_OUTER_UDP("\x12\xb5") "\x08\0\0\0\0\0\x7b\0" NETWORKS_ETHERNET "\x08\0"
#define NETWORKS_LAYERS(name, bytes, place, change)                  \
	{                                                            \
		name, bytes, sizeof(bytes) - 1, place, change, false \
	}
#define NETWORKS_SAME(name, bytes, place, change)                   \
	{                                                           \
		name, bytes, sizeof(bytes) - 1, place, change, true \
	}

static const struct network_layers network_layers[] = {
	NETWORKS_LAYERS("VLAN", NETWORKS_ETHERNET "\x81\0\0\x0a\x08\0", 15, 1),
	NETWORKS_LAYERS("VLAN, its high bits", NETWORKS_ETHERNET "\x81\0\0\x0a\x08\0", 14, 8),
	NETWORKS_LAYERS("the outer of two tags", NETWORKS_ETHERNET "\x88\xa8\0\x0a\x81\0\0\x0b\x08\0", 15, 1),
	NETWORKS_LAYERS("the inner of two tags", NETWORKS_ETHERNET "\x88\xa8\0\x0a\x81\0\0\x0b\x08\0", 19, 1),
	NETWORKS_LAYERS("PPPoE", NETWORKS_ETHERNET "\x88\x64\x11\0\0\x01\0\0\0\x21", 17, 2),
	NETWORKS_LAYERS("802.1ah", NETWORKS_ETHERNET "\x88\xe7\0\0\0\x07" NETWORKS_ETHERNET "\x08\0", 17, 1),
	NETWORKS_LAYERS("VXLAN", NETWORKS_VXLAN, 48, 1),
	NETWORKS_LAYERS("GENEVE", PACKETS_OUTER_UDP("\x17\xc1") "\0\0\x65\x58\0\0\x7b\0" NETWORKS_ETHERNET "\x08\0", 47,
			1),
	NETWORKS_LAYERS("GTP-U", PACKETS_OUTER_UDP("\x08\x68") "\x30\xff\x01\0\0\0\0\x01", 49, 2),
	NETWORKS_LAYERS("GRE with a key", PACKETS_OUTER("\x2f") "\x20\0\x08\0\0\0\0\x07", 41, 1),
	NETWORKS_LAYERS("GRE with a checksum and a key", PACKETS_OUTER("\x2f") "\xa0\0\x08\0\0\0\0\0\0\0\0\x07", 45, 1),
	NETWORKS_LAYERS("GRE without a key", PACKETS_OUTER("\x2f") "\0\0\x08\0", 33, 1),
	NETWORKS_LAYERS("IP in IP", PACKETS_OUTER("\x04"), 29, 1),
	NETWORKS_LAYERS("EtherIP", PACKETS_OUTER("\x61") "\x30\0" NETWORKS_ETHERNET "\x08\0", 33, 1),
	NETWORKS_LAYERS("FOU", PACKETS_OUTER_UDP("\x17\xc0") "\0\x04\0\0", 29, 1),
	NETWORKS_LAYERS("L2TP", PACKETS_OUTER("\x73") "\0\0\x12\x34" NETWORKS_ETHERNET "\x08\0", 37, 1),
	NETWORKS_LAYERS("the VLAN of ERSPAN",
			PACKETS_OUTER("\x2f") "\x10\0\x88\xbe\0\0\0\x01\x10\x0a\0\x01\0\0\0\x02" NETWORKS_ETHERNET
					      "\x08\0",
			43, 1),
	NETWORKS_LAYERS("a VLAN outside VXLAN",
			NETWORKS_ETHERNET
			"\x81\0\0\x0a\x08\0\x45\0\0\0\0\x01\0\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
			"\xc0\0\x12\xb5\0\0\0\0\x08\0\0\0\0\0\x7b\0" NETWORKS_ETHERNET "\x08\0",
			15, 1),
	NETWORKS_SAME("the priority of a tag", NETWORKS_ETHERNET "\x81\0\0\x0a\x08\0", 14, 0x20),
	NETWORKS_SAME("the source port of VXLAN", NETWORKS_VXLAN, 35, 1),
	NETWORKS_SAME("the outer address of VXLAN", NETWORKS_VXLAN, 29, 1),
	NETWORKS_SAME("the label of MPLS", NETWORKS_ETHERNET "\x88\x47\0\x02\x01\x40", 15, 1),
	NETWORKS_SAME("the session of ERSPAN",
		      PACKETS_OUTER("\x2f") "\x10\0\x88\xbe\0\0\0\x01\x10\x0a\0\x01\0\0\0\x02" NETWORKS_ETHERNET
					    "\x08\0",
		      45, 1),
	NETWORKS_SAME("the length in PPTP", PACKETS_OUTER("\x2f") "\x20\x01\x88\x0b\0\x40\0\x07\0\x21", 39, 1),
};

#define NETWORKS_COUNT (sizeof(network_layers) / sizeof(network_layers[0]))
#define NETWORKS_CUT 48 /* where the datagram is cut; To lies behind that */

/* Builds a fragment, the first or the last, of a datagram with this To header and identification. */
static inline void networks__fragment(struct packet_builder *packet, const struct network_layers *layers,
				      bool is_changed, const char *to, unsigned int identification, bool is_first)
{
	static unsigned char datagram[256];
	int length = snprintf((char *)datagram + 8, sizeof(datagram) - 8,
			      "INVITE sip:b@example.com SIP/2.0\r\nCSeq: 1 INVITE\r\nTo: %s\r\n\r\n", to) +
		     8;

	memcpy(datagram, "\x13\xc4\x13\xc4\0\0\0\0", 8);
	datagram[5] = (unsigned char)length;
	packet->length = 0;
	packet->udp = 0;
	packets__put(packet, layers->bytes, layers->size);
	if (is_changed)
		packet->bytes[layers->place] ^= (unsigned char)layers->change;
	packets__ipv4(packet, 17, is_first ? 0x2000 : NETWORKS_CUT / 8, 0);
	packets__set16(packet, packet->ip + 4, identification);
	packets__put(packet, datagram + (is_first ? 0 : NETWORKS_CUT),
		     is_first ? NETWORKS_CUT : (size_t)length - NETWORKS_CUT);
	packets__finish(packet);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet that is taken apart, and the moves that do it. Layers are taken off one by one: layers.h says how. plain.h
 * does the same in one step for the frames that make up most of the traffic. All files here are plain C: no helper
 * calls, no kernel headers.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 */
#ifndef PACKET_H
#define PACKET_H

#include "common/sipbpf.h"
#include "common/words.h"

/* Bytes of a header that packet__take_layer() may look at. */
#define PACKET_HEADER_SIZE 40

/* Headers taken off one packet, and IP headers among them. A packet with more is too deep. */
#define PACKET_LAYERS_MAX 64
#define PACKET_DEPTH_MAX 5

#define PACKET_ETHERNET_SIZE 14

#define PACKET_TCP_FIN 1
#define PACKET_TCP_SYN 2
#define PACKET_TCP_RST 4

#define PACKET_PROTOCOL_IPV4 4
#define PACKET_PROTOCOL_TCP 6
#define PACKET_PROTOCOL_UDP 17
#define PACKET_PROTOCOL_IDP 22 /* of no packet: HEP says TLS by it */
#define PACKET_PROTOCOL_IPV6 41
#define PACKET_PROTOCOL_GRE 47
#define PACKET_PROTOCOL_ESP 50
#define PACKET_PROTOCOL_AUTHENTICATION 51
#define PACKET_PROTOCOL_DESTINATION_OPTIONS 60
#define PACKET_PROTOCOL_ETHERIP 97
#define PACKET_PROTOCOL_L2TP 115
#define PACKET_PROTOCOL_SCTP 132
#define PACKET_PROTOCOL_ETHERNET 143

enum packet_layer {
	PACKET_ETHERNET = 0,
	PACKET_ETHERTYPE, /* nothing to take off: packet.next is an EtherType */
	PACKET_VLAN,
	PACKET_VN_TAG,
	PACKET_TRUSTSEC,
	PACKET_PBB,
	PACKET_LLC,
	PACKET_PPPOE,
	PACKET_PPP,
	PACKET_MPLS,
	PACKET_LINK_LAST = PACKET_MPLS,
	PACKET_IP, /* IPv4 or IPv6, as the first four bits say */
	PACKET_IPV6_EXTENSION,
	PACKET_IPV6_AUTHENTICATION,
	PACKET_IPV6_FRAGMENT,
	PACKET_IP_LAST = PACKET_IPV6_FRAGMENT,
	PACKET_GRE,
	PACKET_ERSPAN,
	PACKET_ETHERIP,
	PACKET_VXLAN,
	PACKET_GENEVE,
	PACKET_GTPU,
	PACKET_GTPU_NEXT, /* the type of the next extension header; 0: there is none */
	PACKET_GTPU_PDU,
	PACKET_GUE,
	PACKET_L2TP,
	PACKET_L2TP_UDP,
	PACKET_TZSP,
	PACKET_TZSP_TAG,
	PACKET_ESP,
	PACKET_TUNNEL_LAST = PACKET_ESP,
	PACKET_HEP,
	PACKET_HEP_CHUNK,
	PACKET_HEP_LAST = PACKET_HEP_CHUNK,
	PACKET_UDP,
	PACKET_TCP,
	PACKET_SCTP,
	PACKET_PAYLOAD, /* packet.offset to packet.end is what UDP, TCP or SCTP carries, or the message in HEP */
	PACKET_UNREAD,  /* likewise, but it is not read: packet.reason says why */
	PACKET_REFUSED, /* packet.reason says why */
};

/*
 * The fragment of a datagram that the packet is or came in, if it came in one; in a tunnel's fragment, the datagram is
 * the tunnel's. Valid if is_fragment.
 */
struct packet_fragment {
	struct sipbpf_ends ends; /* of the fragment, with the datagram's identification in the place of the ports */
	__u32 shift;             /* from an offset in the frame to the one in the datagram, modulo 2^32 */
	__u32 datagram;          /* of a first fragment: length and checksum of UDP, which tell datagrams apart */
	__u32 path;              /* packet.path of the fragment */
	__u8 protocol;           /* of the datagram */
	__u8 is_fragment;
	__u8 is_first;
	__u8 is_last;
	__u8 is_cut; /* the capture ends before the fragment does */
	/* Set by who reads a first fragment: one before it, with the same identification, has left a mark. */
	__u8 follows_marked;
};

/*
 * What an IP header says that stays the same, or falls, where a packet is passed on, and is another's where a program sends
 * the same text. Zero: unknown.
 */
struct packet_identity {
	__u16 identification; /* of IPv4; or the low bits of the flow label of IPv6 (RFC 6437) */
	__u8 version;
	__u8 hop_limit;
};

/* HEP, and what its chunks have told so far. */
struct packet_hep {
	struct sipbpf_ends ends; /* of its own datagram; those of the message are in packet.ends */
	__u32 begin;             /* of the message, as offsets in the frame; valid if it is known */
	__u32 end;
	__u32 missing; /* bytes of the message behind the end */
	__u16 known;   /* a bit for each enum packet_hep_fact */
	__u8 content;  /* kind of the message, if it is known */
};

struct packet {
	struct sipbpf_ends ends;
	__u32 offset;         /* of the layer */
	__u32 end;            /* offset of the first byte behind the layer; the bytes before it are present */
	__u32 missing;        /* bytes of the layer behind the end, which the capture has cut off */
	__u32 sequence;       /* of TCP: the number of the first byte of the payload, or of SYN */
	__u32 tag;            /* of SCTP: the verification tag */
	__u32 encapsulations; /* that were taken off, a bit for each enum sipbpf_encapsulation */
	__u32 path;       /* what tells networks apart whose addresses may be the same: see packet__note_network() */
	__u16 next;       /* the IP protocol or EtherType of the layer, where the layer alone does not tell */
	__u8 layer;       /* enum packet_layer */
	__u8 protocol;    /* of the payload: PACKET_PROTOCOL_UDP, _TCP or _SCTP */
	__u8 reason;      /* enum sipbpf_reason */
	__u8 layers;      /* taken off */
	__u8 depth;       /* IP headers among them */
	__u8 is_cut;      /* bytes of the payload are missing: a first fragment, or a cut capture */
	__u8 flags;       /* of TCP */
	__u8 via_decides; /* set by who reads the packet: Via tells the transport of datagrams too */
	__u8 reported;    /* the protocol by which the message in HEP came, as its key has it; 0: not in HEP */
	struct packet_identity identity; /* by the innermost IP header */
	struct packet_hep hep;
	struct packet_fragment fragment;
} __attribute__((aligned(8))); /* cleared by the word */

static __always_inline void packet__refuse(struct packet *packet, __u8 reason)
{
	packet->reason = reason;
	packet->layer = PACKET_REFUSED;
}

/* Leaves the payload, whose ends are known, unread. */
static __always_inline void packet__leave_unread(struct packet *packet, __u8 reason)
{
	packet->reason = reason;
	packet->layer = PACKET_UNREAD;
}

/* The ends of the datagram or segment that the payload is in, which is not the one of a message in HEP. */
static __always_inline const struct sipbpf_ends *packet__own_ends(const struct packet *packet)
{
	return packet->reported ? &packet->hep.ends : &packet->ends;
}

/* Whether the packet has a payload between known ends, be it read or not. */
static __always_inline int packet__has_payload(const struct packet *packet)
{
	return packet->layer == PACKET_PAYLOAD || packet->layer == PACKET_UNREAD;
}

/* Notes that the packet came through this encapsulation. */
static __always_inline void packet__note_encapsulation(struct packet *packet, __u32 encapsulation)
{
	packet->encapsulations |= 1U << encapsulation;
}

/*
 * Notes that the packet is of the network of this number: that of a VLAN or a tunnel. What differs between packets of one
 * network is no such number: labels and ports that spread load, sessions of mirrors, priorities. 0 is no network.
 */
static __always_inline void packet__note_network(struct packet *packet, __u32 number)
{
	packet->path = (packet->path ^ number) * 0x9e3779b1U;
}

/* The same for a tunnel without a number, which its two ends tell from others. */
static __always_inline void packet__note_tunnel_ends(struct packet *packet)
{
	const __u8 *source = packet->ends.source.address, *target = packet->ends.target.address;
	__u64 word = words__load8(source) ^ words__load8(source + 8) * 3 ^ words__load8(target) * 5 ^
		     words__load8(target + 8) * 7;

	packet__note_network(packet, (__u32)(word ^ word >> 32));
}

/* Sets both ports, which follow each other. */
static __always_inline void packet__set_ports(struct sipbpf_ends *ret_ends, const __u8 *ports)
{
	__u32 pair = WORDS_PAIR(words__be16(ports), words__be16(ports + 2));

	words__store4(&ret_ends->source_port, pair);
}

/* Moves on to the layer that begins `length` bytes further, or refuses a frame that ends before. */
static __always_inline void packet__advance(struct packet *packet, __u32 length, __u8 layer)
{
	if (packet->end - packet->offset < length) {
		packet__refuse(packet, SIPBPF_REASON_TRUNCATED);
		return;
	}
	packet->offset += length;
	packet->layer = layer;
}

/* 802.1Q, 802.1ad, and QinQ before that. */
static __always_inline int packet__is_vlan(__u32 ethertype)
{
	return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100 || ethertype == 0x9200;
}

/* The layer that an EtherType announces; PACKET_REFUSED if it cannot carry IP. */
static __always_inline __u8 packet__ethertype_layer(__u32 ethertype)
{
	if (packet__is_vlan(ethertype))
		return PACKET_VLAN;
	switch (ethertype) {
	case 0x0800:
	case 0x86dd:
		return PACKET_IP;
	case 0x8926:
		return PACKET_VN_TAG;
	case 0x8909:
		return PACKET_TRUSTSEC;
	case 0x88e7:
		return PACKET_PBB;
	case 0x8847:
	case 0x8848:
		return PACKET_MPLS;
	case 0x8864:
		return PACKET_PPPOE;
	case 0x6558: /* transparent Ethernet bridging, in tunnels */
		return PACKET_ETHERNET;
	case 0x880b:
		return PACKET_PPP;
	default:
		return PACKET_REFUSED;
	}
}

/* Moves on to the layer that an EtherType announces, `length` bytes further. */
static __always_inline void packet__advance_to_ethertype(struct packet *packet, __u32 length, __u32 ethertype)
{
	__u8 layer = packet__ethertype_layer(ethertype);

	if (layer == PACKET_REFUSED)
		packet__refuse(packet, SIPBPF_REASON_NOT_IP);
	else
		packet__advance(packet, length, layer);
}

/* The layer that an IP protocol number announces; PACKET_REFUSED if it cannot lead to a message. */
static __always_inline __u8 packet__protocol_layer(__u32 protocol)
{
	switch (protocol) {
	case PACKET_PROTOCOL_UDP:
		return PACKET_UDP;
	case PACKET_PROTOCOL_TCP:
		return PACKET_TCP;
	case PACKET_PROTOCOL_SCTP:
		return PACKET_SCTP;
	case PACKET_PROTOCOL_IPV4:
	case PACKET_PROTOCOL_IPV6:
		return PACKET_IP;
	case PACKET_PROTOCOL_GRE:
		return PACKET_GRE;
	case 137: /* RFC 4023 3 */
		return PACKET_MPLS;
	case PACKET_PROTOCOL_AUTHENTICATION:
		return PACKET_IPV6_AUTHENTICATION;
	case PACKET_PROTOCOL_ESP:
		return PACKET_ESP;
	case PACKET_PROTOCOL_L2TP:
		return PACKET_L2TP;
	case PACKET_PROTOCOL_ETHERIP:
		return PACKET_ETHERIP;
	case PACKET_PROTOCOL_ETHERNET: /* RFC 8986 4.9 */
		return PACKET_ETHERNET;
	default:
		return PACKET_REFUSED;
	}
}

/* Moves on to the layer that an IP protocol number announces, `length` bytes further. */
static __always_inline void packet__advance_to_protocol(struct packet *packet, __u32 length, __u32 protocol)
{
	__u8 layer = packet__protocol_layer(protocol);

	if (layer == PACKET_REFUSED) {
		packet__refuse(packet, SIPBPF_REASON_NOT_TRANSPORT);
		return;
	}
	if (layer == PACKET_IP)
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_IP_IN_IP);
	else if (layer == PACKET_ETHERNET || layer == PACKET_ETHERIP)
		packet__note_encapsulation(packet, SIPBPF_ENCAPSULATION_ETHERNET_IN_IP);
	if (layer == PACKET_IP || layer == PACKET_ETHERNET || layer == PACKET_ETHERIP)
		packet__note_tunnel_ends(packet);
	packet__advance(packet, length, layer);
}

/*
 * Ends the layer where its length field says, which is not where the frame ends: Ethernet pads. A cut capture has fewer
 * bytes than that. A length of 0 means that the packet is too large for the field (TCP segmentation offload, BIG TCP).
 */
static __always_inline void packet__trim(struct packet *packet, __u32 length)
{
	__u32 present = packet->end - packet->offset;

	if (length > present) {
		packet->is_cut = 1;
		packet->missing = length - present;
	} else if (length) {
		packet->end = packet->offset + length;
	}
}

/* Whether the payload belongs to a fragment that is not the first one: its ports are unknown. */
static __always_inline int packet__is_later_fragment(const struct packet *packet)
{
	return packet->fragment.is_fragment && !packet->fragment.is_first;
}

/*
 * Whether Via may tell the transport of the packet's messages: over UDP the packet does, but over TCP it does not tell TLS and
 * WebSocket, which others may have taken off.
 */
static __always_inline int packet__needs_via(const struct packet *packet)
{
	return packet->via_decides || packet->reported || packet->protocol != PACKET_PROTOCOL_UDP;
}

/* The protocol of a message, given that of the packet and packet.reported. */
static __always_inline __u8 packet__message_protocol(__u8 protocol, __u8 reported)
{
	return reported ? reported : protocol;
}

/* Where a message was seen, given where the packet was, and packet.reported. */
static __always_inline __u8 packet__message_hook(__u8 hook, __u8 reported)
{
	return reported ? SIPBPF_REPORTED : hook;
}

/* Begins a packet in a frame of `length` bytes that starts with this layer. */
static __always_inline void packet__begin(struct packet *packet, __u32 length, __u8 layer, __u16 next)
{
	__builtin_memset(packet, 0, sizeof(*packet));
	packet->end = length;
	packet->layer = layer;
	packet->next = next;
}

#endif

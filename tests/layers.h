/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames of every layer, with every flag that changes a length, and of every reason to refuse one, a named line each. Between
 * 10.0.0.1 and 10.0.0.2 or 2001:db8::1 and 2001:db8::2, the ends that are innermost.
 */
#ifndef LAYERS_H
#define LAYERS_H

#include <linux/types.h>
#include <stdbool.h>
#include <string.h>
#include <sys/cdefs.h>

#include "packet/layers.h"

#define LAYERS_LENGTH_MAX 2048

struct layers {
	const char *name;
	const char *bytes; /* lengths of the first IP header, behind tags, and of UDP in it are filled in where zero */
	unsigned int size;
	enum packet_layer first;
	const char *expected; /* "udp 5060>5061 4 depth=1 vlan", the reason, "cut" at the end if bytes are missing */
};

#define FRAME(name, bytes, expected)                                      \
	{                                                                 \
		name, bytes, sizeof(bytes) - 1, PACKET_ETHERNET, expected \
	}
#define RAW(name, bytes, expected)                                  \
	{                                                           \
		name, bytes, sizeof(bytes) - 1, PACKET_IP, expected \
	}

#define ETHERNET(type) "\x02\0\0\0\0\x02\x02\0\0\0\0\x01" type
#define VLAN(type) "\x00\x0a" type
#define TAGS_4 VLAN(T_8021Q) VLAN(T_8021Q) VLAN(T_8021Q) VLAN(T_8021Q)
#define TAGS_12 TAGS_4 TAGS_4 TAGS_4
#define T_IPV4 "\x08\x00"
#define T_IPV6 "\x86\xdd"
#define T_8021Q "\x81\x00"
#define T_8021AD "\x88\xa8"
#define T_QINQ "\x91\x00"
#define T_QINQ_2 "\x92\x00"
#define T_VN_TAG "\x89\x26"
#define T_TRUSTSEC "\x89\x09"
#define T_PBB "\x88\xe7"
#define T_PPPOE "\x88\x64"
#define T_MPLS "\x88\x47"
#define T_BRIDGING "\x65\x58"
#define T_PPP "\x88\x0b"
/* first: version and header length; length; fragment; protocol; the addresses are 10.0.0.1 and 10.0.0.2 */
#define IPV4_ANY(first, length, fragment, protocol) \
	first "\0" length "\0\x01" fragment "\x40" protocol "\0\0\x0a\0\0\x01\x0a\0\0\x02"
#define IPV4(protocol) IPV4_ANY("\x45", "\0\0", "\0\0", protocol)
#define OUTER_IPV4(protocol) "\x45\0\0\0\0\x01\0\0\x40" protocol "\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
#define IPV6_ANY(length, next)   \
	"\x60\0\0\0" length next \
	"\x40\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"
#define IPV6(next) IPV6_ANY("\0\0", next)
#define OUTER_IPV6(next) IPV6_ANY("\0\0", next)
#define P_TCP "\x06"
#define P_UDP "\x11"
#define P_SCTP "\x84"
#define PORTS "\x13\xc4\x13\xc5"
#define UDP_LENGTH(length) PORTS length "\0\0"
#define UDP UDP_LENGTH("\0\0")
#define TCP_OFFSET(offset) PORTS "\0\0\0\x01\0\0\0\x01" offset "\x18\xff\xff\0\0\0\0"
#define TCP TCP_OFFSET("\x50")
#define INNER(port) ETHERNET(T_IPV4) IPV4(P_UDP) "\x13\xc4" port "\0\0\0\0"
#define ZEROS_12 "\0\0\0\0\0\0\0\0\0\0\0\0"
#define ZEROS_84 ZEROS_12 ZEROS_12 ZEROS_12 ZEROS_12 ZEROS_12 ZEROS_12 ZEROS_12
#define ZEROS_252 ZEROS_84 ZEROS_84 ZEROS_84
#define DATA "OPTIONS sip:a SIP/2.0\r\n\r\n"
#define RTP "\x80\0\0\x01\0\0\0\xa0\x12\x34\x56\x78"
#define SCTP PORTS "\0\0\0\x01\0\0\0\0"
#define CHUNK "\0\x03\0\x29\0\0\0\x01\0\0\0\0\0\0\0\0" /* of DATA, below */
#define OPTIONS(next) next "\0\0\0\0\0\0\0"
#define FRAGMENT(next, offset) next "\0" offset "\0\0\0\x01"
#define GRE(flags, type) flags type
#define ERSPAN_1 "\0\0\x88\xbe"
#define ERSPAN_2                   \
	"\x10\0\x88\xbe\0\0\0\x01" \
	"\x10\x0a\x00\x01\0\0\0\x02"
#define ERSPAN_3(type_and_flags)   \
	"\x10\0\x22\xeb\0\0\0\x01" \
	"\x20\x0a\x00\x01\0\0\0\0\0\0" type_and_flags
#define OUTER_UDP(port) "\xc0\0" port "\0\0\0\0"
#define TUNNEL(port) ETHERNET(T_IPV4) OUTER_IPV4(P_UDP) OUTER_UDP(port)
#define TO_VXLAN "\x12\xb5"
#define TO_VXLAN_GPE "\x12\xb6"
#define TO_VXLAN_LINUX "\x21\x18"
#define TO_GENEVE "\x17\xc1"
#define TO_GTPU "\x08\x68"
#define VXLAN(flags, next) flags "\0\0" next "\0\0\x7b\0"
#define GENEVE(lengths, type) lengths type "\0\0\x7b\0"
#define GTPU(flags, length) flags "\xff" length "\0\0\0\x01"
#define TO_GUE "\x17\xc0"
#define TO_L2TP "\x06\xa5"
#define TO_TZSP "\x90\x90"
#define TZSP(type) "\x01" type "\0\x01"
#define SNAP(type) "\xaa\xaa\x03\0\0\0" type
#define SESSION "\0\0\x12\x34"
#define SECURITY "\0\0\0\x01\0\0\0\x01"
#define TRAILER(next) "\1\2\2" next ZEROS_12
#define SUMMED_IPV4(length, protocol, sum) "\x45\0\0" length "\0\x01\0\0\x40" protocol sum "\x0a\0\0\x01\x0a\0\0\x02"
#define TO_HEP "\x23\x64"
#define HEP_1(protocol) "\x01\x10\x02" protocol PORTS "\x0a\0\0\x01\x0a\0\0\x02"
#define HEP_TIME "\x6b\x0b\x1a\x48\0\x09\xb2\x4e\xd1\x07\0\0"
#define HEP_2(length, protocol) "\x02" length "\x02" protocol PORTS "\x0a\0\0\x01\x0a\0\0\x02" HEP_TIME
#define HEP_IPV6(first, protocol) first "\x0a" protocol PORTS ADDRESS_6("\x01") ADDRESS_6("\x02")
#define ADDRESS_6(last) "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0" last
#define HEP_3(length) "HEP3" length
#define C(type, length) "\0\0\0" type "\0" length /* of a chunk */
#define C_IPV4 C("\x01", "\x07") "\x02"
#define C_PROTOCOL(protocol) C("\x02", "\x07") protocol
#define C_SOURCE C("\x03", "\x0a") "\x0a\0\0\x01"
#define C_TARGET C("\x04", "\x0a") "\x0a\0\0\x02"
#define C_SOURCE_6 C("\x05", "\x16") ADDRESS_6("\x01")
#define C_TARGET_6 C("\x06", "\x16") ADDRESS_6("\x02")
#define C_PORTS C("\x07", "\x08") "\x13\xc4" C("\x08", "\x08") "\x13\xc5"
#define C_TIME C("\x09", "\x0a") "\x6b\x0b\x1a\x48" C("\x0a", "\x0a") "\0\x09\xb2\x4e"
#define C_CONTENT(content) C("\x0b", "\x07") content
#define C_AGENT C("\x0c", "\x0a") "\0\0\x07\xd1"
#define C_DATA C("\x0f", "\x1f") DATA
#define C_LINK(protocol) C_PROTOCOL(protocol) C_SOURCE C_TARGET C_PORTS /* 43 bytes */
#define C_VENDOR "\x00\x02\x00\x03\x00\x0a\x0b\0\0\x01"
#define C_8 C_VENDOR C_VENDOR C_VENDOR C_VENDOR C_VENDOR C_VENDOR C_VENDOR C_VENDOR
#define LABEL "\0\x01\x00\x40"
#define BOTTOM "\0\x02\x01\x40"

static const struct layers layers_cases[] = {
	FRAME("UDP over IPv4", ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=1"),
	FRAME("UDP over IPv6", ETHERNET(T_IPV6) IPV6(P_UDP) UDP DATA, "udp 5060>5061 6 depth=1"),
	FRAME("TCP over IPv4", ETHERNET(T_IPV4) IPV4(P_TCP) TCP DATA, "tcp 5060>5061 4 depth=1"),
	FRAME("TCP over IPv6", ETHERNET(T_IPV6) IPV6(P_TCP) TCP DATA, "tcp 5060>5061 6 depth=1"),
	FRAME("TCP with options", ETHERNET(T_IPV4) IPV4(P_TCP) TCP_OFFSET("\x80") "\1\1\1\1\1\1\1\1\1\1\1\1" DATA,
	      "tcp 5060>5061 4 depth=1"),
	FRAME("SCTP over IPv4", ETHERNET(T_IPV4) IPV4(P_SCTP) SCTP CHUNK DATA, "sctp 5060>5061 4 depth=1"),
	FRAME("SCTP over IPv6, in a tunnel", ETHERNET(T_IPV4) OUTER_IPV4("\x29") IPV6(P_SCTP) SCTP CHUNK DATA,
	      "sctp 5060>5061 6 depth=2 ip_in_ip"),
	FRAME("SCTP ends in its header", ETHERNET(T_IPV4) IPV4(P_SCTP) PORTS "\0\0\0\x01\0\0\0", "truncated"),
	FRAME("empty datagram", ETHERNET(T_IPV4) IPV4(P_UDP) UDP, "udp 5060>5061 4 depth=1"),
	FRAME("bare acknowledgement", ETHERNET(T_IPV4) IPV4(P_TCP) TCP, "tcp 5060>5061 4 depth=1"),
	FRAME("Ethernet padding",
	      ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\x1e", "\0\0", P_UDP) UDP_LENGTH("\0\x0a") "ab" DATA,
	      "udp 5060>5061 4 depth=1 length=2"),
	FRAME("IPv6 padding", ETHERNET(T_IPV6) IPV6_ANY("\0\x0a", P_UDP) UDP_LENGTH("\0\x0a") "ab" DATA,
	      "udp 5060>5061 6 depth=1 length=2"),
	FRAME("UDP shorter than IP", ETHERNET(T_IPV4) IPV4(P_UDP) UDP_LENGTH("\0\x0a") "ab" DATA,
	      "udp 5060>5061 4 depth=1 length=2"),
	FRAME("UDP longer than IP", ETHERNET(T_IPV4) IPV4(P_UDP) UDP_LENGTH("\x01\0") "ab",
	      "udp 5060>5061 4 depth=1 cut"),
	FRAME("IPv4 longer than the frame", ETHERNET(T_IPV4) IPV4_ANY("\x45", "\x01\0", "\0\0", P_TCP) TCP "ab",
	      "tcp 5060>5061 4 depth=1 cut"),
	FRAME("802.1Q", ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=1 vlan"),
	FRAME("802.1ad", ETHERNET(T_8021AD) VLAN(T_8021Q) VLAN(T_IPV6) IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=1 vlan"),
	FRAME("802.1Q, RTP", ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP RTP, "udp 5060>5061 4 depth=1 vlan"),
	FRAME("802.1ad, RTP over IPv6", ETHERNET(T_8021AD) VLAN(T_IPV6) IPV6(P_UDP) UDP RTP,
	      "udp 5060>5061 6 depth=1 vlan"),
	FRAME("802.1Q, empty datagram", ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP, "udp 5060>5061 4 depth=1 vlan"),
	FRAME("802.1Q, TCP without SIP", ETHERNET(T_8021Q) VLAN(T_IPV6) IPV6(P_TCP) TCP RTP,
	      "tcp 5060>5061 6 depth=1 vlan"),
	FRAME("802.1Q, TCP without payload", ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_TCP) TCP,
	      "tcp 5060>5061 4 depth=1 vlan"),
	FRAME("802.1Q, UDP longer than IP", ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP_LENGTH("\x01\0") RTP,
	      "udp 5060>5061 4 depth=1 vlan cut"),
	FRAME("two tags, RTP", ETHERNET(T_8021AD) VLAN(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP RTP,
	      "udp 5060>5061 4 depth=1 vlan"),
	FRAME("QinQ, three deep", ETHERNET(T_QINQ) VLAN(T_8021Q) VLAN(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 vlan"),
	FRAME("PPPoE", ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\0\x21" IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 pppoe"),
	FRAME("PPPoE, IPv6", ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\0\x57" IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=1 pppoe"),
	FRAME("PPPoE, short protocol", ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\x21" IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 pppoe"),
	FRAME("PPPoE, MPLS", ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\x02\x81" LABEL BOTTOM IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 pppoe mpls"),
	FRAME("PPPoE ends in PPP", ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\0", "truncated"),
	FRAME("PPPoE, LCP",
	      ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\xc0\x21"
				"\x09\0\0\x08\0\0\0\0",
	      "not_ip"),
	FRAME("PPPoE, discovery", ETHERNET(T_PPPOE) "\x11\x09\0\0\0\0", "not_ip"),
	FRAME("MPLS", ETHERNET(T_MPLS) BOTTOM IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=1 mpls"),
	FRAME("MPLS, three labels", ETHERNET(T_MPLS) LABEL LABEL BOTTOM IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=1 mpls"),
	FRAME("MPLS, Ethernet behind a control word",
	      ETHERNET(T_MPLS) LABEL BOTTOM "\0\0\0\x01" ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 vlan mpls"),
	FRAME("MPLS, Ethernet without a control word",
	      ETHERNET(T_MPLS) BOTTOM ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 vlan mpls"),
	FRAME("MPLS, Ethernet to an address that begins as a control word",
	      ETHERNET(T_MPLS) BOTTOM "\0\x1b\x21\0\0\x02\x02\0\0\0\0\x01" T_8021Q VLAN(T_IPV6) IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=1 vlan mpls"),
	FRAME("MPLS, Ethernet to a virtual router",
	      ETHERNET(T_MPLS) BOTTOM "\0\0\x5e\0\x01\x02\x02\0\0\0\0\x01" T_IPV4 IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 mpls"),
	FRAME("MPLS, control word, an address like an EtherType",
	      ETHERNET(T_MPLS) BOTTOM "\0\0\0\x01"
				      "\x02\0\0\0\0\x02\x02\0\x08\0\0\x01" T_IPV4 IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 mpls"),
	FRAME("MPLS, neither IPv4 nor IPv6", ETHERNET(T_MPLS) BOTTOM "\0\0\0\0" DATA, "not_ip"),
	FRAME("IPv4 options", ETHERNET(T_IPV4) IPV4_ANY("\x47", "\0\0", "\0\0", P_UDP) "\1\1\1\1\1\1\1\0" UDP DATA,
	      "udp 5060>5061 4 depth=1"),
	FRAME("IPv4, most options",
	      ETHERNET(T_IPV4) IPV4_ANY(
		      "\x4f", "\0\0", "\0\0",
		      P_UDP) "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\0" UDP
		      DATA,
	      "udp 5060>5061 4 depth=1"),
	FRAME("IPv4, do not fragment", ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\0", "\x40\0", P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1"),
	FRAME("IPv4, first fragment",
	      ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\0", "\x20\0", P_UDP) UDP_LENGTH("\x01\0") DATA,
	      "udp 5060>5061 4 depth=1 cut"),
	FRAME("IPv4, later fragment", ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\0", "\0\x01", P_UDP) DATA, "fragment"),
	FRAME("IPv4, middle fragment", ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\0", "\x20\x01", P_UDP) DATA, "fragment"),
	FRAME("IPv4, header too short", ETHERNET(T_IPV4) IPV4_ANY("\x44", "\0\0", "\0\0", P_UDP) UDP DATA,
	      "bad_header"),
	FRAME("IPv4, shorter than its header", ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\x13", "\0\0", P_UDP) UDP DATA,
	      "bad_header"),
	FRAME("IPv4 ends in the options", ETHERNET(T_IPV4) IPV4_ANY("\x4f", "\0\0", "\0\0", P_UDP) "\1\1\1\1",
	      "truncated"),
	FRAME("IPv6 extension headers",
	      ETHERNET(T_IPV6) IPV6("\0") OPTIONS("\x3c") OPTIONS("\x2b") OPTIONS(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=1"),
	FRAME("IPv6, long extension header",
	      ETHERNET(T_IPV6) IPV6("\x3c") P_UDP "\x01\x01\x0c\0\0\0\0\0\0\0\0\0\0\0\0" UDP DATA,
	      "udp 5060>5061 6 depth=1"),
	FRAME("IPv6, extension header beyond the end", ETHERNET(T_IPV6) IPV6("\x3c") P_UDP "\xff\0\0\0\0\0\0" UDP DATA,
	      "truncated"),
	FRAME("IPv6, mobility, HIP, Shim6",
	      ETHERNET(T_IPV6) IPV6("\x87") OPTIONS("\x8b") OPTIONS("\x8c") OPTIONS(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=1"),
	FRAME("IPv6, authentication", ETHERNET(T_IPV6) IPV6("\x33") P_UDP "\x01\0\0\0\0\0\x01\0\0\0\x01" UDP DATA,
	      "udp 5060>5061 6 depth=1"),
	FRAME("IPv4, authentication", ETHERNET(T_IPV4) IPV4("\x33") P_UDP "\x01\0\0\0\0\0\x01\0\0\0\x01" UDP DATA,
	      "udp 5060>5061 4 depth=1"),
	FRAME("IPv6, encrypted", ETHERNET(T_IPV6) IPV6("\x32") "\0\0\0\x01\0\0\0\x01" DATA, "not_transport"),
	FRAME("IPv6, no next header", ETHERNET(T_IPV6) IPV6("\x3b"), "not_transport"),
	FRAME("IPv6, first fragment", ETHERNET(T_IPV6) IPV6("\x2c") FRAGMENT(P_UDP, "\0\x01") UDP_LENGTH("\x01\0") DATA,
	      "udp 5060>5061 6 depth=1 cut"),
	FRAME("IPv6, atomic fragment", ETHERNET(T_IPV6) IPV6("\x2c") FRAGMENT(P_TCP, "\0\0") TCP DATA,
	      "tcp 5060>5061 6 depth=1"),
	FRAME("IPv6, later fragment", ETHERNET(T_IPV6) IPV6("\x2c") FRAGMENT(P_UDP, "\0\x08") DATA, "fragment"),
	FRAME("IP in IP", ETHERNET(T_IPV4) OUTER_IPV4("\x04") IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=2 ip_in_ip"),
	FRAME("6in4", ETHERNET(T_IPV4) OUTER_IPV4("\x29") IPV6(P_TCP) TCP DATA, "tcp 5060>5061 6 depth=2 ip_in_ip"),
	FRAME("4in6", ETHERNET(T_IPV6) IPV6("\x04") IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=2 ip_in_ip"),
	FRAME("GRE", ETHERNET(T_IPV4) OUTER_IPV4("\x2f") GRE("\0\0", T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 gre"),
	FRAME("GRE, an acknowledgement alone",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x2f") GRE("\x20\x81", T_PPP) "\0\0\0\1\0\0\0\1", "no_payload"),
	FRAME("MPLS in IP", ETHERNET(T_IPV4) OUTER_IPV4("\x89") BOTTOM IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 mpls"),
	FRAME("GRE, checksum, key and sequence",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x2f") GRE("\xb0\0", T_IPV6) "\1\2\0\0\0\0\0\1\0\0\0\2" IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=2 gre"),
	FRAME("GRE, PPP with acknowledgement",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x2f") GRE("\x30\x81", T_PPP) "\0\x40\0\x01\0\0\0\1\0\0\0\2"
									 "\xff\x03\0\x21" IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 gre"),
	FRAME("GRE, bridged Ethernet",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x2f") GRE("\0\0", T_BRIDGING) ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP)
		      UDP DATA,
	      "udp 5060>5061 4 depth=2 vlan gre"),
	FRAME("GRE, source routing", ETHERNET(T_IPV4) OUTER_IPV4("\x2f") GRE("\x40\0", T_IPV4) IPV4(P_UDP) UDP DATA,
	      "not_transport"),
	FRAME("GRE, version 2", ETHERNET(T_IPV4) OUTER_IPV4("\x2f") GRE("\0\x02", T_IPV4) IPV4(P_UDP) UDP DATA,
	      "not_transport"),
	FRAME("GRE, MPLS inside",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x2f") GRE("\0\0", T_MPLS) LABEL BOTTOM IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 mpls gre"),
	FRAME("ERSPAN I", ETHERNET(T_IPV4) OUTER_IPV4("\x2f") ERSPAN_1 ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 erspan"),
	FRAME("ERSPAN II", ETHERNET(T_IPV4) OUTER_IPV4("\x2f") ERSPAN_2 ETHERNET(T_IPV6) IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=2 erspan"),
	FRAME("ERSPAN II, key and checksum",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x2f") "\xb0\0\x88\xbe\0\0\0\0\0\0\0\1\0\0\0\2\x10\0\0\0\0\0\0\0" ETHERNET(
		      T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vlan erspan"),
	FRAME("ERSPAN II of another version",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x2f") "\x10\0\x88\xbe\0\0\0\x01\x30\0\0\0\0\0\0\0" ETHERNET(T_IPV4)
		      IPV4(P_UDP) UDP DATA,
	      "not_ip"),
	FRAME("ERSPAN III", ETHERNET(T_IPV4) OUTER_IPV4("\x2f") ERSPAN_3("\0\0") ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 erspan"),
	FRAME("ERSPAN III, platform's header",
	      ETHERNET(T_IPV6) OUTER_IPV6("\x2f") ERSPAN_3("\x83\xff") "\x18\1\2\3\4\5\6\7" ETHERNET(T_IPV4) IPV4(P_UDP)
		      UDP DATA,
	      "udp 5060>5061 4 depth=2 erspan"),
	FRAME("ERSPAN III, IP", ETHERNET(T_IPV4) OUTER_IPV4("\x2f") ERSPAN_3("\x08\0") IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=2 erspan"),
	FRAME("ERSPAN III, 802.11", ETHERNET(T_IPV4) OUTER_IPV4("\x2f") ERSPAN_3("\x04\0") IPV6(P_UDP) UDP DATA,
	      "not_ip"),
	FRAME("VXLAN", TUNNEL(TO_VXLAN) VXLAN("\x08", "\0") ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vxlan"),
	FRAME("VXLAN, Linux's port",
	      ETHERNET(T_IPV6) OUTER_IPV6(P_UDP) OUTER_UDP(TO_VXLAN_LINUX) VXLAN("\x08", "\0") ETHERNET(T_8021AD)
		      VLAN(T_8021Q) VLAN(T_IPV6) IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=2 vlan vxlan"),
	FRAME("VXLAN, group policy",
	      TUNNEL(TO_VXLAN) "\x88\x48\x01\x02\0\0\x7b\0" ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vxlan"),
	FRAME("VXLAN-GPE, IPv4", TUNNEL(TO_VXLAN_GPE) VXLAN("\x0c", "\x01") IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vxlan"),
	FRAME("VXLAN-GPE, IPv6", TUNNEL(TO_VXLAN_GPE) VXLAN("\x0c", "\x02") IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=2 vxlan"),
	FRAME("VXLAN-GPE, Ethernet", TUNNEL(TO_VXLAN_GPE) VXLAN("\x0c", "\x03") ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vxlan"),
	FRAME("VXLAN-GPE, MPLS", TUNNEL(TO_VXLAN_GPE) VXLAN("\x0c", "\x05") BOTTOM IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 mpls vxlan"),
	FRAME("VXLAN-GPE, NSH", TUNNEL(TO_VXLAN_GPE) VXLAN("\x0c", "\x04") IPV4(P_UDP) UDP DATA, "not_ip"),
	FRAME("VXLAN, remote checksum offload",
	      TUNNEL(TO_VXLAN) "\x08\x20\0\0\0\0\x7b\x91" ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vxlan"),
	FRAME("VXLAN, behind the datagram",
	      ETHERNET(T_IPV4) IPV4(P_UDP) "\x13\xc4" TO_VXLAN "\0\x0c\0\0" VXLAN("\x08", "\0") ETHERNET(T_IPV4)
		      IPV4(P_UDP) UDP DATA,
	      "udp 5060>4789 4 depth=1 length=4"),
	FRAME("VXLAN, reserved flags", TUNNEL(TO_VXLAN) VXLAN("\x48", "\0") ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vxlan"),
	FRAME("VXLAN's port, line ends before text", INNER(TO_VXLAN_LINUX) "\n\nBYE sip:a SIP/2.0\r\n\r\n",
	      "udp 5060>8472 4 depth=1"),
	FRAME("VXLAN's port, line ends", INNER(TO_VXLAN) "\n\n\n\n\n\n\n\n\n\n", "udp 5060>4789 4 depth=1"),
	FRAME("VXLAN's port, text", INNER(TO_VXLAN) "NOTIFY sip:a SIP/2.0\r\n\r\n", "udp 5060>4789 4 depth=1"),
	FRAME("VXLAN, no network", INNER(TO_VXLAN) VXLAN("\0", "\0") ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>4789 4 depth=1"),
	FRAME("VXLAN, for operation", INNER(TO_VXLAN_GPE) VXLAN("\x0d", "\x01") IPV4(P_UDP) UDP DATA,
	      "udp 5060>4790 4 depth=1"),
	FRAME("GENEVE", TUNNEL(TO_GENEVE) GENEVE("\0\0", T_BRIDGING) ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 geneve"),
	FRAME("GENEVE, options",
	      TUNNEL(TO_GENEVE) GENEVE("\x03\x40", T_IPV6) "\x01\x02\x80\x02\1\2\3\4\5\6\7\x08" IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=2 geneve"),
	FRAME("GENEVE, most options", TUNNEL(TO_GENEVE) GENEVE("\x3f\0", T_IPV4) ZEROS_252 IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 geneve"),
	FRAME("GENEVE, options beyond the end", TUNNEL(TO_GENEVE) GENEVE("\x3f\0", T_IPV4) IPV4(P_UDP) UDP DATA,
	      "truncated"),
	FRAME("GENEVE, version 1", INNER(TO_GENEVE) GENEVE("\x40\0", T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>6081 4 depth=1"),
	FRAME("GENEVE, for operation", INNER(TO_GENEVE) GENEVE("\0\x80", T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>6081 4 depth=1"),
	FRAME("GENEVE, reserved flags", TUNNEL(TO_GENEVE) GENEVE("\0\x3f", T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 geneve"),
	FRAME("GENEVE, of what is not known", INNER(TO_GENEVE) GENEVE("\0\0", "\x12\x34") IPV4(P_UDP) UDP DATA,
	      "udp 5060>6081 4 depth=1"),
	FRAME("GTP-U", TUNNEL(TO_GTPU) GTPU("\x30", "\x7f\xff") IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=2 gtp_u"),
	FRAME("GTP-U, sequence number", TUNNEL(TO_GTPU) GTPU("\x32", "\x7f\xff") "\0\x01\0\0" IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=2 gtp_u"),
	FRAME("GTP-U, N-PDU number", TUNNEL(TO_GTPU) GTPU("\x31", "\x7f\xff") "\0\0\x01\x85" IPV4(P_TCP) TCP DATA,
	      "tcp 5060>5061 4 depth=2 gtp_u"),
	FRAME("GTP-U, no extension header",
	      TUNNEL(TO_GTPU) GTPU("\x37", "\x7f\xff") "\0\x01\x01\0" IPV4(P_TCP) TCP DATA,
	      "tcp 5060>5061 4 depth=2 gtp_u"),
	FRAME("GTP-U, extension headers",
	      TUNNEL(TO_GTPU) GTPU("\x34", "\x7f\xff") "\0\0\0\x85\x01\x10\x05\xc0\x02\1\2\3\4\5\6\0" IPV4(P_UDP)
		      UDP DATA,
	      "udp 5060>5061 4 depth=2 gtp_u"),
	FRAME("GTP-U, empty extension header",
	      TUNNEL(TO_GTPU) GTPU("\x34", "\x7f\xff") "\0\0\0\x85\0\0\0\0" IPV4(P_UDP) UDP DATA, "bad_header"),
	FRAME("GTP-U, extension header beyond the end",
	      TUNNEL(TO_GTPU) GTPU("\x34", "\x7f\xff") "\0\0\0\x85\xff\0\0\0" IPV4(P_UDP) UDP DATA, "truncated"),
	FRAME("GTP-U, spare flag", TUNNEL(TO_GTPU) GTPU("\x38", "\x7f\xff") IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 gtp_u"),
	FRAME("GTP-U, nothing in it", TUNNEL(TO_GTPU) GTPU("\x30", "\0\0"), "no_payload"),
	FRAME("GTP-U ends in an extension header's type", TUNNEL(TO_GTPU) GTPU("\x34", "\x7f\xff") "\0\0\0\x85",
	      "truncated"),
	FRAME("GTP-U, Ethernet", TUNNEL(TO_GTPU) GTPU("\x30", "\x7f\xff") ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 gtp_u"),
	FRAME("GTP-U, neither IP nor Ethernet", TUNNEL(TO_GTPU) GTPU("\x30", "\x7f\xff") "\0\0\0\0" DATA, "not_ip"),
	FRAME("GTP-U, echo request", INNER(TO_GTPU) "\x32\x01\0\x04\0\0\0\0\0\x01\0\0", "udp 5060>2152 4 depth=1"),
	FRAME("GTP', not GTP", INNER(TO_GTPU) GTPU("\x20", "\0\0") IPV4(P_UDP) UDP DATA, "udp 5060>2152 4 depth=1"),
	FRAME("later fragment of a tunnel",
	      ETHERNET(T_IPV4) "\x45\0\0\0\0\x01\0\x02\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02" DATA DATA, "fragment"),
	FRAME("first fragment of a tunnel",
	      ETHERNET(T_IPV4) "\x45\0\0\0\0\x01\x20\0\x40\x2f\0\0\xc0\0\x02\x01\xc0\0\x02\x02" GRE("\0\0", T_IPV4)
		      IPV4_ANY("\x45", "\x01\0", "\0\0", P_UDP) UDP_LENGTH("\0\xec") DATA,
	      "udp 5060>5061 4 depth=2 gre cut"),
	FRAME("fragments in a tunnel",
	      TUNNEL(TO_VXLAN) VXLAN("\x08", "\0") ETHERNET(T_IPV6) IPV6("\x2c") FRAGMENT(P_UDP, "\0\x01")
		      UDP_LENGTH("\x01\0") DATA,
	      "udp 5060>5061 6 depth=2 vxlan cut"),
	FRAME("later fragments in a tunnel",
	      TUNNEL(TO_VXLAN) VXLAN("\x08", "\0") ETHERNET(T_IPV6) IPV6("\x2c") FRAGMENT(P_UDP, "\x01\0") DATA,
	      "fragment"),
	FRAME("tiny first fragment",
	      ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\x1b", "\x20\0", P_UDP) "\x13\xc4\x13\xc5\0\x64\0", "truncated"),
	FRAME("tiny first fragment, a header",
	      ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\x1c", "\x20\0", P_UDP) UDP_LENGTH("\0\x64"),
	      "udp 5060>5061 4 depth=1 cut"),
	FRAME("fragment over the ports", ETHERNET(T_IPV4) IPV4_ANY("\x45", "\0\0", "\0\x01", P_UDP) UDP DATA,
	      "fragment"),
	FRAME("ICMP in a tunnel that quotes SIP",
	      TUNNEL(TO_VXLAN) VXLAN("\x08", "\0") ETHERNET(T_IPV4) IPV4("\x01") "\x03\x03\0\0\0\0\0\0" IPV4(P_UDP)
		      UDP DATA,
	      "not_transport"),
	FRAME("ICMPv6 that quotes SIP", ETHERNET(T_IPV6) IPV6("\x3a") "\x01\x04\0\0\0\0\0\0" IPV6(P_UDP) UDP DATA,
	      "not_transport"),
	FRAME("four tunnels",
	      TUNNEL(TO_VXLAN) VXLAN("\x08", "\0") ETHERNET(T_8021Q) VLAN(T_IPV6) IPV6("\x2f") GRE("\0\0", T_IPV4)
		      OUTER_IPV4(P_UDP) OUTER_UDP(TO_GTPU) GTPU("\x30", "\x7f\xff") OUTER_IPV4("\x29") IPV6(P_UDP)
			      UDP DATA,
	      "udp 5060>5061 6 depth=5 vlan ip_in_ip gre vxlan gtp_u"),
	FRAME("five tunnels",
	      TUNNEL(TO_VXLAN) VXLAN("\x08", "\0") ETHERNET(T_8021Q) VLAN(T_IPV6) IPV6("\x2f") GRE("\0\0", T_IPV4)
		      OUTER_IPV4(P_UDP) OUTER_UDP(TO_GTPU) GTPU("\x30", "\x7f\xff") OUTER_IPV4("\x29") IPV6("\x29")
			      IPV6(P_UDP) UDP DATA,
	      "too_deep"),
	FRAME("five deep",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x04") OUTER_IPV4("\x04") OUTER_IPV4("\x04") OUTER_IPV4("\x04") IPV4(P_UDP)
		      UDP DATA,
	      "udp 5060>5061 4 depth=5 ip_in_ip"),
	FRAME("six deep",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x04") OUTER_IPV4("\x04") OUTER_IPV4("\x04") OUTER_IPV4("\x04")
		      OUTER_IPV4("\x04") IPV4(P_UDP) UDP DATA,
	      "too_deep"),
	FRAME("tags without end",
	      ETHERNET(T_8021Q) TAGS_12 TAGS_12 TAGS_12 TAGS_12 TAGS_12 TAGS_12 VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "too_deep"),
	FRAME("many tags", ETHERNET(T_8021Q) TAGS_12 TAGS_12 TAGS_12 VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 vlan"),
	FRAME("QinQ by 0x9200", ETHERNET(T_QINQ_2) VLAN(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 vlan"),
	FRAME("VN-Tag", ETHERNET(T_VN_TAG) "\x40\x02\x80\x01" T_IPV4 IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 vn_tag"),
	FRAME("VN-Tag before 802.1Q", ETHERNET(T_VN_TAG) "\0\x02\0\x01" T_8021Q VLAN(T_IPV6) IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=1 vlan vn_tag"),
	FRAME("VN-Tag alone", ETHERNET(T_VN_TAG) "\0\x02\0\x01\x08", "truncated"),
	FRAME("security group tag", ETHERNET(T_TRUSTSEC) "\x01\x01\0\x01\0\x10" T_IPV4 IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 trustsec"),
	FRAME("security group tag behind 802.1Q",
	      ETHERNET(T_8021Q) VLAN(T_TRUSTSEC) "\x01\x01\0\x01\0\x10" T_IPV6 IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=1 vlan trustsec"),
	FRAME("security group tag alone", ETHERNET(T_TRUSTSEC) "\x01\x01\0\x01\0\x10\x08", "truncated"),
	FRAME("802.1ah",
	      ETHERNET(T_8021AD) VLAN(T_PBB) "\0\0\x12\x34" ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 vlan pbb"),
	FRAME("802.1ah ends in its tag", ETHERNET(T_PBB) "\0\0\x12", "truncated"),
	FRAME("SNAP, with padding",
	      ETHERNET("\0\x26") SNAP(T_IPV4) IPV4_ANY("\x45", "\0\x1e", "\0\0", P_UDP) UDP_LENGTH("\0\x0a") "ab" DATA,
	      "udp 5060>5061 4 depth=1 llc length=2"),
	FRAME("SNAP of bridges, behind 802.1Q",
	      ETHERNET(T_8021Q) VLAN("\0\x51") "\xaa\xaa\x03\0\0\xf8" T_IPV6 IPV6_ANY("\0\x21", P_UDP)
		      UDP_LENGTH("\0\x21") DATA,
	      "udp 5060>5061 6 depth=1 vlan llc"),
	FRAME("SNAP of a maker", ETHERNET("\0\x40") "\xaa\xaa\x03\0\0\x0c\x20\0" IPV4(P_UDP) UDP DATA, "not_ip"),
	FRAME("LLC with IP",
	      ETHERNET("\0\x21") "\x06\x06\x03" IPV4_ANY("\x45", "\0\x1e", "\0\0", P_UDP)
		      UDP_LENGTH("\0\x0a") "ab" DATA,
	      "udp 5060>5061 4 depth=1 llc length=2"),
	FRAME("LLC ends in SNAP", ETHERNET("\0\x07") "\xaa\xaa\x03\0\0\0\x08", "truncated"),
	FRAME("TZSP", TUNNEL(TO_TZSP) TZSP("\0") "\x01" ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 tzsp"),
	FRAME("TZSP, tagged fields",
	      TUNNEL(TO_TZSP) TZSP("\x01") "\x0a\x01\xc4\0\x0d\x04\0\0\0\x01\x29\0\x01" ETHERNET(T_8021Q) VLAN(T_IPV6)
		      IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=2 vlan tzsp"),
	FRAME("TZSP, a field beyond the end", TUNNEL(TO_TZSP) TZSP("\0") "\x0a\xff\1\2\3\4", "truncated"),
	FRAME("TZSP, 802.11", INNER(TO_TZSP) "\x01\0\0\x12\x01\0\0\0", "udp 5060>37008 4 depth=1"),
	FRAME("TZSP, to keep a sensor alive", INNER(TO_TZSP) "\x01\x04\0\0\x01\0\0\0", "udp 5060>37008 4 depth=1"),
	FRAME("L2TPv3", ETHERNET(T_IPV4) OUTER_IPV4("\x73") SESSION "\0\0\0\0" ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 l2tp"),
	FRAME("L2TPv3, no sublayer",
	      ETHERNET(T_IPV6) OUTER_IPV6("\x73") SESSION ETHERNET(T_8021Q) VLAN(T_IPV6) IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=2 vlan l2tp"),
	FRAME("L2TPv3, a cookie of eight bytes and a sublayer",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x73") SESSION
	      "\1\2\3\4\5\6\7\x08\x40\0\0\1" ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\0\x21" IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 pppoe l2tp"),
	FRAME("L2TPv3, a security group tag behind a cookie",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x73") SESSION
	      "\1\2\3\4\5\6\7\x08\0\0\0\0" ETHERNET(T_TRUSTSEC) "\x01\x01\0\x01\0\x10" T_IPV4 IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 trustsec l2tp"),
	FRAME("L2TPv3, VN-Tag",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x73") SESSION ETHERNET(T_VN_TAG) "\0\x02\0\x01" T_8021Q VLAN(T_IPV4)
		      IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vlan vn_tag l2tp"),
	FRAME("L2TPv3, a tag without addresses",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x73") SESSION T_8021Q VLAN(T_IPV4) IPV4(P_UDP) UDP DATA, "not_transport"),
	FRAME("L2TPv3 over UDP", TUNNEL(TO_L2TP) "\0\x03\0\0" SESSION "\0\0\0\0" ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 l2tp"),
	FRAME("L2TPv3, control",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x73") "\0\0\0\0\xc8\x03\0\x0c" ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "not_transport"),
	FRAME("L2TPv3, no Ethernet", ETHERNET(T_IPV4) OUTER_IPV4("\x73") SESSION IPV4(P_UDP) UDP DATA, "not_transport"),
	FRAME("L2TPv2", INNER(TO_L2TP) "\0\x02\0\x01\0\x01\xff\x03\0\x21" IPV4(P_UDP) UDP DATA,
	      "udp 5060>1701 4 depth=1"),
	FRAME("GUE", TUNNEL(TO_GUE) "\0\x04\0\0" IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=2 ip_in_ip gue"),
	FRAME("GUE, more of the header",
	      TUNNEL(TO_GUE) "\x02\x2f\0\x01\1\2\3\4\5\6\7\x08" GRE("\0\0", T_IPV6) IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=2 gre gue"),
	FRAME("GUE, Ethernet", TUNNEL(TO_GUE) "\0\x8f\0\0" ETHERNET(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 vlan ethernet_in_ip gue"),
	FRAME("GUE, EtherIP", TUNNEL(TO_GUE) "\x01\x61\0\0\1\2\3\4\x30\0" ETHERNET(T_IPV6) IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=2 ethernet_in_ip gue"),
	FRAME("EtherIP", ETHERNET(T_IPV4) OUTER_IPV4("\x61") "\x30\0" ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 ethernet_in_ip"),
	FRAME("EtherIP, another version",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x61") "\x40\0" ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA, "not_transport"),
	FRAME("EtherIP, empty", ETHERNET(T_IPV4) OUTER_IPV4("\x61") "\x30\0", "no_payload"),
	FRAME("Ethernet in IPv6, behind a routing header",
	      ETHERNET(T_IPV6) OUTER_IPV6("\x2b") OPTIONS("\x8f") ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=2 ethernet_in_ip"),
	FRAME("GUE, bare IPv4", TUNNEL(TO_GUE) IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=2 gue"),
	FRAME("GUE, bare IPv6", TUNNEL(TO_GUE) IPV6(P_UDP) UDP DATA, "udp 5060>5061 6 depth=2 gue"),
	FRAME("GUE, control", INNER(TO_GUE) "\x20\x04\0\0" IPV4(P_UDP) UDP DATA, "udp 5060>6080 4 depth=1"),
	FRAME("GUE, a protocol that is not known", INNER(TO_GUE) "\0\x01\0\0" IPV4(P_UDP) UDP DATA,
	      "udp 5060>6080 4 depth=1"),
	FRAME("GUE's port, text", INNER(TO_GUE) "EXTEND sip:a SIP/2.0\r\n\r\n", "udp 5060>6080 4 depth=1"),
	FRAME("GUE's port, line ends", INNER(TO_GUE) "\r\n\r\n\r\n\r\n", "udp 5060>6080 4 depth=1"),
	FRAME("ESP, nothing encrypted, tunnel mode",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x32") SECURITY SUMMED_IPV4("\x35", P_UDP, "\x66\xb5") UDP_LENGTH("\0\x21")
		      DATA TRAILER("\x04"),
	      "udp 5060>5061 4 depth=2 esp_null length=25"),
	FRAME("ESP, nothing encrypted, IPv6 in tunnel mode",
	      ETHERNET(T_IPV6) OUTER_IPV6("\x32") SECURITY IPV6_ANY("\0\x21", P_UDP) UDP_LENGTH("\0\x21")
		      DATA TRAILER("\x29"),
	      "udp 5060>5061 6 depth=2 esp_null length=25"),
	FRAME("ESP, nothing encrypted, transport mode",
	      ETHERNET(T_IPV4) IPV4("\x32") SECURITY UDP_LENGTH("\0\x21") DATA TRAILER(P_UDP),
	      "udp 5060>5061 4 depth=1 esp_null length=25"),
	FRAME("ESP, nothing encrypted, TCP in transport mode",
	      ETHERNET(T_IPV4) IPV4("\x32") SECURITY TCP DATA TRAILER(P_TCP), "not_transport"),
	FRAME("ESP, a checksum that is wrong",
	      ETHERNET(T_IPV4) OUTER_IPV4("\x32") SECURITY SUMMED_IPV4("\x35", P_UDP, "\x66\xb6") UDP_LENGTH("\0\x21")
		      DATA TRAILER("\x04"),
	      "not_transport"),
	FRAME("ESP, no room for a trailer", ETHERNET(T_IPV4) IPV4("\x32") SECURITY UDP_LENGTH("\0\x21") DATA "\x11",
	      "not_transport"),
	FRAME("HEP3 as Kamailio sends it",
	      TUNNEL(TO_HEP) HEP_3("\x00\x7c") C_IPV4 C_PROTOCOL(P_UDP)
		      C_SOURCE C_TARGET C_PORTS C_TIME C_CONTENT("\x01") C_AGENT C_DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3, ports before addresses",
	      TUNNEL(TO_HEP) HEP_3("\x00\x7c") C_IPV4 C_PROTOCOL(P_TCP) C_PORTS C_TIME C_CONTENT("\x01")
		      C_AGENT C_SOURCE C_TARGET C_DATA,
	      "tcp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3 of TLS", TUNNEL(TO_HEP) HEP_3("\x00\x50") C_LINK("\x16") C_DATA, "tls 5060>5061 4 depth=1 hep"),
	FRAME("HEP3 of SCTP", TUNNEL(TO_HEP) HEP_3("\x00\x50") C_LINK(P_SCTP) C_DATA, "sctp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3, IPv6", TUNNEL(TO_HEP) HEP_3("\x00\x68") C_PROTOCOL(P_UDP) C_SOURCE_6 C_TARGET_6 C_PORTS C_DATA,
	      "udp 5060>5061 6 depth=1 hep"),
	FRAME("HEP3 over IPv6",
	      ETHERNET(T_IPV6) OUTER_IPV6(P_UDP) OUTER_UDP(TO_HEP) HEP_3("\x00\x50") C_LINK(P_UDP) C_DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3 to any port", TUNNEL("\x12\x34") HEP_3("\x00\x50") C_LINK(P_UDP) C_DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3 to the port of a tunnel", TUNNEL(TO_GENEVE) HEP_3("\x00\x50") C_LINK(P_UDP) C_DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3 in VXLAN behind a tag",
	      TUNNEL(TO_VXLAN) VXLAN("\x08", "\0") ETHERNET(T_8021Q) VLAN(T_IPV4) OUTER_IPV4(P_UDP) OUTER_UDP(TO_HEP)
		      HEP_3("\x00\x50") C_LINK(P_UDP) C_DATA,
	      "udp 5060>5061 4 depth=2 vlan vxlan hep"),
	FRAME("HEP3, the message before its ends", TUNNEL(TO_HEP) HEP_3("\x00\x50") C_DATA C_LINK(P_UDP),
	      "udp 5060>5061 4 depth=1 hep length=25"),
	FRAME("HEP3, chunks of others",
	      TUNNEL(TO_HEP) HEP_3("\x00\x7a") C_VENDOR C_PROTOCOL(P_UDP) C_SOURCE C("\x11", "\x09") "abc" C(
		      "\xff", "\x06") C_TARGET C_VENDOR C_PORTS "\xff\xff\xff\xff\0\x07x" C_DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3, bytes behind it", TUNNEL(TO_HEP) HEP_3("\x00\x50") C_LINK(P_UDP) C_DATA DATA,
	      "udp 5060>5061 4 depth=1 hep length=25"),
	FRAME("HEP3 without a protocol", TUNNEL(TO_HEP) HEP_3("\x00\x49") C_SOURCE C_TARGET C_PORTS C_DATA, "hep"),
	FRAME("HEP3 without a source", TUNNEL(TO_HEP) HEP_3("\x00\x46") C_PROTOCOL(P_UDP) C_TARGET C_PORTS C_DATA,
	      "hep"),
	FRAME("HEP3 without a target", TUNNEL(TO_HEP) HEP_3("\x00\x46") C_PROTOCOL(P_UDP) C_SOURCE C_PORTS C_DATA,
	      "hep"),
	FRAME("HEP3 without ports", TUNNEL(TO_HEP) HEP_3("\x00\x40") C_PROTOCOL(P_UDP) C_SOURCE C_TARGET C_DATA, "hep"),
	FRAME("HEP3 without a target port",
	      TUNNEL(TO_HEP) HEP_3("\x00\x48") C_PROTOCOL(P_UDP) C_SOURCE C_TARGET C("\x07", "\x08") "\x13\xc4" C_DATA,
	      "hep"),
	FRAME("HEP3 of ICMP", TUNNEL(TO_HEP) HEP_3("\x00\x50") C_LINK("\x01") C_DATA, "not_transport"),
	FRAME("HEP3 without a message", TUNNEL(TO_HEP) HEP_3("\x00\x31") C_LINK(P_UDP), "no_payload"),
	FRAME("HEP3 with nothing in its message", TUNNEL(TO_HEP) HEP_3("\x00\x37") C_LINK(P_UDP) C("\x0f", "\x06"),
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3, compressed", TUNNEL(TO_HEP) HEP_3("\x00\x3b") C_LINK(P_UDP) C("\x10", "\x0a") "\x78\x9c\x01\x02",
	      "compressed"),
	FRAME("HEP3 of RTCP", TUNNEL(TO_HEP) HEP_3("\x00\x57") C_LINK(P_UDP) C_CONTENT("\x05") C_DATA, "not_sip"),
	FRAME("HEP3 of a log, which quotes", TUNNEL(TO_HEP) HEP_3("\x00\x57") C_DATA C_CONTENT("\x64") C_LINK(P_UDP),
	      "not_sip"),
	FRAME("HEP3 with two sources", TUNNEL(TO_HEP) HEP_3("\x00\x5a") C_LINK(P_UDP) C_SOURCE C_DATA, "bad_header"),
	FRAME("HEP3 with sources of IPv4 and IPv6", TUNNEL(TO_HEP) HEP_3("\x00\x66") C_LINK(P_UDP) C_SOURCE_6 C_DATA,
	      "bad_header"),
	FRAME("HEP3 with two messages", TUNNEL(TO_HEP) HEP_3("\x00\x6f") C_LINK(P_UDP) C_DATA C_DATA, "bad_header"),
	FRAME("HEP3, a port of one byte",
	      TUNNEL(TO_HEP) HEP_3("\x00\x47") C_PROTOCOL(P_UDP) C_SOURCE C_TARGET C("\x07", "\x07") "\x13" C_DATA,
	      "bad_header"),
	FRAME("HEP3, an address of IPv6 for one of IPv4",
	      TUNNEL(TO_HEP) HEP_3("\x00\x5c") C_PROTOCOL(P_UDP) C("\x03", "\x16") ADDRESS_6("\x01")
		      C_TARGET C_PORTS C_DATA,
	      "bad_header"),
	FRAME("HEP3, a chunk shorter than its header",
	      TUNNEL(TO_HEP) HEP_3("\x00\x56") C_LINK(P_UDP) C("\x11", "\x05") C_DATA, "bad_header"),
	FRAME("HEP3, a chunk without a length", TUNNEL(TO_HEP) HEP_3("\x00\x56") C_LINK(P_UDP) C("\x11", "\0") C_DATA,
	      "bad_header"),
	FRAME("HEP3, a chunk beyond the end", TUNNEL(TO_HEP) HEP_3("\x00\x56") C_LINK(P_UDP) C_DATA C("\x11", "\xff"),
	      "bad_header"),
	FRAME("HEP3, half a chunk at the end", TUNNEL(TO_HEP) HEP_3("\x00\x55") C_LINK(P_UDP) C_DATA "\0\0\0\x0e\0",
	      "bad_header"),
	FRAME("HEP3, a message beyond the end", TUNNEL(TO_HEP) HEP_3("\x00\x50") C_LINK(P_UDP) C("\x0f", "\xff") DATA,
	      "udp 5060>5061 4 depth=1 hep cut"),
	FRAME("HEP3 that is too short for a chunk", TUNNEL(TO_HEP) HEP_3("\x00\x06") C_LINK(P_UDP) C_DATA,
	      "bad_header"),
	FRAME("HEP3 shorter than its header", TUNNEL(TO_HEP) HEP_3("\x00\x05") C_LINK(P_UDP) C_DATA, "bad_header"),
	FRAME("HEP3 longer than the datagram", TUNNEL(TO_HEP) HEP_3("\x00\x51") C_LINK(P_UDP) C_DATA, "bad_header"),
	FRAME("HEP3, many chunks", TUNNEL(TO_HEP) HEP_3("\x02\x30") C_8 C_8 C_8 C_8 C_8 C_8 C_LINK(P_UDP) C_DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3, chunks without end",
	      TUNNEL(TO_HEP) HEP_3("\x02\x80") C_8 C_8 C_8 C_8 C_8 C_8 C_8 C_LINK(P_UDP) C_DATA, "too_deep"),
	FRAME("HEP3, first fragment, the message goes on",
	      ETHERNET(T_IPV4) "\x45\0\0\0\0\x02\x20\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
			       "\xc0\0" TO_HEP "\x01\0\0\0" HEP_3("\x00\xf8") C_LINK(P_UDP) C("\x0f", "\xc7") DATA,
	      "udp 5060>5061 4 depth=1 hep cut"),
	FRAME("HEP3, first fragment, others behind the message",
	      ETHERNET(T_IPV4) "\x45\0\0\0\0\x03\x20\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
			       "\xc0\0" TO_HEP "\x01\0\0\0" HEP_3("\x00\xf8") C_LINK(P_UDP) C_DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP3, first fragment without ends",
	      ETHERNET(T_IPV4) "\x45\0\0\0\0\x04\x20\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
			       "\xc0\0" TO_HEP "\x01\0\0\0" HEP_3("\x00\xf8") C_DATA C_PROTOCOL(P_UDP)
				       C_SOURCE C("\x04", "\x0a") "\x0a",
	      "truncated"),
	FRAME("HEP3, first fragment without the message",
	      ETHERNET(T_IPV4) "\x45\0\0\0\0\x05\x20\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
			       "\xc0\0" TO_HEP "\x01\0\0\0" HEP_3("\x00\xf8") C_LINK(P_UDP) C("\x0e", "\x80") "secret",
	      "truncated"),
	FRAME("HEP1", TUNNEL(TO_HEP) HEP_1(P_UDP) DATA, "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP1, IPv6", TUNNEL(TO_HEP) HEP_IPV6("\x01\x28", P_TCP) DATA, "tcp 5060>5061 6 depth=1 hep"),
	FRAME("HEP2 as Kamailio sends it", TUNNEL(TO_HEP) HEP_2("\x10", P_UDP) DATA, "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP2, the time is in its length", TUNNEL(TO_HEP) HEP_2("\x1c", "\x16") DATA,
	      "tls 5060>5061 4 depth=1 hep"),
	FRAME("HEP2 as sngrep sends it", TUNNEL(TO_HEP) HEP_2("\0", P_UDP) DATA, "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP2, IPv6", TUNNEL(TO_HEP) HEP_IPV6("\x02\x28", P_UDP) HEP_TIME DATA, "udp 5060>5061 6 depth=1 hep"),
	FRAME("HEP2, IPv6, the time is in its length", TUNNEL(TO_HEP) HEP_IPV6("\x02\x34", P_UDP) HEP_TIME DATA,
	      "udp 5060>5061 6 depth=1 hep"),
	FRAME("HEP2, a line end before the message", TUNNEL(TO_HEP) HEP_2("\x10", P_UDP) "\r\n" DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("HEP2 over IPv6, with options",
	      ETHERNET(T_IPV6) OUTER_IPV6("\0") OPTIONS(P_UDP) OUTER_UDP(TO_HEP) HEP_2("\x10", P_UDP) DATA,
	      "udp 5060>5061 4 depth=1 hep"),
	FRAME("no HEP, a method that begins like it", INNER(TO_HEP) "HEP3 sip:a SIP/2.0\r\n\r\n",
	      "udp 5060>9060 4 depth=1"),
	FRAME("no HEP1, another length", INNER(TO_HEP) "\x01\x11\x02\x11" PORTS "\x0a\0\0\x01\x0a\0\0\x02" DATA,
	      "udp 5060>9060 4 depth=1"),
	FRAME("no HEP2, another family",
	      INNER(TO_HEP) "\x02\x10\x03\x11" PORTS "\x0a\0\0\x01\x0a\0\0\x02" HEP_TIME DATA,
	      "udp 5060>9060 4 depth=1"),
	FRAME("no HEP2, another protocol", INNER(TO_HEP) HEP_2("\x10", "\x01") DATA, "udp 5060>9060 4 depth=1"),
	FRAME("no HEP2, no text", INNER(TO_HEP) HEP_2("\x10", P_UDP) RTP, "udp 5060>9060 4 depth=1"),
	FRAME("no HEP2, too short for a message",
	      INNER(TO_HEP) "\x02\x10\x02\x11" PORTS "\x0a\0\0\x01\x0a\0\0\x02"
			    "OPTIONS sip",
	      "udp 5060>9060 4 depth=1"),
	FRAME("no HEP, another version", INNER(TO_HEP) "\x03\x10\x02\x11" PORTS "\x0a\0\0\x01\x0a\0\0\x02" DATA,
	      "udp 5060>9060 4 depth=1"),
	FRAME("ARP", ETHERNET("\x08\x06") "\0\x01\x08\0\x06\x04\0\x01", "not_ip"),
	FRAME("802.3", ETHERNET("\0\x26") "\x42\x42\x03\0\0\0\0\0", "not_ip"),
	FRAME("EtherType and header disagree", ETHERNET(T_IPV4) "\x55\0\0\0" DATA DATA, "not_ip"),
	FRAME("ICMP that quotes SIP", ETHERNET(T_IPV4) OUTER_IPV4("\x01") "\x03\x03\0\0\0\0\0\0" IPV4(P_UDP) UDP DATA,
	      "not_transport"),
	FRAME("ICMPv6", ETHERNET(T_IPV6) IPV6("\x3a") "\x87\0\0\0\0\0\0\0", "not_transport"),
	FRAME("UDP length below its header", ETHERNET(T_IPV4) IPV4(P_UDP) UDP_LENGTH("\0\x07") DATA, "bad_header"),
	FRAME("TCP offset below its header", ETHERNET(T_IPV4) IPV4(P_TCP) TCP_OFFSET("\x40") DATA, "bad_header"),
	FRAME("TCP options beyond the end", ETHERNET(T_IPV4) IPV4(P_TCP) TCP_OFFSET("\xf0") "\1\1\1\1", "truncated"),
	FRAME("empty frame", "", "truncated"),
	FRAME("half an Ethernet header", "\x02\0\0\0\0\x02\x02", "truncated"),
	RAW("no Ethernet, IPv4", IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=1"),
	RAW("no Ethernet, IPv6", IPV6(P_UDP) UDP DATA, "udp 5060>5061 6 depth=1"),
	RAW("no Ethernet, no IP", "\x12\x34\x56\x78" DATA, "not_ip"),
};

#define LAYERS_CASES (sizeof(layers_cases) / sizeof(layers_cases[0]))

static inline void layers__set16_if_zero(unsigned char *bytes, unsigned int value)
{
	if (bytes[0] || bytes[1])
		return;
	bytes[0] = (unsigned char)(value >> 8);
	bytes[1] = (unsigned char)value;
}

/* Copies the frame and fills in the lengths of the first IP header and of UDP in it. */
static inline bool layers__is_tag(const unsigned char type[2])
{
	return memcmp(type, T_8021Q, 2) == 0 || memcmp(type, T_8021AD, 2) == 0 || memcmp(type, T_QINQ, 2) == 0 ||
	       memcmp(type, T_QINQ_2, 2) == 0;
}

static inline void layers__build(const struct layers *frame, unsigned char ret_bytes[LAYERS_LENGTH_MAX])
{
	size_t ip = 14;

	memcpy(ret_bytes, frame->bytes, frame->size);
	if (frame->first != PACKET_ETHERNET)
		return;
	while (ip < frame->size && layers__is_tag(ret_bytes + ip - 2))
		ip += 4;
	if (frame->size < ip + 40)
		return;
	if (memcmp(ret_bytes + ip - 2, T_IPV4, 2) == 0) {
		layers__set16_if_zero(ret_bytes + ip + 2, frame->size - ip);
		if (ret_bytes[ip + 9] == PACKET_PROTOCOL_UDP && ret_bytes[ip] == 0x45)
			layers__set16_if_zero(ret_bytes + ip + 24, frame->size - ip - 20);
	} else if (memcmp(ret_bytes + ip - 2, T_IPV6, 2) == 0) {
		layers__set16_if_zero(ret_bytes + ip + 4, frame->size - ip - 40);
		if (ret_bytes[ip + 6] == PACKET_PROTOCOL_UDP)
			layers__set16_if_zero(ret_bytes + ip + 44, frame->size - ip - 40);
	}
}

#endif

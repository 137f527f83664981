// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every layer and every reason, one named line each. Every frame is also cut at every byte and read in front of a forbidden
 * page, and mutated; the short way for plain frames must find what the walk by layers finds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "guard.h"
#include "walk.h"

#define LENGTH_MAX 2048
#define TEXT_SIZE 96
#define MUTATIONS 200000

struct layers {
	const char *name;
	const char *bytes; /* the lengths of an IPv4 or IPv6 header at 14 and of UDP in it are filled in where zero */
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
#define LABEL "\0\x01\x00\x40"
#define BOTTOM "\0\x02\x01\x40"

static const struct layers frames[] = {
	FRAME("UDP over IPv4", ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=1"),
	FRAME("UDP over IPv6", ETHERNET(T_IPV6) IPV6(P_UDP) UDP DATA, "udp 5060>5061 6 depth=1"),
	FRAME("TCP over IPv4", ETHERNET(T_IPV4) IPV4(P_TCP) TCP DATA, "tcp 5060>5061 4 depth=1"),
	FRAME("TCP over IPv6", ETHERNET(T_IPV6) IPV6(P_TCP) TCP DATA, "tcp 5060>5061 6 depth=1"),
	FRAME("TCP with options", ETHERNET(T_IPV4) IPV4(P_TCP) TCP_OFFSET("\x80") "\1\1\1\1\1\1\1\1\1\1\1\1" DATA,
	      "tcp 5060>5061 4 depth=1"),
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
	FRAME("QinQ, three deep", ETHERNET(T_QINQ) VLAN(T_8021Q) VLAN(T_8021Q) VLAN(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 vlan"),
	FRAME("PPPoE", ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\0\x21" IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 pppoe"),
	FRAME("PPPoE, IPv6", ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\0\x57" IPV6(P_UDP) UDP DATA,
	      "udp 5060>5061 6 depth=1 pppoe"),
	FRAME("PPPoE, short protocol", ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\x21" IPV4(P_UDP) UDP DATA,
	      "udp 5060>5061 4 depth=1 pppoe"),
	FRAME("PPPoE, LCP",
	      ETHERNET(T_PPPOE) "\x11\0\0\x01\0\0\xc0\x21"
				"\x09\0\0\x08\0\0\0\0",
	      "not_ip"),
	FRAME("PPPoE, discovery", ETHERNET(T_PPPOE) "\x11\x09\0\0\0\0", "not_ip"),
	FRAME("MPLS", ETHERNET(T_MPLS) BOTTOM IPV4(P_UDP) UDP DATA, "udp 5060>5061 4 depth=1 mpls"),
	FRAME("MPLS, three labels", ETHERNET(T_MPLS) LABEL LABEL BOTTOM IPV6(P_TCP) TCP DATA,
	      "tcp 5060>5061 6 depth=1 mpls"),
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
	FRAME("GTP-U, Ethernet", TUNNEL(TO_GTPU) GTPU("\x30", "\x7f\xff") ETHERNET(T_IPV4) IPV4(P_UDP) UDP DATA,
	      "not_ip"),
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

static struct guard guard;

static const char *const reasons[SIPBPF_REASON_COUNT] = {
#define X(id, name) name,
	SIPBPF_REASON_LIST(X)
#undef X
};

static const char *const encapsulations[SIPBPF_ENCAPSULATION_COUNT] = {
#define X(id, name) name,
	SIPBPF_ENCAPSULATION_LIST(X)
#undef X
};

static void set16_if_zero(unsigned char *bytes, unsigned int value)
{
	if (bytes[0] || bytes[1])
		return;
	bytes[0] = (unsigned char)(value >> 8);
	bytes[1] = (unsigned char)value;
}

/* Copies the frame and fills in the lengths of the first IP header and of UDP in it. */
static void build(const struct layers *frame, unsigned char ret_bytes[LENGTH_MAX])
{
	memcpy(ret_bytes, frame->bytes, frame->size);
	if (frame->first != PACKET_ETHERNET || frame->size < 54)
		return;
	if (memcmp(ret_bytes + 12, T_IPV4, 2) == 0) {
		set16_if_zero(ret_bytes + 16, frame->size - 14);
		if (ret_bytes[23] == PACKET_PROTOCOL_UDP && ret_bytes[14] == 0x45)
			set16_if_zero(ret_bytes + 38, frame->size - 34);
	} else if (memcmp(ret_bytes + 12, T_IPV6, 2) == 0) {
		set16_if_zero(ret_bytes + 18, frame->size - 54);
		if (ret_bytes[20] == PACKET_PROTOCOL_UDP)
			set16_if_zero(ret_bytes + 58, frame->size - 54);
	}
}

/* The innermost addresses of all frames. */
static void assert_addresses(const struct packet *packet, unsigned int family)
{
	static const unsigned char source4[16] = { [10] = 0xff, 0xff, 10, 0, 0, 1 };
	static const unsigned char target4[16] = { [10] = 0xff, 0xff, 10, 0, 0, 2 };
	static const unsigned char source6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	static const unsigned char target6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 };

	assert_memory_equal(packet->ends.source.address, family == 4 ? source4 : source6, 16);
	assert_memory_equal(packet->ends.target.address, family == 4 ? target4 : target6, 16);
}

static void describe(const struct packet *packet, unsigned int size, char text[TEXT_SIZE])
{
	unsigned int family = packet->ends.source.address[10] == 0xff ? 4 : 6;
	int at, i;

	if (packet->layer != PACKET_PAYLOAD) {
		(void)snprintf(text, TEXT_SIZE, "%s",
			       packet->layer == PACKET_REFUSED ? reasons[packet->reason] : "too_deep");
		return;
	}
	assert_addresses(packet, family);
	at = snprintf(text, TEXT_SIZE, "%s %u>%u %u depth=%u", packet->protocol == PACKET_PROTOCOL_UDP ? "udp" : "tcp",
		      packet->ends.source_port, packet->ends.target_port, family, packet->depth);
	for (i = 0; i < SIPBPF_ENCAPSULATION_COUNT; i++)
		if (packet->encapsulations >> i & 1)
			at += snprintf(text + at, TEXT_SIZE - (size_t)at, " %s", encapsulations[i]);
	if (packet->end != size)
		at += snprintf(text + at, TEXT_SIZE - (size_t)at, " length=%u", packet->end - packet->offset);
	if (packet->cut)
		(void)snprintf(text + at, TEXT_SIZE - (size_t)at, " cut");
}

/* One outcome, within the frame, and the same by the short way with all or the first bytes in reach. */
static void check_frame(const unsigned char *bytes, unsigned int length, enum packet_layer first,
			struct packet *ret_packet)
{
	const unsigned char *guarded = guard__at_end(&guard, bytes, length);
	struct packet plain;

	walk(guarded, length, first, ret_packet);
	if (ret_packet->layer == PACKET_PAYLOAD) {
		assert_true(ret_packet->offset <= ret_packet->end && ret_packet->end <= length);
		assert_true(ret_packet->depth >= 1 && ret_packet->depth <= PACKET_DEPTH_MAX);
	} else if (ret_packet->layer == PACKET_REFUSED) {
		assert_in_range(ret_packet->reason, 0, SIPBPF_REASON_COUNT - 1);
	}
	if (first == PACKET_ETHERNET && walk__plain(guarded, length, length, &plain))
		assert_true(walk__same(&plain, ret_packet));
}

static void test_frame(void **state)
{
	const struct layers *frame = *state;
	unsigned char bytes[LENGTH_MAX];
	struct packet packet, plain;
	char text[TEXT_SIZE];
	unsigned int length;

	build(frame, bytes);
	for (length = 0; length < frame->size; length++)
		check_frame(bytes, length, frame->first, &packet);
	check_frame(bytes, frame->size, frame->first, &packet);
	describe(&packet, frame->size, text);
	assert_string_equal(text, frame->expected);
	/* Only the first bytes of the frame are linear. */
	for (length = 0; length < frame->size && frame->first == PACKET_ETHERNET; length++)
		if (walk__plain(guard__at_end(&guard, bytes, length), length, frame->size, &plain))
			assert_true(walk__same(&plain, &packet));
}

/* The frames that the short way is made for do take it. */
static void test_plain(void **state)
{
	unsigned char bytes[LENGTH_MAX];
	struct packet packet;
	size_t i;

	for (i = 0; i < 4; i++) {
		build(&frames[i], bytes);
		assert_true(walk__plain(bytes, frames[i].size, frames[i].size, &packet));
	}
}

static uint64_t random_state = 0x45746865726e6574;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % n;
}

static void test_mutations(void **state)
{
	static const unsigned char tempting[] = { 0, 1, 4, 5, 6, 8, 17, 20, 41, 43, 44, 47, 0x45, 0x60, 0x81, 0xff };
	const struct layers *frame;
	unsigned char bytes[LENGTH_MAX];
	unsigned int i, mutations;
	struct packet packet;

	for (i = 0; i < MUTATIONS; i++) {
		frame = &frames[random_below(sizeof(frames) / sizeof(frames[0]))];
		if (frame->size == 0)
			continue;
		build(frame, bytes);
		for (mutations = 1 + random_below(4); mutations > 0; mutations--)
			bytes[random_below(frame->size)] = random_below(2) ? tempting[random_below(sizeof(tempting))]
									   : (unsigned char)random_below(256);
		check_frame(bytes, random_below(4) ? frame->size : random_below(frame->size), frame->first, &packet);
	}
}

int main(void)
{
	enum { COUNT = sizeof(frames) / sizeof(frames[0]) };
	struct CMUnitTest tests[COUNT + 2] = {
		[COUNT] = cmocka_unit_test(test_plain),
		[COUNT + 1] = cmocka_unit_test(test_mutations),
	};
	size_t i;
	int failed;

	for (i = 0; i < COUNT; i++)
		tests[i] = (struct CMUnitTest){ frames[i].name, test_frame, NULL, NULL, (void *)&frames[i] };
	guard = guard__new(LENGTH_MAX);
	failed = _cmocka_run_group_tests("packet", tests, COUNT + 2, NULL, NULL);
	guard__free(&guard);
	return failed;
}

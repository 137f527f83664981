/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A link: who talks SIP with whom. Infers the transport, the server side and the direction of a message from what the
 * kernel recorded. Knows no BPF and no output format.
 */
#ifndef LINK_H
#define LINK_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/sipbpf.h"

enum link_direction {
	LINK_IN = 0,         /* towards the server side */
	LINK_OUT = 1,        /* from the server side */
	LINK_BOTH = 2,       /* unknown: the link `other`, or ends of which too little is known */
	LINK_DIRECTIONS = 3, /* their number */
};

/* What is known about one end of a link. */
enum link_end {
	LINK_END_ADDRESS = 0, /* its address */
	LINK_END_UNNAMED,     /* nothing; it is shown as "local" (the server side) or "remote" */
	LINK_END_NONE,        /* nothing, because it was grouped away; it is not shown */
};

enum link_transport_rule { LINK_TRANSPORT_AUTO, LINK_TRANSPORT_WIRE, LINK_TRANSPORT_VIA };
enum link_direction_rule { LINK_DIRECTION_SERVER, LINK_DIRECTION_HOST };

/* A network as in CIDR. IPv4 is v4-mapped IPv6 with a prefix of 96 to 128 bits. */
struct link_network {
	struct in6_addr address;
	unsigned int prefix_length;
};

/*
 * The rules by which links are inferred; all zero is the default. The arrays belong to the caller and must outlive
 * their use.
 *
 * Transport. auto: the wire's; over TCP the topmost Via may refine it to TLS, WS or WSS, which pass in the clear behind
 * a mirror or a terminating proxy; where HEP or a log says TLS, Via may say WS or WSS. wire: the wire's, where WebSocket
 * and TLS are recognised. via: the topmost Via's, or UDP without one.
 *
 * Direction. server: the server side is a known server (the source if both are), else the end with a known port (if both
 * have one, the target, but the source of a response that HEP reports over TCP), else the end with the lower port, else the
 * target. host: the server side is the host itself, that is the target of what it received and the source of what it sent;
 * of what HEP reports, it is the same as with server.
 */
struct link_rules {
	enum link_transport_rule transport;
	enum link_direction_rule direction;
	const struct link_network *servers; /* known servers */
	size_t servers_count;
	const __u16 *server_ports; /* besides 5060 and 5061; host byte order */
	size_t server_ports_count;
};

/*
 * A link. It has no padding and can be hashed as it is: two links are the same if all their bytes are. is_other marks
 * the row of messages that found no room for a link of their own; all else is zero then.
 */
struct link {
	struct in6_addr server; /* IPv4 as v4-mapped */
	struct in6_addr client;
	__u16 server_port; /* host byte order; 0: unknown */
	__u16 client_port;
	__u8 transport; /* enum sip_transport */
	__u8 is_other;
	__u8 server_end; /* enum link_end; unless it is LINK_END_ADDRESS, the address is zero */
	__u8 client_end;
};

/* Returns whether a port is SIP's: 5060, 5061 (RFC 3261 19.1.2) or one of the rules' own. Host byte order. */
bool link_rules__has_port(const struct link_rules *rules, __u16 port);

/*
 * Returns whether the transport of a datagram is the one in its topmost Via, so that this must be read; else the packet
 * tells it.
 */
bool link_rules__needs_via_of_datagrams(const struct link_rules *rules);

/* Finds the link and the direction of a message with this key. Cannot fail. */
void link__from_key(const struct link_rules *rules, const struct sipbpf_key *key, struct link *ret_link,
		    enum link_direction *ret_direction);

/* Both ends of a message, as far as they are known. */
struct link_ends {
	struct in6_addr source; /* IPv4 as v4-mapped */
	struct in6_addr target;
	bool has_source;
	bool has_target;
	__u16 source_port; /* host byte order; 0: unknown */
	__u16 target_port;
};

/*
 * Finds the link of a message between these ends, except for its transport. *direction is LINK_IN or LINK_OUT if it is
 * known. If it is LINK_BOTH, the rules decide, provided that both addresses and ports are known and the rules need no
 * interface. Otherwise it stays LINK_BOTH, and the target is taken as the server side.
 */
void link__from_ends(const struct link_rules *rules, const struct link_ends *ends, struct link *ret_link,
		     enum link_direction *direction);

/* Returns the transport of a message, given that of the wire and that of the topmost Via. */
enum sip_transport link__infer_transport(const struct link_rules *rules, enum sip_transport wire,
					 enum sip_transport via);

/*
 * Returns the part of a link that matters at a depth: 1 the server's address, 2 also the client's, 3 also the
 * transport, 4 also the server port, 5 all. The rest is zero or LINK_END_NONE.
 */
struct link link__at_depth(const struct link *link, int depth);

/* Writes an address: a v4-mapped one as dotted IPv4, any other as RFC 5952 says. Returns text. */
const char *link__address_text(const struct in6_addr *address, char text[INET6_ADDRSTRLEN]);

/* Writes the address of the server side, "local", or "". Returns text. */
const char *link__server_text(const struct link *link, char text[INET6_ADDRSTRLEN]);

/* Writes the address of the client side, "remote", or "". Returns text. */
const char *link__client_text(const struct link *link, char text[INET6_ADDRSTRLEN]);

/* Returns "UDP", "TCP", "TLS" and so on; "" for SIP_TRANSPORT_NONE and for numbers of no transport. Static storage. */
const char *link__transport_name(enum sip_transport transport);

/* Parses the name of a transport; "" is SIP_TRANSPORT_NONE. Returns 0, or -EINVAL with *ret_transport untouched. */
int link__parse_transport(const char *name, enum sip_transport *ret_transport);

/* Parses an IPv4 or IPv6 address. Returns 0, or -EINVAL with *ret_address untouched. */
int link__parse_address(const char *text, struct in6_addr *ret_address);

/*
 * Parses an IPv4 or IPv6 address with an optional /prefix: "10.0.0.0/8", "2001:db8::1". Clears the bits beyond the
 * prefix. Returns 0, or -EINVAL with *ret_network untouched.
 */
int link_network__parse(const char *text, struct link_network *ret_network);

/*
 * Returns whether it is an IPv4 network. An IPv4 network contains no IPv6 address. An IPv6 network contains no IPv4
 * address, although these are v4-mapped here.
 */
bool link_network__is_ipv4(const struct link_network *network);

/* Returns whether the address lies in the network. */
bool link_network__contains(const struct link_network *network, const struct in6_addr *address);

#endif

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
	LINK_BOTH = 2,       /* unknown: the `other` row */
	LINK_DIRECTIONS = 3, /* how many there are */
};

/* What is known of one end of a link. */
enum link_end {
	LINK_END_ADDRESS = 0, /* its address */
	LINK_END_UNNAMED,     /* nothing: it is shown as "local" (the server side) or "remote" */
	LINK_END_NONE,        /* it was grouped away, and is shown as nothing */
};

enum link_transport_rule { LINK_TRANSPORT_AUTO, LINK_TRANSPORT_WIRE, LINK_TRANSPORT_VIA };
enum link_direction_rule { LINK_DIRECTION_SERVER, LINK_DIRECTION_HOST };

/* A network in the sense of CIDR; IPv4 as v4-mapped IPv6 with a prefix of 96 to 128. */
struct link_network {
	struct in6_addr address;
	unsigned int prefix_length;
};

/*
 * How links are inferred; all zero is the default. The arrays belong to the caller and must outlive their use.
 *
 * Transport. auto: the wire's, and over TCP what the topmost Via makes of it (TLS, WS, WSS: clear text from a mirror or a
 * terminating proxy). wire: the wire's; a WebSocket and TLS are seen there. via: what the topmost Via says, UDP without one.
 *
 * Direction. server: the server side is a known server (the source if both are), else the end with a known port (the
 * target if both have one), else the end with the lower port, else the target. host: the server side is the host
 * itself, the target of what it received and the source of what it sent.
 */
struct link_rules {
	enum link_transport_rule transport;
	enum link_direction_rule direction;
	const struct link_network *servers; /* known servers */
	size_t servers_count;
	const __u16 *server_ports; /* in addition to 5060 and 5061; host byte order */
	size_t server_ports_count;
};

/*
 * A link. Two links are the same when all bytes are the same (there is no padding), so it can be hashed as it is.
 * is_other marks the row of messages that found no room for a link of their own; all else is zero then.
 */
struct link {
	struct in6_addr server; /* IPv4 as v4-mapped */
	struct in6_addr client;
	__u16 server_port; /* host byte order; 0: not known */
	__u16 client_port;
	__u8 transport; /* enum sip_transport */
	__u8 is_other;
	__u8 server_end; /* enum link_end; the address is zero if it is not LINK_END_ADDRESS */
	__u8 client_end;
};

/* Whether a port is one of SIP: 5060, 5061 (RFC 3261 19.1.2) or one of the rules' own. Host byte order. */
bool link_rules__has_port(const struct link_rules *rules, __u16 port);

/* The link and the direction of a message with this key. Cannot fail. */
void link__from_key(const struct link_rules *rules, const struct sipbpf_key *key, struct link *ret_link,
		    enum link_direction *ret_direction);

/* Both ends of a message, as far as they are known. */
struct link_ends {
	struct in6_addr source; /* IPv4 as v4-mapped */
	struct in6_addr target;
	bool has_source;
	bool has_target;
	__u16 source_port; /* host byte order; 0: not known */
	__u16 target_port;
};

/*
 * The link of a message between these ends, its transport aside. *direction is LINK_IN or LINK_OUT if it is known, and
 * else LINK_BOTH: then the rules tell, if both addresses and ports are known and the rules need no interface. When they
 * cannot, it stays LINK_BOTH, and the target is taken for the server side.
 */
void link__from_ends(const struct link_rules *rules, const struct link_ends *ends, struct link *ret_link,
		     enum link_direction *direction);

/* The transport of a message, from that of the wire and that of the topmost Via. */
enum sip_transport link__infer_transport(const struct link_rules *rules, enum sip_transport wire,
					 enum sip_transport via);

/*
 * The part of a link that matters at a depth (1 the server's address, 2 the client's too, 3 the transport too, 4 the
 * server port too, 5 all); what lies beyond is zero or LINK_END_NONE.
 */
struct link link__at_depth(const struct link *link, int depth);

/* Text of an address, IPv4 dotted if v4-mapped, else RFC 5952. Returns text. */
const char *link__address_text(const struct in6_addr *address, char text[INET6_ADDRSTRLEN]);

/* The address of the server side, "local", or "". Returns text. */
const char *link__server_text(const struct link *link, char text[INET6_ADDRSTRLEN]);

/* The address of the client side, "remote", or "". Returns text. */
const char *link__client_text(const struct link *link, char text[INET6_ADDRSTRLEN]);

/* "UDP", "TCP", "TLS"...; "" for SIP_TRANSPORT_NONE and what is no transport. Static storage. */
const char *link__transport_name(enum sip_transport transport);

/* The transport of this name; SIP_TRANSPORT_NONE for "". Returns 0 or -EINVAL. */
int link__parse_transport(const char *name, enum sip_transport *ret_transport);

/* Parses an IPv4 or IPv6 address. Returns 0 or -EINVAL, *ret_address untouched on failure. */
int link__parse_address(const char *text, struct in6_addr *ret_address);

/*
 * Parses an IPv4 or IPv6 address with an optional /prefix: "10.0.0.0/8", "2001:db8::1". Bits beyond the prefix are
 * cleared. Returns 0 or -EINVAL, *ret_network untouched on failure.
 */
int link_network__parse(const char *text, struct link_network *ret_network);

/* Whether it is a network of IPv4: then it holds no IPv6 addresses, and else no IPv4 ones, though they are v4-mapped here. */
bool link_network__is_ipv4(const struct link_network *network);

/* Whether the address lies in the network. */
bool link_network__contains(const struct link_network *network, const struct in6_addr *address);

#endif

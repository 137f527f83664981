// SPDX-License-Identifier: BSD-2-Clause
/* See link.h. */
#include "counts/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define SIP_PORT 5060 /* RFC 3261 19.1.2 */
#define SIPS_PORT 5061

#define IPV4_PREFIX 96 /* bits before the IPv4 address in a v4-mapped one */
#define IPV6_BITS 128

static enum sip_transport transport_of_wire(const struct sipbpf_key *key)
{
	if (key->framing == SIPBPF_WEBSOCKET)
		return SIP_TRANSPORT_WS;
	switch (key->protocol) {
	case IPPROTO_UDP:
		return SIP_TRANSPORT_UDP;
	case IPPROTO_TCP:
		return SIP_TRANSPORT_TCP;
	case IPPROTO_SCTP:
		return SIP_TRANSPORT_SCTP;
	case IPPROTO_IDP: /* by HEP */
		return SIP_TRANSPORT_TLS;
	default:
		return SIP_TRANSPORT_NONE;
	}
}

static bool runs_over_tcp(enum sip_transport transport)
{
	return transport == SIP_TRANSPORT_TLS || transport == SIP_TRANSPORT_WS || transport == SIP_TRANSPORT_WSS;
}

enum sip_transport link__infer_transport(const struct link_rules *rules, enum sip_transport wire,
					 enum sip_transport via)
{
	switch (rules->transport) {
	case LINK_TRANSPORT_WIRE:
		return wire;
	case LINK_TRANSPORT_VIA:
		return via == SIP_TRANSPORT_NONE ? SIP_TRANSPORT_UDP : via;
	case LINK_TRANSPORT_AUTO:
		break;
	}
	if (wire == SIP_TRANSPORT_WS)
		return via == SIP_TRANSPORT_WSS ? via : wire;
	if (wire == SIP_TRANSPORT_TLS)
		return via == SIP_TRANSPORT_WS || via == SIP_TRANSPORT_WSS ? via : wire;
	return wire == SIP_TRANSPORT_TCP && runs_over_tcp(via) ? via : wire;
}

static bool is_known_server(const struct link_rules *rules, const struct sipbpf_endpoint *endpoint)
{
	struct in6_addr address;
	size_t i;

	memcpy(&address, endpoint->address, sizeof(address));
	for (i = 0; i < rules->servers_count; i++) {
		if (link_network__contains(&rules->servers[i], &address))
			return true;
	}
	return false;
}

bool link_rules__has_port(const struct link_rules *rules, __u16 port)
{
	size_t i;

	if (port == SIP_PORT || port == SIPS_PORT)
		return true;
	for (i = 0; i < rules->server_ports_count; i++) {
		if (rules->server_ports[i] == port)
			return true;
	}
	return false;
}

bool link_rules__needs_via_of_datagrams(const struct link_rules *rules)
{
	return rules->transport == LINK_TRANSPORT_VIA;
}

/*
 * Returns whether the message is a response whose target port is not that of its connection: over TCP, senders of HEP give
 * the port of Via.
 */
static bool has_port_of_via(const struct sipbpf_key *key)
{
	return key->hook == SIPBPF_REPORTED && key->protocol != IPPROTO_UDP && key->type >= SIP_TYPE_STATUS_MIN &&
	       key->type <= SIP_TYPE_STATUS_MAX;
}

/* Returns whether the target is the server side, so that the message is incoming. */
static bool is_towards_server(const struct link_rules *rules, const struct sipbpf_key *key)
{
	if (rules->direction == LINK_DIRECTION_HOST && key->hook != SIPBPF_REPORTED)
		return key->hook == SIPBPF_RECEIVED;
	if (is_known_server(rules, &key->ends.source))
		return false;
	if (is_known_server(rules, &key->ends.target))
		return true;
	if (has_port_of_via(key) && link_rules__has_port(rules, key->ends.source_port))
		return false;
	if (link_rules__has_port(rules, key->ends.target_port))
		return true;
	if (link_rules__has_port(rules, key->ends.source_port))
		return false;
	return key->ends.target_port <= key->ends.source_port;
}

void link__from_key(const struct link_rules *rules, const struct sipbpf_key *key, struct link *ret_link,
		    enum link_direction *ret_direction)
{
	bool in = is_towards_server(rules, key);
	const struct sipbpf_endpoint *server = in ? &key->ends.target : &key->ends.source;
	const struct sipbpf_endpoint *client = in ? &key->ends.source : &key->ends.target;

	memset(ret_link, 0, sizeof(*ret_link));
	memcpy(&ret_link->server, server->address, sizeof(ret_link->server));
	memcpy(&ret_link->client, client->address, sizeof(ret_link->client));
	ret_link->server_port = in ? key->ends.target_port : key->ends.source_port;
	ret_link->client_port = in ? key->ends.source_port : key->ends.target_port;
	if (key->framing == SIPBPF_UNREAD)
		ret_link->transport = (__u8)transport_of_wire(key);
	else if (key->framing == SIPBPF_TLS) /* its Via is encrypted */
		ret_link->transport = SIP_TRANSPORT_TLS;
	else
		ret_link->transport = (__u8)link__infer_transport(rules, transport_of_wire(key), key->via_transport);
	*ret_direction = in ? LINK_IN : LINK_OUT;
}

/* Returns the direction that the rules give, or LINK_BOTH if they cannot tell. */
static enum link_direction find_direction(const struct link_rules *rules, const struct link_ends *ends)
{
	struct sipbpf_key key = { .ends = { .source_port = ends->source_port, .target_port = ends->target_port } };

	if (rules->direction == LINK_DIRECTION_HOST || !ends->has_source || !ends->has_target || !ends->source_port ||
	    !ends->target_port)
		return LINK_BOTH;
	memcpy(key.ends.source.address, &ends->source, sizeof(ends->source));
	memcpy(key.ends.target.address, &ends->target, sizeof(ends->target));
	return is_towards_server(rules, &key) ? LINK_IN : LINK_OUT;
}

void link__from_ends(const struct link_rules *rules, const struct link_ends *ends, struct link *ret_link,
		     enum link_direction *direction)
{
	const struct in6_addr none = { 0 };
	struct in6_addr source = ends->has_source ? ends->source : none;
	struct in6_addr target = ends->has_target ? ends->target : none;
	__u8 source_end = ends->has_source ? LINK_END_ADDRESS : LINK_END_UNNAMED;
	__u8 target_end = ends->has_target ? LINK_END_ADDRESS : LINK_END_UNNAMED;
	bool out;

	if (*direction == LINK_BOTH)
		*direction = find_direction(rules, ends);
	out = *direction == LINK_OUT;
	*ret_link = (struct link){
		.server = out ? source : target,
		.client = out ? target : source,
		.server_port = out ? ends->source_port : ends->target_port,
		.client_port = out ? ends->target_port : ends->source_port,
		.server_end = out ? source_end : target_end,
		.client_end = out ? target_end : source_end,
	};
}

struct link link__at_depth(const struct link *link, int depth)
{
	struct link part = *link;

	if (link->is_other)
		return part;
	if (depth < 5)
		part.client_port = 0;
	if (depth < 4)
		part.server_port = 0;
	if (depth < 3)
		part.transport = SIP_TRANSPORT_NONE;
	if (depth < 2) {
		memset(&part.client, 0, sizeof(part.client));
		part.client_end = LINK_END_NONE;
	}
	return part;
}

/*
 * Writes an octet in decimal and returns the end. Addresses are not written by inet_ntop(): its sprintf() would take
 * half of the time that a table of a million IPv6 links takes.
 */
static char *put_octet(char *at, __u8 octet)
{
	if (octet >= 100)
		*at++ = '0' + octet / 100;
	if (octet >= 10)
		*at++ = '0' + octet / 10 % 10;
	*at++ = '0' + octet % 10;
	return at;
}

static const char *ipv4_text(const __u8 octets[4], char *text)
{
	char *at = text;
	size_t i;

	for (i = 0; i < 4; i++) {
		at = put_octet(at, octets[i]);
		*at++ = '.';
	}
	at[-1] = '\0';
	return text;
}

/*
 * Finds the longest run of two or more zero groups, the first one of equals (RFC 5952 4.2). Stores 8 for both if there
 * is none.
 */
static void find_zeros(const __u16 groups[8], size_t *ret_start, size_t *ret_end)
{
	size_t start, end;

	*ret_start = *ret_end = 8;
	for (start = 0; start < 8; start = end + 1) {
		for (end = start; end < 8 && !groups[end]; end++)
			;
		if (end - start >= 2 && end - start > *ret_end - *ret_start) {
			*ret_start = start;
			*ret_end = end;
		}
	}
}

static char *put_group(char *at, __u16 group)
{
	int shift = 12;

	while (shift && !(group >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[group >> shift & 15];
	return at;
}

static const char *ipv6_text(const struct in6_addr *address, char *text)
{
	size_t start, end, i;
	__u16 groups[8];
	char *at = text;

	for (i = 0; i < 8; i++)
		groups[i] = (__u16)(address->s6_addr[2 * i] << 8 | address->s6_addr[2 * i + 1]);
	find_zeros(groups, &start, &end);
	for (i = 0; i < 8; i++) {
		if (i == start) {
			at = stpcpy(at, "::");
			i = end;
		} else if (i) {
			*at++ = ':';
		}
		if (i < 8)
			at = put_group(at, groups[i]);
	}
	*at = '\0';
	return text;
}

const char *link__address_text(const struct in6_addr *address, char text[INET6_ADDRSTRLEN])
{
	if (IN6_IS_ADDR_V4MAPPED(address))
		return ipv4_text(address->s6_addr + IPV4_PREFIX / 8, text);
	return ipv6_text(address, text);
}

static const char *end_text(enum link_end end, const char *unnamed, const struct in6_addr *address, char *text)
{
	switch (end) {
	case LINK_END_ADDRESS:
		return link__address_text(address, text);
	case LINK_END_UNNAMED:
		(void)stpcpy(text, unnamed);
		return text;
	case LINK_END_NONE:
		break;
	}
	text[0] = '\0';
	return text;
}

const char *link__server_text(const struct link *link, char text[INET6_ADDRSTRLEN])
{
	return end_text(link->server_end, "local", &link->server, text);
}

const char *link__client_text(const struct link *link, char text[INET6_ADDRSTRLEN])
{
	return end_text(link->client_end, "remote", &link->client, text);
}

const char *link__transport_name(enum sip_transport transport)
{
	static const char *const names[SIP_TRANSPORT_COUNT] = { [SIP_TRANSPORT_NONE] = "",
#define X(id, name) [SIP_TRANSPORT_##id] = name,
								SIP_TRANSPORT_LIST(X)
#undef X
	};

	return transport < SIP_TRANSPORT_COUNT ? names[transport] : "";
}

int link__parse_transport(const char *name, enum sip_transport *ret_transport)
{
	int transport = 0;

	while (transport < SIP_TRANSPORT_COUNT && strcmp(link__transport_name(transport), name) != 0)
		transport++;
	if (transport == SIP_TRANSPORT_COUNT)
		return -EINVAL;
	*ret_transport = transport;
	return 0;
}

/* Parses a prefix length of at most max: one to three digits and nothing else. */
static int parse_prefix_length(const char *text, unsigned int max, unsigned int *ret_length)
{
	unsigned int length = 0;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (text[i] < '0' || text[i] > '9' || i >= 3)
			return -EINVAL;
		length = length * 10 + (unsigned int)(text[i] - '0');
	}
	if (i == 0 || length > max)
		return -EINVAL;
	*ret_length = length;
	return 0;
}

/* Parses an address without prefix. *ret_skip is the number of bits before those that a prefix length counts. */
static int parse_address(const char *text, struct in6_addr *ret_address, unsigned int *ret_skip)
{
	static const __u8 mapped[IPV4_PREFIX / 8] = { [10] = 0xff, [11] = 0xff };
	struct in_addr ipv4;

	if (inet_pton(AF_INET6, text, ret_address) == 1) {
		*ret_skip = 0;
		return 0;
	}
	if (inet_pton(AF_INET, text, &ipv4) != 1)
		return -EINVAL;
	memcpy(ret_address->s6_addr, mapped, sizeof(mapped));
	memcpy(ret_address->s6_addr + sizeof(mapped), &ipv4, sizeof(ipv4));
	*ret_skip = IPV4_PREFIX;
	return 0;
}

/* Returns the bits of byte i that belong to a prefix of this length. */
static __u8 prefix_mask(unsigned int prefix_length, size_t i)
{
	if (prefix_length >= 8 * (i + 1))
		return 0xff;
	if (prefix_length <= 8 * i)
		return 0;
	return (__u8)(0xff00 >> (prefix_length % 8));
}

int link__parse_address(const char *text, struct in6_addr *ret_address)
{
	struct in6_addr address;
	unsigned int skip;

	if (parse_address(text, &address, &skip) < 0)
		return -EINVAL;
	*ret_address = address;
	return 0;
}

int link_network__parse(const char *text, struct link_network *ret_network)
{
	const char *slash = strchrnul(text, '/');
	char address_text[INET6_ADDRSTRLEN];
	struct link_network network;
	unsigned int skip, length;
	size_t i;

	if ((size_t)(slash - text) >= sizeof(address_text))
		return -EINVAL;
	memcpy(address_text, text, (size_t)(slash - text));
	address_text[slash - text] = '\0';
	if (parse_address(address_text, &network.address, &skip) < 0)
		return -EINVAL;
	length = IPV6_BITS - skip;
	if (*slash && parse_prefix_length(slash + 1, length, &length) < 0)
		return -EINVAL;
	network.prefix_length = skip + length;
	for (i = 0; i < sizeof(network.address.s6_addr); i++)
		network.address.s6_addr[i] &= prefix_mask(network.prefix_length, i);
	*ret_network = network;
	return 0;
}

bool link_network__is_ipv4(const struct link_network *network)
{
	return network->prefix_length >= IPV4_PREFIX && IN6_IS_ADDR_V4MAPPED(&network->address);
}

bool link_network__contains(const struct link_network *network, const struct in6_addr *address)
{
	size_t i;

	if (IN6_IS_ADDR_V4MAPPED(address) && !link_network__is_ipv4(network))
		return false;
	for (i = 0; i < sizeof(address->s6_addr); i++) {
		if ((network->address.s6_addr[i] ^ address->s6_addr[i]) & prefix_mask(network->prefix_length, i))
			return false;
	}
	return true;
}

// SPDX-License-Identifier: BSD-2-Clause
/* See values.h. */
#include "log/values.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define SIP_PORT 5060 /* RFC 3261 19.1.2 */
#define SIPS_PORT 5061
#define ZONE_SIZE 32 /* of %eth0 behind an address */
#define PORT_DIGITS_MAX 5
#define IPV4_BEGINS 12 /* in a v4-mapped address */

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* Parses the usual spelling of IPv4, which most addresses have. Returns false if it is another one. */
static bool parse_ipv4(const char *value, size_t length, struct in6_addr *ret_address)
{
	struct in6_addr address = { .s6_addr = { [10] = 0xff, [11] = 0xff } }; /* v4-mapped */
	const char *at = value, *end = value + length;
	unsigned int number = 0, digits = 0;
	size_t part = IPV4_BEGINS;

	for (; at < end; at++) {
		if (is_digit(*at) && digits < 3 && (number || !digits)) {
			number = number * 10 + (unsigned int)(*at - '0');
			digits++;
		} else if (*at == '.' && digits && number <= UINT8_MAX && part < sizeof(address.s6_addr) - 1) {
			address.s6_addr[part++] = (uint8_t)number;
			number = digits = 0;
		} else {
			return false;
		}
	}
	if (!digits || number > UINT8_MAX || part != sizeof(address.s6_addr) - 1)
		return false;
	address.s6_addr[part] = (uint8_t)number;
	*ret_address = address;
	return true;
}

int values__parse_address(const char *value, size_t length, struct in6_addr *ret_address)
{
	char text[INET6_ADDRSTRLEN + ZONE_SIZE];

	if (parse_ipv4(value, length, ret_address))
		return 0;
	if (length >= 2 && value[0] == '[' && value[length - 1] == ']') {
		value++;
		length -= 2;
	}
	if (length >= sizeof(text) || memchr(value, '\0', length))
		return -EINVAL;
	*(char *)mempcpy(text, value, length) = '\0';
	if (strchr(text, ':'))
		text[strcspn(text, "%")] = '\0';
	return link__parse_address(text, ret_address);
}

bool values__is_wildcard(const struct in6_addr *address)
{
	return IN6_IS_ADDR_UNSPECIFIED(address) ||
	       (IN6_IS_ADDR_V4MAPPED(address) && !memcmp(address->s6_addr + 12, "\0\0\0", 4));
}

static bool is_word(const char *word, const char *value, size_t length)
{
	return length && (word[0] | 0x20) == (value[0] | 0x20) && strlen(word) == length &&
	       !strncasecmp(word, value, length);
}

/* Takes quotes, brackets and what separates off both ends of a word. */
static void strip(const char **value, size_t *length)
{
	while (*length && **value && strchr("\"'([{<|*", **value)) {
		++*value;
		--*length;
	}
	while (*length && (*value)[*length - 1] && strchr("\"')]}>|*:,;./", (*value)[*length - 1]))
		--*length;
}

int values__parse_port(const char *value, size_t length, __u16 *ret_port)
{
	unsigned long port = 0;
	size_t i;

	for (i = 0; length <= PORT_DIGITS_MAX && i < length && is_digit(value[i]); i++)
		port = port * 10 + (unsigned long)(value[i] - '0');
	if (i != length)
		port = 0;
	if (!port && is_word("sip", value, length))
		port = SIP_PORT;
	else if (!port && (is_word("sips", value, length) || is_word("sip-tls", value, length)))
		port = SIPS_PORT;
	if (!port || port > UINT16_MAX)
		return -EINVAL;
	*ret_port = (__u16)port;
	return 0;
}

/* An arrow of ASCII signs or of Unicode. */
static int parse_arrow(const char *value, size_t length, enum link_direction *ret_direction)
{
	static const char *const left[] = { "\u2190", "\u21d0", "\u2b05", "\u27f5", "\u00ab", "\u2039" };
	static const char *const right[] = { "\u2192", "\u21d2", "\u27a1", "\u27f6", "\u00bb", "\u203a" };
	bool is_left = memchr(value, '<', length), is_right = memchr(value, '>', length);
	size_t i, signs = 0;

	while (signs < length && strchr("<>-=|~", value[signs]) && value[signs])
		signs++;
	if (signs == length && length && is_left != is_right) {
		*ret_direction = is_left ? LINK_IN : LINK_OUT;
		return 0;
	}
	for (i = 0; i < sizeof(left) / sizeof(*left); i++) {
		if (!is_word(left[i], value, length) && !is_word(right[i], value, length))
			continue;
		*ret_direction = is_word(left[i], value, length) ? LINK_IN : LINK_OUT;
		return 0;
	}
	return -EINVAL;
}

int values__parse_direction(const char *value, size_t length, enum link_direction *ret_direction)
{
	static const char *const in[] = { "in",      "received", "receiving", "receive", "recv",    "rcvd", "rcv",
					  "rx",      "incoming", "inbound",   "ingress", "input",   "from", "read",
					  "reading", "got",      "r",         "i",       "arrived", "inbnd" };
	static const char *const out[] = {
		"out",           "sent",    "sending", "send",  "snd",      "tx",          "outgoing",
		"outbound",      "egress",  "output",  "to",    "transmit", "transmitted", "transmitting",
		"xmit",          "written", "writing", "write", "s",        "o",           "retransmitting",
		"retransmitted", "outbnd"
	};
	size_t i;

	while (length && value[length - 1] && strchr(":,;.([", value[length - 1]))
		length--;
	if (!parse_arrow(value, length, ret_direction))
		return 0;
	strip(&value, &length);
	for (i = 0; i < sizeof(in) / sizeof(*in); i++) {
		if (!is_word(in[i], value, length))
			continue;
		*ret_direction = LINK_IN;
		return 0;
	}
	for (i = 0; i < sizeof(out) / sizeof(*out); i++) {
		if (!is_word(out[i], value, length))
			continue;
		*ret_direction = LINK_OUT;
		return 0;
	}
	return -EINVAL;
}

/* Whether a value is a name, or a name and what versions add: digits, points, v. */
static bool is_transport(const char *name, const char *value, size_t length)
{
	size_t i, name_length = strlen(name);

	if (length < name_length || strncasecmp(name, value, name_length) != 0)
		return false;
	for (i = name_length; i < length && strchr("0123456789.vV_", value[i]) && value[i]; i++)
		;
	return i == length;
}

int values__parse_transport(const char *value, size_t length, enum sip_transport *ret_transport)
{
	static const struct {
		const char *name;
		enum sip_transport transport;
	} others[] = {
		{ "u", SIP_TRANSPORT_UDP },   { "17", SIP_TRANSPORT_UDP },       { "t", SIP_TRANSPORT_TCP },
		{ "6", SIP_TRANSPORT_TCP },   { "s", SIP_TRANSPORT_SCTP },       { "132", SIP_TRANSPORT_SCTP },
		{ "ssl", SIP_TRANSPORT_TLS }, { "websocket", SIP_TRANSPORT_WS },
	};
	const char *before;
	int transport;
	size_t i;

	strip(&value, &length);
	before = memrchr(value, '/', length);
	if (!before)
		before = memrchr(value, '=', length); /* transport=tcp */
	if (before) {
		length -= (size_t)(before + 1 - value);
		value = before + 1;
	}
	for (transport = SIP_TRANSPORT_NONE + 1; transport < SIP_TRANSPORT_COUNT; transport++) {
		if (!is_transport(link__transport_name(transport), value, length))
			continue;
		*ret_transport = transport;
		return 0;
	}
	for (i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (!is_word(others[i].name, value, length))
			continue;
		*ret_transport = others[i].transport;
		return 0;
	}
	return -EINVAL;
}

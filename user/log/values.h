/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, ports, directions and transports as logs write them. */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "counts/link.h"

/* Parses an address, in brackets or not, with or without %zone. Returns 0, or -EINVAL with the result untouched. */
int values__parse_address(const char *value, size_t length, struct in6_addr *ret_address);

/* Returns whether this is no address, but stands for all of a host: 0.0.0.0 or ::. */
bool values__is_wildcard(const struct in6_addr *address);

/* Parses a port, as a number or as the name of SIP's ports (sip, sips, sip-tls). Returns 0, or -EINVAL. */
int values__parse_port(const char *value, size_t length, __u16 *ret_port);

/*
 * Parses a direction: a word such as received, sending, to, or an arrow such as <-, >>>, →. An arrow points at the far
 * end of what was sent. Returns 0, or -EINVAL.
 */
int values__parse_direction(const char *value, size_t length, enum link_direction *ret_direction);

/*
 * Parses a transport: a name in any case, alone or behind a slash (SIP/2.0/UDP), with what versions add to it (udp6,
 * TLSv1.2), its letter (U, T, S) or its number in IP. Returns 0, or -EINVAL.
 */
int values__parse_transport(const char *value, size_t length, enum sip_transport *ret_transport);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What could not be read: links of which some packets could not, with the causes, and ports on which TLS began without
 * being known for SIP. Only so many are named, however many there are; that there are more is noted.
 */
#ifndef UNREAD_H
#define UNREAD_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/notices.h"
#include "common/sipbpf.h"
#include "counts/link.h"

/* Why the packets of a link could not be read; as the reasons of these names, but gaps counts packets with messages too. */
enum unread_cause { UNREAD_COMPRESSED, UNREAD_ENCRYPTED, UNREAD_GAPS, UNREAD_MALFORMED, UNREAD_CAUSES };

#define UNREAD_LINKS_MAX 64
#define UNREAD_PORTS_MAX 16

struct unread_link {
	struct link link; /* of depth 4 */
	__u64 packets[UNREAD_CAUSES];
};

struct unread_port {
	__u16 port;
	__u64 handshakes; /* connections that began */
};

struct unread {
	size_t links_count;
	size_t ports_count;
	bool has_more_links;
	bool has_more_ports;
	struct unread_link links[UNREAD_LINKS_MAX]; /* in the order of their first appearance */
	struct unread_port ports[UNREAD_PORTS_MAX];
};

/* Adds packets of a link, of which the client port does not matter. No sum exceeds INT64_MAX. */
void unread__add_link(struct unread *unread, const struct link *link, enum unread_cause cause, __u64 packets);

/* Adds connections that began with TLS on this port of the server; ports that belong to other protocols are left out. */
void unread__add_port(struct unread *unread, __u16 port, __u64 handshakes);

void unread__merge(struct unread *target, const struct unread *source);

/* Subtracts what both name. No count falls below 0, and what is left with no count is no longer named. */
void unread__subtract(struct unread *target, const struct unread *source);

bool unread__is_empty(const struct unread *unread);

/* The cause that one of the reasons compressed, encrypted, gap and malformed means. */
enum unread_cause unread__cause_of(enum sipbpf_reason reason);

/* The cause's name: "compressed". Static storage. */
const char *unread__cause_name(enum unread_cause cause);

/*
 * Adds one text for the links ("not read in part: a-TCP-5060-b (gaps, malformed)") and one for the ports ("TLS on 8443:
 * --server-port 8443"), if there are any. Returns 0 or -ENOMEM.
 */
int unread__notice(const struct unread *unread, const char *separator, struct notices *notices);

#endif

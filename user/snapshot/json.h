/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes counters as a JSON snapshot, schema sipbpf.snapshot.v1. Knows only counters.
 *
 *     {"schema": "sipbpf.snapshot.v1", "name": "", "start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:01:00Z",
 *      "links": [{"server_ip": "10.0.0.1", "client_ip": "10.0.0.2", "transport": "UDP",
 *                 "server_port": 5060, "client_port": 12345,
 *                 "messages": [{"direction": "in", "type": "INVITE", "method": "INVITE", "count": 1}]}],
 *      "packets": {"seen": 1, "sip": 1, "reasons": {"not_sip": 0}, "gaps": 0, "evicted": 0,
 *                  "truncated_headers": 0, "tls_records": {"handshake": 0},
 *                  "encapsulations": {"vlan": 0}}}
 *
 * Links come in the order of a table of depth 5, a link's messages in the order of their first appearance. Messages that
 * found no room for a link of their own are one more link, the last, with "other": true before empty addresses and
 * transport and ports of 0; no other link has that member. A link that is encrypted has no messages. All
 * reasons are listed, those with 0 packets too, and so are all kinds of records. gaps, evicted, truncated_headers and
 * records are no packets: see struct sipbpf_packets.
 *
 * "unread": {"links": [{"server_ip": "10.0.0.1", "client_ip": "10.0.0.2", "transport": "TCP", "server_port": 5060,
 *                        "compressed": 0, "encrypted": 0, "gaps": 1, "malformed": 0}], "more_links": false,
 *             "tls_ports": [{"port": 8443, "handshakes": 1}], "more_tls_ports": false}
 * has what could not be read (counts/unread.h); it is left out where there is nothing. `status` has the same.
 *
 * "notices" is an array of strings, what a reader could misread; it is left out where there is nothing to notice.
 *
 * An end without an address is "local" (the server side) or "remote". What --depth has grouped away is empty, or 0.
 *
 * The bytes are printable ASCII: what else a name holds is written as \u and four digits. A name that is no UTF-8, which
 * JSON cannot say, has those bytes as the text \x80 and the like.
 */
#ifndef JSON_H
#define JSON_H

#include <stdio.h>
#include <time.h>

#include "base/notices.h"
#include "counts/counter.h"
#include "counts/unread.h"

#define JSON_SCHEMA "sipbpf.snapshot.v1"

struct json_options {
	const char *name; /* may be "" */
	/* UTC, of the first and last moment that the counters cover; an unknown one (zero) is left out. */
	struct timespec start;
	const struct notices *notices; /* NULL: none */
	struct timespec end;           /* written to the millisecond, or to the second if that is exact */
};

/*
 * Writes one object and a line feed, all on one line, and flushes it. Returns 0, -ERANGE for a time that has no four-digit
 * year, -ENOMEM, or why the stream cannot be written (-EIO: not known); then a part of the line may have been written.
 */
int json__write_snapshot(FILE *out, const struct counters *counters, const struct json_options *options);

/* Writes the object that "unread" is, and flushes it. Returns 0, -ENOMEM, or why the stream cannot be written. */
int json__write_unread(FILE *out, const struct unread *unread);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Renders counters as the text table that sipcounter's users know. Knows only counters.
 *
 * A row is a group of links, a column a type of message: requests in the order of SIP_METHOD_LIST, UNKNOWN, methods of
 * other names by name, then status codes. Under each type come the messages from the server side (--->) and those
 * towards it (<---). Messages of unknown direction, which is what the row `other` holds, are never taken for either:
 * when there are any, each type has a column <-> for them as well, or only that when nothing else was counted. So
 * SUMMARY and TOTAL always add up to every message.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdio.h>

#include "counter.h"

struct table_options {
	const char *title; /* first line above the name; may be "" */
	const char *name;  /* may be "" */
	int depth; /* 1 to 5, see group.h: address of the server, of the client, transport, server port, client port */
};

/*
 * Writes the table, each line ended by a line feed, and flushes it; nothing at all when there are no messages. Control
 * characters in the title and in names never reach the output as they are. Returns 0, -EINVAL for a depth that is
 * none, -ENOMEM or -EIO.
 */
int table__write(FILE *out, const struct counters *counters, const struct table_options *options);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses SIP messages given as text, by a log or by a user of the library, in the same way as those in packets. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>

#include "counts/counter.h"
#include "counts/link.h"

/* What a message says about itself. */
struct message {
	char type[SIPBPF_NAME_SIZE];   /* "INVITE", "ReINVITE", "200" */
	char method[SIPBPF_NAME_SIZE]; /* of its CSeq header, or "UNKNOWN" */
	enum sip_transport via;        /* of the topmost Via header */
};

/* The path of a message, as far as it is known. All zero: nothing is known. */
struct message_path {
	struct link_ends ends;
	enum sip_transport transport; /* SIP_TRANSPORT_NONE: unknown; the Via header decides */
	bool has_direction;
	enum link_direction direction; /* if so: LINK_IN or LINK_OUT; else the ends decide, if both are known */
};

/*
 * Parses a message at the beginning of the text, after any white space. Returns 0, -ENOMSG if there is none, -EBADMSG
 * if its first line breaks RFC 3261, or -ENOMEM. On failure *ret_message is untouched.
 */
int message__parse(const char *text, size_t length, struct message *ret_message);

/* Finds the link and the direction of a message with this path and this Via transport. */
void message__find_link(const struct link_rules *rules, const struct message_path *path, enum sip_transport via,
			struct link *ret_link, enum link_direction *ret_direction);

#endif

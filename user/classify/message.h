/* SPDX-License-Identifier: BSD-2-Clause */
/* SIP messages that are text: from a log, or from whoever uses the library. Reads them as those of packets are read. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>

#include "counts/counter.h"
#include "counts/link.h"

/* What a message says. */
struct message {
	char type[SIPBPF_NAME_SIZE];   /* "INVITE", "ReINVITE", "200" */
	char method[SIPBPF_NAME_SIZE]; /* of its CSeq header; "UNKNOWN" if there is none */
	enum sip_transport via;        /* of the topmost Via header */
};

/* Where a message went, as far as it is known; all zero: nothing is. */
struct message_path {
	struct link_ends ends;
	enum sip_transport transport; /* SIP_TRANSPORT_NONE: not known, the Via header says it */
	bool has_direction;
	enum link_direction direction; /* if so: LINK_IN or LINK_OUT; else the ends tell, if both are known */
};

/*
 * Reads a message at the beginning of the text, white space aside. Returns 0, -ENOMSG when there is none, -EBADMSG when
 * its first line breaks RFC 3261, or -ENOMEM; *ret_message is untouched then.
 */
int message__parse(const char *text, size_t length, struct message *ret_message);

/* The link and the direction that a message with this Via transport belongs to. */
void message__find_link(const struct link_rules *rules, const struct message_path *path, enum sip_transport via,
			struct link *ret_link, enum link_direction *ret_direction);

#endif

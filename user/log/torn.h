/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that are cut off where a segment or fragment ends, until the next one of the same path comes. Knows no lines.
 */
#ifndef TORN_H
#define TORN_H

#include <stdbool.h>
#include <stddef.h>

#include "classify/message.h"
#include "log/body.h"
#include "log/forms.h"
#include "log/held_lines.h"

#define TORN_MAX 32

/* A message of which lines are still to come. */
struct torn_message {
	bool is_used, is_in_body; /* its headers are complete, and it has been counted */
	struct message_path path;
	unsigned long long age; /* the number of messages that had been put aside before */

	/* what an assembly knows of it */
	struct held_lines headers;
	size_t glued, content_length;
	bool is_at_line_end; /* its last line is complete */
	bool has_type, has_length, is_of_interest, is_in_type, is_wary;
	struct body body;
	unsigned int quote, nested;
};

/* All zero: none. */
struct torn_messages {
	struct torn_message *list; /* of TORN_MAX; NULL: none has been put aside, as in most logs */
	unsigned long long count;  /* that have been put aside */
	unsigned int used;
};

/* Returns whether a line may stand behind a packet: it is empty, or has a sign of ngrep for each packet. */
static inline bool torn__may_be_behind_packet(unsigned int traits, const char *line, size_t length)
{
	while (length && traits & FORM_DOTS && line[length - 1] == '#')
		length--;
	return traits & FORM_PACKETS && !length;
}

/*
 * Finds the message of a path, or for a fragment that of its addresses, because a later fragment has no ports. Returns
 * NULL if there is none.
 */
struct torn_message *torn__find(struct torn_messages *messages, const struct message_path *path, bool is_fragment);

/*
 * Returns the place for one more message, or NULL if memory is short. If it is used, the message there is the oldest one,
 * and must be taken first.
 */
struct torn_message *torn__place(struct torn_messages *messages);

/* Takes place for a message of this path. */
void torn__use(struct torn_messages *messages, struct torn_message *message, const struct message_path *path);

/* Returns the place of any message that is used, or NULL. */
struct torn_message *torn__any(struct torn_messages *messages);

/* Gives the place back; the caller has taken what was held there. */
void torn__release(struct torn_messages *messages, struct torn_message *message);

void torn__free(struct torn_messages *messages);

#endif

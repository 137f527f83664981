/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that tell of a message, but do not show it: its method or status code, and little more. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "classify/message.h"
#include "log/assembly.h"
#include "log/pattern.h"

#define SUMMARY_MEMORY_MESSAGES 256 /* a power of two */

/* What was found in summaries, because a log repeats them. All zero: nothing is known. */
struct summary_memory {
	struct summary_message {
		char type[SIPBPF_NAME_SIZE], cseq[SIPBPF_NAME_SIZE]; /* as the line has them; "": none */
		bool is_in_dialog;
		struct message message;
	} messages[SUMMARY_MEMORY_MESSAGES];
};

/*
 * Reads a message of a record out of the groups of a pattern's last match. Returns 0 or a negative errno; -ENOMSG if the
 * groups tell of none.
 */
int summary__read(struct summary_memory *memory, struct assembly *assembly, const struct pattern *pattern);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What was found in logs: messages go to the counters, and the rest is what an operator is told about. */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <time.h>

#include "classify/message.h"
#include "counts/counter.h"
#include "counts/link.h"

struct count_memory;
struct form;

#define TALLY_TEXT_SIZE 100

/* Zeroed but for the first members. */
struct tally {
	const struct link_rules *rules;
	struct counters *counters;   /* NULL: nothing is counted, for a trial */
	struct count_memory *memory; /* for this log; NULL: none */
	bool obeys_direction;        /* the direction in a path counts even if the ends tell another one */
	unsigned long long line;     /* that is being read */

	unsigned long long records; /* of the log being read */
	unsigned long long empty;   /* records without a message */
	unsigned long long messages;
	unsigned long long placed;  /* messages of which more is known than they say themselves */
	unsigned long long claimed; /* messages outside headers whose start line is in the one that begins a record */
	unsigned long long bare;    /* messages of which the log shows neither CSeq nor another header */
	unsigned long long unconveyed; /* messages of which neither the log nor Via tells the transport */
	unsigned long long incomplete, first_incomplete; /* messages that end before To or CSeq; line of the first */
	unsigned long long torn;    /* messages that are cut off before To or CSeq, with their packet */
	unsigned long long surplus; /* messages that are rather part of a body */
	unsigned long long quoted;  /* start lines in records that only quote messages */
	unsigned long long untaken; /* lines that look like start lines and begin no counted message */
	unsigned long long first_untaken;
	char untaken_text[TALLY_TEXT_SIZE]; /* the beginning of the first one */
	unsigned long long cut_off;         /* messages or records whose program was forgotten before they had ended */
	unsigned long long first_cut_off;
	const struct form *other_form; /* that lines before messages have, or that it goes on in; NULL: none */
	const char *other_manner;      /* how such lines are logged, behind the name of the form; "": in no other way */
	unsigned long long first_other; /* the number of the first such message's line */
	struct timespec start, end;     /* zero: no time was read */
	unsigned long long dated;       /* times that were read */
	unsigned long long undated;     /* times of day without a date */
	bool has_undated;               /* some log has such times */
};

/* Forgets what was found in one log, except for the times of all. */
void tally__begin_log(struct tally *tally);

/* Counts a message with this path; NULL: unknown. Returns 0 or a negative errno. */
int tally__count(struct tally *tally, const struct message *message, const struct message_path *path);

/* Counts a packet, or what stands for one, that holds no message. */
void tally__count_reason(struct tally *tally, enum sipbpf_reason reason);

/* Takes note of a time, or of a time of day without a date. */
void tally__note_time(struct tally *tally, const struct timespec *time);
void tally__note_undated(struct tally *tally);

/* Takes note of a message that ends before To or CSeq, and the number of the line in which it begins. */
void tally__note_incomplete(struct tally *tally, unsigned long long line);

/* Takes note of a message or record that is cut off before this line. */
void tally__note_cut_off(struct tally *tally);

/* Takes note of a line that looks like a start line, but was not taken as one. */
void tally__note_untaken(struct tally *tally, const char *text, size_t length);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms of logs that are known: one table. A form says how a record begins, what its fields are and how its lines
 * are cleaned. Knows no reading.
 */
#ifndef FORMS_H
#define FORMS_H

#include <stddef.h>

#include "common/lists.h"
#include "counts/link.h"

#define FORMS_LINES_MAX 16

/* What a line of a record does that matches its pattern. */
enum form_role {
	FORM_NO_LINE,
	FORM_BEGINS, /* begins a record, and may tell its fields */
	FORM_ADDS,   /* tells more of its fields, before its message */
	FORM_ENDS,   /* ends a record that has had its message */
};

/* A line that is no part of a message. */
struct form_line {
	enum form_role role;
	const char *first;   /* bytes that it may begin with; NULL: any */
	const char *second;  /* bytes that may come second; NULL: any */
	const char *literal; /* what it holds; NULL: it begins with one of the bytes above, which is rare enough */
	const char *other;   /* what will do instead of that; NULL: nothing */
	const char *pattern; /* with the groups of pattern.h */
	const char *more;    /* finds one more message in the rest of the line; NULL: it tells of one */
	enum sip_transport transport; /* unless a group tells it; SIP_TRANSPORT_NONE: unknown */
	enum form_way { FORM_ANY_WAY, FORM_RECEIVED, FORM_SENT } way; /* unless a group tells it */
	/* what is in the record that it begins or adds to */
	enum form_content {
		FORM_MESSAGES,
		FORM_QUOTATION, /* what an error of ICMP quotes */
		FORM_FRAGMENT,  /* of IP, but the first */
	} content;
};

/* How lines are cleaned before they are read as lines of a message, and how records hold messages. */
enum form_trait {
	FORM_DOTS = 1 << 0,     /* a dot at the end of a line is a carriage return */
	FORM_INDENT = 1 << 1,   /* a message may be indented by three blanks; then nothing else is */
	FORM_TAB = 1 << 2,      /* a message may be indented by a tab; then what is not indented repeats it */
	FORM_TREE = 1 << 3,     /* the tree of a dissector: headers are indented by eight blanks, their parts by more */
	FORM_NAME = 1 << 4,     /* each line may begin with "JsSIP:Transport" */
	FORM_GLUED = 1 << 5,    /* bytes of lower layers may stand before a start line */
	FORM_NEAR = 1 << 6,     /* a message follows the line that begins its record, or there is none */
	FORM_SINGLE = 1 << 7,   /* a record holds one message; what looks like more is its body */
	FORM_USERS = 1 << 8,    /* the pattern of a user: lines are not cleaned */
	FORM_NO_DATE = 1 << 9,  /* times of day alone; other lines of the log may tell the date */
	FORM_ENTRY = 1 << 10,   /* where several lines are in one, no record begins among headers */
	FORM_ALONE = 1 << 11,   /* nor behind its message: the line holds one record */
	FORM_PACKETS = 1 << 12, /* a record is what came at once: its last message may go on in a later one */
	FORM_LOOSE = 1 << 13,   /* its lines hold what somebody chose, so that others may look like them by chance */
};

struct form {
	const char *name;    /* for --log-format */
	const char *what;    /* the program, and how it is told to write this */
	const char *example; /* a line that begins a record */
	const char *sign;    /* a pattern that must match in the first part of the log; NULL: none */
	/* What messages are of which it shows no CSeq, and what to do. NULL: it shows all that messages say of themselves. */
	const char *lack;
	unsigned int traits; /* of enum form_trait */
	struct form_line lines[FORMS_LINES_MAX];
};

extern const struct form forms[];
extern const size_t forms_count;

/* Finds a form by name. Returns NULL if there is none; then *ret_nearest is a name that is close, or NULL. */
const struct form *forms__find(const char *name, const char **ret_nearest);

/* Returns the form without records: messages are found by their start lines alone. */
const struct form *forms__plain(void);

#endif

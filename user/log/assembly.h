/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes messages of lines. A message begins at a start line, and its headers end at an empty line, at the next start
 * line, or at the end of its record. What is in its body is no message, even if it is SIP.
 *
 * There may be records: each tells the path of the messages in it.
 */
#ifndef ASSEMBLY_H
#define ASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>

#include "classify/message.h"
#include "log/body.h"
#include "log/tally.h"

struct assembly;

/*
 * Makes an assembly that counts in this tally, which must outlive it. traits is of enum form_trait; has_records says
 * whether there are any. Returns 0 and an assembly that the caller frees, or -ENOMEM. assembly__free(NULL) is fine.
 */
int assembly__new(unsigned int traits, bool has_records, struct tally *tally, struct assembly **ret_assembly);
void assembly__free(struct assembly *assembly);

/* Ends what came before and begins a record. Returns 0 or a negative errno; so do the others. */
int assembly__begin_record(struct assembly *assembly);

/* Returns the path of the record, to be filled in before its first message. */
struct message_path *assembly__path(struct assembly *assembly);

/* The record has ended; what follows belongs to none. */
int assembly__end_record(struct assembly *assembly);

/*
 * The path of the record is known, as far as its line tells. With FORM_PACKETS, a message of this path that was cut off
 * may go on in it. A fragment of IP, but the first, holds nothing else. Returns 0 or a negative errno.
 */
int assembly__resume(struct assembly *assembly, bool is_fragment);

/*
 * Reads an empty line that may stand behind a packet, and ends the headers only if more lines follow in the record. With
 * FORM_DOTS, it has no dot. Allowed with ASSEMBLY_IN_HEADERS and FORM_PACKETS.
 */
int assembly__pause(struct assembly *assembly);

/* The record that is open only quotes messages, so that none of it counts. */
void assembly__quote_record(struct assembly *assembly);

/* The line that begins the record has a start line. If the same one comes again in this record, it is the same message. */
int assembly__claim(struct assembly *assembly, const char *start_line, size_t length);

/* Returns whether the line ends with the start line that was claimed, of which no header has come yet. */
bool assembly__is_claimed(const struct assembly *assembly, const char *line, size_t length);

/* Reads a line. ending is the number of bytes of its end in the log. */
int assembly__read(struct assembly *assembly, const char *line, size_t length, size_t ending);

/*
 * Takes a message that has been parsed and has no body, as if all its lines had been read. is_bare says whether none of
 * them tells its CSeq.
 */
int assembly__take(struct assembly *assembly, const struct message *message, bool is_bare);

/*
 * The line may be of a body, though it looks like one of a record. The caller holds it, and those behind it, until the
 * length of the body fits or does not; only its bytes count here. is_of_record says whether it looks like one. Allowed
 * with ASSEMBLY_IN_BODY, as are assembly__end_body() and assembly__distrust().
 */
enum body_fit assembly__weigh(struct assembly *assembly, const char *line, size_t length, size_t ending,
			      bool is_of_record);

/* Returns whether a length may be trusted so far: of those that were tried, as many fitted as did not. */
bool assembly__trusts_lengths(const struct assembly *assembly);

/* The body has ended where its length says. */
void assembly__end_body(struct assembly *assembly);

/*
 * The length of the body does not fit. Reads its lines again without trust in it, and calls read(), which reads again
 * what the caller held.
 */
int assembly__distrust(struct assembly *assembly, int (*read)(void *context), void *context);

/* What the next line may be: bits. */
enum assembly_state {
	ASSEMBLY_MAY_BEGIN = 1 << 0,      /* the start line of a message that does not cut off another one */
	ASSEMBLY_IN_HEADERS = 1 << 1,     /* a header */
	ASSEMBLY_AWAITS_MESSAGE = 1 << 2, /* the start line of the first message of the record that is open */
	ASSEMBLY_HAS_MESSAGE = 1 << 3,    /* of the record that is open, behind the start line of its first message */
	ASSEMBLY_TAKES_HEADERS = 1 << 4,  /* a header for assembly__add_header() */
	ASSEMBLY_TAKES_ANYTHING = 1 << 5, /* nothing but a start line matters */
	ASSEMBLY_HAS_HEADER = 1 << 6,     /* the line is not the first one behind a start line */
	ASSEMBLY_WANTS_START = 1 << 7,    /* nothing but a start line or a line of a record matters */
	ASSEMBLY_TAKES_SPACED = 1 << 8,   /* a line for assembly__add_spaced() */
	ASSEMBLY_IN_BODY = 1 << 9,        /* of a body whose length it may end */
	ASSEMBLY_IN_PACKET = 1 << 10,     /* one with the headers of a packet; each line matters */
};

unsigned int assembly__state(const struct assembly *assembly);

/* Reads a line of the headers that is neither empty nor like a start line. Allowed with ASSEMBLY_TAKES_HEADERS. */
int assembly__add_header(struct assembly *assembly, const char *line, size_t length);

/*
 * Reads a line of headers that is not like a start line, where an empty line follows each one. Returns 1, -ENOMEM, or 0
 * if the headers end here, and nothing has changed then. Allowed with ASSEMBLY_TAKES_SPACED.
 */
int assembly__add_spaced(struct assembly *assembly, const char *line, size_t length);

/* Passes over headers that are HEADER_PLAIN. Allowed with ASSEMBLY_TAKES_HEADERS. */
void assembly__pass_header(struct assembly *assembly);

/*
 * Passes over lines that cannot be start lines; is_blank says whether the last one is empty. Allowed with
 * ASSEMBLY_TAKES_ANYTHING or ASSEMBLY_WANTS_START, and for empty lines with ASSEMBLY_MAY_BEGIN.
 */
void assembly__pass(struct assembly *assembly, bool is_blank);

/* Begins a message with a line for which start_line__is_certain(). Allowed with ASSEMBLY_AWAITS_MESSAGE. */
int assembly__begin(struct assembly *assembly, const char *line, size_t length);

/* Reads a line in which a start line may be behind something else. */
int assembly__read_glued(struct assembly *assembly, const char *line, size_t length, size_t ending);

/*
 * Returns how many bytes of the headers that are being read are kept, and forgets those behind so many bytes. Allowed
 * with ASSEMBLY_IN_HEADERS.
 */
size_t assembly__headers_length(const struct assembly *assembly);
void assembly__cut_headers(struct assembly *assembly, size_t length);

/* Returns the line in which the message begins whose headers are being read. Allowed with ASSEMBLY_IN_HEADERS. */
unsigned long long assembly__first_line(const struct assembly *assembly);

/* Returns whether lines that come later belong to what has begun: to headers, a body, or a record that tells an end. */
bool assembly__is_unfinished(const struct assembly *assembly);

/* The log has ended. */
int assembly__finish(struct assembly *assembly);

#endif

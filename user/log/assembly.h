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

/* The line that begins the record has a start line. If the same one comes again in this record, it is the same message. */
int assembly__claim(struct assembly *assembly, const char *start_line, size_t length);

/* Reads a line. ending is the number of bytes of its end in the log. */
int assembly__read(struct assembly *assembly, const char *line, size_t length, size_t ending);

/* Reads a line of the headers that is neither empty nor like a start line. Allowed while assembly__takes_headers(). */
int assembly__add_header(struct assembly *assembly, const char *line, size_t length);
bool assembly__takes_headers(const struct assembly *assembly);

/*
 * Returns whether lines that cannot be start lines are passed over. assembly__pass() passes over some of them; is_blank
 * says whether the last one was empty.
 */
bool assembly__takes_anything(const struct assembly *assembly);
void assembly__pass(struct assembly *assembly, bool is_blank);

/* Reads a line in which a start line may be behind something else. */
int assembly__read_glued(struct assembly *assembly, const char *line, size_t length, size_t ending);

/* The log has ended. */
int assembly__finish(struct assembly *assembly);

/* Returns whether the next line may begin a message that does not cut off another one. */
bool assembly__may_begin(const struct assembly *assembly);

/* Returns whether the lines that come are headers. */
bool assembly__is_in_headers(const struct assembly *assembly);

/* Returns whether a record is open that has had no message yet, or that has had one. */
bool assembly__awaits_message(const struct assembly *assembly);
bool assembly__has_message(const struct assembly *assembly);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads JSON snapshots back, as json.h describes them: any number of them in a file, one after the other, usually one a
 * line. Knows only counters.
 *
 * Members that sipbpf does not know are ignored. A member that is missing or has a wrong value is an error, as is a
 * snapshot that is cut short. name, start, end and packets may be missing, as may single reasons, gaps, evicted and
 * truncated_headers in packets: these are 0 then.
 */
#ifndef JSON_READER_H
#define JSON_READER_H

#include <stdio.h>
#include <time.h>

#include "counts/counter.h"

#define JSON_READER_ERROR_SIZE 600

struct json_reader;

/* What a snapshot says besides counts. */
struct json_snapshot {
	char *name;            /* "" if there is none; the caller frees it */
	struct timespec start; /* UTC; zero: unknown */
	struct timespec end;
};

/*
 * Reads from a stream, which stays the caller's and is called `name` in errors; both must outlive the reader. NULL when
 * memory is short. json_reader__free(NULL) is fine.
 */
struct json_reader *json_reader__new(FILE *in, const char *name);
void json_reader__free(struct json_reader *reader);

/*
 * Adds the next snapshot's messages (see counters__add()) and packets. Returns 1; 0 when there is none any more; or a
 * negative errno, and nothing of the snapshot has been added: -EINVAL when what is there is no snapshot, -EBADMSG when it
 * is cut short, -EOVERFLOW when the counters have no room for it, another one when it cannot be read. Then
 * ret_error[JSON_READER_ERROR_SIZE] names the stream, the line, the member and what is wrong: "a.json:2:
 * links[3].messages[0].count: must be a whole number".
 *
 * A snapshot is cut short where the stream ends, or another one begins on a new line: its writer was killed, or the disk
 * full. Reading may go on behind it.
 */
int json_reader__next(struct json_reader *reader, struct counters *counters, struct json_snapshot *ret_snapshot,
		      char *ret_error);

#endif

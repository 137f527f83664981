// SPDX-License-Identifier: BSD-2-Clause
/*
 * Snapshots of any bytes: what can be read is written the same again after it was written and read; of what cannot, the
 * error names a line that the input has.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/json.h"
#include "snapshot/json_reader.h"

#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_failed(const char *condition)
{
	fprintf(stderr, "not true: %s\n", condition);
	abort();
}

/* Adds up all snapshots of a text that are not cut short. Returns 0, or a negative errno and an error message. */
static int read_all(const char *text, size_t length, struct counters *counters, char *error)
{
	FILE *in = length ? fmemopen((void *)text, length, "r") : fopen("/dev/null", "r");
	struct json_reader *reader = json_reader__new(in, "in");
	struct json_snapshot snapshot;
	int result;

	while ((result = json_reader__next(reader, counters, &snapshot, error)) > 0 || result == -EBADMSG)
		if (result > 0)
			free(snapshot.name);
	json_reader__free(reader);
	fclose(in);
	return result;
}

static char *write_all(const struct counters *counters)
{
	const struct json_options options = { .name = "n" };
	static char *text;
	static size_t length;
	FILE *out = open_memstream(&text, &length);

	CHECK(json__write_snapshot(out, counters, &options) == 0);
	fclose(out);
	return text;
}

static void check_error(const char *text, size_t length, const char *error)
{
	unsigned long line = strtoul(error + strlen("in:"), NULL, 10), lines = 1;
	size_t i;

	for (i = 0; i < length; i++)
		lines += text[i] == '\n';
	CHECK(strncmp(error, "in:", strlen("in:")) == 0);
	CHECK(line >= 1 && line <= lines);
}

static void check_written(const struct counters *counters)
{
	struct counters *back = counters__new();
	char error[JSON_READER_ERROR_SIZE], *first = write_all(counters), *second;

	CHECK(read_all(first, strlen(first), back, error) == 0);
	second = write_all(back);
	CHECK(strcmp(first, second) == 0);
	free(first);
	free(second);
	counters__free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counters *counters = counters__new();
	char error[JSON_READER_ERROR_SIZE];

	if (read_all((const char *)data, size, counters, error) == 0)
		check_written(counters);
	else
		check_error((const char *)data, size, error);
	counters__free(counters);
	return 0;
}

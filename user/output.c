// SPDX-License-Identifier: BSD-2-Clause
/* See output.h. */
#include "output.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "json.h"
#include "table.h"

#define TIME_TEXT_SIZE 32

int output__open(const char *path, FILE **ret_out)
{
	FILE *out;

	if (!path || strcmp(path, "-") == 0) {
		*ret_out = stdout;
		return 0;
	}
	out = fopen(path, "we");
	if (!out)
		return -errno;
	*ret_out = out;
	return 0;
}

/* The errno of an earlier failed write is gone: ferror() keeps only that there was one. */
int output__close(FILE *out)
{
	bool failed = ferror(out);

	errno = EIO;
	if (out == stdout ? fflush(out) : fclose(out))
		return -errno;
	return failed ? -EIO : 0;
}

/* "2026-01-31 12:34:56" in local time; "" when the time is unknown. */
static const char *time_text(const struct timespec *time, char text[TIME_TEXT_SIZE])
{
	struct tm local;

	text[0] = '\0';
	if ((time->tv_sec || time->tv_nsec) && localtime_r(&time->tv_sec, &local))
		strftime(text, TIME_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &local);
	return text;
}

/* A word of the line, followed by a space; control characters never reach a terminal as they are. */
static void write_word(FILE *out, const char *word)
{
	if (!*word)
		return;
	for (; *word; word++)
		fputc(iscntrl((unsigned char)*word) ? '?' : *word, out);
	fputc(' ', out);
}

static void write_no_messages(FILE *out, const struct table_options *table, __u64 packets)
{
	write_word(out, table->title);
	write_word(out, table->name);
	fprintf(out, "no SIP messages in %llu packets\n", (unsigned long long)packets);
}

static int write_table(FILE *out, const struct options *options, const struct counters *counters,
		       const struct timespec *end)
{
	char time[TIME_TEXT_SIZE];
	const struct table_options table = {
		.title = options->title ? options->title : time_text(end, time),
		.name = options->name,
		.depth = options->depth,
	};

	if (counters__total(counters))
		return table__write(out, counters, &table);
	write_no_messages(out, &table, counters__packets_seen(counters));
	return 0;
}

int output__write(FILE *out, const struct options *options, const struct counters *counters,
		  const struct timespec *start, const struct timespec *end)
{
	const struct json_options json = { .name = options->name, .start = *start, .end = *end };
	int error;

	if (options->format == OUTPUT_JSON)
		error = json__write_snapshot(out, counters, &json);
	else
		error = write_table(out, options, counters, end);
	if (error)
		return error;
	errno = EIO;
	return fflush(out) || ferror(out) ? -errno : 0;
}

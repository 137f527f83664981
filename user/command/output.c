// SPDX-License-Identifier: BSD-2-Clause
/* See output.h. Tested by tests/cli/test_layout.py. */
#include "command/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/output_file.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "render/csv.h"
#include "render/table.h"
#include "snapshot/json.h"

static bool is_stdout(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

int output__open(const struct options *options, FILE **ret_out)
{
	unsigned int flags = options->command == COMMAND_ATTACH ? OUTPUT_FILE_NEVER_WAITS : 0;
	FILE *out = stdout;
	int error = is_stdout(options->output_path)
			    ? 0
			    : output_file__open(options->output_path, flags, options->file_mode, &out);

	if (error)
		return error;
	(void)setvbuf(out, NULL, _IOFBF, OUTPUT_BUFFER_SIZE); /* what is written is flushed at its end */
	*ret_out = out;
	return 0;
}

static int check_access(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) ? -errno : 0;
}

bool output__is_file(const char *path, struct stat *ret_status)
{
	return !is_stdout(path) && stat(path, ret_status) == 0 && S_ISREG(ret_status->st_mode);
}

int output__check(const char *path)
{
	char copy[PATH_MAX];
	struct stat status;

	if (is_stdout(path))
		return 0;
	if (stat(path, &status) == 0)
		return S_ISDIR(status.st_mode) ? -EISDIR : check_access(path, W_OK);
	if (errno != ENOENT)
		return -errno;
	snprintf(copy, sizeof(copy), "%s", path);
	return check_access(dirname(copy), W_OK | X_OK);
}

/* 0: none, or it is no number. */
static size_t columns_of_environment(void)
{
	const char *columns = getenv("COLUMNS");

	return columns && columns[strspn(columns, "0123456789")] == '\0' ? strtoul(columns, NULL, 10) : 0;
}

size_t output__terminal_width(FILE *stream)
{
	struct winsize size = {};
	size_t columns;

	if (!isatty(fileno(stream)))
		return 0;
	columns = columns_of_environment();
	if (!columns && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0)
		columns = size.ws_col;
	return columns;
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

/* A word of the line, followed by a space; fit for a terminal. */
static void write_word(FILE *out, const char *word)
{
	size_t width;
	char *printable = text__printable(word, &width);

	if (printable && width)
		fprintf(out, "%s ", printable);
	free(printable);
}

/* Logs hold no packets, and snapshots need not say of any. */
static bool tells_packets(const struct options *options, __u64 packets)
{
	if (options->command == COMMAND_SHOW || options->command == COMMAND_DIFF)
		return packets;
	return options->input == COUNT_CAPTURE;
}

static bool has_filters(const struct options *options)
{
	return options->ports_count || filter__is_active(&options->filter);
}

static void write_no_messages(FILE *out, const struct options *options, const struct table_options *table,
			      __u64 packets)
{
	write_word(out, table->title);
	if (!table->has_no_name)
		write_word(out, table->name);
	fprintf(out, "no %sSIP messages%s", options->command == COMMAND_DIFF ? "new " : "",
		has_filters(options) ? " passed the filters" : "");
	if (tells_packets(options, packets))
		fprintf(out, " in %llu packet%s", (unsigned long long)packets, packets == 1 ? "" : "s");
	putc('\n', out);
}

/* HEP that is not read, unless all of it is to be read: what is left then does not tell enough. */
static int add_notice_of_hep(const struct options *options, __u64 packets, struct notices *notices)
{
	if (!packets || (options->reads_hep && !options->hep_ports_count) || options->command == COMMAND_SHOW ||
	    options->command == COMMAND_DIFF)
		return 0;
	return notices__add(notices, "HEP in %llu packet%s: --hep counts its messages", (unsigned long long)packets,
			    packets == 1 ? "" : "s");
}

int output__notice(const struct options *options, const struct counters *counters, const struct notices *others,
		   struct notices *notices)
{
	int error = unread__notice(counters__unread(counters), options->separator, notices);

	if (!error)
		error = add_notice_of_hep(options, counters__packets_const(counters)->reasons[SIPBPF_REASON_HEP],
					  notices);
	for (size_t i = 0; !error && others && i < others->count; i++)
		error = notices__add(notices, "%s", others->list[i]);
	return error;
}

/* All in one line: "note: TLS on 8443: --server-port 8443; vb: no packet for 10m". */
static int write_notices(const struct output_target *target, const struct options *options,
			 const struct counters *counters)
{
	struct notices notices = {};
	int error = output__notice(options, counters, target->notices, &notices);

	for (size_t i = 0; !error && i < notices.count; i++) {
		size_t width;
		char *printable = text__printable(notices.list[i], &width);

		fprintf(target->stream, "%s%s", i ? "; " : "note: ", printable ? printable : "?");
		free(printable);
	}
	if (!error && notices.count)
		putc('\n', target->stream);
	notices__clear(&notices);
	return error;
}

static struct sheet_options sheet_options(const struct options *options, int depth)
{
	bool by_total = options->order == OUTPUT_BY_TOTAL || (options->order == OUTPUT_ORDER_DEFAULT && options->top);

	return (struct sheet_options){
		.depth = options->depth ? options->depth : depth,
		.order = by_total ? GROUP_BY_TOTAL : GROUP_BY_LINK,
		.top = options->top,
	};
}

static int write_table(const struct output_target *target, const struct options *options,
		       const struct counters *counters, const struct timespec *end)
{
	char time[TIMESTAMP_CLOCK_SIZE];
	const struct table_options table = {
		.title = options->title ? options->title : timestamp__clock(end, options->zone, time),
		.name = options->name ? options->name : "",
		.separator = options->separator,
		.sheet = sheet_options(options, TABLE_DEPTH_DEFAULT),
		.link_margin = options->link_margin,
		.width = target->width,
		.is_name_first = options->is_name_first,
		.has_no_name = options->has_no_name,
		.has_no_header = options->has_no_header,
		.has_no_links = options->has_no_links,
		.has_no_summary = options->has_no_summary,
		.has_no_zeros = options->has_no_zeros,
	};

	if (counters__has_links(counters))
		return table__write(target->stream, counters, &table);
	write_no_messages(target->stream, options, &table, counters__packets_seen(counters));
	return 0;
}

/* "" for a moment that is not known. */
static void write_time(const struct timespec *time, enum timestamp_zone zone, char text[TIMESTAMP_SIZE])
{
	if (!timestamp__is_known(time) || timestamp__format_zone(time, zone, text) < 0)
		*text = '\0';
}

static int write_csv(const struct output_target *target, const struct options *options, const struct counters *counters,
		     const struct json_options *json)
{
	char start[TIMESTAMP_SIZE], end[TIMESTAMP_SIZE];
	const struct csv_stamp stamp = { .start = start, .end = end, .name = json->name };
	const struct csv_options csv = {
		.sheet = sheet_options(options, CSV_DEPTH_DEFAULT),
		.has_no_header = options->has_no_header,
		.stamp = options->has_timestamps ? &stamp : NULL,
		.layout = target->layout,
	};

	write_time(&json->start, options->zone, start);
	write_time(&json->end, options->zone, end);
	return csv__write(target->stream, counters, &csv);
}

/* Grouped only if asked for, so that nothing is lost in a snapshot. */
static int write_json(FILE *out, const struct options *options, const struct counters *counters,
		      const struct json_options *json)
{
	struct counters *grouped;
	int error;

	if (!options->depth)
		return json__write_snapshot(out, counters, json);
	error = counters__group(counters, options->depth, &grouped);
	if (error)
		return error;
	error = json__write_snapshot(out, grouped, json);
	counters__free(grouped);
	return error;
}

int output__write(const struct output_target *target, const struct options *options, const struct counters *counters,
		  const struct timespec *start, const struct timespec *end)
{
	const struct json_options json = {
		.name = options->name ? options->name : "", .start = *start, .end = *end, .notices = target->notices
	};
	FILE *out = target->stream;
	int error = -EINVAL;

	switch (options->format) {
	case OUTPUT_TABLE:
		error = write_table(target, options, counters, end);
		if (!error)
			error = write_notices(target, options, counters);
		break;
	case OUTPUT_CSV:
		error = write_csv(target, options, counters, &json);
		break;
	case OUTPUT_JSON:
		error = write_json(out, options, counters, &json);
		break;
	case OUTPUT_FORMATS:
		break;
	}
	if (error)
		return error;
	errno = EIO;
	return fflush(out) || ferror(out) ? -errno : 0;
}

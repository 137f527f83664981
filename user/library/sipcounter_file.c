// SPDX-License-Identifier: BSD-2-Clause
/* Writing a counter as table, CSV or snapshot, and reading snapshots. Tested by tests/library/test_library.c. */
#include "library/sipcounter_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "render/csv.h"
#include "render/table.h"
#include "snapshot/json.h"
#include "snapshot/json_reader.h"

_Static_assert(SIPCOUNTER_ERROR_SIZE >= TEXT_PRINTABLE_MAX * JSON_READER_ERROR_SIZE, "an error fits");

int sipcounter__write_table(const struct sipcounter *counter, FILE *out, const struct sipcounter_table *options)
{
	static const struct sipcounter_table plain = { 0 };
	const struct sipcounter_table *o = options ? options : &plain;
	const struct table_options table = {
		.title = o->title ? o->title : "",
		.name = sipcounter__name(counter),
		.separator = o->separator ? o->separator : TABLE_SEPARATOR_DEFAULT,
		.sheet = { .depth = o->depth ? o->depth : TABLE_DEPTH_DEFAULT,
			   .order = o->by_total ? GROUP_BY_TOTAL : GROUP_BY_LINK,
			   .top = o->top },
		.link_margin = o->link_margin < 0 ? 0
			       : o->link_margin   ? (size_t)o->link_margin
						  : TABLE_LINK_MARGIN_DEFAULT,
		.is_name_first = o->name_first,
		.has_no_name = o->no_name,
		.has_no_header = o->no_header,
		.has_no_links = o->no_links,
		.has_no_summary = o->no_summary,
		.has_no_zeros = o->no_zeros,
	};

	return table__write(out, counter->counters, &table);
}

int sipcounter__write_csv(const struct sipcounter *counter, FILE *out, int depth, bool has_header)
{
	const struct csv_options csv = {
		.sheet = { .depth = depth ? depth : CSV_DEPTH_DEFAULT },
		.has_no_header = !has_header,
	};

	return csv__write(out, counter->counters, &csv);
}

int sipcounter__write_snapshot(const struct sipcounter *counter, FILE *out)
{
	const struct json_options json = { .name = sipcounter__name(counter),
					   .start = counter->start,
					   .end = counter->end };

	return json__write_snapshot(out, counter->counters, &json);
}

/* Reads all snapshots into `read`, an empty counter. Returns their number or a negative errno. */
static int read_all(struct sipcounter *read, struct json_reader *reader, char *error_text)
{
	struct json_snapshot snapshot;
	int count = 0, result;

	while ((result = json_reader__next(reader, read->counters, &snapshot, error_text)) > 0) {
		sipcounter_times__widen(read, &snapshot.start, &snapshot.end);
		sipcounter_read_name__add(read, snapshot.name);
		count++;
	}
	if (result == -EBADMSG)
		return -EINVAL;
	return result < 0 ? result : count;
}

/* Moves all that `read` holds to the counter. Returns 0 or a negative errno. */
static int take_over(struct sipcounter *counter, struct sipcounter *read)
{
	int error = counters__take_over(counter->counters, read->counters);

	if (error)
		return error;
	sipcounter_times__widen(counter, &read->start, &read->end);
	sipcounter_read_name__add(counter, read->read_name);
	read->read_name = NULL;
	return 0;
}

static int read_and_add(struct sipcounter *counter, FILE *in, const char *name, char *error_text)
{
	struct json_reader *reader = json_reader__new(in, name);
	struct sipcounter *read = sipcounter__new();
	int result = -ENOMEM, error = -ENOMEM;

	if (reader && read) {
		counters__set_filter(read->counters, &counter->filter);
		result = read_all(read, reader, error_text);
		error = result > 0 ? take_over(counter, read) : 0;
	}
	if (error)
		snprintf(error_text, JSON_READER_ERROR_SIZE, "%.200s: %s", name, strerror(-error));
	json_reader__free(reader);
	sipcounter__free(read);
	return error ? error : result;
}

int sipcounter__read_snapshots(struct sipcounter *counter, FILE *in, const char *name, char *ret_error)
{
	char error_text[JSON_READER_ERROR_SIZE], *printable;
	int result = read_and_add(counter, in, name, error_text);
	size_t width;

	if (result >= 0 || !ret_error)
		return result;
	printable = text__printable(error_text, &width);
	snprintf(ret_error, SIPCOUNTER_ERROR_SIZE, "%s", printable ? printable : strerror(ENOMEM));
	free(printable);
	return result;
}

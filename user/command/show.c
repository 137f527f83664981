// SPDX-License-Identifier: BSD-2-Clause
/* See show.h. Tested by tests/cli/test_snapshots.py. */
#include "command/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "command/filter_warning.h"
#include "command/output.h"
#include "command/overlap.h"
#include "command/wide_table.h"
#include "input/input_file.h"
#include "snapshot/json_reader.h"

/* The sum of snapshots. */
struct sum {
	struct counters *counters;
	char *name;                 /* of all of them, "" if they differ; NULL: there were none */
	struct timespec start, end; /* of the first and last moment; zero: unknown */
	struct overlap overlap;
};

static int fail(const char *what, int error)
{
	log__error("%s: %s", what, strerror(-error));
	return error;
}

/* ---- reading ---- */

static int sum_start(struct sum *sum, const struct options *options)
{
	*sum = (struct sum){ .counters = counters__new() };
	if (!sum->counters)
		return fail("show", -ENOMEM);
	counters__set_filter(sum->counters, &options->filter);
	return 0;
}

static void sum_free(struct sum *sum)
{
	counters__free(sum->counters);
	free(sum->name);
	overlap__free(&sum->overlap);
}

/* Takes over what a snapshot of this file says besides counts. */
static int add_snapshot(struct sum *sum, struct json_snapshot *snapshot, const char *file)
{
	int error = overlap__note(&sum->overlap, file, snapshot);

	if (timestamp__is_known(&snapshot->start) &&
	    (!timestamp__is_known(&sum->start) || timestamp__is_before(&snapshot->start, &sum->start)))
		sum->start = snapshot->start;
	if (timestamp__is_before(&sum->end, &snapshot->end))
		sum->end = snapshot->end;
	if (!sum->name) {
		sum->name = snapshot->name;
		return error;
	}
	if (strcmp(sum->name, snapshot->name) != 0)
		*sum->name = '\0';
	free(snapshot->name);
	return error;
}

/* What a file holds. */
struct content {
	size_t snapshots;
	char cut[JSON_READER_ERROR_SIZE]; /* of one more that is cut short; "": none */
};

/* Where others are whole, one that is cut short is told and left out. */
static void tell_cut(struct content *content)
{
	if (content->snapshots && content->cut[0]) {
		log__info("%s; it is left out", content->cut);
		content->cut[0] = '\0';
	}
}

/* Adds one snapshot. Returns 1, 0 when there is none any more, or a negative errno that has been told. */
static int add_next(struct sum *sum, const struct input_file *file, struct json_reader *reader, struct content *content)
{
	const char *name = input_file__name(file), *problem;
	char message[JSON_READER_ERROR_SIZE];
	struct json_snapshot snapshot;
	int result = json_reader__next(reader, sum->counters, &snapshot, message);

	if (result > 0) {
		content->snapshots++;
		tell_cut(content);
		return add_snapshot(sum, &snapshot, name) ? fail(name, -ENOMEM) : 1;
	}
	problem = input_file__problem(file);
	if (result == -EBADMSG && !problem) {
		tell_cut(content);
		memcpy(content->cut, message, sizeof(message));
		return 1;
	}
	if (result < 0 && problem)
		log__error("%s: %s", name, problem);
	else if (result < 0)
		log__error("%s", message);
	return result;
}

static int refuse_empty(const char *name, const struct content *content)
{
	if (content->cut[0])
		log__error("%s", content->cut);
	else
		log__error("%s:1: holds no snapshot; --format json writes one", name);
	return -EINVAL;
}

static int add_stream(struct sum *sum, const struct input_file *file)
{
	const char *name = input_file__name(file);
	struct json_reader *reader = json_reader__new(input_file__stream(file), name);
	struct content content = {};
	int result;

	if (!reader)
		return fail(name, -ENOMEM);
	while ((result = add_next(sum, file, reader, &content)) > 0)
		;
	json_reader__free(reader);
	if (result < 0)
		return result;
	tell_cut(&content);
	return content.snapshots ? 0 : refuse_empty(name, &content);
}

static int add_file(struct sum *sum, const char *path)
{
	char message[INPUT_FILE_ERROR_SIZE];
	struct input_file *file;
	int error = input_file__open(path, &file, message);

	if (error) {
		log__error("%s", message);
		return error;
	}
	error = add_stream(sum, file);
	input_file__close(file);
	return error;
}

/* ---- writing ---- */

static int write_sum(const struct sum *sum, const struct options *options)
{
	const char *path = options->output_path;
	struct options named = *options;
	struct output_target target = {};
	int error, close_error;

	if (!named.name)
		named.name = sum->name;
	error = output__open(options, &target.stream);
	if (error)
		return fail(path, error);
	target.width = output__terminal_width(target.stream);
	(void)wide_table__warn(options, sum->counters);
	error = output__write(&target, &named, sum->counters, &sum->start, &sum->end);
	close_error = output__close(target.stream);
	if (!error)
		error = close_error;
	return error ? fail(path ? path : "standard output", error) : 0;
}

/* ---- the commands ---- */

int show__run(const struct options *options)
{
	struct sum sum;
	int error = sum_start(&sum, options);

	for (size_t i = 0; !error && i < options->inputs_count; i++)
		error = add_file(&sum, options->inputs[i]);
	if (!error) {
		overlap__warn(&sum.overlap);
		filter_warning__after(&options->filter, sum.counters, NULL);
		error = write_sum(&sum, options);
	}
	sum_free(&sum);
	return error ? EXIT_FAILED : EXIT_DONE;
}

/* What was counted after the end of A, up to the end of B. */
static int subtract(struct sum *after, const struct sum *before)
{
	int error = counters__subtract(after->counters, before->counters);

	if (!error)
		error = counters__compact(after->counters);
	if (error)
		return fail("diff", error);
	after->start = before->end;
	return 0;
}

static void warn_of_order(const struct options *options, const struct sum *before, const struct sum *after)
{
	if (timestamp__is_known(&after->end) && timestamp__is_before(&after->end, &before->end))
		log__info("diff: B (%s) is older than A (%s); are they swapped?", options->inputs[1],
			  options->inputs[0]);
}

int show__run_diff(const struct options *options)
{
	struct sum before, after = { 0 };
	int error = sum_start(&before, options);

	if (!error)
		error = sum_start(&after, options);
	if (!error)
		error = add_file(&before, options->inputs[0]);
	if (!error)
		error = add_file(&after, options->inputs[1]);
	if (!error) {
		warn_of_order(options, &before, &after);
		filter_warning__after(&options->filter, after.counters, before.counters);
		error = subtract(&after, &before);
	}
	if (!error)
		error = write_sum(&after, options);
	sum_free(&before);
	sum_free(&after);
	return error ? EXIT_FAILED : EXIT_DONE;
}

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

static int add_stream(struct sum *sum, const struct input_file *file)
{
	const char *name = input_file__name(file);
	struct json_reader *reader = json_reader__new(input_file__stream(file), name);
	char message[JSON_READER_ERROR_SIZE];
	struct json_snapshot snapshot;
	size_t count = 0;
	int result;

	if (!reader)
		return fail(name, -ENOMEM);
	while ((result = json_reader__next(reader, sum->counters, &snapshot, message)) > 0) {
		if (add_snapshot(sum, &snapshot, name))
			break;
		count++;
	}
	json_reader__free(reader);
	if (result > 0)
		return fail(name, -ENOMEM);
	if (result < 0 && input_file__problem(file)) {
		log__error("%s: %s", name, input_file__problem(file));
	} else if (result < 0) {
		log__error("%s", message);
	} else if (!count) {
		log__error("%s:1: holds no snapshot; --format json writes one", name);
		result = -EINVAL;
	}
	return result;
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

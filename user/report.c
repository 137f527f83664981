// SPDX-License-Identifier: BSD-2-Clause
/* See report.h. */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

struct report {
	const struct options *options;
	FILE *out;
	bool is_torn; /* the last table may have been written in part */
};

static int open_log(const char *path, FILE **ret_out)
{
	FILE *out = fopen(path, "ae");

	if (!out)
		return -errno;
	*ret_out = out;
	return 0;
}

int report__new(const struct options *options, struct report **ret_report)
{
	struct report *report = calloc(1, sizeof(*report));
	int error;

	if (!report)
		return -ENOMEM;
	report->options = options;
	if (options->log_path)
		error = open_log(options->log_path, &report->out);
	else
		error = output__open(options->output_path, &report->out);
	if (error) {
		free(report);
		return error;
	}
	*ret_report = report;
	return 0;
}

/* Every table was flushed when it was written, so that nothing is left to fail here. */
void report__free(struct report *report)
{
	if (!report)
		return;
	(void)output__close(report->out);
	free(report);
}

const char *report__name(const struct options *options)
{
	if (options->log_path)
		return options->log_path;
	if (!options->output_path || strcmp(options->output_path, "-") == 0)
		return "standard output";
	return options->output_path;
}

int report__write(struct report *report, const struct counters *counters, const struct timespec *start,
		  const struct timespec *end)
{
	int error = 0;

	errno = 0;
	if (report->is_torn && fputc('\n', report->out) == EOF)
		error = -EIO;
	if (!error)
		error = output__write(report->out, report->options, counters, start, end);
	report->is_torn = error != 0;
	/* Renderers know no more than that the stream failed; why is left in errno ("disk full" helps, "I/O error" not). */
	if (error == -EIO && errno)
		error = -errno;
	if (error) {
		/* What the stream still holds would else be written before the next table. */
		__fpurge(report->out);
		clearerr(report->out);
	}
	return error;
}

int report__reopen(struct report *report)
{
	FILE *out = NULL;
	int error = open_log(report->options->log_path, &out);

	if (error)
		return error;
	(void)fclose(report->out);
	report->out = out;
	report->is_torn = false;
	return 0;
}

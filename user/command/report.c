// SPDX-License-Identifier: BSD-2-Clause
/* See report.h. Tested by tests/net/test_output.sh. */
#include "command/report.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/output_file.h"
#include "command/output.h"

struct report {
	const struct options *options;
	struct loop *loop;
	FILE *target; /* what was opened; nothing is written to it but through out */
	FILE *out;    /* writes to target by the loop */
	struct csv_layout *layout;
	const struct notices *notices;
	int write_error; /* the last one of out */
	bool is_torn;    /* the last line may have been written in part */
};

/* ---- the stream ---- */

static ssize_t write_some(void *context, const char *data, size_t size)
{
	struct report *report = context;
	size_t done = 0;

	while (done < size) {
		ssize_t length = loop__write(report->loop, fileno(report->target), data + done, size - done);

		if (length < 0) {
			report->write_error = (int)length;
			break;
		}
		done += (size_t)length;
	}
	return (ssize_t)done;
}

static int open_stream(struct report *report)
{
	report->out = fopencookie(report, "w", (cookie_io_functions_t){ .write = write_some });
	if (!report->out)
		return -ENOMEM;
	(void)setvbuf(report->out, NULL, _IOFBF, OUTPUT_BUFFER_SIZE);
	return 0;
}

/* ---- a log that goes on ---- */

static bool is_csv_log(const struct report *report)
{
	return report->options->log_path && report->options->format == OUTPUT_CSV;
}

/* What a log has already needs no other header. One that cannot be read (a FIFO, no permission) gets one. */
static int continue_csv(struct report *report, FILE *in)
{
	if (!is_csv_log(report))
		return 0;
	rewind(in);
	return csv_layout__continue(report->layout, in, report->options->has_timestamps);
}

/* A crash or a full disk cuts a line. */
static bool ends_within_line(FILE *in)
{
	return fseek(in, -1, SEEK_END) == 0 && getc(in) != '\n';
}

static int continue_log(struct report *report)
{
	struct stat status;
	FILE *in;
	int error;

	csv_layout__clear(report->layout);
	report->is_torn = false;
	if (!report->options->log_path || fstat(fileno(report->target), &status) || !S_ISREG(status.st_mode))
		return 0;
	in = fopen(report->options->log_path, "re");
	if (!in)
		return 0;
	report->is_torn = ends_within_line(in);
	error = continue_csv(report, in);
	(void)fclose(in);
	return error;
}

/* A rotation may empty the log and leave it in its place. */
static void note_emptied_log(struct report *report)
{
	struct stat status;

	if (!report->options->log_path || fstat(fileno(report->target), &status) || !S_ISREG(status.st_mode) ||
	    status.st_size)
		return;
	csv_layout__clear(report->layout);
	report->is_torn = false;
}

/* ---- the report ---- */

static int open_log(const struct options *options, FILE **ret_out)
{
	return output_file__open(options->log_path, OUTPUT_FILE_APPENDS | OUTPUT_FILE_NEVER_WAITS, options->file_mode,
				 ret_out);
}

int report__new(const struct options *options, struct loop *loop, struct report **ret_report)
{
	struct report *report = calloc(1, sizeof(*report));
	int error;

	if (!report)
		return -ENOMEM;
	report->options = options;
	report->loop = loop;
	report->layout = csv_layout__new();
	error = report->layout ? open_stream(report) : -ENOMEM;
	if (!error && options->log_path)
		error = open_log(options, &report->target);
	else if (!error)
		error = output__open(options, &report->target);
	if (!error)
		error = continue_log(report);
	if (error) {
		report__free(report);
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
	if (report->out)
		(void)fclose(report->out);
	if (report->target)
		(void)output__close(report->target);
	csv_layout__free(report->layout);
	free(report);
}

void report__set_notices(struct report *report, const struct notices *notices)
{
	report->notices = notices;
}

const char *report__name(const struct options *options)
{
	if (options->log_path)
		return options->log_path;
	if (!options->output_path || strcmp(options->output_path, "-") == 0)
		return "standard output";
	return options->output_path;
}

int report__write(struct report *report, const char *title, const struct counters *counters,
		  const struct timespec *start, const struct timespec *end)
{
	const struct output_target target = {
		.stream = report->out,
		.width = report->options->log_path ? 0 : output__terminal_width(report->target),
		.layout = report->layout,
		.notices = report->notices,
	};
	struct options titled = *report->options;
	int error = 0;

	note_emptied_log(report);
	if (title)
		titled.title = title;
	report->write_error = 0;
	if (report->is_torn && fputc('\n', report->out) == EOF)
		error = -EIO;
	if (!error)
		error = output__write(&target, &titled, counters, start, end);
	report->is_torn = error != 0;
	/* Renderers know no more than that the stream failed; why helps: "disk full", not "I/O error". */
	if (error && report->write_error)
		error = report->write_error;
	if (error) {
		/* What the stream still holds would else be written before the next table. */
		__fpurge(report->out);
		clearerr(report->out);
		csv_layout__clear(report->layout); /* its header may not have been written */
	}
	return error;
}

bool report__is_stuck(const struct report *report)
{
	struct pollfd room = { .fd = fileno(report->target), .events = POLLOUT };

	return poll(&room, 1, 0) == 0;
}

int report__reopen(struct report *report)
{
	FILE *target = NULL;
	int error = open_log(report->options, &target);

	if (error)
		return error;
	(void)fclose(report->target);
	report->target = target;
	(void)continue_log(report);
	return 0;
}

int report__check_reopen(const struct report *report, char *ret_path)
{
	const char *path = report->options->log_path;
	char copy[PATH_MAX];
	struct stat status;

	if (!path || fstat(fileno(report->target), &status) || !S_ISREG(status.st_mode))
		return 0;
	snprintf(ret_path, PATH_MAX, "%s", path);
	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS))
		return -errno;
	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(ret_path, PATH_MAX, "%s", dirname(copy));
	return faccessat(AT_FDCWD, ret_path, W_OK | X_OK, AT_EACCESS) ? -errno : 0;
}

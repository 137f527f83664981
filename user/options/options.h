/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line: one table of options drives parsing, --help and the error messages. Prints help to stdout and
 * errors to stderr; knows no command's work.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/output_file.h"
#include "base/timestamp.h"
#include "counts/filter.h"
#include "counts/link.h"
#include "hook/attach.h"
#include "log/forms.h"

/* The commands; options.c knows their names and words of help, main.c what runs them. */
enum options_command { COMMAND_ATTACH, COMMAND_COUNT, COMMAND_SHOW, COMMAND_DIFF, COMMAND_STATUS, COMMANDS };

/* How the program ends. */
enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum output_format { OUTPUT_TABLE, OUTPUT_CSV, OUTPUT_JSON, OUTPUT_FORMATS };

/* The order of rows; by total where only the busiest are asked for, by link otherwise, unless given. */
enum output_order { OUTPUT_ORDER_DEFAULT, OUTPUT_BY_LINK, OUTPUT_BY_TOTAL };

/* What classifies the frames of a capture: this process, or the BPF programs. */
enum count_engine { COUNT_USER, COUNT_XDP, COUNT_TC };

/* What the files of `count` are. */
enum count_input { COUNT_CAPTURE, COUNT_TEXT };

#define OPTIONS_MAX_LINKS_DEFAULT 1000000

/* A parsed command line. Strings point into argv; arrays belong to the options and live until options__free(). */
struct options {
	enum options_command command;
	char **inputs; /* the IFACE or FILE arguments; part of argv */
	size_t inputs_count;

	struct link_rules rules; /* --server, --server-port, --transport, --direction */
	struct filter filter;    /* --filter, --no-greedy, --host, --exclude-host */
	const __u16 *ports;      /* --port, host byte order; none: all */
	size_t ports_count;
	const __u16 *hep_ports; /* --hep, host byte order; none: all, if it reads_hep */
	size_t hep_ports_count;
	unsigned int verbosity; /* how often --verbose was given */

	enum timestamp_zone zone; /* --utc: of all times that people read */

	enum output_format format;
	const char *output_path; /* --output; NULL or "-": stdout */
	unsigned int
		file_mode; /* permissions of new files of --output and --log; OUTPUT_FILE_MODE_DEFAULT unless given */
	const char *name;  /* NULL unless given: that of the snapshots that are read, else "" */
	const char *title; /* NULL unless given: the time */
	int depth;         /* 1 to 5; 0 unless given: as the format wants it */
	enum output_order order;
	__u32 top;             /* only so many rows; 0 unless given: all */
	const char *separator; /* the layout of a table: see table.h */
	__u32 link_margin;
	bool is_name_first;
	bool has_no_name;    /* never together with a name */
	bool has_no_header;  /* CSV too */
	bool has_timestamps; /* CSV: start, end and name before each row */
	bool has_no_links;
	bool has_no_summary;
	bool has_no_zeros;

	bool reads_hep; /* --hep, with ports or without */

	bool checks;           /* attach: only say what would be attached */
	bool cumulative;       /* attach: tables since the start, not of the interval */
	__u64 quiet_after;     /* attach: nanoseconds; 0 unless given: quiet interfaces are not told */
	__u64 interval;        /* attach: nanoseconds, 100 ms to one day */
	const char *netns;     /* attach: NULL unless given: that of this process */
	const char *log_path;  /* attach: NULL unless given; never together with output_path */
	enum attach_mode mode; /* attach */
	__u32 max_links;       /* attach: OPTIONS_MAX_LINKS_DEFAULT unless given */

	enum count_engine engine;    /* count */
	enum count_input input;      /* count */
	const char *regex;           /* count, with COUNT_TEXT: NULL unless given */
	const struct form *log_form; /* count, with COUNT_TEXT: NULL unless given; never together with regex */

	__u32 cost_seconds; /* status: how long to measure; 0 unless given: not at all */
};

/*
 * Parses argv[1] to argv[argc - 1]: a command with its options and arguments, or a request for help or the version.
 * Returns 1 and options that the caller frees; 0 when help or the version was asked for and printed; -EINVAL after
 * an error message (exit status 2), or -ENOMEM. argv is reordered and must outlive the options.
 */
int options__parse(int argc, char **argv, struct options *ret_options);

/* Frees what the options own; zeroed options are fine. */
void options__free(struct options *options);

#endif

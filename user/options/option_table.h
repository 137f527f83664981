/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of all options: names, words of help, the commands that take them, and how a value is stored. */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "options/options.h"

#define OPTION_ANSWERED 1

struct option_choice {
	const char *name;
	int value;
};

/* What the program prints in place of running the command. */
enum option_request { REQUEST_NONE, REQUEST_HELP, REQUEST_VERSION };

struct option_entry {
	const char *name;
	int short_name;        /* a character, or 0: none */
	unsigned int commands; /* one bit for each enum options_command that takes it */
	const char *argument;  /* as help shows it; NULL: takes none */
	const char *help;
	/*
	 * Sets what the value says in *options. Returns 0, OPTION_ANSWERED if it has printed what was asked for, -EINVAL
	 * after an error message, or -ENOMEM.
	 */
	int (*store)(struct options *options, const struct option_entry *entry, const char *value);
	size_t offset;                       /* of the member of struct options that it sets */
	size_t count_offset;                 /* lists: of the member that counts the elements */
	const struct option_choice *choices; /* up to one without a name */
	long minimum, maximum;               /* numbers */
	unsigned int formats;                /* one bit for each enum output_format it means something for; 0: all */
	enum option_request request;         /* REQUEST_NONE, or no value is stored */
	bool needs_no_argument;              /* the argument may be left out; the value is then NULL */
};

/* All options, in the order of the help; static storage. */
extern const struct option_entry option_table[];
extern const size_t option_table_size;

#define OPTION_INTERVAL_DEFAULT 60000000000ULL /* nanoseconds */
#define OPTION_TABLE_SIZE_MAX 64

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of all commands: names, arguments, words of help and examples. */
#ifndef COMMAND_TABLE_H
#define COMMAND_TABLE_H

#include <stddef.h>

#include "options/options.h"

#define COMMAND_EXAMPLES_MAX 3

struct command_entry {
	const char *name;
	const char *arguments;                      /* as help shows them */
	const char *summary;                        /* for the list of commands */
	const char *description;                    /* for the help of the command: sentences */
	size_t arguments_min, arguments_max;        /* 0: any number */
	const char *examples[COMMAND_EXAMPLES_MAX]; /* command lines; NULL: no more */
};

/* By enum options_command; static storage. */
extern const struct command_entry command_table[COMMANDS];

/* Returns COMMANDS when there is none of this name. */
enum options_command command_table__find(const char *name);

#endif

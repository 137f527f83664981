/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes help from the tables of commands and options. No line is wider than 80 columns. */
#ifndef HELP_H
#define HELP_H

#include <stdio.h>

#include "options/options.h"

/* All commands. */
void help__write_program(FILE *out);

/* One command, its options and its examples. */
void help__write_command(FILE *out, enum options_command command);

/* The forms of logs that are known, each with a line of it. */
void help__write_log_forms(FILE *out);

#endif

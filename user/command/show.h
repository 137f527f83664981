/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands over snapshots: `sipbpf show FILE...` adds them up, `sipbpf diff A B` takes one from the other. */
#ifndef SHOW_H
#define SHOW_H

#include "options/options.h"

/*
 * Run the commands. When a file is wrong, the error says so and nothing is written. Return the exit status, 0 or 1.
 */
int show__run(const struct options *options);
int show__run_diff(const struct options *options);

#endif

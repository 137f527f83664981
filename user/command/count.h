/* SPDX-License-Identifier: BSD-2-Clause */
/* `sipbpf count FILE...`: counts the SIP messages in captures. */
#ifndef COUNT_H
#define COUNT_H

#include "options/options.h"

/*
 * Runs the command; logs what goes wrong, and goes on with the next file. Returns the exit status: 0, 1, or
 * 2 before any file is opened when --regex is wrong.
 */
int count__run(const struct options *options);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* `attach --check`: says what would be attached, and what would not be seen. */
#ifndef CHECK_H
#define CHECK_H

#include "options/options.h"

/*
 * Writes to standard output what `attach` would say of each interface, and loads the programs as it would, but attaches
 * nothing. All that is wrong is said on stderr. Returns the exit status: 0 if `attach` would work, else 1.
 */
int check__run(const struct options *options);

#endif

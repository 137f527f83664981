/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of the process and of its host that `attach` would fail by: open files, memory, /sys. */
#ifndef REQUIREMENTS_H
#define REQUIREMENTS_H

#include "options/options.h"

/* How many messages of different kinds fit into a bank: what --max-links asks for. */
__u32 requirements__rows(const struct options *options);

/*
 * Raises the limit of open files as far as it may be raised. Returns 0, or a negative errno after saying which limit is
 * too low, and what to do.
 */
int requirements__check(const struct options *options);

#endif

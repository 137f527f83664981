/* SPDX-License-Identifier: BSD-2-Clause */
/* The `attach` command: puts the probe on interfaces, drains it and writes a table at every interval. */
#ifndef COLLECTOR_H
#define COLLECTOR_H

#include "options/options.h"

/*
 * Counts until SIGINT or SIGTERM, until no interface is left, nor waited for, or until the reader of a pipe that is no --log has
 * left. Returns the exit status: 0 after a signal, 1 when it could not start, when no interface or no reader is
 * left, or when counts could not be read or written; then everything is detached, and what was wrong is on stderr.
 */
int collector__run(const struct options *options);

#endif

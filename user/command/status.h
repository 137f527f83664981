/* SPDX-License-Identifier: BSD-2-Clause */
/* The command `status`: what sipbpf has attached on this host, in which mode, what it counted and what it costs. */
#ifndef STATUS_H
#define STATUS_H

#include "options/options.h"

/* Returns the exit status: EXIT_FAILED too when nothing is attached. */
int status__run(const struct options *options);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads what `attach` attaches, and says why it cannot. */
#ifndef LOADING_H
#define LOADING_H

#include "kernel/probe.h"
#include "options/options.h"

/* Returns 0, or -EPERM after saying which capabilities are missing. */
int loading__check_privileges(void);

/* Returns 0 and a probe that the caller frees, or a negative errno after saying what is wrong. */
int loading__load(const struct options *options, struct probe **ret_probe);

#endif

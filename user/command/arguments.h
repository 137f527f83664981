/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks arguments before a command begins, because an error is cheaper then than after a long reading. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "options/options.h"

/*
 * Checks that the interfaces exist and take the mode, that no input is the file of --output and that the file of --output
 * or --log can be written. Warns of methods that `attach` does not know. Changes nothing. Returns 0, or a negative errno
 * after an error message for each wrong argument.
 */
int arguments__check(const struct options *options);

#endif

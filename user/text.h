/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from the network or the command line, made fit for a terminal. Knows no counters and no output format. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/*
 * A copy that moves no cursor and hides nothing: control characters, direction marks and bytes that are no UTF-8 become
 * \x1b and the like, all else stays. *ret_width is its number of characters. The caller frees it; NULL when memory is
 * short.
 */
char *text__printable(const char *text, size_t *ret_width);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from the network or the command line, made fit for a terminal, and numbers as text. Knows no counters and no output format. */
#ifndef TEXT_H
#define TEXT_H

#include <linux/types.h>
#include <stddef.h>

#define TEXT_PRINTABLE_MAX 4 /* bytes that one byte may become */

/*
 * A copy that moves no cursor and hides nothing: control characters, direction marks and bytes that are no UTF-8 become
 * \x1b and the like, all else stays. *ret_width is its number of characters. The caller frees it; NULL when memory is
 * short.
 */
char *text__printable(const char *text, size_t *ret_width);

/* How many digits the number is written with. */
size_t text__digits(__u64 number);

/*
 * Writes the number right-justified over this many characters, at least as many as it has digits; without NUL. Returns
 * the end. Files of a million lines are too many for printf().
 */
char *text__put_number(char *at, __u64 number, size_t width);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes text from the network or the command line fit for a terminal, and writes numbers as text. Knows no counters and
 * no output format.
 */
#ifndef TEXT_H
#define TEXT_H

#include <linux/types.h>
#include <stddef.h>

#define TEXT_PRINTABLE_MAX 4 /* bytes that one byte may become */

/*
 * Returns a copy that neither moves the cursor nor hides anything, or NULL when memory is short. Control characters,
 * direction marks and bytes that are not UTF-8 become \x1b and the like; the rest stays. *ret_width is the number of
 * characters. The caller frees the copy.
 */
char *text__printable(const char *text, size_t *ret_width);

/* Returns the number of decimal digits. */
size_t text__digits(__u64 number);

/*
 * Writes the number right-justified into width characters, without a NUL. width is at least the number of digits.
 * Returns the end. printf() would be too slow for files of a million lines.
 */
char *text__put_number(char *at, __u64 number, size_t width);

#endif

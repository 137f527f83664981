/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where values stand in JSON text, for messages about wrong ones: the text need not be right. A path names a value by the
 * members and elements around it, "messages[1].count", down to JSON_PATH_LEVELS; the outermost value's is "".
 */
#ifndef JSON_PATH_H
#define JSON_PATH_H

#include <stddef.h>

#define JSON_PATH_LEVELS 4
#define JSON_PATH_SIZE 96 /* longer ones are cut */

/* The path of what ends at this offset of the text: of the member or element that is being read there. */
void json_path__at(const char *text, size_t offset, char ret_path[JSON_PATH_SIZE]);

/* The offset at which the member or element of this path begins; if there is none, the innermost one around it. */
size_t json_path__find(const char *text, size_t length, const char *path);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short way to read what a message says. Nearly all messages have the same form: `Name: value`, no folds, and spaces
 * where all put them. message__parse() reads any form, and finds the same in this one.
 */
#ifndef USUAL_MESSAGE_H
#define USUAL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "classify/message.h"

#define USUAL_MESSAGE_ROOM 32 /* bytes behind the lines that can be read, whatever they are */

/*
 * Reads a message of lines that end with CR LF: a line for which start_line__is_certain(), and headers, of which those may
 * be left out that tell nothing. Returns false if its form is another one.
 */
bool usual_message__read(const char *text, size_t length, struct message *ret_message);

#endif

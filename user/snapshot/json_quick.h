/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short way through a snapshot: reads a link that is written exactly as json.c writes it, which nearly all are, five
 * times as fast as the JSON library. It decides nothing: what is not of that form, or wrong, is left to json_reader.c.
 */
#ifndef JSON_QUICK_H
#define JSON_QUICK_H

#include <stdbool.h>
#include <stddef.h>

#include "counts/counter.h"

#define JSON_QUICK_MESSAGES_MAX 64
#define JSON_QUICK_TEXT_SIZE 48 /* any address, any method that sipbpf writes */

struct json_quick_message {
	enum link_direction direction;
	char type[JSON_QUICK_TEXT_SIZE];
	char method[JSON_QUICK_TEXT_SIZE];
	__u64 count;
};

struct json_quick_link {
	struct link link;
	struct json_quick_message messages[JSON_QUICK_MESSAGES_MAX];
	size_t messages_count;
};

/* Reads the text of one link. False if it is not of the form; *ret_link is undefined then. */
bool json_quick__read_link(const char *text, size_t length, struct json_quick_link *ret_link);

#endif

// SPDX-License-Identifier: BSD-2-Clause
/* See json_quick.h. Tested by tests/unit/snapshot/test_json_reader.c. */
#include "snapshot/json_quick.h"

#include <stdint.h>
#include <string.h>

#define COUNT_DIGITS_MAX 18 /* any such number fits */
#define PORT_MAX 65535

struct cursor {
	const char *at, *end;
};

static bool skip(struct cursor *cursor, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, text, length) != 0)
		return false;
	cursor->at += length;
	return true;
}

/* Printable ASCII up to a quotation mark, which is skipped; no escapes. */
static bool read_text(struct cursor *cursor, char ret_text[JSON_QUICK_TEXT_SIZE])
{
	size_t left = (size_t)(cursor->end - cursor->at), i;

	for (i = 0; i < left && i < JSON_QUICK_TEXT_SIZE; i++) {
		ret_text[i] = cursor->at[i];
		if (ret_text[i] == '"') {
			ret_text[i] = '\0';
			cursor->at += i + 1;
			return true;
		}
		if (ret_text[i] < ' ' || ret_text[i] > '~' || ret_text[i] == '\\')
			return false;
	}
	return false;
}

static bool read_number(struct cursor *cursor, __u64 maximum, __u64 *ret_number)
{
	const char *begin = cursor->at;
	__u64 number = 0;

	while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9')
		number = number * 10 + (__u64)(*cursor->at++ - '0');
	*ret_number = number;
	return cursor->at > begin && cursor->at - begin <= COUNT_DIGITS_MAX && number <= maximum &&
	       (*begin != '0' || cursor->at - begin == 1);
}

static bool read_ends(struct cursor *cursor, struct link *link)
{
	char text[JSON_QUICK_TEXT_SIZE];
	enum sip_transport transport;

	if (!skip(cursor, "{\"server_ip\": \"") || !read_text(cursor, text) ||
	    link__parse_address(text, &link->server) < 0)
		return false;
	if (!skip(cursor, ", \"client_ip\": \"") || !read_text(cursor, text) ||
	    link__parse_address(text, &link->client) < 0)
		return false;
	if (!skip(cursor, ", \"transport\": \"") || !read_text(cursor, text) ||
	    link__parse_transport(text, &transport) < 0)
		return false;
	link->transport = (__u8)transport;
	return true;
}

static bool read_ports(struct cursor *cursor, struct link *link)
{
	__u64 server, client;

	if (!skip(cursor, ", \"server_port\": ") || !read_number(cursor, PORT_MAX, &server) ||
	    !skip(cursor, ", \"client_port\": ") || !read_number(cursor, PORT_MAX, &client))
		return false;
	link->server_port = (__u16)server;
	link->client_port = (__u16)client;
	return true;
}

static bool read_message(struct cursor *cursor, struct json_quick_message *message)
{
	if (!skip(cursor, "{\"direction\": \""))
		return false;
	if (skip(cursor, "in\""))
		message->direction = LINK_IN;
	else if (skip(cursor, "out\""))
		message->direction = LINK_OUT;
	else if (skip(cursor, "both\""))
		message->direction = LINK_BOTH;
	else
		return false;
	return skip(cursor, ", \"type\": \"") && read_text(cursor, message->type) && *message->type &&
	       skip(cursor, ", \"method\": \"") && read_text(cursor, message->method) && *message->method &&
	       skip(cursor, ", \"count\": ") && read_number(cursor, INT64_MAX, &message->count) && skip(cursor, "}");
}

bool json_quick__read_link(const char *text, size_t length, struct json_quick_link *ret_link)
{
	struct cursor cursor = { .at = text, .end = text + length };

	ret_link->link = (struct link){ 0 };
	ret_link->messages_count = 0;
	if (!read_ends(&cursor, &ret_link->link) || !read_ports(&cursor, &ret_link->link) ||
	    !skip(&cursor, ", \"messages\": ["))
		return false;
	do {
		if (ret_link->messages_count == JSON_QUICK_MESSAGES_MAX ||
		    !read_message(&cursor, &ret_link->messages[ret_link->messages_count]))
			return false;
		ret_link->messages_count++;
	} while (skip(&cursor, ", "));
	return skip(&cursor, "]}") && cursor.at == cursor.end;
}

// SPDX-License-Identifier: BSD-2-Clause
/* Adding messages to a counter. Tested by tests/library/test_library.c. */
#include "library/sipcounter_internal.h"

#include <errno.h>
#include <string.h>

#include "classify/message.h"

static int parse_end(const char *text, struct in6_addr *ret_address, bool *ret_known)
{
	*ret_known = text && *text;
	return *ret_known ? link__parse_address(text, ret_address) : 0;
}

static int parse_path(const struct sipcounter_path *path, struct message_path *ret_path)
{
	static const struct sipcounter_path unknown = { 0 };
	struct message_path parsed = { 0 };

	if (!path)
		path = &unknown;
	if (path->direction < SIPCOUNTER_UNKNOWN || path->direction > SIPCOUNTER_OUT ||
	    link__parse_transport(path->transport ? path->transport : "", &parsed.transport) < 0 ||
	    parse_end(path->source, &parsed.ends.source, &parsed.ends.has_source) < 0 ||
	    parse_end(path->target, &parsed.ends.target, &parsed.ends.has_target) < 0)
		return -EINVAL;
	parsed.ends.source_port = path->source_port;
	parsed.ends.target_port = path->target_port;
	parsed.has_direction = path->direction != SIPCOUNTER_UNKNOWN;
	parsed.direction = path->direction == SIPCOUNTER_OUT ? LINK_OUT : LINK_IN;
	*ret_path = parsed;
	return 0;
}

/* Returns 1, 0 if the filter leaves the message out, or a negative errno. */
static int add_message(struct sipcounter *counter, const struct message *message, const struct message_path *path,
		       uint64_t count)
{
	enum link_direction direction;
	struct link link;
	int error;

	message__find_link(&counter->rules, path, message->via, &link, &direction);
	if (!filter__wants(&counter->filter, &link, message->type, message->method))
		return 0;
	error = counters__add(counter->counters, &link, direction, message->type, message->method, count);
	return error ? error : 1;
}

int sipcounter__add_text(struct sipcounter *counter, const char *text, size_t length,
			 const struct sipcounter_path *path)
{
	struct message_path parsed;
	struct message message;
	int error;

	if (parse_path(path, &parsed) < 0)
		return -EINVAL;
	error = message__parse(text, length, &message);
	if (error)
		return error == -ENOMEM ? error : -EBADMSG;
	return add_message(counter, &message, &parsed, 1);
}

/* Copies a name as the message has it. A name that is missing or too long becomes UNKNOWN, as in packets. */
static void copy_name(const char *name, char ret_text[SIPBPF_NAME_SIZE])
{
	if (!name || !*name || strlen(name) >= SIPBPF_NAME_SIZE)
		name = "UNKNOWN";
	memcpy(ret_text, name, strlen(name) + 1);
}

int sipcounter__add(struct sipcounter *counter, const char *type, const char *method,
		    const struct sipcounter_path *path, uint64_t count)
{
	struct message_path parsed;
	struct message message = { .via = SIP_TRANSPORT_NONE };

	if (!type || !*type || parse_path(path, &parsed) < 0)
		return -EINVAL;
	copy_name(type, message.type);
	copy_name(method, message.method);
	return add_message(counter, &message, &parsed, count);
}

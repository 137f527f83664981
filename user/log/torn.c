// SPDX-License-Identifier: BSD-2-Clause
/* See torn.h. */
#include "log/torn.h"

#include <stdlib.h>
#include <string.h>

static bool is_same_address(bool is_known, const struct in6_addr *address, bool is_other_known,
			    const struct in6_addr *other)
{
	return is_known == is_other_known && (!is_known || !memcmp(address, other, sizeof(*address)));
}

static bool are_between_same_hosts(const struct link_ends *ends, const struct link_ends *others)
{
	return is_same_address(ends->has_source, &ends->source, others->has_source, &others->source) &&
	       is_same_address(ends->has_target, &ends->target, others->has_target, &others->target);
}

static bool is_same(const struct message_path *path, const struct message_path *other)
{
	return path->transport == other->transport && path->has_direction == other->has_direction &&
	       (!path->has_direction || path->direction == other->direction) &&
	       path->ends.source_port == other->ends.source_port && path->ends.target_port == other->ends.target_port &&
	       are_between_same_hosts(&path->ends, &other->ends);
}

struct torn_message *torn__find(struct torn_messages *messages, const struct message_path *path, bool is_fragment)
{
	struct torn_message *message, *found = NULL;

	for (message = messages->list; messages->used && message < messages->list + TORN_MAX; message++) {
		if (!message->is_used || (found && found->age > message->age))
			continue;
		if (is_fragment ? message->path.transport == path->transport &&
					  are_between_same_hosts(&message->path.ends, &path->ends)
				: is_same(&message->path, path))
			found = message;
	}
	return found;
}

struct torn_message *torn__place(struct torn_messages *messages)
{
	struct torn_message *message, *oldest;

	if (!messages->list)
		messages->list = calloc(TORN_MAX, sizeof(*messages->list));
	if (!messages->list)
		return NULL;
	oldest = messages->list;
	for (message = messages->list; message < messages->list + TORN_MAX; message++) {
		if (!message->is_used)
			return message;
		if (message->age < oldest->age)
			oldest = message;
	}
	return oldest;
}

void torn__use(struct torn_messages *messages, struct torn_message *message, const struct message_path *path)
{
	message->is_used = true;
	message->path = *path;
	message->age = messages->count++;
	messages->used++;
}

void torn__release(struct torn_messages *messages, struct torn_message *message)
{
	*message = (struct torn_message){ 0 };
	messages->used--;
}

struct torn_message *torn__any(struct torn_messages *messages)
{
	struct torn_message *message = messages->list;

	if (!messages->used)
		return NULL;
	while (!message->is_used)
		message++;
	return message;
}

void torn__free(struct torn_messages *messages)
{
	size_t i;

	for (i = 0; messages->list && i < TORN_MAX; i++) {
		held_lines__free(&messages->list[i].headers);
		body__free(&messages->list[i].body);
	}
	free(messages->list);
}

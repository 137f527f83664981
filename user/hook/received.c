// SPDX-License-Identifier: BSD-2-Clause
/* See received.h. Tested by tests/net/test_attach.sh. */
#include "hook/received.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hook/stacking.h"

struct received {
	struct probe *probe;
	unsigned int *above; /* the marked ones above the counted interfaces */
	size_t above_count;
	char reported[RECEIVED_TEXT_SIZE];
};

int received__new(struct probe *probe, struct received **ret_received)
{
	struct received *received = calloc(1, sizeof(*received));

	if (!received)
		return -ENOMEM;
	received->probe = probe;
	*ret_received = received;
	return 0;
}

void received__free(struct received *received)
{
	if (!received)
		return;
	free(received->above);
	free(received);
}

static bool holds(const unsigned int *ifindexes, size_t count, unsigned int ifindex)
{
	for (size_t i = 0; i < count; i++)
		if (ifindexes[i] == ifindex)
			return true;
	return false;
}

static int mark_all(const struct received *received, const unsigned int *ifindexes, size_t count)
{
	int error = 0;

	for (size_t i = 0; !error && i < count; i++)
		error = probe__mark_received(received->probe, ifindexes[i]);
	return error;
}

/* Takes the new list over and frees the old one. Marks as many interfaces as the probe has room for. */
static int replace_above(struct received *received, unsigned int *above, size_t count)
{
	int error;

	for (size_t i = 0; i < received->above_count; i++)
		if (!holds(above, count, received->above[i]))
			(void)probe__unmark_received(received->probe, received->above[i]);
	error = mark_all(received, above, count);
	free(received->above);
	received->above = above;
	received->above_count = count;
	return error;
}

static void report_change(struct received *received, const char *text, char *ret_text)
{
	ret_text[0] = '\0';
	if (strcmp(text, received->reported) != 0)
		snprintf(ret_text, RECEIVED_TEXT_SIZE, "%s", text);
	snprintf(received->reported, RECEIVED_TEXT_SIZE, "%s", text);
}

int received__refresh(struct received *received, const unsigned int *counted, size_t count, char *ret_text)
{
	char text[RECEIVED_TEXT_SIZE] = "";
	unsigned int *above = NULL;
	size_t above_count = 0;
	int error = mark_all(received, counted, count);

	if (!error)
		error = stacking__above(counted, count, &above, &above_count, text, sizeof(text));
	if (!error)
		error = replace_above(received, above, above_count);
	if (error)
		snprintf(text, sizeof(text),
			 "cannot mark the interfaces above the counted ones: %s; a packet that one of them routes to "
			 "a counted one may count twice",
			 strerror(-error));
	report_change(received, text, ret_text);
	return error;
}

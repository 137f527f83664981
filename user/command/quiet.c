// SPDX-License-Identifier: BSD-2-Clause
/* See quiet.h. */
#include "command/quiet.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

/* What is counted, packets or messages, and since when it has been the same. */
struct watched_count {
	__u64 count;
	__u64 since;
	int is_said;
};

struct quiet_interface {
	struct watched_count packets, sip;
};

struct quiet {
	__u64 after;
	size_t count;
	struct quiet_interface interfaces[];
};

struct quiet *quiet__new(size_t interfaces, __u64 after, __u64 now)
{
	struct quiet *quiet = calloc(1, sizeof(*quiet) + interfaces * sizeof(quiet->interfaces[0]));

	if (!quiet)
		return NULL;
	quiet->after = after;
	quiet->count = interfaces;
	for (size_t i = 0; i < interfaces; i++)
		quiet->interfaces[i].packets.since = quiet->interfaces[i].sip.since = now;
	return quiet;
}

void quiet__free(struct quiet *quiet)
{
	free(quiet);
}

/* Takes in a count; says when one that was told to be quiet is so no more. */
static void take(struct watched_count *watched, __u64 count, const char *what, const struct quiet_reading *reading)
{
	char text[CLOCK_DURATION_SIZE];

	if (count == watched->count)
		return;
	if (watched->is_said)
		log__info("%s: %s again, after %s without", reading->name, what,
			  clock__duration(reading->now - watched->since, text));
	*watched = (struct watched_count){ .count = count, .since = reading->now };
}

static int tell(struct watched_count *watched, const char *what, const struct quiet_reading *reading,
		struct notices *notices)
{
	char text[CLOCK_DURATION_SIZE];

	clock__duration(reading->now - watched->since, text);
	if (!watched->is_said)
		log__info("%s: no %s for %s", reading->name, what, text);
	watched->is_said = 1;
	return notices__add(notices, "%s: no %s for %s", reading->name, what, text);
}

/* Without packets there is no SIP either, which need not be told as well. */
int quiet__update(struct quiet *quiet, const struct quiet_reading *reading, struct notices *notices)
{
	struct quiet_interface *interface;

	if (reading->number >= quiet->count)
		return 0;
	interface = &quiet->interfaces[reading->number];
	take(&interface->packets, reading->packets, "packets", reading);
	take(&interface->sip, reading->sip, "SIP", reading);
	if (reading->now - interface->packets.since >= quiet->after)
		return tell(&interface->packets, "packet", reading, notices);
	if (reading->now - interface->sip.since >= quiet->after)
		return tell(&interface->sip, "SIP", reading, notices);
	return 0;
}

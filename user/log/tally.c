// SPDX-License-Identifier: BSD-2-Clause
/* See tally.h. */
#include "log/tally.h"

#include <string.h>

#include "base/timestamp.h"
#include "log/count_memory.h"

void tally__begin_log(struct tally *tally)
{
	tally->line = 0;
	tally->records = tally->empty = tally->messages = tally->placed = 0;
	tally->claimed = tally->bare = tally->unconveyed = tally->surplus = tally->quoted = tally->torn = 0;
	tally->untaken = tally->first_untaken = 0;
	tally->cut_off = tally->first_cut_off = 0;
	tally->incomplete = tally->first_incomplete = 0;
	tally->other_form = NULL;
	tally->other_manner = "";
	tally->first_other = 0;
	tally->dated = tally->undated = 0;
}

static bool tells_something(const struct message_path *path)
{
	return path->ends.has_source || path->ends.has_target || path->has_direction;
}

/* The ends decide the direction, where they can; what the log calls sent or received does elsewhere. */
static void find_link(const struct tally *tally, const struct message_path *path, enum sip_transport via,
		      struct link *ret_link, enum link_direction *ret_direction)
{
	struct message_path by_ends = *path;

	if (!tally->obeys_direction && path->has_direction && tally->rules->direction == LINK_DIRECTION_SERVER) {
		by_ends.has_direction = false;
		message__find_link(tally->rules, &by_ends, via, ret_link, ret_direction);
		if (*ret_direction != LINK_BOTH)
			return;
	}
	message__find_link(tally->rules, path, via, ret_link, ret_direction);
}

/* Counts the message where its link and cell are. */
static int count(const struct tally *tally, const struct message *message, const struct message_path *path)
{
	enum link_direction direction;
	struct link link;
	int error;

	find_link(tally, path, message->via, &link, &direction);
	error = counters__add(tally->counters, &link, direction, message->type, message->method, 1);
	if (!error && tally->memory)
		count_memory__keep(tally->memory, message, path, counters__last_place(tally->counters));
	return error;
}

int tally__count(struct tally *tally, const struct message *message, const struct message_path *path)
{
	static const struct message_path unknown;
	const struct counter_place *place;

	tally->messages++;
	if (path && tells_something(path))
		tally->placed++;
	if ((!path || path->transport == SIP_TRANSPORT_NONE) && message->via == SIP_TRANSPORT_NONE)
		tally->unconveyed++;
	if (!tally->counters)
		return 0;
	counters__packets(tally->counters)->sip++;
	path = path ? path : &unknown;
	place = tally->memory ? count_memory__find(tally->memory, message, path) : NULL;
	return place ? counters__add_at(tally->counters, place) : count(tally, message, path);
}

void tally__count_reason(struct tally *tally, enum sipbpf_reason reason)
{
	if (tally->counters)
		counters__packets(tally->counters)->reasons[reason]++;
}

void tally__note_time(struct tally *tally, const struct timespec *time)
{
	tally->dated++;
	timestamp__widen(&tally->start, &tally->end, time);
}

void tally__note_undated(struct tally *tally)
{
	tally->undated++;
	tally->has_undated = true;
}

void tally__note_incomplete(struct tally *tally, unsigned long long line)
{
	if (!tally->incomplete++)
		tally->first_incomplete = line;
}

void tally__note_cut_off(struct tally *tally)
{
	if (!tally->cut_off++)
		tally->first_cut_off = tally->line;
}

void tally__note_untaken(struct tally *tally, const char *text, size_t length)
{
	size_t kept = length < TALLY_TEXT_SIZE - 1 ? length : TALLY_TEXT_SIZE - 1, i;

	if (tally->untaken++)
		return;
	tally->first_untaken = tally->line;
	for (i = 0; i < kept; i++)
		tally->untaken_text[i] = text[i] ? text[i] : '?';
	tally->untaken_text[kept] = '\0';
}

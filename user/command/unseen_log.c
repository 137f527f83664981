// SPDX-License-Identifier: BSD-2-Clause
/* See unseen_log.h. Tested by tests/net/test_unseen.sh. */
#include "command/unseen_log.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"

/* A place, and what was last found there. */
struct sight {
	struct unseen_place place;
	struct unseen matters[UNSEEN_MAX];
	size_t count;
};

struct unseen_log {
	struct lookout *lookout;
	struct sight *sights;
	size_t count;
	size_t next;    /* the sight that is asked for next; count: none until the next interval */
	bool is_asking; /* a question is open */
};

int unseen_log__new(struct lookout *lookout, struct unseen_log **ret_log)
{
	struct unseen_log *log = calloc(1, sizeof(*log));

	if (!log)
		return -ENOMEM;
	log->lookout = lookout;
	*ret_log = log;
	return 0;
}

void unseen_log__free(struct unseen_log *log)
{
	if (!log)
		return;
	free(log->sights);
	free(log);
}

/* ---- saying ---- */

static void say(const struct unseen *unseen, void (*describe)(const struct unseen *unseen, char *ret_text))
{
	char interface[IF_NAMESIZE], text[UNSEEN_TEXT_SIZE];

	if (!if_indextoname(unseen->ifindex, interface))
		return; /* the interface has gone, which is told elsewhere */
	describe(unseen, text);
	log__info("%s: %s", interface, text);
}

static bool holds(const struct unseen *matters, size_t count, const struct unseen *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (unseen__is_same(&matters[i], wanted))
			return true;
	return false;
}

/* Says what is new and what is over, and takes over what has been found. */
static void update(struct sight *sight, const struct unseen *found, size_t count)
{
	for (size_t i = 0; i < sight->count; i++)
		if (!holds(found, count, &sight->matters[i]))
			say(&sight->matters[i], unseen__describe_end);
	for (size_t i = 0; i < count; i++)
		if (!holds(sight->matters, sight->count, &found[i]))
			say(&found[i], unseen__describe);
	for (size_t i = 0; i < count; i++)
		sight->matters[i] = found[i];
	sight->count = count;
}

/* ---- places ---- */

int unseen_log__add(struct unseen_log *log, const struct unseen_place *place)
{
	struct sight *grown = reallocarray(log->sights, log->count + 1, sizeof(*grown));
	struct unseen found[UNSEEN_MAX];

	if (!grown)
		return -ENOMEM;
	log->sights = grown;
	grown[log->count] = (struct sight){ .place = *place };
	update(&grown[log->count++], found, unseen__look(place, found));
	log->next = log->count;
	return 0;
}

void unseen_log__remove(struct unseen_log *log, unsigned int ifindex)
{
	size_t kept = 0;

	for (size_t i = 0; i < log->count; i++)
		if (log->sights[i].place.ifindex != ifindex)
			log->sights[kept++] = log->sights[i];
	log->count = kept;
	log->next = kept;
}

static int notice(const struct unseen_log *log, bool (*is_wanted)(const struct unseen *unseen),
		  void (*describe)(const struct unseen *unseen, char *ret_text), struct notices *notices)
{
	char interface[IF_NAMESIZE], text[UNSEEN_TEXT_SIZE];
	int error = 0;

	for (size_t i = 0; i < log->count; i++) {
		for (size_t j = 0; !error && j < log->sights[i].count; j++) {
			const struct unseen *unseen = &log->sights[i].matters[j];

			if (!is_wanted(unseen) || !if_indextoname(unseen->ifindex, interface))
				continue;
			describe(unseen, text);
			error = notices__add(notices, "%s: %s", interface, text);
		}
	}
	return error;
}

int unseen_log__notice_front(const struct unseen_log *log, struct notices *notices)
{
	return notice(log, unseen__is_in_front, unseen__describe_front, notices);
}

static bool is_cost(const struct unseen *unseen)
{
	return unseen->kind == UNSEEN_GENERIC_COST;
}

int unseen_log__notice_cost(const struct unseen_log *log, struct notices *notices)
{
	return notice(log, is_cost, unseen__describe, notices);
}

/* ---- looking again ---- */

static struct sight *find(struct unseen_log *log, const struct unseen_place *place)
{
	for (size_t i = 0; i < log->count; i++)
		if (log->sights[i].place.ifindex == place->ifindex && log->sights[i].place.is_sent == place->is_sent)
			return &log->sights[i];
	return NULL;
}

static void ask_next(struct unseen_log *log)
{
	if (log->is_asking || log->next >= log->count)
		return;
	log->is_asking = lookout__ask(log->lookout, &log->sights[log->next].place) == 0;
	log->next++;
}

static void on_answer(void *context, __u64 unused)
{
	struct unseen_log *log = context;
	struct lookout_answer answer;
	struct sight *sight;
	int result = lookout__take(log->lookout, &answer);

	if (result < 0)
		log__error("the process sipbpf-lookout has been killed, so programs that others put in front of sipbpf "
			   "from now on are not told, and interfaces that come back are not counted; counting goes on");
	if (result <= 0)
		return;
	sight = find(log, &answer.place);
	if (sight)
		update(sight, answer.list, answer.count);
	log->is_asking = false;
	ask_next(log);
}

/* A round that is not over goes on. */
static void on_interval(void *context, __u64 unused)
{
	struct unseen_log *log = context;

	if (log->next >= log->count)
		log->next = 0;
	ask_next(log);
}

int unseen_log__watch(struct unseen_log *log, struct loop *loop, __u64 interval)
{
	int error = loop__add(loop, lookout__fd(log->lookout), on_answer, log);

	return error ? error : loop__add_interval(loop, interval, on_interval, log);
}

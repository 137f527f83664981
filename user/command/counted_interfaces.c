// SPDX-License-Identifier: BSD-2-Clause
/* See counted_interfaces.h. Tested by tests/net/test_attach.sh. */
#include "command/counted_interfaces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "command/unseen_log.h"
#include "hook/forwarding.h"
#include "hook/interface.h"
#include "hook/passive.h"

#define LOOK_INTERVAL_MIN 1000000000ULL

struct counted_interfaces {
	const struct options *options;
	struct loop *loop;
	unsigned int *ifindexes; /* of the interfaces that are left */
	size_t ifindexes_count;
	struct attach **attached; /* NULL: gone */
	size_t attached_count;    /* also those that are gone */
	struct probe *probe;
	struct interface_watch *watch;
	struct unseen_log *unseen;
	int announced[PROBE_HOOKS]; /* our programs to others; -1: not */
	bool have_failed;
};

/* attach__new() refuses names of no interface. */
static void find_all(struct counted_interfaces *counted)
{
	const struct options *options = counted->options;
	unsigned int ifindex;

	for (size_t i = 0; i < options->inputs_count; i++) {
		ifindex = interface__find(options->inputs[i]);
		if (ifindex)
			counted->ifindexes[counted->ifindexes_count++] = ifindex;
	}
}

static int check_given_once(const struct options *options, const unsigned int *ifindexes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (ifindexes[i] != ifindexes[j])
				continue;
			log__error("attach: %s is given twice; name each interface once", options->inputs[i]);
			return -EEXIST;
		}
	}
	return 0;
}

int counted_interfaces__check(const struct options *options)
{
	unsigned int *ifindexes = calloc(options->inputs_count, sizeof(*ifindexes));
	int error = ifindexes ? 0 : -ENOMEM;

	for (size_t i = 0; !error && i < options->inputs_count; i++)
		ifindexes[i] = interface__find(options->inputs[i]);
	if (error)
		log__error("attach: %s", strerror(-error));
	else
		error = check_given_once(options, ifindexes, options->inputs_count);
	free(ifindexes);
	return error;
}

static int prepare(struct counted_interfaces *counted)
{
	int error;

	find_all(counted);
	error = check_given_once(counted->options, counted->ifindexes, counted->ifindexes_count);
	if (error)
		return error;
	error = unseen_log__new(&counted->unseen);
	if (error)
		log__error("attach: %s", strerror(-error));
	return error;
}

int counted_interfaces__new(const struct options *options, struct loop *loop, struct counted_interfaces **ret_counted)
{
	struct counted_interfaces *counted = calloc(1, sizeof(*counted));
	int error = 0;

	if (!counted)
		return -ENOMEM;
	counted->options = options;
	counted->loop = loop;
	for (int i = 0; i < PROBE_HOOKS; i++)
		counted->announced[i] = -1;
	counted->ifindexes = calloc(options->inputs_count, sizeof(*counted->ifindexes));
	counted->attached = calloc(options->inputs_count, sizeof(*counted->attached));
	if (counted->ifindexes && counted->attached) {
		error = prepare(counted);
	} else {
		error = -ENOMEM;
		log__error("attach: %s", strerror(ENOMEM));
	}
	if (error) {
		counted_interfaces__free(counted);
		return error;
	}
	*ret_counted = counted;
	return 0;
}

void counted_interfaces__free(struct counted_interfaces *counted)
{
	if (!counted)
		return;
	counted_interfaces__detach(counted);
	for (int i = 0; i < PROBE_HOOKS; i++)
		if (counted->announced[i] >= 0)
			close(counted->announced[i]);
	unseen_log__free(counted->unseen);
	interface_watch__free(counted->watch);
	free(counted->attached);
	free(counted->ifindexes);
	free(counted);
}

bool counted_interfaces__have_failed(const struct counted_interfaces *counted)
{
	return counted->have_failed;
}

/* ---- attaching ---- */

/*
 * A packet passes two hooks if it is forwarded, or passes one interface and then another. If nobody knows whether packets
 * are forwarded, they may be.
 */
static void set_may_pass_twice(struct counted_interfaces *counted)
{
	bool is_forwarding = false;
	int error = forwarding__query(&is_forwarding);

	probe__set_may_pass_twice(counted->probe, error || is_forwarding || counted->options->inputs_count > 1);
}

/* Tells other sipbpf that our programs hide nothing from theirs. What is not announced may be told there. */
static void announce(struct counted_interfaces *counted, const struct probe *probe)
{
	for (int i = 0; i < PROBE_HOOKS; i++)
		if (probe__program_id(probe, i))
			counted->announced[i] = passive__announce(probe__program_id(probe, i));
}

static int look_at(struct counted_interfaces *counted, const struct attach *attach)
{
	struct unseen_place places[ATTACH_PLACES_MAX];
	size_t count = attach__places(attach, places);
	int error = 0;

	for (size_t i = 0; !error && i < count; i++)
		error = unseen_log__add(counted->unseen, &places[i]);
	return error;
}

static int attach_one(struct counted_interfaces *counted, struct probe *probe, const char *interface)
{
	struct attach **attach = &counted->attached[counted->attached_count];
	char text[ATTACH_TEXT_SIZE];
	int error;

	(void)probe__number_interface(probe, interface__find(interface), (__u32)counted->attached_count);
	error = attach__new(probe, interface, counted->options->mode, attach, text);
	if (error) {
		log__error("%s", text);
		return error;
	}
	counted->ifindexes[counted->attached_count++] = attach__ifindex(*attach);
	log__info("%s", text);
	error = look_at(counted, *attach);
	if (error)
		log__error("attach: %s", strerror(-error));
	return error;
}

int counted_interfaces__attach(struct counted_interfaces *counted, struct probe *probe)
{
	int error = 0;

	counted->probe = probe;
	set_may_pass_twice(counted);
	announce(counted, probe);
	for (size_t i = 0; !error && i < counted->options->inputs_count; i++)
		error = attach_one(counted, probe, counted->options->inputs[i]);
	counted->ifindexes_count = counted->attached_count;
	return error;
}

static void log_leftovers(struct counted_interfaces *counted, struct attach *attach)
{
	char text[ATTACH_TEXT_SIZE];

	if (!attach || !attach__has_leftovers(attach, text))
		return;
	log__error("%s", text);
	counted->have_failed = true;
}

void counted_interfaces__detach(struct counted_interfaces *counted)
{
	for (size_t i = 0; i < counted->attached_count; i++) {
		log_leftovers(counted, counted->attached[i]);
		attach__free(counted->attached[i]);
	}
	counted->attached_count = 0;
}

bool counted_interfaces__name(const struct counted_interfaces *counted, size_t number, char *ret_name)
{
	return number < counted->attached_count && counted->attached[number] &&
	       if_indextoname(attach__ifindex(counted->attached[number]), ret_name);
}

int counted_interfaces__notice_front(const struct counted_interfaces *counted, struct notices *notices)
{
	return unseen_log__notice(counted->unseen, notices);
}

/* ---- what happens to them ---- */

static void forget_ifindex(struct counted_interfaces *counted, unsigned int ifindex)
{
	size_t kept = 0;

	for (size_t i = 0; i < counted->ifindexes_count; i++)
		if (counted->ifindexes[i] != ifindex)
			counted->ifindexes[kept++] = counted->ifindexes[i];
	counted->ifindexes_count = kept;
}

static size_t count_attached(const struct counted_interfaces *counted)
{
	size_t count = 0;

	for (size_t i = 0; i < counted->attached_count; i++)
		count += counted->attached[i] != NULL;
	return count;
}

/* An interface that moved to another network namespace keeps its hooks until they are taken off. */
static void detach_gone(struct counted_interfaces *counted, unsigned int ifindex)
{
	for (size_t i = 0; i < counted->attached_count; i++) {
		if (!counted->attached[i] || attach__ifindex(counted->attached[i]) != ifindex)
			continue;
		attach__free(counted->attached[i]);
		counted->attached[i] = NULL;
	}
	unseen_log__remove(counted->unseen, ifindex);
	forget_ifindex(counted, ifindex);
}

static void on_gone(struct counted_interfaces *counted, const struct interface_event *event)
{
	size_t left;

	detach_gone(counted, event->ifindex);
	left = count_attached(counted);
	if (left) {
		log__info("%s: the interface is gone; counting continues on %zu other interface%s", event->name, left,
			  left == 1 ? "" : "s");
		return;
	}
	log__error("%s: the interface is gone, and no interface is left to count on", event->name);
	counted->have_failed = true;
	loop__stop(counted->loop);
}

static void on_event(struct counted_interfaces *counted, const struct interface_event *event)
{
	switch (event->kind) {
	case INTERFACE_GONE:
		on_gone(counted, event);
		break;
	case INTERFACE_DOWN:
		log__info("%s: the interface is down; counting %s", event->name,
			  event->is_first ? "begins when it is up" : "goes on when it is up again");
		break;
	case INTERFACE_UP:
		log__info("%s: the interface is up%s", event->name, event->is_first ? "; counting begins" : " again");
		break;
	case INTERFACE_RENAMED:
		log__info("%s: the interface is now called %s; counting goes on", event->old_name, event->name);
		break;
	}
}

static void on_interface(void *context, __u64 unused)
{
	struct counted_interfaces *counted = context;
	struct interface_event event;
	int result;

	while ((result = interface_watch__next(counted->watch, &event)) > 0)
		on_event(counted, &event);
	if (result < 0)
		log__error("cannot watch the interfaces: %s", strerror(-result));
	if (interface_watch__take_changed(counted->watch))
		set_may_pass_twice(counted);
}

/* Of any interface; a guardian that was reported before is quiet. */
static void on_guardian(void *context, __u64 unused)
{
	struct counted_interfaces *counted = context;

	for (size_t i = 0; i < counted->attached_count; i++)
		if (counted->attached[i] && attach__guardian_fd(counted->attached[i]) >= 0)
			log_leftovers(counted, counted->attached[i]);
}

static int watch_guardians(struct counted_interfaces *counted)
{
	int error = 0;

	for (size_t i = 0; !error && i < counted->attached_count; i++)
		if (attach__guardian_fd(counted->attached[i]) >= 0)
			error = loop__add(counted->loop, attach__guardian_fd(counted->attached[i]), on_guardian,
					  counted);
	return error;
}

/* As often as tables are written, but neither all the time nor hardly ever. */
static __u64 look_interval(const struct options *options)
{
	if (options->interval < LOOK_INTERVAL_MIN)
		return LOOK_INTERVAL_MIN;
	return options->interval < LOOK_INTERVAL_MAX ? options->interval : LOOK_INTERVAL_MAX;
}

/* What happened before the watch began is there at once. */
int counted_interfaces__watch(struct counted_interfaces *counted)
{
	int error = interface_watch__new(counted->ifindexes, (unsigned int)counted->ifindexes_count, &counted->watch);

	if (!error)
		error = watch_guardians(counted);
	if (!error)
		error = unseen_log__watch(counted->unseen, counted->loop, look_interval(counted->options));
	if (!error)
		error = loop__add(counted->loop, interface_watch__fd(counted->watch), on_interface, counted);
	if (!error)
		on_interface(counted, 0);
	return error;
}

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
#include "hook/lookout.h"
#include "hook/passive.h"

#define LOOK_INTERVAL_MIN 1000000000ULL

struct counted_interface {
	struct attach *attach;  /* NULL: it has gone */
	bool is_awaited;        /* it was given by its name, so another one of that name takes its place */
	char name[IF_NAMESIZE]; /* when it was attached at the start */
	unsigned int refused;   /* of that name, but could not be attached to; 0: none */
};

struct counted_interfaces {
	const struct options *options;
	struct loop *loop;
	unsigned int *ifindexes; /* by their numbers; 0: it has gone */
	size_t ifindexes_count;
	struct counted_interface *list;
	size_t count; /* also those that have gone */
	struct probe *probe;
	struct interface_watch *watch;
	struct lookout *lookout;
	struct unseen_log *unseen;
	int announced[PROBE_HOOKS]; /* our programs to others; -1: not */
	bool may_pass_twice;
	bool have_said_translations; /* that they cannot be read, or that there are too many */
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
	error = lookout__new(&counted->lookout);
	if (!error)
		error = unseen_log__new(counted->lookout, &counted->unseen);
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
	counted->list = calloc(options->inputs_count, sizeof(*counted->list));
	if (counted->ifindexes && counted->list) {
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
	lookout__free(counted->lookout);
	interface_watch__free(counted->watch);
	free(counted->list);
	free(counted->ifindexes);
	free(counted);
}

bool counted_interfaces__have_failed(const struct counted_interfaces *counted)
{
	return counted->have_failed;
}

/* ---- attaching ---- */

/* Whatever stands in the way is said once. That the lookout was killed is told elsewhere. */
static void say_translations(struct counted_interfaces *counted, int error, const struct translations_found *found)
{
	static const char consequence[] = "what answers them may count under other addresses until they end";

	if (counted->have_said_translations || error == -EPIPE || (!error && !found->left_out))
		return;
	counted->have_said_translations = true;
	if (error)
		log__error("cannot read which connections NAT translates: %s; %s", strerror(-error), consequence);
	else
		log__info("there is no room for %u of the connections that NAT translates; %s", found->left_out,
			  consequence);
}

/* Tells the programs of connections that NAT has translated before. */
static void add_translations(struct counted_interfaces *counted)
{
	struct translations_scope scope = {};
	struct translations_found found = {};
	int error;

	if (!counted->may_pass_twice)
		return;
	for (size_t i = 0; i < counted->ifindexes_count && scope.count < SIPBPF_INTERFACES_MAX; i++)
		if (counted->ifindexes[i])
			scope.ifindexes[scope.count++] = counted->ifindexes[i];
	probe__read_sip_ports(counted->probe, scope.sip_ports);
	error = lookout__add_translations(counted->lookout, probe__hooks(counted->probe), &scope, &found);
	if (error || found.added)
		probe__note_translations(counted->probe);
	say_translations(counted, error, &found);
}

/*
 * A packet passes two hooks if it is forwarded, or passes one interface and then another. If nobody knows whether packets
 * are forwarded, they may be.
 */
static void set_may_pass_twice(struct counted_interfaces *counted)
{
	bool is_forwarding = false;
	int error = forwarding__query(&is_forwarding);

	counted->may_pass_twice = error || is_forwarding || counted->options->inputs_count > 1;
	probe__set_may_pass_twice(counted->probe, counted->may_pass_twice);
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
	struct counted_interface *added = &counted->list[counted->count];
	char text[ATTACH_TEXT_SIZE];
	int error;

	added->is_awaited = interface__is_name(interface);
	(void)probe__number_interface(probe, interface__find(interface), (__u32)counted->count);
	error = attach__new(probe__hooks(probe), interface, counted->options->mode, &added->attach, text);
	if (error) {
		log__error("%s", text);
		return error;
	}
	memcpy(added->name, attach__interface(added->attach), IF_NAMESIZE);
	counted->ifindexes[counted->count++] = attach__ifindex(added->attach);
	log__info("%s", text);
	error = look_at(counted, added->attach);
	if (error)
		log__error("attach: %s", strerror(-error));
	return error;
}

/*
 * Translations are read before the first packet is seen, and again for connections that begin before all interfaces are
 * attached to.
 */
int counted_interfaces__attach(struct counted_interfaces *counted, struct probe *probe)
{
	int error = 0;

	counted->probe = probe;
	set_may_pass_twice(counted);
	add_translations(counted);
	announce(counted, probe);
	for (size_t i = 0; !error && i < counted->options->inputs_count; i++)
		error = attach_one(counted, probe, counted->options->inputs[i]);
	counted->ifindexes_count = counted->count;
	if (!error)
		add_translations(counted);
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
	for (size_t i = 0; i < counted->count; i++) {
		log_leftovers(counted, counted->list[i].attach);
		attach__free(counted->list[i].attach);
	}
	counted->count = 0;
}

bool counted_interfaces__name(const struct counted_interfaces *counted, size_t number, char *ret_name)
{
	return number < counted->count && counted->list[number].attach &&
	       if_indextoname(attach__ifindex(counted->list[number].attach), ret_name);
}

int counted_interfaces__notice_front(const struct counted_interfaces *counted, struct notices *notices)
{
	return unseen_log__notice_front(counted->unseen, notices);
}

int counted_interfaces__notice_cost(const struct counted_interfaces *counted, struct notices *notices)
{
	return unseen_log__notice_cost(counted->unseen, notices);
}

int counted_interfaces__notice_gone(const struct counted_interfaces *counted, struct notices *notices)
{
	int error = 0;

	for (size_t i = 0; !error && i < counted->count; i++)
		if (!counted->list[i].attach && counted->list[i].is_awaited)
			error = notices__add(notices, "%s: the interface is gone", counted->list[i].name);
	return error;
}

/* ---- guardians ---- */

/* Of any interface. One that has ended is reported once. */
static void on_guardian(void *context, __u64 unused)
{
	struct counted_interfaces *counted = context;

	for (size_t i = 0; i < counted->count; i++) {
		struct attach *attach = counted->list[i].attach;
		int fd = attach ? attach__guardian_fd(attach) : -1;

		if (fd < 0)
			continue;
		log_leftovers(counted, attach);
		if (attach__guardian_fd(attach) < 0)
			loop__remove(counted->loop, fd);
	}
}

static int watch_guardian(struct counted_interfaces *counted, const struct attach *attach)
{
	int fd = attach__guardian_fd(attach);

	return fd < 0 ? 0 : loop__add(counted->loop, fd, on_guardian, counted);
}

static int watch_guardians(struct counted_interfaces *counted)
{
	int error = 0;

	for (size_t i = 0; !error && i < counted->count; i++)
		error = watch_guardian(counted, counted->list[i].attach);
	return error;
}

/* ---- interfaces that go ---- */

/* Returns the one with this number of the kernel, or NULL. */
static struct counted_interface *find_attached(const struct counted_interfaces *counted, unsigned int ifindex)
{
	for (size_t i = 0; i < counted->count; i++)
		if (counted->list[i].attach && attach__ifindex(counted->list[i].attach) == ifindex)
			return &counted->list[i];
	return NULL;
}

/* Those that are attached, or will be again. */
static size_t count_left(const struct counted_interfaces *counted)
{
	size_t count = 0;

	for (size_t i = 0; i < counted->count; i++)
		count += counted->list[i].attach || counted->list[i].is_awaited;
	return count;
}

/* An interface that moved to another network namespace keeps its hooks until they are taken off. */
static void detach_gone(struct counted_interfaces *counted, struct counted_interface *gone, const char *name)
{
	unsigned int ifindex = attach__ifindex(gone->attach);
	int guardian = attach__guardian_fd(gone->attach);

	if (guardian >= 0)
		loop__remove(counted->loop, guardian);
	attach__free(gone->attach);
	gone->attach = NULL;
	counted->ifindexes[gone - counted->list] = 0;
	unseen_log__remove(counted->unseen, ifindex);
	(void)probe__note_gone(counted->probe, name, (__u32)(gone - counted->list));
}

static void say_awaited(const struct counted_interface *gone, const char *name)
{
	if (strcmp(name, gone->name) == 0)
		log__info("%s: the interface is gone; counting goes on when it is back", name);
	else
		log__info("%s: the interface is gone; counting goes on when there is one called %s", name, gone->name);
}

static void on_gone(struct counted_interfaces *counted, const struct interface_event *event)
{
	struct counted_interface *gone = find_attached(counted, event->ifindex);
	size_t left;

	if (!gone)
		return;
	detach_gone(counted, gone, event->name);
	left = count_left(counted);
	if (gone->is_awaited) {
		say_awaited(gone, event->name);
	} else if (left) {
		log__info("%s: the interface is gone; counting continues on %zu other interface%s", event->name, left,
			  left == 1 ? "" : "s");
	} else {
		log__error("%s: the interface is gone, and no interface is left to count on", event->name);
		counted->have_failed = true;
		loop__stop(counted->loop);
	}
}

/* ---- interfaces that come back ---- */

/* What attach__new() says begins with the name. */
static const char *behind_name(const char *text, const char *name)
{
	size_t length = strlen(name);

	return strncmp(text, name, length) == 0 && text[length] == ':' ? text + length + 2 : text;
}

static int follow(struct counted_interfaces *counted, const struct counted_interface *back)
{
	unsigned int number = (unsigned int)(back - counted->list);
	int error = interface_watch__replace(counted->watch, number, attach__ifindex(back->attach));

	if (!error)
		error = watch_guardian(counted, back->attach);
	return error ? error : look_at(counted, back->attach);
}

/*
 * Attaches to an interface of the name. One that has gone again meanwhile is waited for, and one that is refused is not
 * tried again.
 */
static void come_back(struct counted_interfaces *counted, struct counted_interface *back, unsigned int ifindex)
{
	__u32 number = (__u32)(back - counted->list);
	char text[ATTACH_TEXT_SIZE];
	int error;

	(void)probe__number_interface(counted->probe, ifindex, number);
	counted->ifindexes[number] = ifindex;
	add_translations(counted);
	error = lookout__attach(counted->lookout, probe__hooks(counted->probe), back->name, counted->options->mode,
				&back->attach, text);
	if (error) {
		(void)probe__note_gone(counted->probe, back->name, number);
		counted->ifindexes[number] = 0;
		if (error == -ENODEV)
			return;
		log__error("%s: the interface is back, but is not counted: %s", back->name,
			   behind_name(text, back->name));
		back->refused = ifindex;
		return;
	}
	if (attach__ifindex(back->attach) != ifindex)
		(void)probe__number_interface(counted->probe, attach__ifindex(back->attach), number);
	counted->ifindexes[number] = attach__ifindex(back->attach);
	add_translations(counted);
	log__info("%s: the interface is back, %s", back->name, behind_name(text, back->name));
	error = follow(counted, back);
	if (error)
		log__error("%s: cannot watch the interface: %s", back->name, strerror(-error));
}

/* Returns whether one has come back. */
static bool look_for_awaited(struct counted_interfaces *counted)
{
	bool has_come = false;

	for (size_t i = 0; i < counted->count; i++) {
		struct counted_interface *awaited = &counted->list[i];
		unsigned int ifindex;

		if (awaited->attach || !awaited->is_awaited)
			continue;
		ifindex = if_nametoindex(awaited->name);
		if (ifindex && ifindex == awaited->refused)
			continue;
		awaited->refused = 0;
		if (ifindex && !find_attached(counted, ifindex))
			come_back(counted, awaited, ifindex);
		has_come |= awaited->attach != NULL;
	}
	return has_come;
}

/* ---- what happens to them ---- */

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

/* What changes besides the counted interfaces. Returns whether one of them has come back. */
static bool on_change(struct counted_interfaces *counted)
{
	bool did_pass_twice = counted->may_pass_twice;

	set_may_pass_twice(counted);
	if (!did_pass_twice)
		add_translations(counted);
	return look_for_awaited(counted);
}

/* What has come back may have gone again. */
static void on_interface(void *context, __u64 unused)
{
	struct counted_interfaces *counted = context;
	struct interface_event event;
	int result;

	do
		while ((result = interface_watch__next(counted->watch, &event)) > 0)
			on_event(counted, &event);
	while (interface_watch__take_changed(counted->watch) && on_change(counted));
	if (result < 0)
		log__error("cannot watch the interfaces: %s", strerror(-result));
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

// SPDX-License-Identifier: BSD-2-Clause
/*
 * The `attach` command. It counts by intervals, which end when their table has been written, and since the start. The
 * tables are those of the intervals, or with --cumulative those since the start; SIGUSR1 asks for one of the latter.
 */
#include "command/collector.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/privileges.h"
#include "base/timestamp.h"
#include "command/report.h"
#include "hook/interface.h"
#include "hook/received.h"
#include "hook/stacking.h"
#include "kernel/drain.h"
#include "kernel/waiting.h"

/*
 * What a link takes in a bank: about as many types of messages, in both directions, as a call or registration has. A bank
 * need not hold all links: when it is half full it is emptied.
 */
#define ROWS_PER_LINK 8
#define ROWS_MAX 131072

#define TEXT_SIZE 256

#define READ_NEXT_TIME "they are kept for the next time"

/* What was counted since a moment. */
struct period {
	struct counters *counters;
	struct timespec start;
};

struct collector {
	const struct options *options;
	struct loop *loop;
	struct probe *probe;
	struct drain *drain;
	struct period interval;   /* since the last table */
	struct period lifetime;   /* since the start */
	struct attach **attached; /* NULL: gone */
	size_t attached_count;    /* started with */
	unsigned int *ifindexes;  /* of the interfaces that are counted */
	size_t ifindexes_count;
	struct received *received;
	struct interface_watch *watch;
	struct report *report;
	int told_error;       /* of the last table that could not be written; 0: it could */
	__u64 missed_tables;  /* since one was written */
	bool has_lost_reader; /* nothing can be written any more */
	bool has_failed;      /* the exit status is 1 */
};

static int fail(struct collector *collector, const char *what, int error)
{
	log__error("%s: %s", what, strerror(-error));
	collector->has_failed = true;
	return error;
}

/* ---- counts ---- */

static int collect(struct collector *collector, const char *consequence)
{
	int error = drain__collect(collector->drain, &collector->options->rules, collector->interval.counters);

	if (error)
		log__error("reading the counters failed: %s; %s", strerror(-error), consequence);
	return error;
}

/* When the programs have ended: what they kept for later. */
static void collect_waiting(struct collector *collector)
{
	const struct options *options = collector->options;
	int error = waiting__count(collector->probe, &options->rules, &options->filter, collector->interval.counters);

	if (error)
		fail(collector, "TCP segments that waited for others cannot be read", error);
}

static void tell_write_error(const struct collector *collector, int error, const char *consequence)
{
	log__error("%s: %s; %s", report__name(collector->options),
		   error == -EINTR ? "nobody reads what is written to it" : strerror(-error), consequence);
}

/*
 * A table; without a title it has the usual one. A reader that has left a pipe does not come back, unless it is a log,
 * which can be opened anew: counting ends.
 */
static int write_table(struct collector *collector, const struct period *period, const char *title,
		       const struct timespec *end)
{
	int error = report__write(collector->report, title, period->counters, &period->start, end);

	if (error != -EPIPE || collector->options->log_path)
		return error;
	log__error("%s: its reader has left; the counts since its last table are lost",
		   report__name(collector->options));
	collector->has_lost_reader = true;
	collector->has_failed = true;
	loop__stop(collector->loop);
	return error;
}

/* The table that is due. An interval whose table cannot be written goes on. */
static int write_due_table(struct collector *collector)
{
	const struct period *due = collector->options->cumulative ? &collector->lifetime : &collector->interval;
	struct timespec now;
	int error;

	clock_gettime(CLOCK_REALTIME, &now);
	error = write_table(collector, due, NULL, &now);
	if (error) {
		collector->missed_tables++;
		return error;
	}
	if (collector->missed_tables)
		log__info("%s: is written again; the counts of %llu missed table%s are in the last one",
			  report__name(collector->options), (unsigned long long)collector->missed_tables,
			  collector->missed_tables == 1 ? "" : "s");
	collector->missed_tables = 0;
	collector->told_error = 0;
	counters__clear(collector->interval.counters);
	collector->interval.start = now;
	return 0;
}

/* What stays wrong is told once. */
static void write_interval_table(struct collector *collector)
{
	int error = write_due_table(collector);

	if (!error || error == collector->told_error || collector->has_lost_reader)
		return;
	tell_write_error(collector, error, "the counts are kept for the next table");
	collector->told_error = error;
}

static void write_last_table(struct collector *collector)
{
	int error = write_due_table(collector);

	if (!error || collector->has_lost_reader)
		return;
	tell_write_error(collector, error, "the counts of the last table are lost");
	collector->has_failed = true;
}

/* Its title tells it from those of the intervals. */
static void write_lifetime_table(struct collector *collector)
{
	const char *own = collector->options->title ? collector->options->title : "";
	char time[TIMESTAMP_LOCAL_SIZE], *title;
	struct timespec now;
	int error;

	clock_gettime(CLOCK_REALTIME, &now);
	timestamp__local(&collector->lifetime.start, time);
	if (asprintf(&title, "%s%ssince %s", own, *own ? " " : "", time) < 0) {
		log__error("SIGUSR1: %s", strerror(ENOMEM));
		return;
	}
	error = write_table(collector, &collector->lifetime, title, &now);
	if (error && !collector->has_lost_reader)
		tell_write_error(collector, error, "no count is lost, and another SIGUSR1 tries again");
	free(title);
}

/* ---- what happens ---- */

static void on_interval(void *context, __u64 intervals)
{
	collect(context, READ_NEXT_TIME);
	write_interval_table(context);
}

static void on_bank_fills(void *context, __u64 unused)
{
	struct collector *collector = context;

	drain__clear_wakeup(collector->drain);
	collect(collector, READ_NEXT_TIME);
}

static void reopen_log(struct collector *collector)
{
	const char *path = collector->options->log_path;
	int error = report__reopen(collector->report);

	if (error)
		log__error("%s: cannot be reopened: %s; going on with the old file", path, strerror(-error));
	else
		collector->told_error = 0; /* what is wrong with another file is news */
}

static void on_lifetime_request(struct collector *collector)
{
	collect(collector, READ_NEXT_TIME);
	write_lifetime_table(collector);
}

static void on_signal(void *context, __u64 signal)
{
	struct collector *collector = context;

	if (signal == SIGHUP && collector->options->log_path)
		reopen_log(collector);
	else if (signal == SIGUSR1)
		on_lifetime_request(collector);
	else
		loop__stop(collector->loop);
}

/* Interfaces that came, went or changed may lie above those that are counted. */
static void refresh_received(struct collector *collector)
{
	char text[RECEIVED_TEXT_SIZE];

	received__refresh(collector->received, collector->ifindexes, collector->ifindexes_count, text);
	if (*text)
		log__info("%s", text);
}

static void forget_ifindex(struct collector *collector, unsigned int ifindex)
{
	size_t kept = 0;

	for (size_t i = 0; i < collector->ifindexes_count; i++)
		if (collector->ifindexes[i] != ifindex)
			collector->ifindexes[kept++] = collector->ifindexes[i];
	collector->ifindexes_count = kept;
}

static size_t count_attached(const struct collector *collector)
{
	size_t count = 0;

	for (size_t i = 0; i < collector->attached_count; i++)
		count += collector->attached[i] != NULL;
	return count;
}

/* An interface that moved to another network namespace keeps its hooks until they are taken off. */
static void drop_interface(struct collector *collector, const struct interface_event *event)
{
	size_t left;

	for (size_t i = 0; i < collector->attached_count; i++) {
		if (!collector->attached[i] || attach__ifindex(collector->attached[i]) != event->ifindex)
			continue;
		attach__free(collector->attached[i]);
		collector->attached[i] = NULL;
	}
	forget_ifindex(collector, event->ifindex);
	left = count_attached(collector);
	if (left) {
		log__info("%s: the interface is gone; counting goes on at %zu other%s", event->name, left,
			  left == 1 ? "" : "s");
		return;
	}
	log__error("%s: the interface is gone, and no other is left to count at", event->name);
	collector->has_failed = true;
	loop__stop(collector->loop);
}

static void tell_event(struct collector *collector, const struct interface_event *event)
{
	switch (event->kind) {
	case INTERFACE_GONE:
		drop_interface(collector, event);
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
	struct collector *collector = context;
	struct interface_event event;
	int result;

	while ((result = interface_watch__next(collector->watch, &event)) > 0)
		tell_event(collector, &event);
	if (result < 0)
		log__error("watching the interfaces failed: %s", strerror(-result));
	if (interface_watch__has_any_changed(collector->watch))
		refresh_received(collector);
}

/* Of any interface; those that have told before are quiet. */
static void on_guardian(void *context, __u64 unused)
{
	struct collector *collector = context;
	char text[ATTACH_TEXT_SIZE];

	for (size_t i = 0; i < collector->attached_count; i++) {
		struct attach *attach = collector->attached[i];

		if (!attach || attach__guardian_fd(attach) < 0 || !attach__has_leftovers(attach, text))
			continue;
		log__error("%s", text);
		collector->has_failed = true;
	}
}

/* ---- starting ---- */

/*
 * Signals wait from here on, so that none can end the process half attached. A hangup is ours only if it has a meaning:
 * `nohup` asks for it to be ignored.
 */
static int block_signals(struct collector *collector)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGUSR1, SIGHUP };
	size_t count = sizeof(signals) / sizeof(*signals);
	struct sigaction hangup = {};

	signal(SIGPIPE, SIG_IGN); /* a reader that leaves is an error of writing */
	if (!collector->options->log_path && sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN)
		count--;
	return loop__add_signals(collector->loop, signals, count, on_signal, collector);
}

static int check_privileges(struct collector *collector)
{
	char missing[TEXT_SIZE], path[PATH_MAX] = "";

	if (privileges__missing(missing, sizeof(missing)) <= 0)
		return 0;
	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		strcpy(path, "/path/to/sipbpf");
	log__error("attach: %s missing; run it with sudo, or allow it once and for all: "
		   "sudo setcap 'cap_bpf,cap_net_admin,cap_perfmon+ep' '%s'",
		   missing, path);
	collector->has_failed = true;
	return -EPERM;
}

static int fail_loading(struct collector *collector, int error)
{
	if (error != -EPERM || !privileges__are_namespaced())
		return fail(collector, "cannot load the BPF programs (-v shows why)", error);
	return fail(
		collector,
		"cannot load the BPF programs: the capabilities of a user namespace are not enough, they must be held "
		"in the initial one",
		error);
}

static int load_probe(struct collector *collector)
{
	const struct options *options = collector->options;
	const struct probe_options probe_options = {
		.rows_max =
			options->max_links < ROWS_MAX / ROWS_PER_LINK ? options->max_links * ROWS_PER_LINK : ROWS_MAX,
		.ports = options->ports,
		.ports_count = options->ports_count,
		.rules = &options->rules,
		.filter = &options->filter,
	};
	int error;

	log__set_libbpf_quiet(true);
	error = probe__load(&probe_options, &collector->probe);
	if (error)
		return fail_loading(collector, error);
	error = drain__new(collector->probe, &collector->drain);
	return error ? fail(collector, "cannot read the counters", error) : 0;
}

/* Names that are none are left to attach__new(), which says so. */
static int find_interfaces(struct collector *collector)
{
	const struct options *options = collector->options;
	unsigned int ifindex;

	collector->ifindexes = calloc(options->inputs_count, sizeof(*collector->ifindexes));
	if (!collector->ifindexes)
		return fail(collector, "attach", -ENOMEM);
	for (size_t i = 0; i < options->inputs_count; i++) {
		ifindex = interface__find(options->inputs[i]);
		if (ifindex)
			collector->ifindexes[collector->ifindexes_count++] = ifindex;
	}
	return 0;
}

static int check_stacking(struct collector *collector)
{
	char text[TEXT_SIZE];
	int error = find_interfaces(collector);

	if (error)
		return error;
	error = stacking__check(collector->ifindexes, collector->ifindexes_count, text, sizeof(text));
	if (error) {
		log__error("attach: %s", text);
		collector->has_failed = true;
	}
	return error;
}

/* Marks before the first hook runs. A mark that finds no room is no reason to end: attaching needs its own. */
static int mark_received(struct collector *collector)
{
	int error = received__new(collector->probe, &collector->received);

	if (error)
		return fail(collector, "attach", error);
	refresh_received(collector);
	return 0;
}

static int attach_all(struct collector *collector)
{
	const struct options *options = collector->options;
	char text[ATTACH_TEXT_SIZE];
	int error;

	collector->attached = calloc(options->inputs_count, sizeof(struct attach *));
	if (!collector->attached)
		return fail(collector, "attach", -ENOMEM);
	for (size_t i = 0; i < options->inputs_count; i++) {
		error = attach__new(collector->probe, options->inputs[i], options->mode, &collector->attached[i], text);
		if (error) {
			log__error("%s", text);
			collector->has_failed = true;
			return error;
		}
		collector->ifindexes[collector->attached_count++] = attach__ifindex(collector->attached[i]);
		log__info("%s", text);
	}
	collector->ifindexes_count = collector->attached_count;
	clock_gettime(CLOCK_REALTIME, &collector->lifetime.start);
	collector->interval.start = collector->lifetime.start;
	return 0;
}

/* Last of all that may fail: a start that fails leaves the old content of --output. */
static int open_report(struct collector *collector)
{
	int error = report__new(collector->options, collector->loop, &collector->report);

	return error ? fail(collector, report__name(collector->options), error) : 0;
}

/* Without a capability, which root misses in folders of others, a log may be out of reach. */
static void check_log(const struct collector *collector)
{
	char path[PATH_MAX];
	int error = report__check_reopen(collector->report, path);

	if (error)
		log__info("%s: after a rotation it cannot be made anew (%s: %s), since sipbpf keeps no capabilities; "
			  "let uid %u write there, or let the rotation use copytruncate",
			  report__name(collector->options), path, strerror(-error), geteuid());
}

static int watch_guardians(struct collector *collector)
{
	int error = 0;

	for (size_t i = 0; !error && i < collector->attached_count; i++)
		if (attach__guardian_fd(collector->attached[i]) >= 0)
			error = loop__add(collector->loop, attach__guardian_fd(collector->attached[i]), on_guardian,
					  collector);
	return error;
}

static int add_sources(struct collector *collector)
{
	struct loop *loop = collector->loop;
	int error =
		interface_watch__new(collector->ifindexes, (unsigned int)collector->ifindexes_count, &collector->watch);

	if (!error)
		error = watch_guardians(collector);
	if (!error)
		error = loop__add(loop, interface_watch__fd(collector->watch), on_interface, collector);
	if (!error)
		error = loop__add(loop, drain__wakeup_fd(collector->drain), on_bank_fills, collector);
	if (!error)
		error = loop__add_interval(loop, collector->options->interval, on_interval, collector);
	return error;
}

static int make_counters(struct collector *collector)
{
	const struct options *options = collector->options;
	struct counters *interval = counters__new(), *lifetime = counters__new();

	collector->interval.counters = interval;
	collector->lifetime.counters = lifetime;
	if (!interval || !lifetime)
		return -ENOMEM;
	counters__limit_links(interval, options->max_links);
	counters__limit_links(lifetime, options->max_links);
	counters__set_filter(interval, &options->filter);
	counters__forward_to(interval, lifetime);
	return 0;
}

static int prepare(struct collector *collector)
{
	int error = loop__new(&collector->loop);

	if (!error)
		error = block_signals(collector);
	if (!error)
		error = make_counters(collector);
	return error ? fail(collector, "attach", error) : 0;
}

static int start(struct collector *collector)
{
	int error = prepare(collector);

	if (!error)
		error = check_privileges(collector);
	if (!error)
		error = check_stacking(collector);
	if (!error)
		error = load_probe(collector);
	if (!error)
		error = mark_received(collector);
	if (!error)
		error = attach_all(collector);
	if (!error)
		error = open_report(collector);
	if (error)
		return error;
	error = privileges__drop();
	if (error)
		return fail(collector, "cannot drop the capabilities", error);
	check_log(collector);
	error = add_sources(collector);
	if (error)
		return fail(collector, "attach", error);
	on_interface(collector, 0);
	return 0;
}

/* ---- the command ---- */

static void detach_all(struct collector *collector)
{
	char text[ATTACH_TEXT_SIZE];

	for (size_t i = 0; i < collector->attached_count; i++) {
		if (collector->attached[i] && attach__has_leftovers(collector->attached[i], text)) {
			log__error("%s", text);
			collector->has_failed = true;
		}
		attach__free(collector->attached[i]);
	}
	free(collector->attached);
	collector->attached = NULL;
	collector->attached_count = 0;
}

/* Detaches before the last reading, so that no packet comes after it. */
static void run(struct collector *collector)
{
	int error = loop__run(collector->loop);

	if (error)
		fail(collector, "attach", error);
	detach_all(collector);
	if (collector->has_lost_reader)
		return;
	if (collect(collector, "counts that were not read are lost"))
		collector->has_failed = true;
	collect_waiting(collector);
	if (report__is_stuck(collector->report))
		log__info("%s: nobody reads it at the moment, and the last table waits; another signal gives it up",
			  report__name(collector->options));
	write_last_table(collector);
}

int collector__run(const struct options *options)
{
	struct collector collector = { .options = options };

	if (start(&collector) == 0)
		run(&collector);
	detach_all(&collector);
	report__free(collector.report);
	interface_watch__free(collector.watch);
	received__free(collector.received);
	free(collector.ifindexes);
	loop__free(collector.loop);
	drain__free(collector.drain);
	probe__free(collector.probe);
	counters__free(collector.interval.counters);
	counters__free(collector.lifetime.counters);
	return collector.has_failed ? 1 : 0;
}

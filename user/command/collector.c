// SPDX-License-Identifier: BSD-2-Clause
/*
 * The `attach` command: starts counting, and has the loop drain the banks and write the tables until it ends.
 * Tested by tests/net/test_attach.sh.
 */
#include "command/collector.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/privileges.h"
#include "command/check.h"
#include "command/counted_interfaces.h"
#include "command/drainer.h"
#include "command/loading.h"
#include "command/output.h"
#include "command/quiet.h"
#include "command/requirements.h"
#include "command/tables.h"
#include "kernel/drain.h"
#include "kernel/waiting.h"
#include "snapshot/json.h"

struct collector {
	const struct options *options;
	struct loop *loop;
	struct probe *probe;
	struct drain *drain;
	struct drainer *drainer;
	struct counted_interfaces *interfaces;
	struct tables *tables;
	struct quiet *quiet; /* NULL: quiet interfaces are not told */
	bool has_failed;     /* the exit status is 1 */
};

static int fail(struct collector *collector, const char *what, int error)
{
	log__error("%s: %s", what, strerror(-error));
	collector->has_failed = true;
	return error;
}

/* ---- while it runs ---- */

/* Takes what was drained, and counts it. What was counted only in part before comes first. */
static int collect(struct collector *collector, int (*take)(struct drainer *, struct counters *))
{
	struct tables *tables = collector->tables;
	int error = tables__count(tables), count_error;

	if (error)
		return error;
	error = take(collector->drainer, tables__collected(tables));
	count_error = tables__count(tables);
	return error ? error : count_error;
}

/* The last reading: no packet comes after it. */
static void collect_rest(struct collector *collector)
{
	int error = collect(collector, drainer__end);

	if (!error)
		return;
	log__error("cannot read the counters: %s; counts that were not read are lost", strerror(-error));
	collector->has_failed = true;
}

static void collect_for_now(struct collector *collector)
{
	int error = collect(collector, drainer__take);

	if (error)
		log__error("cannot read the counters: %s; the next reading will include these counts",
			   strerror(-error));
}

/* Interfaces that show nothing, because they have gone or are quiet. */
static int notice_silent(struct collector *collector, struct notices *notices)
{
	struct quiet_reading reading = { .now = (__u64)clock__now().elapsed };
	char name[IF_NAMESIZE];
	int error = counted_interfaces__notice_gone(collector->interfaces, notices);

	if (!collector->quiet)
		return error;
	reading.name = name;
	for (; !error && reading.number < collector->options->inputs_count; reading.number++) {
		struct drain_interface shown = drainer__interface(collector->drainer, (__u32)reading.number);

		reading.packets = shown.seen;
		reading.sip = shown.sip;
		if (counted_interfaces__name(collector->interfaces, reading.number, name))
			error = quiet__update(collector->quiet, &reading, notices);
	}
	return error;
}

/* What stands beside the next table. */
static void take_notice(struct collector *collector)
{
	struct notices *notices = tables__notices(collector->tables);
	int error;

	notices__clear(notices);
	error = counted_interfaces__notice_front(collector->interfaces, notices);
	if (!error)
		error = notice_silent(collector, notices);
	if (error)
		log__error("attach: %s", strerror(-error));
}

/*
 * What would stand below a table of all, but for programs in front, which `status` finds itself; and what was switched off
 * for our programs, which it can no longer find.
 */
static int describe_notices(struct collector *collector, struct sipbpf_told *told)
{
	struct notices ours = {}, notices = {};
	int error = counted_interfaces__notice_cost(collector->interfaces, &ours);

	if (!error)
		error = notice_silent(collector, &ours);
	if (!error)
		error = output__notice(collector->options, tables__lifetime(collector->tables), &ours, &notices);
	notices__join(&notices, told->notices, sizeof(told->notices));
	notices__clear(&ours);
	notices__clear(&notices);
	return error;
}

static int describe_unread(const struct unread *unread, struct sipbpf_told *told)
{
	FILE *out;
	int error;

	if (unread__is_empty(unread))
		return 0;
	out = fmemopen(told->unread, sizeof(told->unread), "w");
	if (!out)
		return -errno;
	error = json__write_unread(out, unread);
	return fclose(out) && !error ? -EIO : error;
}

static void tell_status(struct collector *collector)
{
	struct sipbpf_told told = {};
	int error = describe_notices(collector, &told);

	if (!error)
		error = describe_unread(counters__unread(tables__lifetime(collector->tables)), &told);
	if (!error)
		error = probe__tell(collector->probe, &told);
	if (error)
		log__error("cannot tell `sipbpf status` what is not read: %s", strerror(-error));
}

static void on_interval(void *context, __u64 intervals)
{
	struct collector *collector = context;

	if (intervals > 1)
		log__info("%llu tables were not written, because sipbpf was stopped or waited for its output; the next "
			  "one has "
			  "their counts",
			  (unsigned long long)intervals - 1);
	collect_for_now(collector);
	take_notice(collector);
	tables__write(collector->tables);
	tell_status(collector);
}

/* Between two tables that are far apart. */
static void on_look(void *context, __u64 intervals)
{
	struct collector *collector = context;

	collect_for_now(collector);
	tell_status(collector);
}

static void on_signal(void *context, __u64 signal)
{
	struct collector *collector = context;

	if (signal == SIGHUP && collector->options->log_path) {
		tables__reopen_log(collector->tables);
	} else if (signal == SIGUSR1) {
		collect_for_now(collector);
		take_notice(collector);
		tables__write_lifetime(collector->tables);
		tell_status(collector);
	} else {
		loop__stop(collector->loop);
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

static int prepare(struct collector *collector)
{
	int error = loop__new(&collector->loop);

	if (!error)
		error = block_signals(collector);
	if (!error)
		error = tables__new(collector->options, collector->loop, &collector->tables);
	return error ? fail(collector, "attach", error) : 0;
}

static int load_probe(struct collector *collector)
{
	int error = loading__load(collector->options, &collector->probe);

	if (error)
		return error;
	error = drain__new(collector->probe, &collector->drain);
	return error ? fail(collector, "cannot read the counters", error) : 0;
}

/* What comes without privileges, after all that needs them. */
static int enter_loop(struct collector *collector)
{
	struct loop *loop = collector->loop;
	int error = counted_interfaces__watch(collector->interfaces);

	if (!error)
		error = loop__add_interval(loop, collector->options->interval, on_interval, collector);
	if (!error && collector->options->interval > LOOK_INTERVAL_MAX)
		error = loop__add_interval(loop, LOOK_INTERVAL_MAX, on_look, collector);
	return error ? fail(collector, "attach", error) : 0;
}

static int start_quiet(struct collector *collector)
{
	const struct options *options = collector->options;

	if (!options->quiet_after)
		return 0;
	collector->quiet = quiet__new(options->inputs_count, options->quiet_after, (__u64)clock__now().elapsed);
	return collector->quiet ? 0 : fail(collector, "attach", -ENOMEM);
}

static int start_counting(struct collector *collector)
{
	int error = counted_interfaces__attach(collector->interfaces, collector->probe);

	if (!error)
		error = start_quiet(collector);
	if (error)
		return error;
	tables__start(collector->tables);
	return tables__open(collector->tables);
}

static int start(struct collector *collector)
{
	int error = prepare(collector);

	if (!error)
		error = loading__check_privileges();
	if (!error)
		error = requirements__check(collector->options);
	if (!error)
		error = counted_interfaces__new(collector->options, collector->loop, &collector->interfaces);
	if (!error)
		error = load_probe(collector);
	if (!error)
		error = start_counting(collector);
	if (error)
		return error;
	error = privileges__drop();
	if (error)
		return fail(collector, "cannot drop the capabilities", error);
	error = drainer__start(collector->drain, &collector->options->rules, tables__collected(collector->tables),
			       &collector->drainer);
	if (error)
		return fail(collector, "attach", error);
	tables__check_log(collector->tables);
	tell_status(collector);
	return enter_loop(collector);
}

/* ---- the command ---- */

/* What the programs kept for later. */
static void collect_waiting(struct collector *collector)
{
	const struct options *options = collector->options;
	int error = waiting__count(collector->probe, &options->rules, &options->filter,
				   tables__collected(collector->tables));

	if (!error)
		error = tables__count(collector->tables);
	if (error)
		fail(collector, "cannot read the TCP segments that waited for others", error);
}

/* Detaches before the last reading, so that no packet comes after it. */
static void run(struct collector *collector)
{
	int error = loop__run(collector->loop);

	if (error)
		fail(collector, "attach", error);
	take_notice(collector);
	counted_interfaces__detach(collector->interfaces);
	if (tables__have_lost_reader(collector->tables))
		return;
	collect_rest(collector);
	collect_waiting(collector);
	tables__write_last(collector->tables);
}

int collector__run(const struct options *options)
{
	struct collector collector = { .options = options };

	if (options->checks)
		return check__run(options);
	if (start(&collector) == 0)
		run(&collector);
	else
		collector.has_failed = true;
	if (collector.interfaces && counted_interfaces__have_failed(collector.interfaces))
		collector.has_failed = true;
	if (collector.tables && tables__have_failed(collector.tables))
		collector.has_failed = true;
	counted_interfaces__free(collector.interfaces);
	tables__free(collector.tables);
	quiet__free(collector.quiet);
	loop__free(collector.loop);
	drainer__free(collector.drainer);
	drain__free(collector.drain);
	probe__free(collector.probe);
	return collector.has_failed ? 1 : 0;
}

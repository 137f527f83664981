// SPDX-License-Identifier: BSD-2-Clause
/* See status_report.h. Tested by tests/bpf/test_status_report.c. */
#include "inspect/status_report.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect/holder.h"
#include "inspect/instance.h"

#define NANOSECONDS_PER_SECOND 1000000000LL
#define STATISTICS_PATH "/proc/sys/kernel/bpf_stats_enabled"

/* All that was found on the host. costs has PROBE_PROGRAMS elements for each instance. */
struct host {
	struct instances instances;
	struct instance_cost *costs;
	__u32 *programs; /* their ids */
	size_t programs_count;
	struct holders holders;
	struct attachments attachments;
};

static void host__free(struct host *host)
{
	attachments__free(&host->attachments);
	holders__free(&host->holders);
	instances__free(&host->instances);
	free(host->programs);
	free(host->costs);
}

/* ---- costs ---- */

static bool keeps_statistics(void)
{
	FILE *file = fopen(STATISTICS_PATH, "re");
	bool result = file && fgetc(file) == '1';

	if (file)
		(void)fclose(file);
	return result;
}

/* Reads the costs of all programs and subtracts those that costs held before. */
static int read_costs(const struct instances *instances, struct instance_cost *costs)
{
	for (size_t i = 0; i < instances->count * PROBE_PROGRAMS; i++) {
		int fd = instances->list[i / PROBE_PROGRAMS].programs[i % PROBE_PROGRAMS].fd, error;
		struct instance_cost cost;

		if (fd < 0)
			continue;
		error = instance__read_cost(fd, &cost);
		if (error)
			return error;
		costs[i].runs = cost.runs - costs[i].runs;
		costs[i].nanoseconds = cost.nanoseconds - costs[i].nanoseconds;
	}
	return 0;
}

static int measure(struct host *host, __u32 seconds)
{
	const struct timespec wait = { .tv_sec = seconds };
	int statistics, error;

	if (!seconds)
		return read_costs(&host->instances, host->costs);
	statistics = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (statistics < 0)
		return statistics;
	error = read_costs(&host->instances, host->costs);
	if (!error && clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, NULL))
		error = -EINTR;
	if (!error)
		error = read_costs(&host->instances, host->costs);
	close(statistics);
	return error;
}

/* ---- finding ---- */

static int list_programs(struct host *host)
{
	size_t count = host->instances.count * PROBE_PROGRAMS;

	host->costs = calloc(count + 1, sizeof(*host->costs));
	host->programs = calloc(count + 1, sizeof(*host->programs));
	if (!host->costs || !host->programs)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		__u32 id = host->instances.list[i / PROBE_PROGRAMS].programs[i % PROBE_PROGRAMS].id;

		if (id)
			host->programs[host->programs_count++] = id;
	}
	return 0;
}

/* Finds who collects: a collector swaps the banks. */
static int find_holders(struct host *host)
{
	size_t count = host->instances.count;
	__u32 *maps = calloc(count + 1, sizeof(*maps));
	struct holders holders = {};
	int error;

	if (!maps)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		maps[i] = host->instances.list[i].maps[INSTANCE_ACTIVE_BANK];
	error = holders__find(maps, count, &holders);
	host->holders = holders;
	free(maps);
	return error;
}

static int find_attachments(struct host *host)
{
	pid_t *pids = calloc(host->holders.count + 1, sizeof(*pids));
	struct attachments attachments = {};
	int error;

	if (!pids)
		return -ENOMEM;
	for (size_t i = 0; i < host->holders.count; i++)
		pids[i] = host->holders.list[i].pid;
	error = attachments__find(host->programs, host->programs_count, pids, host->holders.count, &attachments);
	host->attachments = attachments;
	free(pids);
	return error;
}

static int look_at_host(struct host *host, __u32 cost_seconds)
{
	int error = instances__find(&host->instances);

	if (!error)
		error = list_programs(host);
	if (!error && host->programs_count)
		error = measure(host, cost_seconds);
	if (!error && host->programs_count)
		error = find_holders(host);
	if (!error && host->programs_count)
		error = find_attachments(host);
	return error;
}

/* ---- putting together ---- */

static bool has_program(const struct instance *instance, __u32 program)
{
	for (int i = 0; i < PROBE_PROGRAMS; i++)
		if (instance->programs[i].id == program)
			return true;
	return false;
}

static bool has_process(const struct status_instance *status, pid_t pid)
{
	for (size_t i = 0; i < status->processes_count; i++)
		if (status->processes[i].pid == pid)
			return true;
	return false;
}

static int take_processes(const struct host *host, const struct instance *instance, struct status_instance *status)
{
	status->processes = calloc(host->holders.count + 1, sizeof(*status->processes));
	if (!status->processes)
		return -ENOMEM;
	for (size_t i = 0; i < host->holders.count; i++) {
		const struct holder *holder = &host->holders.list[i];
		struct status_process *process = &status->processes[status->processes_count];

		if (holder->map != instance->maps[INSTANCE_ACTIVE_BANK] || has_process(status, holder->pid))
			continue;
		process->pid = holder->pid;
		snprintf(process->command, sizeof(process->command), "%s", holder->command);
		status->processes_count++;
	}
	return 0;
}

static int take_attachments(const struct host *host, const struct instance *instance, struct status_instance *status)
{
	status->attachments = calloc(host->attachments.count + 1, sizeof(*status->attachments));
	if (!status->attachments)
		return -ENOMEM;
	for (size_t i = 0; i < host->attachments.count; i++)
		if (has_program(instance, host->attachments.list[i].program))
			status->attachments[status->attachments_count++] = host->attachments.list[i];
	return 0;
}

static int take_unseen(const struct host *host, const struct instance *instance, struct status_instance *status)
{
	status->unseen = calloc(host->attachments.unseen_count + 1, sizeof(*status->unseen));
	if (!status->unseen)
		return -ENOMEM;
	for (size_t i = 0; i < host->attachments.unseen_count; i++)
		if (has_program(instance, host->attachments.unseen[i].program))
			status->unseen[status->unseen_count++] = host->attachments.unseen[i];
	return 0;
}

static void take_programs(const struct instance *instance, const struct instance_cost *costs,
			  struct status_instance *status)
{
	for (int i = 0; i < PROBE_PROGRAMS; i++)
		if (instance->programs[i].id)
			status->programs[i] = (struct status_program){ .name = probe__program_name(i),
								       .id = instance->programs[i].id,
								       .cost = costs[i] };
}

/* Returns the time of day for a time since boot in nanoseconds. */
static struct timespec moment_of(__u64 since_boot)
{
	struct timespec now, boot;
	long long nanoseconds;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	nanoseconds = (now.tv_sec - boot.tv_sec) * NANOSECONDS_PER_SECOND + (now.tv_nsec - boot.tv_nsec) +
		      (long long)since_boot;
	return (struct timespec){ .tv_sec = nanoseconds / NANOSECONDS_PER_SECOND,
				  .tv_nsec = nanoseconds % NANOSECONDS_PER_SECOND };
}

static int take_reading(const struct instance *instance, struct status_instance *status)
{
	int error = instance->is_readable ? reading__take(instance, &status->reading) : -EPROTO;

	status->has_reading = !error;
	return error == -EPROTO ? 0 : error;
}

static int take_instance(const struct host *host, size_t i, struct status_instance *status)
{
	const struct instance *instance = &host->instances.list[i];
	int error = take_processes(host, instance, status);

	if (!error)
		error = take_attachments(host, instance, status);
	if (!error)
		error = take_unseen(host, instance, status);
	if (!error)
		error = take_reading(instance, status);
	status->start = moment_of(instance->loaded);
	take_programs(instance, &host->costs[i * PROBE_PROGRAMS], status);
	return error;
}

static bool is_attached_to(const struct status_report *report, const struct status_instance *status,
			   unsigned int ifindex)
{
	for (size_t i = 0; i < status->attachments_count; i++)
		if (status->attachments[i].namespace == report->own_namespace &&
		    status->attachments[i].ifindex == ifindex)
			return true;
	return false;
}

static bool is_wanted(const struct status_report *report, const struct status_instance *status,
		      const unsigned int *interfaces, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_attached_to(report, status, interfaces[i]))
			return true;
	return !count;
}

static void free_instance(struct status_instance *status)
{
	free(status->processes);
	free(status->attachments);
	free(status->unseen);
	reading__free(&status->reading);
}

static int add_instances(const struct host *host, const unsigned int *interfaces, size_t interfaces_count,
			 struct status_report *report)
{
	int error = 0;

	report->instances = calloc(host->instances.count + 1, sizeof(*report->instances));
	if (!report->instances)
		return -ENOMEM;
	for (size_t i = 0; !error && i < host->instances.count; i++) {
		struct status_instance status = {};

		error = take_instance(host, i, &status);
		if (!error && is_wanted(report, &status, interfaces, interfaces_count))
			report->instances[report->instances_count++] = status;
		else
			free_instance(&status);
	}
	clock_gettime(CLOCK_REALTIME, &report->time);
	return error;
}

const char *status_instance__interface(const struct status_instance *status, const struct sipbpf_interface *interface)
{
	for (size_t i = 0; i < status->attachments_count; i++)
		if (status->attachments[i].ifindex == interface->ifindex)
			return status->attachments[i].interface;
	return interface->name;
}

bool status_report__has_interface(const struct status_report *report, unsigned int ifindex)
{
	for (size_t i = 0; i < report->instances_count; i++)
		if (is_attached_to(report, &report->instances[i], ifindex))
			return true;
	return false;
}

int status_report__make(const unsigned int *interfaces, size_t interfaces_count, __u32 cost_seconds,
			struct status_report *ret_report)
{
	struct status_report report = { .own_namespace = attachments__own_namespace(),
					.has_statistics = keeps_statistics(),
					.cost_seconds = cost_seconds };
	struct host host = {};
	int error = look_at_host(&host, cost_seconds);

	if (!error)
		error = add_instances(&host, interfaces, interfaces_count, &report);
	host__free(&host);
	if (error)
		status_report__free(&report);
	else
		*ret_report = report;
	return error;
}

void status_report__free(struct status_report *report)
{
	for (size_t i = 0; i < report->instances_count; i++)
		free_instance(&report->instances[i]);
	free(report->instances);
	*report = (struct status_report){};
}

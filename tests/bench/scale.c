/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What two processors cost each other that count at the same time, on one link and on many; and what it takes to drain
 * a bank that is full.
 *
 * usage: scale [--json]
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "counts/counter.h"
#include "kernel/drain.h"
#include "loaded.h"
#include "report.h"
#include "traffic.h"

#define ROUNDS 15
#define REPEAT 200000
#define CPUS 2
#define LINKS 1024 /* of each processor, where there are many */
#define DRAIN_ROUNDS 7

struct scale {
	struct loaded loaded;
	struct packet_builder packet;
	bool as_json;
};

/* ---- processors ---- */

/* One thread, bound to a processor, and how long a packet took it. */
struct worker {
	const struct scale *scale;
	pthread_barrier_t *start;
	pthread_t thread;
	int cpu, program_fd, error;
	double ns;
};

static void *work(void *argument)
{
	struct worker *worker = argument;
	const struct packet_builder *packet = &worker->scale->packet;
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet->bytes, .data_size_in = (__u32)packet->length,
		    .repeat = REPEAT);
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(worker->cpu, &one);
	(void)sched_setaffinity(0, sizeof(one), &one);
	(void)pthread_barrier_wait(worker->start);
	worker->error = bpf_prog_test_run_opts(worker->program_fd, &options) ? -errno : 0;
	worker->ns = options.duration;
	return NULL;
}

/* The mean time of a packet when so many processors work at once; negative: an errno. */
static double measure(const struct scale *scale, int program_fd, int cpus)
{
	struct worker workers[CPUS];
	pthread_barrier_t start;
	double sum = 0;
	int i;

	(void)pthread_barrier_init(&start, NULL, (unsigned int)cpus);
	for (i = 0; i < cpus; i++) {
		workers[i] = (struct worker){ .scale = scale, .start = &start, .cpu = i, .program_fd = program_fd };
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			exit(1); /* the others would wait for ever */
	}
	for (i = 0; i < cpus; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		if (workers[i].error)
			sum = workers[i].error;
		else if (sum >= 0)
			sum += workers[i].ns / cpus;
	}
	(void)pthread_barrier_destroy(&start);
	return sum;
}

/* Both ways to send: one link from all processors, or many links of each. */
static int run_processors(const struct scale *scale, const char *name, int program_fd)
{
	double alone[ROUNDS], together[ROUNDS];
	struct report_row row = { .name = name, .unit = "ns", .ratio_unit = "x one" };
	int i;

	for (i = 0; i < ROUNDS; i++) {
		alone[i] = measure(scale, program_fd, 1);
		together[i] = measure(scale, program_fd, CPUS);
		if (alone[i] < 0 || together[i] < 0)
			return alone[i] < 0 ? (int)alone[i] : (int)together[i];
	}
	row.figure = report__quiet_median(together, ROUNDS);
	row.ratio = row.figure.value / report__quiet_median(alone, ROUNDS).value;
	report__print(&row, scale->as_json);
	return 0;
}

/* ---- a full bank ---- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Fills the active bank to its last row. */
static int fill(const struct scale *scale)
{
	__u32 rows = probe__maps(scale->loaded.probe)->rows_max;
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = scale->packet.bytes,
		    .data_size_in = (__u32)scale->packet.length, .repeat = (int)rows);

	scale->loaded.bench->bss->links_mask = rows - 1;
	return bpf_prog_test_run_opts(bpf_program__fd(scale->loaded.bench->progs.scatter), &options) ? -errno : 0;
}

static int run_drain(const struct scale *scale)
{
	const struct link_rules rules = { .transport = LINK_TRANSPORT_WIRE };
	struct report_row row = { .name = "drain of a full bank, 131,072 new links", .unit = "ms" };
	struct counters *counters = counters__new();
	struct drain *drain = NULL;
	double rounds[DRAIN_ROUNDS], start;
	int i, error = drain__new(scale->loaded.probe, &drain);

	if (!error)
		error = drain__collect(drain, &rules, counters);
	for (i = 0; !error && i < DRAIN_ROUNDS; i++) {
		counters__clear(counters);
		error = fill(scale);
		start = now();
		if (!error)
			error = drain__collect(drain, &rules, counters);
		rounds[i] = now() - start;
	}
	if (!error) {
		row.figure = report__quiet_median(rounds, DRAIN_ROUNDS);
		report__print(&row, scale->as_json);
	}
	drain__free(drain);
	counters__free(counters);
	return error;
}

/* ---- all ---- */

static int run(const struct scale *scale)
{
	int error = run_processors(scale, "XDP; INVITE on 2 CPUs, one link",
				   probe__program_fd(scale->loaded.probe, PROBE_XDP));

	scale->loaded.bench->bss->links_mask = LINKS - 1;
	scale->loaded.bench->bss->target = LOADED_OURS;
	if (!error)
		error = run_processors(scale, "XDP; INVITE on 2 CPUs, 1,024 links each",
				       bpf_program__fd(scale->loaded.bench->progs.scatter));
	return error ? error : run_drain(scale);
}

int main(int argc, char **argv)
{
	static struct scale scale;
	int error;

	scale.as_json = report__wants_json(argc, argv);
	traffic__invite(&scale.packet);
	error = loaded__open(&scale.loaded);
	if (!error)
		error = run(&scale);
	if (error)
		fprintf(stderr, "bench: scale: %s\n", strerror(-error));
	loaded__close(&scale.loaded);
	return error ? 1 : 0;
}

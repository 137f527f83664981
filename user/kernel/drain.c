// SPDX-License-Identifier: BSD-2-Clause
/* See drain.h. Tested by tests/bpf/test_programs.c. */
#include "kernel/drain.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counts/packet_counts.h"
#include "counts/type.h"

#define BATCH_MIN 1024

struct drain {
	const struct probe_maps *maps;
	struct ring_buffer *wakeups;
	struct sipbpf_packets packets;          /* at the last reading */
	__u64 other[SIP_TYPE_COUNT];            /* likewise */
	struct sipbpf_packets *packets_per_cpu; /* room for a reading */
	__u64 *other_per_cpu;
	int cpus;
	int active;  /* index of the bank that programs add to */
	__u32 batch; /* rows that keys and counts have room for */
	struct sipbpf_key *keys;
	__u64 *counts;
	__u32 pending; /* rows taken out of the bank and not yet added to counters */
	__u32 pending_next;
	char extension[SIP_TYPE_COUNT - SIP_TYPE_EXTENSION_MIN][SIPBPF_NAME_SIZE];
};

static int ignore_record(void *context, void *data, size_t size)
{
	return 0;
}

int drain__new(struct probe *probe, struct drain **ret_drain)
{
	struct drain *drain = calloc(1, sizeof(*drain));

	if (!drain)
		return -ENOMEM;
	drain->maps = probe__maps(probe);
	drain->cpus = libbpf_num_possible_cpus();
	if (drain->cpus < 1) {
		drain__free(drain);
		return -EINVAL;
	}
	drain->batch = BATCH_MIN;
	drain->keys = calloc(drain->batch, sizeof(*drain->keys));
	drain->counts = calloc(drain->batch, sizeof(*drain->counts));
	drain->packets_per_cpu = calloc((size_t)drain->cpus, sizeof(*drain->packets_per_cpu));
	drain->other_per_cpu = calloc((size_t)drain->cpus, sizeof(*drain->other_per_cpu));
	drain->wakeups = ring_buffer__new(drain->maps->wakeup, ignore_record, NULL, NULL);
	if (!drain->keys || !drain->counts || !drain->packets_per_cpu || !drain->other_per_cpu || !drain->wakeups) {
		drain__free(drain);
		return -ENOMEM;
	}
	*ret_drain = drain;
	return 0;
}

void drain__free(struct drain *drain)
{
	if (!drain)
		return;
	ring_buffer__free(drain->wakeups);
	free(drain->keys);
	free(drain->counts);
	free(drain->packets_per_cpu);
	free(drain->other_per_cpu);
	free(drain);
}

int drain__wakeup_fd(const struct drain *drain)
{
	return ring_buffer__epoll_fd(drain->wakeups);
}

void drain__clear_wakeup(struct drain *drain)
{
	(void)ring_buffer__consume(drain->wakeups);
}

bool drain__is_due(const struct drain *drain)
{
	return *(const volatile __u32 *)drain->maps->rows >= drain->maps->rows_max / 2;
}

/* Names of extension methods are given out once and for all: reads those that are new. */
static void read_extensions(struct drain *drain)
{
	struct sipbpf_name name, *previous = NULL;
	__u32 type;

	while (bpf_map_get_next_key(drain->maps->method_types, previous, &name) == 0) {
		if (bpf_map_lookup_elem(drain->maps->method_types, &name, &type) == 0 &&
		    type >= SIP_TYPE_EXTENSION_MIN && type < SIP_TYPE_COUNT)
			memcpy(drain->extension[type - SIP_TYPE_EXTENSION_MIN], name.text, SIPBPF_NAME_SIZE);
		previous = &name;
	}
}

static const char *type_text(const struct drain *drain, __u32 type, char text[TYPE_TEXT_SIZE])
{
	if (type >= SIP_TYPE_EXTENSION_MIN && type < SIP_TYPE_COUNT)
		return drain->extension[type - SIP_TYPE_EXTENSION_MIN];
	return type__text(type, text);
}

static int add_row(const struct drain *drain, const struct link_rules *rules, struct counters *counters,
		   const struct sipbpf_key *key, __u64 count)
{
	char type[TYPE_TEXT_SIZE], method[TYPE_TEXT_SIZE];
	enum link_direction direction;
	struct link link;

	if (!count)
		return 0;
	link__from_key(rules, key, &link, &direction);
	if (key->framing == SIPBPF_TLS)
		return counters__mark_visible(counters, &link);
	return counters__add(counters, &link, direction, type_text(drain, key->type, type),
			     type_text(drain, key->method, method), count);
}

/* Adds the rows that have left the bank. What cannot be added stays pending. */
static int add_pending(struct drain *drain, const struct link_rules *rules, struct counters *counters)
{
	int error;

	if (drain->pending_next < drain->pending)
		read_extensions(drain);
	for (; drain->pending_next < drain->pending; drain->pending_next++) {
		error = add_row(drain, rules, counters, &drain->keys[drain->pending_next],
				drain->counts[drain->pending_next]);
		if (error)
			return error;
	}
	drain->pending = drain->pending_next = 0;
	return 0;
}

/* A hash bucket did not fit the buffers: the kernel gives out no part of one. Nothing has left the bank. */
static int grow_batch(struct drain *drain)
{
	__u32 batch = drain->batch * 2;
	struct sipbpf_key *keys = realloc(drain->keys, batch * sizeof(*keys));
	__u64 *counts;

	if (!keys)
		return -ENOMEM;
	drain->keys = keys;
	counts = realloc(drain->counts, batch * sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	drain->counts = counts;
	drain->batch = batch;
	return 0;
}

/* Empties a bank that no program adds to. */
static int empty_bank(struct drain *drain, int bank, const struct link_rules *rules, struct counters *counters)
{
	__u32 position = 0, count;
	void *in = NULL;
	int error, last;

	do {
		count = drain->batch;
		error = bpf_map_lookup_and_delete_batch(drain->maps->banks[bank], in, &position, drain->keys,
							drain->counts, &count, NULL)
				? -errno
				: 0;
		if (error == -ENOSPC && count == 0) {
			error = grow_batch(drain);
			if (error)
				return error;
			last = 0;
			continue;
		}
		/* The end of the map is told as an error, with a valid count. */
		if (error && error != -ENOENT && error != -ENOSPC)
			return error;
		last = error == -ENOENT;
		drain->pending = count;
		drain->pending_next = 0;
		in = &position;
		error = add_pending(drain, rules, counters);
		if (error)
			return error;
	} while (!last);
	return 0;
}

static int swap_banks(struct drain *drain)
{
	int idle = !drain->active;
	__u32 zero = 0;

	/*
	 * Before the swap: rows that the old bank takes after it count too much, and wake us too early. After the swap the
	 * new bank's first rows would be forgotten, and if they fill it nothing ever would wake us.
	 */
	*(volatile __u32 *)drain->maps->rows = 0;
	if (bpf_map_update_elem(drain->maps->active_bank, &zero, &drain->maps->banks[idle], BPF_ANY))
		return -errno;
	drain->active = idle;
	return 0;
}

/* The per-CPU sum of the `other` row of one type. */
static int read_other(struct drain *drain, __u32 type, __u64 *ret_sum)
{
	__u64 sum = 0;
	int i;

	if (bpf_map_lookup_elem(drain->maps->other_row, &type, drain->other_per_cpu))
		return -errno;
	for (i = 0; i < drain->cpus; i++)
		sum += drain->other_per_cpu[i];
	*ret_sum = sum;
	return 0;
}

/*
 * Adds messages of the `other` row. It has no CSeq methods, without which the counters' filter cannot tell what it wants;
 * where the programs have asked it, they had them.
 */
static int add_other(const struct drain *drain, struct counters *counters, const char *type, __u64 count)
{
	const struct link other = { .is_other = 1 };

	if (drain->maps->has_filtered_messages)
		return counters__add_wanted(counters, &other, LINK_BOTH, type, "UNKNOWN", count);
	return counters__add(counters, &other, LINK_BOTH, type, "UNKNOWN", count);
}

static int collect_other(struct drain *drain, struct counters *counters)
{
	char text[TYPE_TEXT_SIZE];
	__u64 sum = 0;
	__u32 type;
	int error;

	read_extensions(drain);
	for (type = 0; type < SIP_TYPE_COUNT; type++) {
		error = read_other(drain, type, &sum);
		if (!error && sum != drain->other[type])
			error = add_other(drain, counters, type_text(drain, type, text), sum - drain->other[type]);
		if (error)
			return error;
		drain->other[type] = sum;
	}
	return 0;
}

/* The sum of all processors. */
static int read_packets(struct drain *drain, struct sipbpf_packets *ret_sum)
{
	struct sipbpf_packets sum = { 0 };
	__u32 zero = 0;
	int cpu;

	if (bpf_map_lookup_elem(drain->maps->packets, &zero, drain->packets_per_cpu))
		return -errno;
	for (cpu = 0; cpu < drain->cpus; cpu++)
		packet_counts__add(&sum, &drain->packets_per_cpu[cpu]);
	*ret_sum = sum;
	return 0;
}

/* Adds what has come since the last reading. */
static int collect_packets(struct drain *drain, struct counters *counters)
{
	struct sipbpf_packets sum = { 0 }, packets;
	int error = read_packets(drain, &sum);

	if (!error && sum.other != drain->packets.other)
		error = collect_other(drain, counters);
	packets = sum;
	packet_counts__subtract(&packets, &drain->packets);
	if (!error)
		error = counters__add_packets(counters, &packets);
	if (!error)
		drain->packets = sum;
	return error;
}

int drain__collect(struct drain *drain, const struct link_rules *rules, struct counters *counters)
{
	int error = add_pending(drain, rules, counters);

	/* What an earlier call could not finish: the idle bank is empty before it becomes the active one. */
	if (!error)
		error = empty_bank(drain, !drain->active, rules, counters);
	if (!error)
		error = swap_banks(drain);
	if (!error)
		error = empty_bank(drain, !drain->active, rules, counters);
	if (error)
		return error;
	return collect_packets(drain, counters);
}

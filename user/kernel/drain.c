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
#include "kernel/extensions.h"
#include "kernel/unfinished.h"
#include "stream/flow.h"

#define BATCH_MIN 1024

struct drain {
	const struct probe_maps *maps;
	struct ring_buffer *wakeups;
	struct sipbpf_packets packets;          /* of all interfaces, as of the last collection */
	struct drain_interface *interfaces;     /* by number, as of the last collection */
	__u64 other[SIP_TYPE_COUNT];            /* as of the last collection */
	struct sipbpf_packets *packets_per_cpu; /* for one reading, by processor */
	__u64 *other_per_cpu;
	int cpus;
	int active;  /* index of the bank to which the programs add */
	__u32 batch; /* rows for which keys and counts have room */
	struct sipbpf_key *keys;
	__u64 *counts;
	__u32 rows_taken; /* from the bank, into keys and counts */
	__u32 rows_added; /* to the counters */
	struct extensions *extensions;
	struct unfinished *unfinished;
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
	drain->interfaces = calloc(drain->maps->interfaces, sizeof(*drain->interfaces));
	drain->wakeups = ring_buffer__new(drain->maps->wakeup, ignore_record, NULL, NULL);
	drain->extensions = extensions__new(drain->maps);
	drain->unfinished = unfinished__new(drain->maps);
	if (!drain->keys || !drain->counts || !drain->packets_per_cpu || !drain->other_per_cpu || !drain->interfaces ||
	    !drain->wakeups || !drain->extensions || !drain->unfinished) {
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
	extensions__free(drain->extensions);
	unfinished__free(drain->unfinished);
	free(drain->keys);
	free(drain->counts);
	free(drain->packets_per_cpu);
	free(drain->other_per_cpu);
	free(drain->interfaces);
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

static const char *type_text(const struct drain *drain, __u32 type, char text[TYPE_TEXT_SIZE])
{
	return extensions__is_one(type) ? extensions__name(drain->extensions, type) : type__text(type, text);
}

/* A row that counts packets, not messages. */
static int add_silent_row(struct counters *counters, const struct sipbpf_key *key, const struct link *link, __u64 count)
{
	enum sipbpf_reason reason = key->framing == SIPBPF_TLS ? SIPBPF_REASON_ENCRYPTED : key->type;

	counters__note_unread(counters, link, unread__cause_of(reason), count);
	return key->framing == SIPBPF_TLS ? counters__mark_visible(counters, link) : 0;
}

static int add_row(const struct drain *drain, const struct link_rules *rules, struct counters *counters,
		   const struct sipbpf_key *key, __u64 count)
{
	char type[TYPE_TEXT_SIZE], method[TYPE_TEXT_SIZE];
	enum link_direction direction;
	struct link link;

	if (!count)
		return 0;
	if (key->framing == SIPBPF_TLS_ELSEWHERE) {
		counters__note_tls_port(counters, key->ends.target_port, count);
		return 0;
	}
	link__from_key(rules, key, &link, &direction);
	if (key->framing == SIPBPF_UNREAD || key->framing == SIPBPF_TLS)
		return add_silent_row(counters, key, &link, count);
	return counters__add(counters, &link, direction, type_text(drain, key->type, type),
			     type_text(drain, key->method, method), count);
}

/* Adds the rows that have left the bank. Those that cannot be added stay pending. */
static int add_pending(struct drain *drain, const struct link_rules *rules, struct counters *counters)
{
	int error;

	if (drain->rows_added < drain->rows_taken)
		extensions__read(drain->extensions);
	for (; drain->rows_added < drain->rows_taken; drain->rows_added++) {
		const struct sipbpf_key *key = &drain->keys[drain->rows_added];

		error = add_row(drain, rules, counters, key, drain->counts[drain->rows_added]);
		if (error)
			return error;
		extensions__note(drain->extensions, key->type, key->method);
	}
	drain->rows_taken = drain->rows_added = 0;
	return 0;
}

/*
 * Doubles the buffers, into which a hash bucket did not fit. The kernel gives out whole buckets only, so nothing has
 * left the bank.
 */
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

/* Empties a bank to which no program adds any more. */
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
		/* At the end of the map the call fails with ENOENT, but the count is valid. */
		if (error && error != -ENOENT && error != -ENOSPC)
			return error;
		last = error == -ENOENT;
		drain->rows_taken = count;
		drain->rows_added = 0;
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
	 * Reset the counter before the swap. The old bank may still take rows, which are then counted for the new one
	 * and wake us a little early. A reset after the swap would forget the first rows of the new bank. If they
	 * filled it, nothing would ever wake us.
	 */
	*(volatile __u32 *)drain->maps->rows = 0;
	if (bpf_map_update_elem(drain->maps->active_bank, &zero, &drain->maps->banks[idle], BPF_ANY))
		return -errno;
	drain->active = idle;
	return 0;
}

/* Sums the `other` row of one type over all processors. */
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
 * Adds messages of the `other` row. The row has no CSeq methods, so the counters' filter cannot judge its messages. If
 * the programs have filtered already, they knew the methods, and nothing remains to be asked.
 */
static int add_other(const struct drain *drain, struct counters *counters, const char *type, __u64 count)
{
	const struct link other = { .is_other = 1 };

	if (drain->maps->filters_messages)
		return counters__add_wanted(counters, &other, LINK_BOTH, type, "UNKNOWN", count);
	return counters__add(counters, &other, LINK_BOTH, type, "UNKNOWN", count);
}

static int collect_other(struct drain *drain, struct counters *counters)
{
	char text[TYPE_TEXT_SIZE];
	__u64 sum = 0;
	__u32 type;
	int error;

	extensions__read(drain->extensions);
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

/* Sums the packets of a place over all processors. */
static int read_place(struct drain *drain, __u32 place, struct sipbpf_packets *ret_sum)
{
	struct sipbpf_packets sum = { 0 };
	int cpu;

	if (bpf_map_lookup_elem(drain->maps->packets, &place, drain->packets_per_cpu))
		return -errno;
	for (cpu = 0; cpu < drain->cpus; cpu++)
		packet_counts__add(&sum, &drain->packets_per_cpu[cpu]);
	*ret_sum = sum;
	return 0;
}

/* Sums the packets of all processors and interfaces, and notes those of each interface. */
static int read_packets(struct drain *drain, struct sipbpf_packets *ret_sum)
{
	struct sipbpf_packets sum = { 0 }, packets = { 0 };
	struct drain_interface *interface;
	__u32 place;
	int error;

	memset(drain->interfaces, 0, drain->maps->interfaces * sizeof(*drain->interfaces));
	for (place = 0; place < SIPBPF_PLACE(drain->maps->interfaces, 0); place++) {
		error = read_place(drain, place, &packets);
		if (error)
			return error;
		interface = &drain->interfaces[place / SIPBPF_HOOKS];
		interface->seen += packet_counts__seen(&packets);
		interface->sip += packets.sip + packets.sip_elsewhere;
		packet_counts__add(&sum, &packets);
	}
	*ret_sum = sum;
	return 0;
}

/* Adds the packets seen since the last collection. */
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

/* Counts messages that have waited for fragments for more than so many milliseconds too. */
static int collect_all(struct drain *drain, const struct link_rules *rules, struct counters *counters, int milliseconds)
{
	int error = add_pending(drain, rules, counters);

	/* Finish what an earlier call could not: the idle bank must be empty before it becomes the active one. */
	if (!error)
		error = empty_bank(drain, !drain->active, rules, counters);
	if (!error)
		error = swap_banks(drain);
	if (!error)
		error = empty_bank(drain, !drain->active, rules, counters);
	if (!error)
		error = collect_packets(drain, counters);
	if (!error)
		error = unfinished__collect(drain->unfinished, milliseconds, rules, counters);
	if (!error)
		extensions__end_collection(drain->extensions);
	return error;
}

struct drain_interface drain__interface(const struct drain *drain, __u32 number)
{
	return drain->interfaces[number < drain->maps->interfaces ? number : 0];
}

int drain__collect(struct drain *drain, const struct link_rules *rules, struct counters *counters)
{
	return collect_all(drain, rules, counters, FLOW_HELD_MILLISECONDS);
}

int drain__end(struct drain *drain, const struct link_rules *rules, struct counters *counters)
{
	return collect_all(drain, rules, counters, -1);
}

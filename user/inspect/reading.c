// SPDX-License-Identifier: BSD-2-Clause
/* See reading.h. Tested by tests/bpf/test_status_report.c. */
#include <sys/cdefs.h>

#include "inspect/reading.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counts/packet_counts.h"
#include "stream/table.h"

#define ROWS_BATCH 4096
#define SETS_BATCH 64
#define TOLD_TRIES 16

static int open_map(__u32 id)
{
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, options, .open_flags = BPF_F_RDONLY);

	return bpf_map_get_fd_by_id_opts(id, &options);
}

/* ---- packets ---- */

struct places {
	int fd;
	int cpus;
	struct sipbpf_packets *per_cpu;
};

/* Adds the packets of a place, of all processors. */
static int read_place(const struct places *places, __u32 interface, __u32 hook, struct reading *reading)
{
	__u32 place = SIPBPF_PLACE(interface, hook);
	struct sipbpf_packets sum = {};
	int error = bpf_map_lookup_elem(places->fd, &place, places->per_cpu);

	for (int cpu = 0; !error && cpu < places->cpus; cpu++)
		packet_counts__add(&sum, &places->per_cpu[cpu]);
	reading->interfaces[interface].hooks[hook] =
		(struct reading_packets){ .seen = packet_counts__seen(&sum), .sip = sum.sip };
	packet_counts__add(&reading->packets, &sum);
	return error;
}

static int read_places(struct places *places, struct reading *reading)
{
	int error = 0;

	for (__u32 i = 0; !error && i < reading->interfaces_count; i++)
		for (__u32 hook = 0; !error && hook < SIPBPF_HOOKS; hook++)
			error = read_place(places, i, hook, reading);
	reading->seen = packet_counts__seen(&reading->packets);
	return error;
}

static int read_packets(const struct instance *instance, struct reading *reading)
{
	struct places places = { .cpus = libbpf_num_possible_cpus() };
	int error;

	if (places.cpus < 1)
		return -EINVAL;
	places.per_cpu = calloc((size_t)places.cpus, sizeof(*places.per_cpu));
	if (!places.per_cpu)
		return -ENOMEM;
	places.fd = open_map(instance->maps[INSTANCE_PACKETS]);
	error = places.fd < 0 ? places.fd : read_places(&places, reading);
	if (places.fd >= 0)
		close(places.fd);
	free(places.per_cpu);
	return error;
}

/* Which interfaces have the numbers. */
static int read_interfaces(const struct instance *instance, struct reading *reading)
{
	int fd = open_map(instance->maps[INSTANCE_INTERFACES]), error = 0;

	if (fd < 0)
		return fd;
	reading->interfaces = calloc(instance->interfaces + 1, sizeof(*reading->interfaces));
	if (!reading->interfaces)
		error = -ENOMEM;
	else
		reading->interfaces_count = instance->interfaces;
	for (__u32 i = 0; !error && i < instance->interfaces; i++)
		error = bpf_map_lookup_elem(fd, &i, &reading->interfaces[i].interface);
	close(fd);
	return error == -ENOENT ? -EPROTO : error;
}

/* Reads until two readings are the same: while the collector writes, a reading has parts of the old and the new. */
static int read_whole(int fd, struct sipbpf_told told[2])
{
	__u32 zero = 0;
	int error = bpf_map_lookup_elem(fd, &zero, &told[1]);

	for (int i = 0; !error && i < TOLD_TRIES; i++) {
		error = bpf_map_lookup_elem(fd, &zero, &told[i % 2]);
		if (!error && memcmp(&told[0], &told[1], sizeof(*told)) == 0)
			break;
	}
	return error;
}

static int take_told(const struct sipbpf_told *told, struct reading *reading)
{
	size_t length = strnlen(told->unread, sizeof(told->unread));

	reading->unread = length ? strndup(told->unread, length) : NULL;
	if (length && !reading->unread)
		return -ENOMEM;
	return notices__split(told->notices, sizeof(told->notices), &reading->notices);
}

static int read_told(const struct instance *instance, struct reading *reading)
{
	int fd = open_map(instance->maps[INSTANCE_NOTICES]), error;
	struct sipbpf_told *told = calloc(2, sizeof(*told));

	error = fd < 0 ? fd : told ? read_whole(fd, told) : -ENOMEM;
	if (!error)
		error = take_told(told, reading);
	free(told);
	if (fd >= 0)
		close(fd);
	return error;
}

/* ---- maps that are read in batches ---- */

struct batch {
	int fd;
	void *keys;
	void *values;
	__u32 size;     /* elements for which there is room */
	__u32 count;    /* elements that the last call has read */
	__u32 position; /* the kernel's, opaque */
	bool has_begun;
	bool has_ended;
};

static int batch__begin(struct batch *batch, int fd, __u32 size, size_t key_size, size_t value_size)
{
	*batch = (struct batch){ .fd = fd, .size = size };
	batch->keys = calloc(size, key_size);
	batch->values = calloc(size, value_size);
	return batch->keys && batch->values ? 0 : -ENOMEM;
}

static void batch__end(struct batch *batch)
{
	free(batch->keys);
	free(batch->values);
}

/* Returns 1 and the next elements, which may be none; 0 after the last ones; or a negative errno. */
static int batch__next(struct batch *batch)
{
	int error;

	if (batch->has_ended)
		return 0;
	batch->count = batch->size;
	error = bpf_map_lookup_batch(batch->fd, batch->has_begun ? &batch->position : NULL, &batch->position,
				     batch->keys, batch->values, &batch->count, NULL);
	/* At the end of the map the call fails with ENOENT, but the count is valid. */
	if (error && error != -ENOENT)
		return error;
	batch->has_begun = true;
	batch->has_ended = error == -ENOENT;
	return 1;
}

/* ---- the active bank ---- */

static int open_active_bank(__u32 active_bank)
{
	int fd = open_map(active_bank), error;
	__u32 zero = 0, bank;

	if (fd < 0)
		return fd;
	error = bpf_map_lookup_elem(fd, &zero, &bank);
	close(fd);
	return error ? error : open_map(bank);
}

static int read_rows(int fd, struct reading *reading)
{
	struct batch batch;
	int error = batch__begin(&batch, fd, ROWS_BATCH, sizeof(struct sipbpf_key), sizeof(__u64)), result = error;

	while (!error && (result = batch__next(&batch)) > 0) {
		for (__u32 i = 0; i < batch.count; i++)
			if (((const struct sipbpf_key *)batch.keys)[i].framing < SIPBPF_TLS)
				reading->messages += ((const __u64 *)batch.values)[i];
		reading->rows += batch.count;
	}
	batch__end(&batch);
	return result;
}

static int read_bank(const struct instance *instance, struct reading *reading)
{
	int fd = open_active_bank(instance->maps[INSTANCE_ACTIVE_BANK]), error;
	struct bpf_map_info info = {};
	__u32 length = sizeof(info);

	if (fd < 0)
		return fd;
	error = bpf_obj_get_info_by_fd(fd, &info, &length);
	if (!error && (info.key_size != sizeof(struct sipbpf_key) || info.value_size != sizeof(__u64)))
		error = -EPROTO;
	reading->rows_max = info.max_entries;
	if (!error)
		error = read_rows(fd, reading);
	close(fd);
	return error;
}

/* ---- flows ---- */

static __u64 count_flows(const struct flow_set *sets, __u32 count)
{
	__u64 flows = 0;

	for (__u32 i = 0; i < count; i++)
		for (int way = 0; way < FLOW_WAYS; way++)
			flows += sets[i].flows[way].state != FLOW_FREE && sets[i].flows[way].carrier != FLOW_FRAGMENTS;
	return flows;
}

static int read_sets(int fd, struct reading *reading)
{
	struct batch batch;
	int error = batch__begin(&batch, fd, SETS_BATCH, sizeof(__u32), sizeof(struct flow_set)), result = error;

	while (!error && (result = batch__next(&batch)) > 0)
		reading->flows += count_flows(batch.values, batch.count);
	reading->flows_max = (__u64)FLOW_SETS * FLOW_WAYS;
	batch__end(&batch);
	return result;
}

static int read_flows(const struct instance *instance, struct reading *reading)
{
	int fd = open_map(instance->maps[INSTANCE_FLOWS]), error;

	if (fd < 0)
		return fd;
	error = read_sets(fd, reading);
	close(fd);
	return error;
}

int reading__take(const struct instance *instance, struct reading *ret_reading)
{
	struct reading reading = {};
	int error = read_interfaces(instance, &reading);

	if (!error)
		error = read_packets(instance, &reading);
	if (!error)
		error = read_told(instance, &reading);
	if (!error)
		error = read_bank(instance, &reading);
	if (!error)
		error = read_flows(instance, &reading);
	if (error)
		reading__free(&reading);
	else
		*ret_reading = reading;
	return error;
}

void reading__free(struct reading *reading)
{
	free(reading->interfaces);
	free(reading->unread);
	notices__clear(&reading->notices);
	*reading = (struct reading){};
}

// SPDX-License-Identifier: BSD-2-Clause
/* See instance.h. Tested by tests/bpf/test_status_report.c. */
#include <sys/cdefs.h>

#include "inspect/instance.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/kernel_object.h"
#include "stream/table.h"

#define MAP_IDS_MAX 64 /* of one program: MAX_USED_MAPS in the kernel */

/*
 * How bpf/maps.bpf.h declares the maps. Name and type show that a map is ours, the sizes that this version can read it.
 */
static const struct {
	const char *name;
	__u32 type;
	__u32 value_size;
	__u32 entries; /* 0: any number, which depends on that of the interfaces */
} shapes[INSTANCE_MAPS] = {
	[INSTANCE_PACKETS] = { "packets", BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(struct sipbpf_packets), 0 },
	[INSTANCE_INTERFACES] = { "interfaces", BPF_MAP_TYPE_ARRAY, sizeof(struct sipbpf_interface), 0 },
	[INSTANCE_NOTICES] = { "notices", BPF_MAP_TYPE_ARRAY, sizeof(struct sipbpf_told), 1 },
	[INSTANCE_ACTIVE_BANK] = { "active_bank", BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(__u32), 1 },
	[INSTANCE_FLOWS] = { "flows", BPF_MAP_TYPE_ARRAY, sizeof(struct flow_set), FLOW_SETS_ALL },
};

/* ---- the maps of a program ---- */

/* Returns INSTANCE_MAPS if the map is none of those. */
static enum instance_map find_map(const struct bpf_map_info *info)
{
	int i = 0;

	while (i < INSTANCE_MAPS && (info->type != shapes[i].type || strcmp(info->name, shapes[i].name) != 0))
		i++;
	return (enum instance_map)i;
}

static void take_map(struct instance *instance, const struct bpf_map_info *info)
{
	enum instance_map map = find_map(info);

	if (map == INSTANCE_MAPS)
		return;
	instance->maps[map] = info->id;
	if (info->value_size != shapes[map].value_size ||
	    (shapes[map].entries && info->max_entries != shapes[map].entries))
		instance->is_readable = false;
	if (map == INSTANCE_PACKETS)
		instance->interfaces = info->max_entries / SIPBPF_HOOKS;
}

/* Other programs may have the names of ours, but they do not have our maps. */
static bool are_ours(const __u32 maps[INSTANCE_MAPS])
{
	return maps[INSTANCE_PACKETS] && maps[INSTANCE_ACTIVE_BANK];
}

/* Returns 0 and an instance without programs, -ENOENT if the maps are not sipbpf's, or another negative errno. */
static int read_maps(const __u32 *ids, __u32 count, struct instance *ret_instance)
{
	struct instance instance = { .is_readable = true };

	for (__u32 i = 0; i < count; i++) {
		struct bpf_map_info info;
		int error = kernel_object__read(bpf_map_get_fd_by_id(ids[i]), &info, sizeof(info));

		if (error)
			return error;
		take_map(&instance, &info);
	}
	if (!are_ours(instance.maps))
		return -ENOENT;
	*ret_instance = instance;
	return 0;
}

/* ---- programs ---- */

/* Returns PROBE_PROGRAMS if the program is none of ours. */
static enum probe_program find_program(const struct bpf_prog_info *info)
{
	int i = 0;

	while (i < PROBE_PROGRAMS && (strcmp(info->name, probe__program_name(i)) != 0 ||
				      info->type != (probe__is_xdp(i) ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS)))
		i++;
	return (enum probe_program)i;
}

/* Adds maps that another program of the instance uses. */
static struct instance *merge(struct instance *instance, const struct instance *found)
{
	for (int i = 0; i < INSTANCE_MAPS; i++)
		if (found->maps[i])
			instance->maps[i] = found->maps[i];
	instance->is_readable &= found->is_readable;
	return instance;
}

/* Returns the instance with these maps, which is added if it is new, or NULL when memory is short. */
static struct instance *instance_of(struct instances *instances, const struct instance *found)
{
	struct instance *grown;

	for (size_t i = 0; i < instances->count; i++)
		if (instances->list[i].maps[INSTANCE_PACKETS] == found->maps[INSTANCE_PACKETS])
			return merge(&instances->list[i], found);
	grown = reallocarray(instances->list, instances->count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	instances->list = grown;
	grown[instances->count] = *found;
	for (int i = 0; i < PROBE_PROGRAMS; i++)
		grown[instances->count].programs[i].fd = -1;
	return &grown[instances->count++];
}

struct program_info {
	struct bpf_prog_info info;
	__u32 map_ids[MAP_IDS_MAX];
};

static int read_program_info(int fd, struct program_info *ret_program)
{
	__u32 length = sizeof(ret_program->info);

	*ret_program = (struct program_info){ .info = { .nr_map_ids = MAP_IDS_MAX,
							.map_ids = (__u64)(unsigned long)ret_program->map_ids } };
	return bpf_obj_get_info_by_fd(fd, &ret_program->info, &length);
}

/* Returns 1 if the instances now own the fd, 0 if the program is not ours or is known already, or a negative errno. */
static int take_program(struct instances *instances, int fd)
{
	struct program_info read;
	const struct bpf_prog_info *info = &read.info;
	struct instance found, *instance;
	enum probe_program program;
	int error = read_program_info(fd, &read);

	if (error)
		return error;
	program = find_program(info);
	if (program == PROBE_PROGRAMS)
		return 0;
	error = read_maps(read.map_ids, info->nr_map_ids < MAP_IDS_MAX ? info->nr_map_ids : MAP_IDS_MAX, &found);
	if (error)
		return error == -ENOENT ? 0 : error;
	found.loaded = info->load_time;
	instance = instance_of(instances, &found);
	if (!instance)
		return -ENOMEM;
	if (instance->programs[program].fd >= 0)
		return 0;
	instance->programs[program] = (struct instance_program){ .id = info->id, .fd = fd };
	return 1;
}

static int find_all(struct instances *instances)
{
	__u32 id = 0;
	int error, result;

	while (!(error = bpf_prog_get_next_id(id, &id))) {
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd == -ENOENT) /* it has ended meanwhile */
			continue;
		if (fd < 0)
			return fd;
		result = take_program(instances, fd);
		if (result != 1)
			close(fd);
		if (result < 0)
			return result;
	}
	return error == -ENOENT ? 0 : error;
}

/* Marks what lacks a map as not readable, once all programs have been found. */
static void check_maps(struct instances *instances)
{
	for (size_t i = 0; i < instances->count; i++)
		for (int map = 0; map < INSTANCE_MAPS; map++)
			instances->list[i].is_readable &= instances->list[i].maps[map] != 0;
}

int instances__find(struct instances *ret_instances)
{
	struct instances instances = {};
	int error = find_all(&instances);

	if (error) {
		instances__free(&instances);
		return error;
	}
	check_maps(&instances);
	*ret_instances = instances;
	return 0;
}

void instances__free(struct instances *instances)
{
	for (size_t i = 0; i < instances->count; i++)
		for (int program = 0; program < PROBE_PROGRAMS; program++)
			if (instances->list[i].programs[program].fd >= 0)
				close(instances->list[i].programs[program].fd);
	free(instances->list);
	*instances = (struct instances){};
}

int instance__read_cost(int program_fd, struct instance_cost *ret_cost)
{
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	int error = bpf_obj_get_info_by_fd(program_fd, &info, &length);

	if (error)
		return error;
	*ret_cost = (struct instance_cost){ .runs = info.run_cnt, .nanoseconds = info.run_time_ns };
	return 0;
}

// SPDX-License-Identifier: BSD-2-Clause
/* See probe.h. Tested by tests/bpf/test_programs.c. */
#include "kernel/probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "counts/filter_table.h"
#include "sipbpf.skel.h"
#include "stream/sightings.h"

#define ROWS_DEFAULT 131072
#define ROWS_MIN 16

/* Longer than a host takes to pass a packet on, and shorter than a UA waits before it sends a request again (T1). */
#define SIGHTING_LIFETIME_NS 200000000L

struct probe {
	struct sipbpf_bpf *skeleton; /* of it the maps are loaded, the programs are not */
	int programs[PROBE_PROGRAMS];
	struct probe_maps maps;
	struct probe_hooks hooks;
};

/* Puts a program into the map by which others call it, if it is loaded. */
static int put_program(const struct probe *probe, const struct bpf_map *map, enum probe_program program)
{
	int fd = probe__program_fd(probe, program);
	__u32 zero = 0;

	return fd >= 0 && bpf_map_update_elem(bpf_map__fd(map), &zero, &fd, BPF_ANY) ? -errno : 0;
}

static int put_called_programs(const struct probe *probe)
{
	int error = put_program(probe, probe->skeleton->maps.xdp_any, PROBE_XDP_ANY);

	return error ? error : put_program(probe, probe->skeleton->maps.tc_any, PROBE_TC_ANY);
}

/* No program reads these maps, but whoever looks at the programs is to find them (since Linux 5.10). */
static int bind_maps(const struct probe *probe)
{
	int error = 0, fd, i;

	for (i = 0; !error && i < PROBE_HOOKS; i++) {
		fd = probe__program_fd(probe, i);
		if (fd < 0)
			continue;
		error = bpf_prog_bind_map(fd, bpf_map__fd(probe->skeleton->maps.interfaces), NULL);
		if (!error)
			error = bpf_prog_bind_map(fd, bpf_map__fd(probe->skeleton->maps.notices), NULL);
	}
	return error;
}

/* Adds a port to a set, which has a bit for each. */
static void add_port(const volatile __u64 *set, __u32 port)
{
	((__u64 *)set)[port / 64] |= 1ULL << (port % 64);
}

static void set_wanted_ports(struct sipbpf_bpf *skeleton, const struct probe_options *options)
{
	size_t i;

	skeleton->rodata->filters_ports = options->ports_count != 0;
	for (i = 0; i < options->ports_count; i++)
		add_port(skeleton->rodata->ports, options->ports[i]);
}

static void set_hep_ports(struct sipbpf_bpf *skeleton, const struct probe_options *options)
{
	size_t i;

	skeleton->rodata->reads_hep = options->reads_hep;
	if (!options->hep_ports_count)
		memset((void *)skeleton->rodata->hep_ports, 0xff, sizeof(skeleton->rodata->hep_ports));
	for (i = 0; i < options->hep_ports_count; i++)
		add_port(skeleton->rodata->hep_ports, options->hep_ports[i]);
}

static void set_link_rules(struct sipbpf_bpf *skeleton, const struct probe_options *options)
{
	const struct link_rules none = { 0 }, *rules = options->rules ? options->rules : &none;
	__u32 port;

	for (port = 0; port < 65536; port++)
		if (link_rules__has_port(rules, (__u16)port))
			add_port(skeleton->rodata->sip_ports, port);
	skeleton->rodata->via_decides = link_rules__needs_via_of_datagrams(rules);
}

/*
 * Sets the filter. The programs always decide by hosts. They decide by messages only if all methods of the filter can
 * have numbers; otherwise they count all messages, and the reader of the counters leaves out those that are not wanted.
 */
static int set_filter(struct sipbpf_bpf *skeleton, const struct filter *filter, struct filter_table *table)
{
	int error = 0;

	table->names_count = 0;
	if (!filter)
		return 0;
	if (filter->types_count && filter_table__make(filter, table)) {
		table->names_count = 0;
	} else if (filter->types_count) {
		skeleton->rodata->filters_messages = 1;
		memcpy((void *)skeleton->rodata->wanted_requests, table->requests, sizeof(table->requests));
		memcpy((void *)skeleton->rodata->wanted_responses, table->responses, sizeof(table->responses));
		memcpy((void *)skeleton->rodata->wanted_statuses, table->statuses, sizeof(table->statuses));
		for (size_t i = 0; i < table->names_count; i++)
			skeleton->bss->extension_numbers[0] |= 1ULL << i;
	}
	skeleton->rodata->filters_hosts = filter->hosts_count != 0;
	skeleton->rodata->excludes_hosts = filter->excluded_hosts_count != 0;
	if (filter->hosts_count)
		error = bpf_map__set_max_entries(skeleton->maps.hosts, (__u32)filter->hosts_count + 1);
	if (!error && filter->excluded_hosts_count)
		error = bpf_map__set_max_entries(skeleton->maps.excluded_hosts,
						 (__u32)filter->excluded_hosts_count + 1);
	return error;
}

static int put_network(const struct bpf_map *map, const struct link_network *network, __u8 holds)
{
	struct {
		__u32 prefix_length;
		struct in6_addr address;
	} key = { network->prefix_length, network->address };

	return bpf_map_update_elem(bpf_map__fd(map), &key, &holds, BPF_ANY) ? -errno : 0;
}

/*
 * Puts the networks into a map. An IPv6 network with a prefix shorter than 96 could contain the v4-mapped addresses,
 * which stand for IPv4. So the map first says that it holds no IPv4 at all.
 */
static int fill_networks(const struct bpf_map *map, const struct link_network *networks, size_t count)
{
	static const struct link_network ipv4 = { .address.s6_addr = { [10] = 0xff, [11] = 0xff },
						  .prefix_length = 96 };
	int error = count ? put_network(map, &ipv4, 0) : 0;
	size_t i;

	for (i = 0; !error && i < count; i++)
		error = put_network(map, &networks[i], 1);
	return error;
}

/* Gives the methods that the filter names their numbers. Call it after loading. */
static int fill_method_types(const struct sipbpf_bpf *skeleton, const struct filter_table *table)
{
	static const struct sipbpf_name unknown_name = { "UNKNOWN" };
	int fd = bpf_map__fd(skeleton->maps.method_types);
	__u32 unknown = SIP_TYPE_UNKNOWN, type = SIP_TYPE_EXTENSION_MIN;
	size_t i;

	if (bpf_map_update_elem(fd, &unknown_name, &unknown, BPF_ANY))
		return -errno;
	for (i = 0; i < table->names_count; i++, type++)
		if (bpf_map_update_elem(fd, &table->names[i], &type, BPF_ANY))
			return -errno;
	return 0;
}

/* Puts the filter's networks into the maps. Call it after loading. */
static int fill_hosts(const struct sipbpf_bpf *skeleton, const struct filter *filter)
{
	int error;

	if (!filter)
		return 0;
	error = fill_networks(skeleton->maps.hosts, filter->hosts, filter->hosts_count);
	return error ? error
		     : fill_networks(skeleton->maps.excluded_hosts, filter->excluded_hosts,
				     filter->excluded_hosts_count);
}

/* In ticks of the kernel's clock, which are those of the coarse clock. */
static int set_sighting_lifetime(struct sipbpf_bpf *skeleton)
{
	struct timespec tick;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick))
		return -errno;
	skeleton->rodata->sighting_lifetime = (__u32)(SIGHTING_LIFETIME_NS / (tick.tv_nsec ? tick.tv_nsec : 1));
	return 0;
}

/* The seed is secret, so that nobody can choose connections whose flows fall into one set. */
static int set_seed_and_lifetime(struct sipbpf_bpf *skeleton)
{
	__u64 seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return -errno;
	*(__u64 *)&skeleton->rodata->flow_seed = seed;
	return set_sighting_lifetime(skeleton);
}

static int set_sizes(struct sipbpf_bpf *skeleton, const struct probe_options *options)
{
	__u32 rows = options->rows_max ? options->rows_max : ROWS_DEFAULT;
	int error;

	if (rows < ROWS_MIN)
		rows = ROWS_MIN;
	skeleton->rodata->rows_wakeup = rows / 2;
	error = bpf_map__set_max_entries(skeleton->maps.bank_a, rows);
	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.bank_b, rows);
	return error;
}

static int set_interfaces(struct sipbpf_bpf *skeleton, const struct probe_options *options)
{
	__u32 interfaces = options->interfaces ? options->interfaces : 1;
	int error;

	if (interfaces > SIPBPF_INTERFACES_MAX)
		interfaces = SIPBPF_INTERFACES_MAX;
	skeleton->rodata->tells_interfaces = interfaces > 1;
	error = bpf_map__set_max_entries(skeleton->maps.interfaces, interfaces);
	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.packets, SIPBPF_PLACE(interfaces, 0));
	return error;
}

/* The kernel maps whole pages. */
static size_t flow_sets_size(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (FLOW_SETS_ALL * sizeof(struct flow_set) + page - 1) / page * page;
}

static int map_flow_sets(struct probe *probe)
{
	void *sets = mmap(NULL, flow_sets_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
			  bpf_map__fd(probe->skeleton->maps.flows), 0);

	if (sets == MAP_FAILED)
		return -errno;
	probe->maps.flow_sets = sets;
	return 0;
}

static void fill_maps(struct probe *probe, const struct filter_table *table)
{
	struct sipbpf_bpf *skeleton = probe->skeleton;

	probe->maps = (struct probe_maps){
		.active_bank = bpf_map__fd(skeleton->maps.active_bank),
		.banks = { bpf_map__fd(skeleton->maps.bank_a), bpf_map__fd(skeleton->maps.bank_b) },
		.rows_max = bpf_map__max_entries(skeleton->maps.bank_a),
		.other_row = bpf_map__fd(skeleton->maps.other_row),
		.packets = bpf_map__fd(skeleton->maps.packets),
		.interfaces = bpf_map__max_entries(skeleton->maps.interfaces),
		.method_types = bpf_map__fd(skeleton->maps.method_types),
		.wakeup = bpf_map__fd(skeleton->maps.wakeup),
		.flows = bpf_map__fd(skeleton->maps.flows),
		.copies = bpf_map__fd(skeleton->maps.copies),
		.flow_seed = skeleton->rodata->flow_seed,
		.rows = &skeleton->bss->rows,
		.extension_numbers = skeleton->bss->extension_numbers,
		.fixed_extensions = (int)table->names_count,
		.filters_messages = skeleton->rodata->filters_messages,
	};
}

static void fill_hooks(struct probe *probe)
{
	for (int i = 0; i < PROBE_HOOKS; i++) {
		probe->hooks.programs[i] = probe__program_fd(probe, i);
		probe->hooks.program_ids[i] = probe__program_id(probe, i);
	}
	probe->hooks.bare_interfaces = bpf_map__fd(probe->skeleton->maps.bare_interfaces);
	probe->hooks.translations = bpf_map__fd(probe->skeleton->maps.translations);
}

/* Places of a map with BPF_MAP_TYPE_LRU_HASH that each CPU may keep for itself: LOCAL_FREE_TARGET in bpf_lru_list.c. */
#define LRU_PLACES_OF_A_CPU 128

/* There is to be room for all translations, whichever CPU adds them. */
static int make_room_for_translations(struct sipbpf_bpf *skeleton)
{
	int cpus = libbpf_num_possible_cpus();

	if (cpus < 0)
		return cpus;
	return bpf_map__set_max_entries(skeleton->maps.translations,
					SIPBPF_TRANSLATIONS_MAX + LRU_PLACES_OF_A_CPU * (__u32)cpus);
}

/* What is set before loading. */
static int configure(struct probe *probe, const struct probe_options *options, struct filter_table *table)
{
	int error;

	set_wanted_ports(probe->skeleton, options);
	set_link_rules(probe->skeleton, options);
	set_hep_ports(probe->skeleton, options);
	error = set_sizes(probe->skeleton, options);
	if (!error)
		error = make_room_for_translations(probe->skeleton);
	if (!error)
		error = set_interfaces(probe->skeleton, options);
	if (!error)
		error = set_seed_and_lifetime(probe->skeleton);
	return error ? error : set_filter(probe->skeleton, options->filter, table);
}

/* What is put into the maps after loading. */
static int fill(struct probe *probe, const struct probe_options *options, const struct filter_table *table)
{
	int error = put_called_programs(probe);

	if (!error)
		error = bind_maps(probe);
	if (!error)
		error = fill_method_types(probe->skeleton, table);
	return error ? error : fill_hosts(probe->skeleton, options->filter);
}

/* The maps first; then the programs, which are made of the same file and share them. */
static int load(struct probe *probe, const struct probe_options *options)
{
	struct probe_programs_source source = {
		.maps = probe->skeleton->obj,
		.programs = options->programs,
		.is_xdp_generic = options->is_xdp_generic,
		.verifier_log_level = options->verifier_log_level,
	};
	struct bpf_program *program;
	int error = 0;

	bpf_object__for_each_program(program, probe->skeleton->obj)
		if (!error)
			error = bpf_program__set_autoload(program, false);
	if (!error)
		error = sipbpf_bpf__load(probe->skeleton);
	source.elf = sipbpf_bpf__elf_bytes(&source.elf_size);
	return error ? error : probe_programs__load(&source, probe->programs);
}

static struct probe *new_probe(void)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	int i;

	for (i = 0; probe && i < PROBE_PROGRAMS; i++)
		probe->programs[i] = -1;
	return probe;
}

int probe__load(const struct probe_options *options, struct probe **ret_probe)
{
	struct probe *probe = new_probe();
	struct filter_table table;
	int error;

	if (!probe)
		return -ENOMEM;
	probe->skeleton = sipbpf_bpf__open();
	if (!probe->skeleton) {
		error = -errno;
		goto fail;
	}
	error = configure(probe, options, &table);
	if (!error)
		error = load(probe, options);
	if (!error)
		error = fill(probe, options, &table);
	if (error)
		goto fail;
	fill_maps(probe, &table);
	fill_hooks(probe);
	error = map_flow_sets(probe);
	if (error)
		goto fail;
	*ret_probe = probe;
	return 0;
fail:
	probe__free(probe);
	return error ? error : -EINVAL;
}

void probe__free(struct probe *probe)
{
	if (!probe)
		return;
	if (probe->maps.flow_sets)
		munmap(probe->maps.flow_sets, flow_sets_size());
	probe_programs__close(probe->programs);
	sipbpf_bpf__destroy(probe->skeleton);
	free(probe);
}

const struct probe_maps *probe__maps(const struct probe *probe)
{
	return &probe->maps;
}

int probe__program_fd(const struct probe *probe, enum probe_program program)
{
	return probe->programs[program];
}

__u32 probe__program_id(const struct probe *probe, enum probe_program program)
{
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	int fd = probe__program_fd(probe, program);

	return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &length) == 0 ? info.id : 0;
}

/* Interfaces beyond those that are told apart count as the first one. */
static __u32 number_of_place(const struct probe *probe, __u32 number)
{
	return number < probe->maps.interfaces ? number : 0;
}

int probe__number_interface(struct probe *probe, unsigned int ifindex, __u32 number)
{
	const struct sipbpf_interface value = { .ifindex = ifindex };
	__u32 key = number_of_place(probe, number);

	if (bpf_map_update_elem(bpf_map__fd(probe->skeleton->maps.interfaces), &key, &value, BPF_ANY))
		return -errno;
	probe->skeleton->bss->interface_places[ifindex % SIPBPF_INTERFACE_IDS] = (__u16)key;
	return 0;
}

int probe__note_gone(struct probe *probe, const char *name, __u32 number)
{
	struct sipbpf_interface value = {};
	__u32 key = number_of_place(probe, number);

	snprintf(value.name, sizeof(value.name), "%s", name);
	return bpf_map_update_elem(bpf_map__fd(probe->skeleton->maps.interfaces), &key, &value, BPF_ANY) ? -errno : 0;
}

int probe__tell(struct probe *probe, const struct sipbpf_told *told)
{
	__u32 zero = 0;

	return bpf_map_update_elem(bpf_map__fd(probe->skeleton->maps.notices), &zero, told, BPF_ANY) ? -errno : 0;
}

void probe__set_may_pass_twice(struct probe *probe, bool may_pass_twice)
{
	*(volatile __u32 *)&probe->skeleton->bss->may_pass_twice = may_pass_twice;
}

const struct probe_hooks *probe__hooks(const struct probe *probe)
{
	return &probe->hooks;
}

int probe_hooks__set_bare(const struct probe_hooks *hooks, unsigned int ifindex, bool is_bare)
{
	__u32 key = ifindex;
	__u8 yes = 1;

	if (is_bare)
		return bpf_map_update_elem(hooks->bare_interfaces, &key, &yes, BPF_ANY) ? -errno : 0;
	return bpf_map_delete_elem(hooks->bare_interfaces, &key) && errno != ENOENT ? -errno : 0;
}

int probe_hooks__add_translation(const struct probe_hooks *hooks, const struct sipbpf_translated *back,
				 const struct sipbpf_original *original)
{
	struct sipbpf_translated forth = { .protocol = back->protocol };
	struct sipbpf_original known;
	bool is_known = !bpf_map_lookup_elem(hooks->translations, back, &known) &&
			flow_table__same_ends(&known.ends, &original->ends);

	/* Even what is there already would take the place of another one. */
	if (!is_known && bpf_map_update_elem(hooks->translations, back, original, BPF_ANY))
		return -errno;
	flow_table__reverse_ends(&forth.ends, &original->ends);
	return bpf_map_delete_elem(hooks->translations, &forth) && errno != ENOENT ? -errno : 0;
}

/* Notes that connection tracking knows a translation, or forgets one that it does not know any more. */
static void settle_translation(int map, const struct sipbpf_translated *back, struct sipbpf_original *original,
			       bool is_tracked)
{
	if (is_tracked && !original->is_tracked) {
		original->is_tracked = 1;
		(void)bpf_map_update_elem(map, back, original, BPF_EXIST);
	} else if (!is_tracked && original->is_tracked) {
		(void)bpf_map_delete_elem(map, back);
	}
}

/*
 * One that was learnt from an answer has both ends the other way round. If connection tracking knows it so, it takes its
 * place. Returns whether it is known, or a negative errno.
 */
static int turn_translation(const struct probe_hooks *hooks, const struct sipbpf_translated *back,
			    const struct sipbpf_original *original, probe_is_tracked is_tracked)
{
	struct sipbpf_translated turned_back = { .protocol = back->protocol };
	struct sipbpf_original turned = { .is_tracked = 1 };
	int tracked, error;

	flow_table__reverse_ends(&turned_back.ends, &original->ends);
	flow_table__reverse_ends(&turned.ends, &back->ends);
	tracked = is_tracked(&turned_back, &turned.ends);
	error = tracked > 0 ? probe_hooks__add_translation(hooks, &turned_back, &turned) : 0;
	return error ? error : tracked;
}

static int check_translation(const struct probe_hooks *hooks, const struct sipbpf_translated *back,
			     struct sipbpf_original *original, probe_is_tracked is_tracked)
{
	int tracked = is_tracked(back, &original->ends);

	if (tracked == 0 && !original->is_tracked)
		return turn_translation(hooks, back, original, is_tracked);
	if (tracked >= 0)
		settle_translation(hooks->translations, back, original, tracked > 0);
	return tracked;
}

int probe_hooks__check_translations(const struct probe_hooks *hooks, probe_is_tracked is_tracked)
{
	struct sipbpf_translated back, next;
	struct sipbpf_original original;
	int map = hooks->translations, tracked = 0, error = bpf_map_get_next_key(map, NULL, &next) ? -errno : 0;

	/* A key that has gone meanwhile has the kernel begin again. */
	for (__u32 i = 0; !error && tracked >= 0 && i < 2 * SIPBPF_TRANSLATIONS_MAX; i++) {
		back = next;
		error = bpf_map_get_next_key(map, &back, &next) ? -errno : 0;
		if (bpf_map_lookup_elem(map, &back, &original) == 0)
			tracked = check_translation(hooks, &back, &original, is_tracked);
	}
	return tracked < 0 ? tracked : error == -ENOENT ? 0 : error;
}

void probe__note_translations(struct probe *probe)
{
	*(volatile __u32 *)&probe->skeleton->bss->has_translations = 1;
}

void probe__read_sip_ports(const struct probe *probe, __u64 ret_ports[SIPBPF_PORT_WORDS])
{
	memcpy(ret_ports, (const void *)probe->skeleton->rodata->sip_ports, SIPBPF_PORT_WORDS * sizeof(*ret_ports));
}

int probe__test_run(struct probe *probe, enum probe_program program, const void *frame, size_t length,
		    unsigned int gso_size, int *ret_verdict)
{
	struct __sk_buff context = { .gso_size = gso_size };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = (__u32)length, .repeat = 1);

	if (gso_size && !probe__is_xdp(program)) {
		options.ctx_in = &context;
		options.ctx_size_in = sizeof(context);
	}
	if (bpf_prog_test_run_opts(probe__program_fd(probe, program), &options))
		return -errno;
	*ret_verdict = (int)options.retval;
	return 0;
}

// SPDX-License-Identifier: BSD-2-Clause
/* See probe_programs.h. Tested by tests/bpf/test_programs.c. */
#include "kernel/probe_programs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* The programs of one kind of hook: they are loaded one after the other. */
struct family {
	const struct probe_programs_source *source;
	__u32 programs;
	int *fds;
	int error;
};

const char *probe__program_name(enum probe_program program)
{
	static const char *const names[PROBE_PROGRAMS] = {
		[PROBE_XDP] = "sipbpf_xdp",       [PROBE_TC_RECEIVED] = "sipbpf_received",
		[PROBE_TC_SENT] = "sipbpf_sent",  [PROBE_XDP_ANY] = "sipbpf_xdp_any",
		[PROBE_TC_ANY] = "sipbpf_tc_any",
	};

	return names[program];
}

bool probe__is_xdp(enum probe_program program)
{
	return program == PROBE_XDP || program == PROBE_XDP_ANY;
}

static __u32 with_called(__u32 programs)
{
	if (!programs)
		return PROBE_BIT(PROBE_PROGRAMS) - 1;
	if (programs & PROBE_BIT(PROBE_XDP))
		programs |= PROBE_BIT(PROBE_XDP_ANY);
	if (programs & (PROBE_BIT(PROBE_TC_RECEIVED) | PROBE_BIT(PROBE_TC_SENT)))
		programs |= PROBE_BIT(PROBE_TC_ANY);
	return programs;
}

/*
 * XDP programs take frames in fragments, but not those of generic XDP: for such a program it copies frames (since
 * Linux 6.9) so that tc programs of anybody on the interface see them without their Ethernet header. For others it
 * makes large frames linear. By flags and not by the section, because libbpf does not take back what a section says.
 */
static int configure_program(struct bpf_program *program, enum probe_program number, const struct family *family)
{
	bool is_loaded = family->programs & PROBE_BIT(number);
	int error = bpf_program__set_autoload(program, is_loaded);

	if (!error && is_loaded && probe__is_xdp(number) && !family->source->is_xdp_generic)
		error = bpf_program__set_flags(program, BPF_F_XDP_HAS_FRAGS);
	return error;
}

static int share_maps(const struct bpf_object *object, const struct bpf_object *maps)
{
	const struct bpf_map *map;
	struct bpf_map *shared;
	int error;

	bpf_object__for_each_map(map, maps) {
		shared = bpf_object__find_map_by_name(object, bpf_map__name(map));
		error = shared ? bpf_map__reuse_fd(shared, bpf_map__fd(map)) : -ENOENT;
		if (error)
			return error;
	}
	return 0;
}

static int load_object(struct bpf_object *object, const struct family *family)
{
	struct bpf_program *programs[PROBE_PROGRAMS];
	int error = 0, i;

	for (i = 0; !error && i < PROBE_PROGRAMS; i++) {
		programs[i] = bpf_object__find_program_by_name(object, probe__program_name(i));
		error = programs[i] ? configure_program(programs[i], i, family) : -ENOENT;
	}
	if (!error)
		error = share_maps(object, family->source->maps);
	if (!error)
		error = bpf_object__load(object);
	for (i = 0; !error && i < PROBE_PROGRAMS; i++) {
		if (!(family->programs & PROBE_BIT(i)))
			continue;
		family->fds[i] = fcntl(bpf_program__fd(programs[i]), F_DUPFD_CLOEXEC, 0);
		error = family->fds[i] < 0 ? -errno : 0;
	}
	return error;
}

static void load_family(struct family *family)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = bpf_object__name(family->source->maps),
		    .kernel_log_level = family->source->verifier_log_level);
	struct bpf_object *object;

	if (!family->programs)
		return;
	object = bpf_object__open_mem(family->source->elf, family->source->elf_size, &options);
	if (!object) {
		family->error = -errno;
		return;
	}
	family->error = load_object(object, family);
	bpf_object__close(object);
}

static void *run_family(void *family)
{
	load_family(family);
	return NULL;
}

/* Signals are for the thread that was there before. */
static int start_thread(pthread_t *thread, struct family *family)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(thread, NULL, run_family, family);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static void load_both(struct family *one, struct family *other)
{
	pthread_t thread;
	bool has_thread = one->programs && other->programs && start_thread(&thread, other) == 0;

	load_family(one);
	if (has_thread)
		pthread_join(thread, NULL);
	else
		load_family(other);
}

int probe_programs__load(const struct probe_programs_source *source, int ret_fds[PROBE_PROGRAMS])
{
	__u32 programs = with_called(source->programs);
	struct family xdp = { .source = source, .fds = ret_fds }, tc = xdp;
	int error, i;

	for (i = 0; i < PROBE_PROGRAMS; i++) {
		ret_fds[i] = -1;
		*(probe__is_xdp(i) ? &xdp.programs : &tc.programs) |= programs & PROBE_BIT(i);
	}
	load_both(&xdp, &tc);
	error = xdp.error ? xdp.error : tc.error;
	if (error)
		probe_programs__close(ret_fds);
	return error;
}

void probe_programs__close(const int fds[PROBE_PROGRAMS])
{
	int i;

	for (i = 0; i < PROBE_PROGRAMS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

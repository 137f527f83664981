/* SPDX-License-Identifier: BSD-2-Clause */
/* The benchmarks' own programs and ours, loaded; the former call one of two by `target`. */
#ifndef LOADED_H
#define LOADED_H

#include <errno.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bench.skel.h"
#include "kernel/probe.h"

struct loaded {
	struct bench_bpf *bench;
	struct probe *probe;
};

/* Whom bench.bpf.c's programs call: the places in their map. */
enum { LOADED_EMPTY, LOADED_OURS, LOADED_TARGETS };

static inline void loaded__close(struct loaded *loaded)
{
	probe__free(loaded->probe);
	bench_bpf__destroy(loaded->bench);
}

/* Returns 0, or a negative errno; loaded__close() is needed either way. */
static inline int loaded__open(struct loaded *loaded)
{
	const struct probe_options options = { .reads_hep = true };
	int fds[LOADED_TARGETS], tc_fds[LOADED_TARGETS], error;

	loaded->bench = bench_bpf__open_and_load();
	error = loaded->bench ? probe__load(&options, &loaded->probe) : -errno;
	if (error)
		return error;
	fds[LOADED_EMPTY] = bpf_program__fd(loaded->bench->progs.empty_frags);
	fds[LOADED_OURS] = probe__program_fd(loaded->probe, PROBE_XDP);
	tc_fds[LOADED_EMPTY] = bpf_program__fd(loaded->bench->progs.empty_tc);
	tc_fds[LOADED_OURS] = probe__program_fd(loaded->probe, PROBE_TC_RECEIVED);
	for (__u32 i = 0; i < LOADED_TARGETS; i++)
		if (bpf_map_update_elem(bpf_map__fd(loaded->bench->maps.targets), &i, &fds[i], BPF_ANY) ||
		    bpf_map_update_elem(bpf_map__fd(loaded->bench->maps.tc_targets), &i, &tc_fds[i], BPF_ANY))
			return -errno;
	return 0;
}

#endif

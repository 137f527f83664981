/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instances of sipbpf that run on this host, whichever process started them: found among the kernel's BPF objects, so that
 * nobody has to answer. An instance is a set of programs that share maps. Looks only; needs CAP_SYS_ADMIN.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/probe.h"

/* The maps that say how an instance does. */
enum instance_map { INSTANCE_PACKETS, INSTANCE_ACTIVE_BANK, INSTANCE_STREAMS, INSTANCE_MAPS };

struct instance_program {
	__u32 id; /* 0: it is not there any more */
	int fd;   /* kept open, so that the id stays that of this program */
};

struct instance {
	struct instance_program programs[PROBE_PROGRAMS];
	__u32 maps[INSTANCE_MAPS]; /* ids; 0: there is none */
	bool is_readable;          /* the maps are laid out as this version of sipbpf knows them */
	__u64 loaded;              /* when its first program was: nanoseconds of CLOCK_BOOTTIME */
};

struct instances {
	struct instance *list;
	size_t count;
};

/* What the kernel has measured of a program, while it kept statistics. */
struct instance_cost {
	__u64 runs;
	__u64 nanoseconds; /* of all of them */
};

/*
 * Finds all instances, the oldest first. Programs are told by their names and kinds, and by the maps they use. Returns 0
 * and instances for instances__free(), or a negative errno (-EPERM: CAP_SYS_ADMIN is missing); then there are none.
 */
int instances__find(struct instances *ret_instances);
void instances__free(struct instances *instances);

/* Returns 0 or a negative errno. The fd is that of struct instance_program. */
int instance__read_cost(int program_fd, struct instance_cost *ret_cost);

#endif

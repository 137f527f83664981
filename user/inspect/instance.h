/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instances of sipbpf that run on this host, whichever process started them. They are found among the kernel's BPF
 * objects, so none of the processes has to answer. An instance is a set of programs that share maps. Only looks; needs
 * CAP_SYS_ADMIN.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/probe.h"

/* The maps that show how an instance is doing. */
enum instance_map {
	INSTANCE_PACKETS,
	INSTANCE_INTERFACES,
	INSTANCE_NOTICES,
	INSTANCE_ACTIVE_BANK,
	INSTANCE_FLOWS,
	INSTANCE_MAPS
};

struct instance_program {
	__u32 id; /* 0: the program is gone */
	int fd;   /* kept open, so that the kernel does not give the id to another program */
};

struct instance {
	struct instance_program programs[PROBE_PROGRAMS];
	__u32 maps[INSTANCE_MAPS]; /* ids; 0: there is none */
	__u32 interfaces;          /* that are told apart */
	bool is_readable;          /* the layout of the maps is the one that this version of sipbpf knows */
	__u64 loaded;              /* when its first program was loaded: nanoseconds of CLOCK_BOOTTIME */
};

struct instances {
	struct instance *list;
	size_t count;
};

/* What the kernel has measured of a program while it kept statistics. */
struct instance_cost {
	__u64 runs;
	__u64 nanoseconds; /* of all runs */
};

/*
 * Finds all instances, the oldest first. It recognises programs by their names, their types and the maps they use.
 * Returns 0 and instances for instances__free(), or a negative errno (-EPERM: CAP_SYS_ADMIN is missing); on failure
 * there is nothing to free.
 */
int instances__find(struct instances *ret_instances);
void instances__free(struct instances *instances);

/* Reads what a program has cost. program_fd is the fd of struct instance_program. Returns 0 or a negative errno. */
int instance__read_cost(int program_fd, struct instance_cost *ret_cost);

#endif

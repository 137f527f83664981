/* SPDX-License-Identifier: BSD-2-Clause */
/* The probe's programs: which there are, and how they are loaded. */
#ifndef PROBE_PROGRAMS_H
#define PROBE_PROGRAMS_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

enum probe_program {
	PROBE_XDP,         /* received frames, by native or generic XDP */
	PROBE_TC_RECEIVED, /* tc ingress */
	PROBE_TC_SENT,     /* tc egress */
	PROBE_HOOKS,       /* those above are attached; those below are called by them */
	PROBE_XDP_ANY = PROBE_HOOKS,
	PROBE_TC_ANY,
	PROBE_PROGRAMS,
};

/* A set of programs, as a bit for each. */
#define PROBE_BIT(program) (1U << (program))

/* Returns the program's name, as bpftool shows it. Static storage. */
const char *probe__program_name(enum probe_program program);

/* Whether it is an XDP program. The others are of tc. */
bool probe__is_xdp(enum probe_program program);

struct probe_programs_source {
	const void *elf; /* the object file with the programs */
	size_t elf_size;
	const struct bpf_object *maps; /* made of the same file, and loaded: its maps are those of the programs */
	__u32 programs;                /* only these are loaded, with those that they call; 0: all */
	bool is_xdp_generic;           /* programs of XDP are for generic XDP, which gives them linear frames */
	int verifier_log_level;        /* 0: no log; else libbpf prints the verifier's log */
};

/*
 * Loads programs. The verifier takes one processor and most of the time that it takes until packets are counted, so XDP's
 * programs and tc's are loaded at the same time. Returns 0 and in ret_fds the file descriptor of each program, which the
 * caller closes, -1 for those that were not to be loaded; or a negative errno, and nothing is open.
 */
int probe_programs__load(const struct probe_programs_source *source, int ret_fds[PROBE_PROGRAMS]);

/* Closes what is open among the file descriptors. */
void probe_programs__close(const int fds[PROBE_PROGRAMS]);

#endif

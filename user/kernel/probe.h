/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe: the loaded BPF object. Sole owner of the generated skeleton; everybody else deals in file descriptors and
 * in the functions below.
 */
#ifndef PROBE_H
#define PROBE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/sipbpf.h"
#include "counts/filter.h"

enum probe_program {
	PROBE_XDP,         /* received frames, native or generic XDP */
	PROBE_TC_RECEIVED, /* tc ingress */
	PROBE_TC_SENT,     /* tc egress */
	PROBE_PROGRAMS,
};

struct probe_options {
	__u32 rows_max;                 /* rows per bank; 0: the default */
	const struct link_rules *rules; /* whose ports belong to SIP; NULL: 5060 and 5061 */
	const __u16 *ports;             /* --port: only packets to or from these, host byte order; none: all */
	size_t ports_count;
	const struct filter *filter; /* NULL: everything is wanted */
	int verifier_log_level;      /* 0: none; else libbpf prints the verifier's log */
};

struct probe;

/*
 * Loads the programs and maps; needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON. Returns 0 and a probe that the caller
 * frees, or a negative errno (-EPERM: capabilities are missing). Does not log, but libbpf does through its print
 * callback. probe__free(NULL) is fine; freeing closes everything.
 */
int probe__load(const struct probe_options *options, struct probe **ret_probe);
void probe__free(struct probe *probe);

/* The maps that a drain reads, as file descriptors, owned by the probe, and what it must know of them. */
struct probe_maps {
	int active_bank; /* array of one map: the bank that programs add to; at first banks[0] */
	int banks[2];
	__u32 rows_max; /* of each bank */
	int other_row;
	int packets;
	int method_types;
	int wakeup;
	int streams; /* sets of TCP flows, by number */
	int copies;  /* payloads that wait, by ticket */
	__u64 stream_seed;
	__u32 *rows;                /* rows inserted since it was last set to 0; shared with the programs */
	bool has_filtered_messages; /* the filter's types were asked before anything came to the maps */
};

const struct probe_maps *probe__maps(const struct probe *probe);

/* The file descriptor of a program, owned by the probe. */
int probe__program_fd(const struct probe *probe, enum probe_program program);

/* The name that bpftool shows for it. */
const char *probe__program_name(enum probe_program program);

/*
 * Marks an interface of this network namespace as counted on receipt: what it received is not counted a second time
 * when it leaves through another counted interface. Must be called before the hooks of that interface run. Returns 0
 * or a negative errno.
 */
int probe__mark_received(struct probe *probe, unsigned int ifindex);

/* Takes the mark away again. Returns 0 or a negative errno. Neither this nor the above needs a capability. */
int probe__unmark_received(struct probe *probe, unsigned int ifindex);

/*
 * Runs a program over one Ethernet frame without a network (BPF_PROG_TEST_RUN); maps count as if it had passed.
 * gso_size: 0, or the size of one datagram of a UDP GSO packet (tc only). Returns 0 and in *ret_verdict what
 * the program returned, or a negative errno. Needs the same capabilities as loading.
 */
int probe__test_run(struct probe *probe, enum probe_program program, const void *frame, size_t length,
		    unsigned int gso_size, int *ret_verdict);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe: the loaded BPF object. It alone owns the generated skeleton; all others use file descriptors and the
 * functions below.
 */
#ifndef PROBE_H
#define PROBE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/sipbpf.h"
#include "counts/filter.h"
#include "kernel/probe_programs.h"

struct probe_options {
	__u32 programs;   /* only these are loaded, with those that they call; 0: all */
	__u32 rows_max;   /* of each bank; 0: the default */
	__u32 interfaces; /* whose packets are counted apart, up to SIPBPF_INTERFACES_MAX; 0 is 1 */
	const struct link_rules
		*rules;     /* say which ports are SIP's, and what tells the transport; NULL: those of {0} */
	const __u16 *ports; /* --port: only packets to or from these, host byte order; none: all */
	size_t ports_count;
	bool reads_hep;         /* --hep */
	const __u16 *hep_ports; /* only HEP to these is read, host byte order; none: to any port */
	size_t hep_ports_count;
	const struct filter *filter; /* NULL: all messages are wanted */
	bool is_xdp_generic;         /* programs of XDP are for generic XDP, which gives them linear frames */
	int verifier_log_level;      /* 0: no log; else libbpf prints the verifier's log */
};

struct probe;
struct flow_set;

/*
 * Loads the programs and maps. Needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON. Returns 0 and a probe that the caller
 * frees, or a negative errno (-EPERM: capabilities are missing). Does not log, but libbpf does, through its print
 * callback. probe__free(NULL) is fine; freeing a probe closes everything.
 */
int probe__load(const struct probe_options *options, struct probe **ret_probe);
void probe__free(struct probe *probe);

/* What a drain needs: the maps, as file descriptors that the probe owns, and some facts about them. */
struct probe_maps {
	int active_bank; /* array of one map: the bank to which the programs add; at first banks[0] */
	int banks[2];
	__u32 rows_max; /* of each bank */
	int other_row;
	int packets;
	__u32 interfaces; /* whose packets are counted apart */
	int method_types;
	int wakeup;
	int flows;  /* sets of flows, by number */
	int copies; /* payloads that wait for others, by ticket */
	__u64 flow_seed;
	struct flow_set *flow_sets; /* the sets of flows, shared with the programs */
	__u32 *rows;                /* rows inserted since it was last set to 0; shared with the programs */
	__u64 *extension_numbers;   /* a bit for each that is taken; shared with the programs */
	int fixed_extensions;       /* the first numbers, which belong to the methods of the filter */
	bool filters_messages;      /* the programs count only messages that the filter wants */
};

const struct probe_maps *probe__maps(const struct probe *probe);

/* What attaching takes: descriptors that the probe owns, and which another process may have too. */
struct probe_hooks {
	int programs[PROBE_HOOKS];      /* negative: not loaded */
	__u32 program_ids[PROBE_HOOKS]; /* 0: not loaded */
	int bare_interfaces;
	int translations;
};

const struct probe_hooks *probe__hooks(const struct probe *probe);

/*
 * Says whether the frames of an interface of this network namespace begin with something else than Ethernet. Call this
 * before its hooks run. Returns 0 or a negative errno. Needs no capability.
 */
int probe_hooks__set_bare(const struct probe_hooks *hooks, unsigned int ifindex, bool is_bare);

/*
 * Has the programs know a translation that the kernel made before they saw its packets. What they have learnt from an
 * answer is forgotten. Tell the probe about translations then. Returns 0 or a negative errno. Needs no capability.
 */
int probe_hooks__add_translation(const struct probe_hooks *hooks, const struct sipbpf_translated *back,
				 const struct sipbpf_original *original);

/*
 * Returns 1 if the kernel's connection tracking translates the ends of an answer to these ends, 0 if not, or a negative
 * errno.
 */
typedef int (*probe_is_tracked)(const struct sipbpf_translated *back, const struct sipbpf_ends *ends);

/*
 * Forgets translations that connection tracking has known and does not know any more, and turns those round that it knows
 * the other way round, since they were learnt from an answer. Those that it has never known may be a program's. Returns 0 or a negative errno, at which the rest stay. Needs no capability of its own.
 */
int probe_hooks__check_translations(const struct probe_hooks *hooks, probe_is_tracked is_tracked);

/* Has the programs look for translations from now on. Needs no capability. */
void probe__note_translations(struct probe *probe);

/* Writes a bit for each port that belongs to SIP. */
void probe__read_sip_ports(const struct probe *probe, __u64 ret_ports[SIPBPF_PORT_WORDS]);

/* Returns the file descriptor of a program, or a negative number if it is not loaded. The probe owns it. */
int probe__program_fd(const struct probe *probe, enum probe_program program);

/* Returns the id that the kernel has given a program, or 0 if it is not loaded. */
__u32 probe__program_id(const struct probe *probe, enum probe_program program);

/*
 * Gives an interface of this network namespace its number, from 0 on and below the options' interfaces: its packets count
 * at SIPBPF_PLACE(number, hook). Call this before its hooks run; until then, number 0 has them. Interfaces whose ifindexes
 * differ by a multiple of SIPBPF_INTERFACE_IDS share the number that was given last. Returns 0 or a negative errno. Needs
 * no capability.
 */
int probe__number_interface(struct probe *probe, unsigned int ifindex, __u32 number);

/*
 * Notes that the interface of a number has gone, and its name. Its packets stay counted. Returns 0 or a negative errno.
 * Needs no capability.
 */
int probe__note_gone(struct probe *probe, const char *name, __u32 number);

/* Has `sipbpf status` tell this of this instance. Returns 0 or a negative errno. Needs no capability. */
int probe__tell(struct probe *probe, const struct sipbpf_told *told);

/*
 * Says whether a packet may pass two of the hooks. If so, the programs remember packets that hold messages, so that each
 * counts once. At first they do not. Needs no capability.
 */
void probe__set_may_pass_twice(struct probe *probe, bool may_pass_twice);

/*
 * Runs a program over one Ethernet frame without a network (BPF_PROG_TEST_RUN). The maps count as if the frame had
 * passed. gso_size is 0, or the size of one datagram of a UDP GSO packet (tc only). Returns 0 and what the program
 * returned in *ret_verdict, or a negative errno. Needs the same capabilities as loading.
 */
int probe__test_run(struct probe *probe, enum probe_program program, const void *frame, size_t length,
		    unsigned int gso_size, int *ret_verdict);

#endif

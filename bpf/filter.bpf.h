/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wanted: links by ports and hosts, messages by type and CSeq method. User space turns the filters into tables
 * before loading. The verifier removes the code of filters that are not set.
 * Tested by tests/bpf/test_filter.c.
 */
#ifndef FILTER_BPF_H
#define FILTER_BPF_H

#include "maps.bpf.h"

/* Set by user space before loading. The verifier takes them for constants. */
const volatile __u8 filters_ports;
const volatile __u8 filters_hosts;
const volatile __u8 excludes_hosts;
const volatile __u8 filters_messages;
const volatile __u8 reads_hep;
const volatile __u8 via_decides;                          /* Via tells the transport of datagrams too */
const volatile __u64 ports[SIPBPF_PORT_WORDS];            /* a bit for each wanted port */
const volatile __u64 sip_ports[SIPBPF_PORT_WORDS];        /* a bit for each port that belongs to SIP, wanted or not */
const volatile __u64 hep_ports[SIPBPF_PORT_WORDS];        /* a bit for each port to which HEP is read */
const volatile __u64 wanted_requests[SIPBPF_TYPE_WORDS];  /* a bit for each method whose requests are wanted */
const volatile __u64 wanted_responses[SIPBPF_TYPE_WORDS]; /* a bit for each CSeq method whose responses are wanted */
const volatile __u64 wanted_statuses[SIPBPF_TYPE_WORDS];  /* a bit for each status code; a response needs both bits */

/*
 * Networks, filled by user space before it attaches. 0 takes a network out of a larger one, 1 does not. Sizes are set
 * before loading.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct network);
	__type(value, __u8);
} hosts SEC(".maps"), excluded_hosts SEC(".maps");

static __always_inline int set_has_type(const volatile __u64 *set, __u32 type)
{
	__u64 i = type >> 6;

	BOUND(i, SIPBPF_TYPE_WORDS);
	return set[i] >> (type & 63) & 1;
}

static __always_inline int set_has_port(const volatile __u64 *set, __u32 port)
{
	__u64 i = port >> 6;

	BOUND(i, SIPBPF_PORT_WORDS);
	return set[i] >> (port & 63) & 1;
}

/* Whether an end lies in one of the networks. */
static __always_inline int ends_are_in(void *networks, const struct sipbpf_ends *ends)
{
	struct work *work = current_work();
	const __u8 *holds;

	if (!work)
		return 0;
	work->network.prefix_length = 128;
	work->network.address = ends->source;
	holds = bpf_map_lookup_elem(networks, &work->network);
	if (holds && *holds)
		return 1;
	work->network.address = ends->target;
	holds = bpf_map_lookup_elem(networks, &work->network);
	return holds && *holds;
}

#define FILTERS_ENDS (filters_ports || filters_hosts || excludes_hosts)

static __always_inline int ends_wanted(const struct sipbpf_ends *ends)
{
	if (filters_ports && !set_has_port(ports, ends->source_port) && !set_has_port(ports, ends->target_port))
		return 0;
	if (filters_hosts && !ends_are_in(&hosts, ends))
		return 0;
	return !excludes_hosts || !ends_are_in(&excluded_hosts, ends);
}

/* Whether HEP to this port is read. */
static __always_inline int hep_wanted(__u32 port)
{
	return reads_hep && set_has_port(hep_ports, port);
}

static __always_inline int has_sip_port(__u32 source_port, __u32 target_port)
{
	return set_has_port(sip_ports, source_port) || set_has_port(sip_ports, target_port);
}

static __always_inline int plain_ends_wanted(const __u8 *ip, const __u8 *frame_end, const struct packet_plain *plain)
{
	struct work *work = current_work();

	if (!work)
		return 1;
	packet__set_plain_ends(&work->key.ends, &work->packet.identity, ip, frame_end, plain);
	return ends_wanted(&work->key.ends);
}

static __always_inline int message_wanted(const struct sipbpf_key *key)
{
	if (!filters_messages)
		return 1;
	if (key->type < SIP_TYPE_STATUS_MIN || key->type > SIP_TYPE_STATUS_MAX)
		return set_has_type(wanted_requests, key->method != SIP_TYPE_UNKNOWN ? key->method : key->type);
	return set_has_type(wanted_responses, key->method) && set_has_type(wanted_statuses, key->type);
}

#endif

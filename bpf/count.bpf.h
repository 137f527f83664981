/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where is it counted? Messages are counted in the active bank, or in the `other` row when the bank is full. Packets
 * are counted by what became of them.
 * Tested by tests/bpf/test_programs.c.
 */
#ifndef COUNT_BPF_H
#define COUNT_BPF_H

#include "maps.bpf.h"

#define EEXIST 17

/*
 * Where the packets of a hook of an interface are counted: SIPBPF_PLACE(). Unless several interfaces are told apart, that
 * is a constant.
 */
static __always_inline __u32 place_of(__u32 ifindex, __u32 hook)
{
	__u32 interface = tells_interfaces ? interface_places[ifindex % SIPBPF_INTERFACE_IDS] : 0;

	return SIPBPF_PLACE(interface, hook);
}

/* This CPU's counts of packets at a place. */
static __always_inline struct sipbpf_packets *packet_counts(__u32 place)
{
	return bpf_map_lookup_elem(&packets, &place);
}

/* Counts a packet without any counted message, under this reason. */
static __always_inline void count_reason(__u32 place, __u32 reason)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (counts && reason < SIPBPF_REASON_COUNT)
		counts->reasons[reason]++;
}

/* Tags and the like come first, then GRE and other tunnels. Most packets come through one of them, or through one kind. */
#define FIRST_TUNNEL SIPBPF_ENCAPSULATION_GRE

/* Counts packets under those of the encapsulations that are from first to last, a bit each. */
static __always_inline void count_some_encapsulations(struct sipbpf_packets *counts, __u32 encapsulations,
						      __u32 packets, __u32 first, __u32 last)
{
	__u64 came_through;
	__u32 i;

	SIP_UNROLL
	for (i = first; i <= last; i++) {
		came_through = encapsulations >> i & 1;
		/* clang 16 would make a branch of each, and the verifier would walk every combination. */
		asm volatile("" : "+r"(came_through));
		counts->encapsulations[i] += came_through * packets;
	}
}

/* Counts packets under each of these encapsulations, which are a bit each. */
static __always_inline void count_encapsulations(__u32 place, __u32 encapsulations, __u32 packets)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (!counts)
		return;
	if (encapsulations & ((1U << FIRST_TUNNEL) - 1))
		count_some_encapsulations(counts, encapsulations, packets, 0, FIRST_TUNNEL - 1);
	if (encapsulations >> FIRST_TUNNEL)
		count_some_encapsulations(counts, encapsulations, packets, FIRST_TUNNEL,
					  SIPBPF_ENCAPSULATION_COUNT - 1);
}

/* Counts a packet under this one. */
static __always_inline void count_encapsulation(__u32 place, __u32 encapsulation)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (counts && encapsulation < SIPBPF_ENCAPSULATION_COUNT)
		counts->encapsulations[encapsulation]++;
}

/* Counts a packet with at least one message. */
static __always_inline void count_sip_packet(__u32 place)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (counts)
		counts->sip++;
}

/* Counts gaps: places where bytes of a flow are missing. */
static __always_inline void count_gaps(__u32 place, __u32 gaps)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (counts)
		counts->gaps += gaps;
}

/* Counts TLS records of one kind. */
static __always_inline void count_records(__u32 place, __u32 kind, __u32 records)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (counts && kind < SIPBPF_TLS_RECORD_COUNT)
		counts->tls_records[kind] += records;
}

/* Counts a flow that was evicted with a message in flight. */
static __always_inline void count_evicted(__u32 place)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (counts)
		counts->evicted++;
}

/* Counts a message that counts with what is known of it. */
static __always_inline void count_truncated_headers(__u32 place)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (counts)
		counts->truncated_headers++;
}

static __always_inline void count_other(__u32 place, __u32 type)
{
	struct sipbpf_packets *counts = packet_counts(place);
	__u64 *count = bpf_map_lookup_elem(&other_row, &type);

	if (count)
		*count += 1;
	if (counts)
		counts->other++;
}

/* Called once per new row. Wakes user space when the bank is half full. */
static __always_inline void count_new_row(void)
{
	__u32 before = __sync_fetch_and_add(&rows, 1);
	__u8 empty = 0;

	if (before + 1 == rows_wakeup)
		(void)bpf_ringbuf_output(&wakeup, &empty, sizeof(empty), 0);
}

/*
 * Returns the row of this key, created if need be, or NULL when the bank is full. A new row is inserted as zero and
 * looked up again, so that two CPUs that meet a new key at once both find the same row.
 */
static __always_inline __u64 *find_or_add_row(void *bank, const struct sipbpf_key *key)
{
	__u64 *count = bpf_map_lookup_elem(bank, key), zero = 0;
	long err;

	if (count)
		return count;
	err = bpf_map_update_elem(bank, key, &zero, BPF_NOEXIST);
	if (err && err != -EEXIST)
		return NULL;
	if (!err)
		count_new_row();
	return bpf_map_lookup_elem(bank, key);
}

/* Adds one to the row of this key in the active bank. Returns 0 when there is no room for it. */
static __always_inline int count_in_bank(const struct sipbpf_key *key)
{
	__u32 zero = 0;
	void *bank = bpf_map_lookup_elem(&active_bank, &zero);
	__u64 *count = bank ? find_or_add_row(bank, key) : NULL;

	if (!count)
		return 0;
	__sync_fetch_and_add(count, 1);
	return 1;
}

static __always_inline void count_message(__u32 place, const struct sipbpf_key *key)
{
	if (!count_in_bank(key))
		count_other(place, key->type);
}

/* Makes a link visible whose messages cannot be read. If there is no room for it, no message is lost. */
static __always_inline void count_link(const struct sipbpf_key *key)
{
	(void)count_in_bank(key);
}

/*
 * Takes one of the first `count` numbers of this word of extension_numbers. Returns SIPBPF_EXTENSION_METHODS_MAX when all
 * are taken. A number that another CPU is about to give back counts as taken.
 */
__noinline int take_extension_number(__u32 word, __u32 count)
{
	__u64 taken, i = word;
	__u32 number;

	BOUND(i, 2);
	taken = extension_numbers[i];
	for (number = 0; number < 64 && number < count && ~taken; number++) {
		__u64 bit = 1ULL << number;

		if (taken & bit)
			continue;
		taken = __sync_fetch_and_or(&extension_numbers[i], bit);
		if (!(taken & bit))
			return (int)(64 * i + number);
	}
	return SIPBPF_EXTENSION_METHODS_MAX;
}

static __always_inline void give_extension_number_back(__u32 number)
{
	__u64 word = number / 64;

	BOUND(word, 2);
	__sync_fetch_and_and(&extension_numbers[word], ~(1ULL << (number & 63)));
}

/*
 * Returns the type of an extension method, which it gets on first sight, or SIP_TYPE_UNKNOWN when there are too many.
 * Two CPUs that meet a new name at once both return the type that was inserted first. The slower one gives its number
 * back. Names may be invented until all numbers are taken, so some are kept for methods that somebody supports.
 */
static __always_inline __u16 extension_type(const struct sipbpf_name *name, int is_supported)
{
	__u32 *known = bpf_map_lookup_elem(&method_types, name), number, type;

	if (known)
		return (__u16)*known;
	number = take_extension_number(0, SIPBPF_EXTENSION_METHODS_ANY);
	if (number == SIPBPF_EXTENSION_METHODS_MAX && is_supported)
		number = take_extension_number(1, SIPBPF_EXTENSION_METHODS_SUPPORTED);
	if (number < SIPBPF_EXTENSION_METHODS_MAX) {
		type = SIP_TYPE_EXTENSION_MIN + number;
		if (!bpf_map_update_elem(&method_types, name, &type, BPF_NOEXIST))
			return (__u16)type;
		give_extension_number_back(number);
	}
	known = bpf_map_lookup_elem(&method_types, name);
	return known ? (__u16)*known : SIP_TYPE_UNKNOWN;
}

#endif

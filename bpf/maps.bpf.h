/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps, with who writes and who reads them, and the settings. Sizes that depend on settings are set before loading.
 * Names have at most 15 characters, because the kernel keeps no more.
 * Tested by tests/bpf/test_programs.c.
 */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* Set by user space before loading. The verifier takes them for constants. */
const volatile __u32 rows_wakeup = 0; /* rows in a bank at which user space is woken */

const volatile __u32 tells_interfaces = 0; /* whether there are several interfaces, which are told apart */

__u16 interface_places[SIPBPF_INTERFACE_IDS]; /* by the low bits of an ifindex: the number of the interface */

__u32 rows; /* inserted into the active bank; user space sets it to 0 before a swap */
/* A bit for each extension method whose number is taken, from SIP_TYPE_EXTENSION_MIN on; then for those supported. */
__u64 extension_numbers[2];

_Static_assert(SIPBPF_EXTENSION_METHODS_ANY == 64 && SIPBPF_EXTENSION_METHODS_SUPPORTED <= 64,
	       "extension_numbers has a bit for each");

/* A bank: messages by key. Programs add to the active bank, and user space empties the idle one. */
struct bank {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct sipbpf_key);
	__type(value, __u64);
	__uint(max_entries, 65536);
} bank_a SEC(".maps"), bank_b SEC(".maps");

/*
 * The active bank. An update by user space returns only when no program uses the old bank any more (since Linux 4.20).
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct bank);
} active_bank SEC(".maps") = { .values = { &bank_a } };

/* The `other` row: messages that found no room in their bank, by type. Never cleared. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SIP_TYPE_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} other_row SEC(".maps");

/* Packets, by what became of them, at each place (SIPBPF_PLACE()). Never cleared. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SIPBPF_HOOKS);
	__type(key, __u32);
	__type(value, struct sipbpf_packets);
} packets SEC(".maps");

/* The interfaces that are told apart, by their number. Only user space writes and reads it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sipbpf_interface);
} interfaces SEC(".maps");

/* What the collector tells whoever looks at the programs. Only user space writes and reads it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct sipbpf_told));
} notices SEC(".maps");

/*
 * The types of extension methods, by name. Programs insert; user space reads, and takes numbers back from names that are
 * not in use (user/kernel/extensions.h). User space first inserts UNKNOWN, which cannot be the name of an extension
 * method, and the names in its filter.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SIPBPF_EXTENSION_METHODS_MAX + 1);
	__type(key, struct sipbpf_name);
	__type(value, __u32);
} method_types SEC(".maps");

/*
 * Packets that were seen lately, with room for those that are under way through the host. User space sets how many ticks
 * of the kernel's clock they are remembered before loading, and may say at any time whether they need to be.
 */
const volatile __u32 sighting_lifetime = 0;
__u32 may_pass_twice; /* a packet may pass two of the hooks */

struct sighting_set {
	struct bpf_spin_lock lock;
	struct sighting ways[SIGHTING_WAYS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SIGHTING_SETS);
	__type(key, __u32);
	__type(value, struct sighting_set);
} sightings SEC(".maps");

/*
 * The ends by which the link is known. Programs learn them from packets, and user space from the kernel's connection
 * tracking; what that forgets is forgotten here (user/hook/translations.h). A translation that is forgotten because others
 * were used later shows as two links of one direction each, until its next message is sent.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SIPBPF_TRANSLATIONS_MAX);
	__type(key, struct sipbpf_translated);
	__type(value, struct sipbpf_original);
} translations SEC(".maps");

__u32 has_translations; /* written by both: never 0 again */

/* Interfaces whose frames do not begin with Ethernet. User space writes it before it attaches; XDP reads it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u8);
} bare_interfaces SEC(".maps");

/* Gets one empty record when a bank becomes half full. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} wakeup SEC(".maps");

/*
 * Flows that carry SIP: sets of a few flows each, and a tag beside them for each flow. User space sets the seed of
 * their hash before loading. It takes messages out of flows of fragments that have come to nothing, under the lock of
 * their set.
 */
const volatile __u64 flow_seed = 0;
__u64 flow_tags[2 * FLOW_SETS]; /* of FLOW_SETS_ALL sets; the size is a mask's */

_Static_assert(FRAGMENT_SETS <= FLOW_SETS, "every set has tags");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FLOW_SETS_ALL);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct flow_set);
} flows SEC(".maps");

/* A mark for each datagram whose later fragments do not matter for now. */
__u64 fragment_marks[FRAGMENT_MARKS];

__u32 tickets;          /* number of copies so far; each copy has one of its own */
__u32 fragment_tickets; /* likewise, of fragments */

/* Payloads that came early, in the order in which they came. A new one replaces the oldest of its kind. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FLOW_COPIES_ALL);
	__type(key, __u32);
	__type(value, struct flow_copy);
} copies SEC(".maps");

/*
 * The programs that count any packet, one for each type of program. User space puts them in. The kernel empties such a
 * map when nobody holds a descriptor or a pin of it any more.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xdp_any SEC(".maps"), tc_any SEC(".maps");

/* A network: the key of the tries. */
struct network {
	__u32 prefix_length;
	struct sipbpf_endpoint address;
};

_Static_assert(FLOW_COPY_SLACK >= WINDOW_SIZE, "a window that begins at the last byte of a copy lies within it");

/* Room for a layer's header. A power of two, so that a mask can bound the length that is loaded. */
#define HEADER_SIZE 64

_Static_assert(HEADER_SIZE >= PACKET_HEADER_SIZE && HEADER_SIZE >= SCTP_HEADER_SIZE, "every header has room");

/* What the window holds: bytes from origin to limit of the part that is from begin to end of the packet or the copy. */
struct window_content {
	__u32 begin;
	__u32 end;
	__u32 ticket; /* of the copy; 0: the packet */
	__u32 origin;
	__u32 limit; /* 0: nothing of this packet */
};

/*
 * The packet that this CPU is working on. It is too large for the stack, which has 512 bytes for all calls on Linux
 * 6.1.
 */
struct work {
	__u64 zero; /* nobody writes it: see SIP_FORGET() */
	struct packet packet;
	struct framing framing;
	struct sip_scan scan;
	struct sipbpf_key key;
	struct network network; /* the key of a lookup */
	struct sighting sighting;
	struct sighting first;                /* of the same packet */
	struct sighting found[SIGHTING_WAYS]; /* the set, if several of it may be */
	struct sipbpf_translated translated;  /* the key of a lookup */
	struct sipbpf_original original;      /* for use with it */
	struct flow flow;
	struct sctp_chunk chunk;
	struct window_content content;
	__u64 mark_before;  /* of the datagram, in the place of its mark */
	__u64 hash;         /* of the flow */
	__u64 word;         /* the first eight bytes of the payload; zeros past its end */
	__u32 sighting_way; /* where the sighting is kept in its set */
	__u32 set;          /* of the flow */
	__u32 channel;      /* of the flow */
	__u32 way;          /* the flow's place in its set; FLOW_WAYS: it has none yet */
	__u32 gso_size;
	__u32 encapsulations; /* that the driver took off, a bit for each */
	__u32 payloads;       /* that were counted: several in a GSO packet */
	__u32 place;          /* where its packets are counted: SIPBPF_PLACE() */
	__u8 hook;            /* enum sipbpf_hook */
	__u8 is_begun;        /* the glance has begun to read the datagram, and the scan can be resumed */
	__u8 is_unfinished;   /* a message, in scan and key, is to be counted with what is known of it */
	__u8 header[HEADER_SIZE] __attribute__((aligned(8)));
	__u8 sample[SIGHTING_SAMPLE_SIZE];
	__u8 window[WINDOW_SIZE + WINDOW_SLACK];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct work);
} works SEC(".maps");

static __always_inline struct work *current_work(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&works, &zero);
}

#endif

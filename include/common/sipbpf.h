/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel side and the user side share: map keys, values, settings and reasons. It includes only the lists, so
 * that it compiles in BPF and in user space. The includer has defined __u8 to __u64 (linux/types.h or
 * vmlinux/vmlinux.h).
 * Tested by tests/bpf/test_programs.c.
 */
#ifndef SIPBPF_H
#define SIPBPF_H

#include "common/lists.h"

#define SIPBPF_NAME_SIZE 24 /* a method's name with its NUL; a longer method has no name of its own */

/* Extension methods that have a type at a time: so many of any, and so many more that somebody has shown to support. */
#define SIPBPF_EXTENSION_METHODS_ANY 64
#define SIPBPF_EXTENSION_METHODS_SUPPORTED 16
#define SIPBPF_EXTENSION_METHODS_MAX (SIPBPF_EXTENSION_METHODS_ANY + SIPBPF_EXTENSION_METHODS_SUPPORTED)

/* Whether a response with this type says that its method is supported: it is final, and neither 405 nor 501. */
#define SIPBPF_SUPPORTS_METHOD(type) ((type) >= 200 && (type) <= SIP_TYPE_STATUS_MAX && (type) != 405 && (type) != 501)

/*
 * The type of a message. 0 is UNKNOWN; then come the well-known methods, status codes as they are (100 to 699), and
 * extension methods in the order in which they were first seen.
 */
enum sip_type {
	SIP_TYPE_UNKNOWN = 0,
#define X(id, name) SIP_TYPE_##id,
	SIP_METHOD_LIST(X)
#undef X
		SIP_TYPE_METHODS_END,
	SIP_TYPE_STATUS_MIN = 100,
	SIP_TYPE_STATUS_MAX = 699,
	SIP_TYPE_EXTENSION_MIN = 700,
	SIP_TYPE_EXTENSION_MAX = 1023,
	SIP_TYPE_COUNT = 1024,
};

/* Words in a set of types and in a set of ports, which have a bit for each number. */
#define SIPBPF_TYPE_WORDS (SIP_TYPE_COUNT / 64)
#define SIPBPF_PORT_WORDS (65536 / 64)

/* The transport that the topmost Via names. */
enum sip_transport {
	SIP_TRANSPORT_NONE = 0, /* no Via, or a transport outside the list */
#define X(id, name) SIP_TRANSPORT_##id,
	SIP_TRANSPORT_LIST(X)
#undef X
		SIP_TRANSPORT_COUNT,
};

enum sipbpf_reason {
#define X(id, name) SIPBPF_REASON_##id,
	SIPBPF_REASON_LIST(X)
#undef X
		SIPBPF_REASON_COUNT,
};

enum sipbpf_encapsulation {
#define X(id, name) SIPBPF_ENCAPSULATION_##id,
	SIPBPF_ENCAPSULATION_LIST(X)
#undef X
		SIPBPF_ENCAPSULATION_COUNT,
};

enum sipbpf_tls_record {
#define X(id, name) SIPBPF_TLS_##id,
	SIPBPF_TLS_RECORD_LIST(X)
#undef X
		SIPBPF_TLS_RECORD_COUNT,
};

/* Where a packet was seen, as the interface sees it. */
enum sipbpf_hook {
	SIPBPF_RECEIVED = 0,
	SIPBPF_SENT = 1,
	SIPBPF_HOOKS,                   /* of an interface */
	SIPBPF_REPORTED = SIPBPF_HOOKS, /* elsewhere: HEP tells of it */
};

/* The index of the counts of packets that a hook of an interface has seen. Interfaces have numbers from 0 on. */
#define SIPBPF_PLACE(interface, hook) ((interface)*SIPBPF_HOOKS + (hook))
#define SIPBPF_INTERFACES_MAX 1024
#define SIPBPF_INTERFACE_IDS 65536 /* interfaces are told apart by so many values of their ifindex */

/* An interface that is told apart. */
struct sipbpf_interface {
	__u32 ifindex; /* 0: the number has no interface, or it has gone */
	char name[16]; /* IFNAMSIZ: of one that has gone, the name that it had; else "" */
};

#define SIPBPF_NOTICES_SIZE 16384
#define SIPBPF_UNREAD_SIZE 32768 /* more than it can ever be */

/* What a collector tells whoever looks at its programs. Texts are filled up with NULs. */
struct sipbpf_told {
	char notices[SIPBPF_NOTICES_SIZE]; /* lines, each of which ends with LF */
	char unread[SIPBPF_UNREAD_SIZE];   /* what could not be read, in JSON, as a snapshot has it; "": nothing */
};

/* What lies between TCP and a message. */
enum sipbpf_framing {
	SIPBPF_BARE = 0,
	SIPBPF_WEBSOCKET,
	SIPBPF_TLS, /* messages cannot be read: the row counts packets, and type and method are UNKNOWN */
	/* No message either, but packets that could not be read; the type is an enum sipbpf_reason. */
	SIPBPF_UNREAD,
	/* Connections that began with TLS on a port that is not SIP's: of the ends, only the target's port is set. */
	SIPBPF_TLS_ELSEWHERE,
};

/* One end of a datagram or connection. */
struct sipbpf_endpoint {
	__u8 address[16]; /* network byte order; IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2) */
};

/* Both ends. Ports are in host byte order. Copied by the word: see words.h. */
struct sipbpf_ends {
	struct sipbpf_endpoint source;
	struct sipbpf_endpoint target;
	__u16 source_port;
	__u16 target_port;
} __attribute__((aligned(4)));

#define SIPBPF_TRANSLATIONS_MAX 16384

/* Ends that NAT has put in the place of others, as they come back. */
struct sipbpf_translated {
	struct sipbpf_ends ends;
	__u8 protocol;
	__u8 reserved[3];
};

/* What they have been put in the place of. */
struct sipbpf_original {
	struct sipbpf_ends ends;
	__u32 is_tracked; /* the kernel's connection tracking has been seen to know it */
};

/* What is counted: one row for each link, type and CSeq method. It has no padding; its size is asserted below. */
struct sipbpf_key {
	struct sipbpf_ends ends;
	__u16 type;         /* enum sip_type, unless the framing says otherwise */
	__u16 method;       /* enum sip_type: the method that the CSeq header names */
	__u8 protocol;      /* IPPROTO_UDP, IPPROTO_TCP or IPPROTO_SCTP; IPPROTO_IDP: TLS, as HEP tells it */
	__u8 via_transport; /* enum sip_transport */
	__u8 hook;          /* enum sipbpf_hook */
	__u8 framing;       /* enum sipbpf_framing */
};

/* The name of a method, padded with NULs. It is the key of the map that gives extension methods their types. */
struct sipbpf_name {
	char text[SIPBPF_NAME_SIZE];
};

/* Counts per CPU. They are never cleared: readers keep the last reading and subtract it. */
struct sipbpf_packets {
	__u64 sip; /* packets with at least one message */
	__u64 reasons[SIPBPF_REASON_COUNT];
	__u64 sip_elsewhere;     /* of those that were seen elsewhere: packets with messages that counted there */
	__u64 other;             /* messages that found no room in their bank and count in the `other` row */
	__u64 gaps;              /* times that bytes of a flow with SIP were missing where a message may have begun */
	__u64 evicted;           /* flows that gave way to others with a message in flight */
	__u64 truncated_headers; /* messages that counted with what was known, because fragments of them were missing */
	__u64 tls_records
		[SIPBPF_TLS_RECORD_COUNT]; /* records that began, on ports of SIP or where there was SIP before */
	__u64 encapsulations
		[SIPBPF_ENCAPSULATION_COUNT]; /* packets that came through them, however they were counted */
};

_Static_assert(sizeof(struct sipbpf_key) == 44, "struct sipbpf_key is part of the map layout");
_Static_assert(sizeof(struct sipbpf_translated) == 40, "struct sipbpf_translated is part of the map layout");
_Static_assert(sizeof(struct sipbpf_original) == 40, "struct sipbpf_original is part of the map layout");
_Static_assert(sizeof(struct sipbpf_name) == 24, "struct sipbpf_name is part of the map layout");
_Static_assert(SIP_TYPE_METHODS_END <= (int)SIP_TYPE_STATUS_MIN, "methods and status codes share one number space");

#endif

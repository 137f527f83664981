/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of a flow, one direction of a connection, and of the packet of it that is being read. docs/STREAMS.md
 * has the states and the bounds. The includer has defined __u8 to __u64, __s32 and __always_inline.
 * Tested by tests/unit/stream/test_streams.c.
 */
#ifndef FLOW_H
#define FLOW_H

#include "packet/packet.h"
#include "sip/sip.h"

/*
 * Payloads that arrived early and are held until the payloads before them arrive: how many a flow may have and how long
 * each may be. The number is above TCP's initial window (RFC 6928: 10 segments).
 */
#define FLOW_HELD_MAX 16 /* a power of two */
#define FLOW_HELD_SIZE 2048

/* How long they wait, in milliseconds. By then TCP has retransmitted a lost segment. */
#define FLOW_HELD_MILLISECONDS 1000

/* A longer body is not accepted: the message counts, and the next message is expected at the start of a segment. */
#define FLOW_BODY_MAX (1 << 20)

/* The longest start line and headers of a message that is split across segments. A longer message is given up. */
#define FLOW_HEADERS_MAX (1 << 16)

/*
 * Effort (see scan.h) of a piece, besides that of its bytes. Headers in a stream are read to their end, which those of a
 * datagram are not. Each message allows some more, because a piece may hold several. An odd one allows half as much as
 * it has bytes, but no less than this: its method takes a lookup of its name, or it is malformed. A frame or record takes
 * some, because its message has its own.
 */
#define FRAMING_EFFORT_OF_HEADERS 264
#define FRAMING_EFFORT_OF_MESSAGE 160
#define FRAMING_EFFORT_OF_ODD_MESSAGE 48
#define FRAMING_EFFORT_OF_FRAME 48
#define FRAMING_EFFORT_OF_ATTEMPT(bytes) ((__s32)((bytes) / 2)) /* besides, of bytes that will be read once more */

/* Sequence numbers further apart than this belong to two connections. */
#define FLOW_DISTANCE_MAX (1 << 23)

/*
 * A SYN may be sent or arrive again while the flow has had no more bytes than this. After that the sender knows that it
 * has arrived.
 */
#define FLOW_SYN_REPEAT_MAX (1 << 16)

/*
 * A flow that has lost its place is forgotten after this many bytes without a message. That is more than a body may
 * have.
 */
#define FLOW_SEARCH_MAX (FLOW_BODY_MAX + FLOW_HEADERS_MAX)

/* A flow that has lost its place waits for what is missing until this many bytes have gone by without a message. */
#define FLOW_SEARCH_WAIT_MAX (1 << 16)

/* How far behind the bytes at hand the end of a message is put as long as it may go on. */
#define FRAMING_OPEN_END 0x40000000

/* The longest header of a frame, of a record or of the PROXY protocol that is kept. A power of two. */
#define FLOW_HEAD_SIZE 16

enum flow_state {
	FLOW_FREE = 0, /* no flow */
	FLOW_LOST,     /* it is not known where a message begins; it may begin at the start of a segment */
	FLOW_SYNCED,   /* every byte's place in its message is known */
};

/* Why the next bytes may be within a body, and which checks a message must pass to count. */
enum flow_wariness {
	FLOW_WARINESS_NONE = 0,
	FLOW_WARINESS_BODY,       /* the connection was joined in the middle, or the last message had no length */
	FLOW_WARINESS_GAP_SECOND, /* as below, but a second message without a length is accepted */
	FLOW_WARINESS_GAP,        /* bytes are missing, or what had to be a message was not one */
};

/* The layer between TCP or SCTP and the messages of a flow. */
enum flow_carrier {
	FLOW_BARE = 0,
	FLOW_WEBSOCKET, /* frames, RFC 6455 */
	FLOW_TLS,       /* records, RFC 8446 */
	FLOW_SCTP,      /* chunks, RFC 9260 */
	FLOW_FRAGMENTS, /* fragments of one datagram */
};

/* A payload that arrived early and is held. */
struct flow_held {
	__u32 sequence;
	__u32 length;
	__u32 ticket; /* of the copy */
};

/*
 * The window of TSNs: for about this many TSNs up to the last, the flow records which have arrived. Earlier TSNs count
 * as arrived.
 */
#define FLOW_TSN_WINDOW 256 /* a power of two */

/* What is known of a stream of an SCTP association. */
struct flow_sctp {
	__u64 seen[FLOW_TSN_WINDOW / 64]; /* a bit for each TSN that has arrived, at the TSN modulo the window */
	__u32 tag;                        /* verification tag; another tag means another association */
	__u32 message;                    /* of the last fragment */
	__u32 fragment;                   /* the number of the next fragment */
	__u32 reserved;
};

/* What is known of a datagram that comes in fragments. Sequence numbers of such a flow are offsets in the datagram. */
struct flow_fragments {
	struct sipbpf_ends ends; /* of the message; valid if has_first */
	__u32 datagram;          /* length and checksum of UDP; valid if has_first */
	__u32 end;               /* of the message; valid if has_end */
	__u8 has_first : 1;      /* the first fragment has arrived */
	__u8 has_end : 1;
	__u8 reported; /* packet.reported of the first fragment; valid if has_first */
	__u16 type;    /* of the message; valid if flow.message_is_open */
};

_Static_assert(sizeof(struct flow_fragments) <= sizeof(struct flow_sctp), "both take the same place");

/* A flow's channel has this bit if the flow is a datagram in fragments; else it is of TCP or SCTP. */
#define FLOW_CHANNEL_FRAGMENTS 0x80000000U

/*
 * One direction of a TCP connection, one stream of an SCTP association, or a datagram in fragments, that carries SIP.
 * What finds a flow comes first, and what few flows need comes last: see flow__copy().
 */
struct flow {
	struct sipbpf_ends ends;
	__u32 channel;            /* distinguishes flows between the same ends; 0: TCP */
	__u8 hook;                /* enum sipbpf_hook where its packets are seen; set by the caller */
	__u8 state;               /* enum flow_state */
	__u8 has_partial_message; /* in scan and tail, and it goes on; in FLOW_LOST at most part of a start line */
	__u8 had_message;         /* on this connection or an earlier connection between the same ends */
	__u8 is_closed;           /* by FIN or RST */
	__u8 has_fin;
	__u8 wariness;        /* enum flow_wariness */
	__u8 carrier;         /* enum flow_carrier */
	__u8 was_websocket;   /* even after the place is lost, it carries nothing but frames */
	__u8 head_length;     /* bytes of head that have arrived */
	__u8 skip_reason;     /* enum sipbpf_reason: why the next bytes are skipped */
	__u8 frame_is_last;   /* the frame or fragment is the last one of its message */
	__u8 message_is_open; /* the last frame of a message, or a fragment with headers of it, has not arrived yet */
	__u8 rest_reason;     /* enum sipbpf_reason: why the rest of the message is skipped; 0: it is read */
	__u8 tail_length;     /* bytes of tail that the scan has not passed: fewer than SIP_LOOK_AHEAD */
	__u16 held_places;    /* a bit for each place in held that is taken */
	__u32 next;           /* sequence number of the next byte to read; in SCTP the TSN after the last TSN */
	__u32 first;          /* the flow's first sequence number */
	__u32 fin;            /* sequence number of a FIN or RST that arrived early; valid if has_fin */
	__u32 skip;           /* bytes to skip next: of a body, a frame or a record */
	__u32 frame_left;     /* bytes of the frame's payload that are to be read and have not arrived yet */
	__u32 mask;           /* WebSocket mask of the first of these bytes, which has the mask's lowest byte */
	__u32 headers_length; /* bytes of the message that has begun */
	__u32 used_at;        /* clock of the set at the last use */
	__u32 waiting_since;  /* time since when a held payload has waited */
	__u32 searched; /* bytes without a message since the place was lost; FLOW_SEARCH_MAX: there never was a message */
	__u64 head[FLOW_HEAD_SIZE / 8]; /* of a frame or record, as far as it has arrived; first byte lowest */
	union {                         /* valid if channel */
		struct flow_sctp sctp;
		struct flow_fragments fragments;
	};
	struct flow_held held[FLOW_HELD_MAX];
	__u8 tail[2 * SIP_LOOK_AHEAD] __attribute__((aligned(8))); /* ends at tail[SIP_LOOK_AHEAD]; the rest is slack */
	struct sip_scan scan; /* its offsets are relative to the end of what has been read */
} __attribute__((aligned(8)));

/* The size of what every flow needs. */
#define FLOW_CORE_SIZE __builtin_offsetof(struct flow, sctp)

_Static_assert(FLOW_HELD_MAX <= 8 * sizeof(((struct flow *)0)->held_places), "every place has a bit");

/* The reading of one packet's payload, or of one datagram in it. A piece is the packet's payload or a held one. */
struct framing {
	__u32 offset; /* of the next byte of the piece */
	__u32 begin;  /* of the first new byte of the piece, or of the part of a frame; the flow's tail precedes it */
	__u32 end;    /* of the piece, or of the part of a frame */
	__u32 piece_end;
	__u32 mask;    /* WebSocket mask of the byte at begin */
	__u32 missing; /* bytes after the piece that the capture has cut off */
	__u32 ticket;  /* of the held payload that is the piece; 0: it is the packet's own payload */
	__u32 packet_offset;
	__u32 packet_end;
	__u32 packet_missing;
	__u32 sequence; /* of the first byte of the packet's payload */
	__u32 now;      /* in milliseconds; the clock may begin anywhere */
	__u32 messages;
	__u32 counted; /* messages that count, as the caller says */
	__u32 gaps;
	__s32 effort_left;                      /* that the reading of the piece may still take: see scan.h */
	__u32 records[SIPBPF_TLS_RECORD_COUNT]; /* that began in the packet */
	__u8 head[2 * FLOW_HEAD_SIZE]; /* for FRAMING_LOAD_HEAD: the flow's head, then the bytes from offset on */
	__u8 reason;                   /* enum sipbpf_reason; valid if no message counts */
	__u8 is_stream;                /* messages may go on in other packets; else this is one datagram */
	__u8 is_cut;                   /* the datagram goes on, but the capture has cut it off */
	__u8 is_new;                   /* the flow was not known before this packet */
	__u8 is_pending;               /* the packet's own payload has been neither read nor held */
	__u8 has_reason;
	__u8 has_malformed; /* something malformed was passed, whatever else the packet holds */
	__u8 is_probed;     /* the first bytes of the piece have been looked at */
	__u8 is_no_message; /* the piece does not begin with a message, but it must */
	__u8 is_proxy_line; /* the piece may begin with a line of the PROXY protocol */
	__u8 has_part;      /* a part of a frame, from begin to end, is to be read */
	__u8 ends_message;  /* the message ends with that part */
	__u8 is_afresh;     /* reads without the partial message: in a lost flow, a message may begin here */
	__u8 is_search;     /* the piece is not SIP; what is left of it is searched for a start line */
	__u8 is_kept;       /* the scan near the end of the bytes, for the case that the message goes on */
	__u8 tail_length;   /* bytes of the flow's tail that belong to the attempted message */
	__u8 free_place;    /* a free place in flow.held for the packet; FLOW_HELD_MAX: none */
	__u8 is_held;       /* flow.held has the packet's payload already */
	__u8 is_unfinished; /* the message in flow.scan counts with what is known of it */
	__u8 first;         /* the place in flow.held of what comes first; FLOW_HELD_MAX: it is the packet's payload */
	__s32 ahead;        /* bytes that are missing before it */
	/* Valid if is_kept. The tail is like that of the flow. */
	__u8 kept_tail[2 * SIP_LOOK_AHEAD] __attribute__((aligned(8)));
	struct sip_scan kept_scan;
} __attribute__((aligned(8)));

/* The size of what is cleared when the reading of a packet begins. */
#define FRAMING_CORE_SIZE __builtin_offsetof(struct framing, kept_tail)

enum framing_step { FRAMING_READ, FRAMING_LOAD_HEAD, FRAMING_HOLD, FRAMING_AGAIN, FRAMING_ENDED };

/* Sets why the packet contained no message. The first reason stays. */
static __always_inline void framing__set_reason(struct framing *framing, __u8 reason)
{
	if (!framing->has_reason)
		framing->reason = reason;
	framing->has_reason = 1;
}

static __always_inline void flow__forget_message(struct flow *flow)
{
	flow->has_partial_message = 0;
	flow->tail_length = 0;
	flow->headers_length = 0;
	flow->skip = 0;
}

/* Reads what comes next without a carrier. */
static __always_inline void flow__forget_carrier(struct flow *flow)
{
	flow->carrier = FLOW_BARE;
	flow->frame_left = 0;
	flow->head_length = 0;
	flow->head[0] = 0;
	flow->head[1] = 0;
	flow->message_is_open = 0;
	flow->rest_reason = 0;
}

/* Whether no message has been seen since the flow began or lost its place. */
static __always_inline int flow__awaits_message(const struct flow *flow)
{
	return flow->searched || flow->wariness > FLOW_WARINESS_BODY;
}

/* Whether the flow holds payloads that arrived early. */
static __always_inline int flow__has_held(const struct flow *flow)
{
	return flow->held_places != 0;
}

static __always_inline int flow__has_held_at(const struct flow *flow, __u32 place)
{
	return flow->held_places >> place & 1;
}

/* Makes *flow one of which nothing is known. */
static __always_inline void flow__clear(struct flow *flow)
{
	__builtin_memset(flow, 0, FLOW_CORE_SIZE);
}

/* Copies what every flow needs, and what this one needs besides. */
static __always_inline void flow__copy(struct flow *to, const struct flow *from)
{
	__builtin_memcpy(to, from, FLOW_CORE_SIZE);
	SIP_STEP_ENDS();
	if (from->channel)
		to->sctp = from->sctp;
	SIP_STEP_ENDS();
	if (from->held_places)
		__builtin_memcpy(to->held, from->held, sizeof(to->held));
	SIP_STEP_ENDS();
	if (from->has_partial_message) {
		__builtin_memcpy(to->tail, from->tail, sizeof(to->tail));
		to->scan = from->scan;
	}
	SIP_STEP_ENDS();
}

/* Whether the flow is not SIP, and is searched for a start line that goes on in the next piece. */
static __always_inline int flow__is_searched(const struct flow *flow)
{
	return flow->has_partial_message && flow->scan.state == SIP_IN_SEARCH;
}

/* Whether a message may begin behind the last one, and nobody has been told yet that one may have been missed. */
static __always_inline int flow__expects_message(const struct flow *flow)
{
	return flow->state == FLOW_SYNCED ||
	       (flow->state == FLOW_LOST && flow->wariness == FLOW_WARINESS_BODY && !flow->searched);
}

/* Whether bytes before the end are missing where a message may begin. */
static __always_inline int flow__misses_end(const struct flow *flow)
{
	return flow->has_fin && flow__expects_message(flow) && flow->carrier != FLOW_TLS &&
	       (__s32)(flow->fin - flow->next) > (__s32)flow->skip;
}

/* Whether the flow is a datagram with a message whose headers go on in fragments that have not arrived. */
static __always_inline int flow__has_unfinished_headers(const struct flow *flow)
{
	return flow->carrier == FLOW_FRAGMENTS && flow->has_partial_message && flow->message_is_open;
}

/*
 * Whether the flow waits for bytes: for those before a held payload, for those before the FIN, or for the headers of a
 * datagram.
 */
static __always_inline int flow__is_waiting(const struct flow *flow)
{
	if (flow->carrier == FLOW_FRAGMENTS)
		return flow__has_unfinished_headers(flow);
	return flow__has_held(flow) || flow__misses_end(flow);
}

/* Ends the part of a frame that was read or is given up. */
static __always_inline void framing__drop_part(struct framing *framing)
{
	framing->has_part = 0;
	framing->ends_message = 0;
}

/* The effort that these bytes of a flow may take. */
static __always_inline __s32 framing__effort(__u32 length)
{
	return SIP_EFFORT(length) + FRAMING_EFFORT_OF_HEADERS;
}

/*
 * Whether messages are missed with what is given up for this reason, and nobody has been told yet: the flow was in step
 * or may have had a body without a length, or what is given up looks like SIP. `searched` tells them from a flow that
 * has carried something else from the beginning.
 */
static __always_inline int framing__misses_messages(const struct flow *flow, __u8 reason)
{
	int looks_like_sip = reason == SIPBPF_REASON_MALFORMED || reason == SIPBPF_REASON_GAP;

	if (flow->wariness > FLOW_WARINESS_BODY)
		return 0;
	return !flow->searched || (looks_like_sip && (flow->state == FLOW_SYNCED || flow->searched == FLOW_SEARCH_MAX));
}

/* Records that messages may have been missed, though no bytes are missing. */
static __always_inline void framing__record_miss(struct framing *framing, struct flow *flow)
{
	framing->gaps += flow->carrier != FLOW_TLS;
	if (flow->state == FLOW_LOST && flow->wariness == FLOW_WARINESS_BODY) {
		flow->searched = 1; /* so that it is told once */
		return;
	}
	flow->searched = 0;
	flow->wariness = FLOW_WARINESS_GAP;
}

/* Loses the place in the flow. What is left of the piece cannot be read. */
static __always_inline void framing__lose_place(struct framing *framing, struct flow *flow, __u8 reason)
{
	int misses_messages = framing__misses_messages(flow, reason);

	framing__set_reason(framing, framing->is_new || flow->state == FLOW_SYNCED ? reason : SIPBPF_REASON_GAP);
	SIP_STEP_ENDS();
	if (misses_messages)
		framing__record_miss(framing, flow);
	SIP_STEP_ENDS();
	/* The connection has begun with something else. */
	framing->is_search = !misses_messages && flow->wariness == FLOW_WARINESS_NONE;
	if (framing->is_search)
		flow->wariness = FLOW_WARINESS_BODY;
	flow__forget_message(flow);
	flow__forget_carrier(flow);
	flow->state = FLOW_LOST;
	framing->end = framing->piece_end;
	framing->offset = framing->is_search ? framing->offset : framing->end;
	framing__drop_part(framing);
	framing->is_afresh = 0;
	SIP_STEP_ENDS();
}

/* Loses the place because there is no message. If one had begun in the piece before, this piece may begin with another. */
static __always_inline void framing__lose_message(struct framing *framing, struct flow *flow, __u8 reason)
{
	int begins_anew = flow->has_partial_message && flow->state == FLOW_SYNCED;

	framing__lose_place(framing, flow, reason);
	if (!begins_anew)
		return;
	framing->offset = framing->begin;
	if (framing->is_search) /* only if this piece does not begin with a message either */
		flow->wariness = FLOW_WARINESS_NONE;
	framing->is_search = 0;
}

/* Records that bytes of the flow are missing. In encrypted flows it does not matter and is not counted. */
static __always_inline void framing__record_gap(struct framing *framing, struct flow *flow)
{
	framing->gaps += flow->carrier != FLOW_TLS;
	flow__forget_message(flow);
	flow__forget_carrier(flow);
	flow->state = FLOW_LOST;
	flow->wariness = FLOW_WARINESS_GAP;
	flow->searched = 0;
}

/* Ends the reading of a datagram in fragments, for this reason. Those that follow are skipped. */
static __always_inline void framing__end_fragments(struct framing *framing, struct flow *flow, __u8 reason)
{
	framing__drop_part(framing);
	framing->offset = framing->piece_end;
	flow__forget_message(flow);
	flow->rest_reason = reason;
}

/*
 * Loses the piece that is being read: the copy of a held payload was replaced, or the packet's bytes cannot be loaded.
 */
static __always_inline void framing__lose_piece(struct framing *framing, struct flow *flow)
{
	if (flow->carrier == FLOW_FRAGMENTS) {
		framing->is_unfinished = (__u8)flow__has_unfinished_headers(flow);
		framing__end_fragments(framing, flow, SIPBPF_REASON_FRAGMENT);
		return;
	}
	framing__record_gap(framing, flow);
	framing__drop_part(framing);
	framing->offset = framing->piece_end;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of one direction of a TCP connection, and of the packet of it that is being read. docs/STREAMS.md has the
 * states and the bounds. The includer has defined __u8 to __u64, __s32 and __always_inline.
 */
#ifndef FLOW_H
#define FLOW_H

#include "packet/packet.h"
#include "sip/sip.h"

/*
 * Payloads that came early and are kept until those before them come: how many of a flow, more than the initial window of
 * TCP (RFC 6928: 10 segments), and how long each may be.
 */
#define FLOW_HELD_MAX 16 /* a power of two */
#define FLOW_HELD_SIZE 2048

/* How long they wait, in milliseconds: by then TCP has sent again what was lost. */
#define FLOW_HELD_MILLISECONDS 1000

/* A longer body is not believed: the message counts, and the next one begins where a segment does. */
#define FLOW_BODY_MAX (1 << 20)

/* Start line and headers of a message that is cut by segments; a longer one is given up. */
#define FLOW_HEADERS_MAX (1 << 16)

/*
 * Frames and records that a piece may hold: so many, and one more for every so many of its bytes. Who sends smaller ones wants
 * to make work.
 */
#define PIECE_FRAMES_MIN 32
#define PIECE_BYTES_PER_FRAME 8

/* Sequence numbers that are further apart than this are those of two connections. */
#define FLOW_DISTANCE_MAX (1 << 23)

/* A SYN may be sent again, or arrive again, up to so many bytes behind it: the sender knows by then that it has arrived. */
#define FLOW_SYN_REPEAT_MAX (1 << 16)

/* So many bytes without a message, more than a body may have, and a flow that has lost its place is forgotten. */
#define FLOW_SEARCH_MAX (FLOW_BODY_MAX + FLOW_HEADERS_MAX)

/* A flow that has lost its place waits for what is missing, until so many bytes have gone by without a message. */
#define FLOW_SEARCH_WAIT_MAX (1 << 16)

/* Where the end of a message lies that may go on in the next segment. */
#define FRAMING_OPEN_END 0x40000000

/* Bytes of the header of a frame, of a record or of the PROXY protocol that are kept, a power of two. */
#define FLOW_HEAD_SIZE 16

enum flow_state {
	FLOW_FREE = 0, /* no flow */
	FLOW_LOST,     /* where a message begins is not known, but one may begin where a segment does */
	FLOW_SYNCED,   /* every byte's place in its message is known */
};

/* Whether what comes next may lie within a body. */
enum flow_wariness {
	FLOW_WARINESS_NONE = 0,
	FLOW_WARINESS_BODY, /* nobody knows, but nothing is missing: the connection is joined, or a message had no length */
	FLOW_WARINESS_GAP_SECOND, /* bytes are missing; what may have been a message without a length has come since */
	FLOW_WARINESS_GAP,
};

/* What lies between TCP and the messages of a flow. */
enum flow_carrier {
	FLOW_BARE = 0,
	FLOW_WEBSOCKET, /* frames, RFC 6455 */
	FLOW_TLS,       /* records, RFC 8446 */
	FLOW_SCTP,      /* chunks, RFC 9260 */
};

/* A payload that came early. */
struct flow_held {
	__u32 sequence;
	__u32 length;
	__u32 ticket; /* of the copy; 0: none */
};

/* So many TSN up to the last one, or nearly, are known to have come or not; those before count as having come. */
#define FLOW_TSN_WINDOW 256 /* a power of two */

/* What is known of a stream of an SCTP association. */
struct flow_sctp {
	__u64 seen[FLOW_TSN_WINDOW / 64]; /* a bit for each TSN that has come, at the place of its lowest bits */
	__u32 tag;                        /* verification tag: with another one, it is another association */
	__u32 message;                    /* of the fragment before */
	__u32 fragment;                   /* number of the one that is to follow */
	__u32 reserved;
};

/* One direction of a TCP connection, or of a stream of an SCTP association, that carries SIP. */
struct flow {
	struct sipbpf_ends ends;
	__u32 channel;        /* tells flows between the same ends apart: association__channel(); 0: TCP */
	__u32 next;           /* sequence number of the byte that is read next; of SCTP the TSN behind the last one */
	__u32 first;          /* sequence number that the flow began with */
	__u32 fin;            /* that of a FIN which came before what it follows; if has_fin */
	__u32 skip;           /* bytes that come next and are not read: of a body, of a frame, of a record */
	__u32 frame_left;     /* bytes of the frame's payload that are still to come and are read */
	__u32 mask;           /* of the first of them, that byte's mask lowest */
	__u32 headers_length; /* bytes of the message that has begun */
	__u32 used_at;        /* by the clock of its set */
	__u32 waiting_since;  /* since when a payload waits for those before it */
	__u32 searched; /* bytes without a message since the place was lost; FLOW_SEARCH_MAX: there never was one */
	struct flow_sctp sctp;
	struct flow_held held[FLOW_HELD_MAX];
	__u64 head[FLOW_HEAD_SIZE / 8]; /* of a frame or record, as far as it has come, lowest byte first */
	__u8 hook;                      /* enum sipbpf_hook: where its packets are seen; the caller's */
	__u8 state;                     /* enum flow_state */
	__u8 has_partial_message; /* a message has, and goes on: scan and tail. In FLOW_LOST no more than part of a start line */
	__u8 had_message; /* or another connection between the same ends did */
	__u8 is_closed;   /* by FIN or RST */
	__u8 has_fin;
	__u8 wariness;        /* enum flow_wariness */
	__u8 carrier;         /* enum flow_carrier */
	__u8 was_websocket;   /* it has shown to be one: without its place, too, it holds nothing but frames */
	__u8 head_length;     /* bytes of a frame's or record's header that have come */
	__u8 skip_reason;     /* enum sipbpf_reason: why the bytes that come next are not read */
	__u8 frame_is_last;   /* the frame is the last of its message */
	__u8 message_is_open; /* a message has begun whose last frame is still to come */
	__u8 rest_reason;     /* enum sipbpf_reason: why the other frames of this message are not read; 0: they are */
	__u8 tail_length;     /* of the bytes that the scan has not passed: less than SIP_LOOK_AHEAD */
	__u8 tail[2 * SIP_LOOK_AHEAD] __attribute__((aligned(8))); /* they end at tail[SIP_LOOK_AHEAD]; slack follows */
	struct sip_scan scan; /* offsets are relative to the end of what has been read */
} __attribute__((aligned(8)));

/* How a message of a flow is tried. */
enum framing_attempt {
	FRAMING_WHOLE = 0, /* as if it ended where the bytes do: nearly always so */
	FRAMING_AFRESH, /* likewise, but as if none had begun before: a flow that has lost its place may begin here */
	FRAMING_OPEN,   /* up to the last bytes that are at hand, to be left there */
};

/* The reading of one packet's payload, or of one datagram in it. */
struct framing {
	__u32 offset; /* of the next byte of the piece that is being read: the packet's payload, or one that was held */
	__u32 begin; /* of the first byte that was not read before, of the piece or of a frame's part in it: the flow's tail lies before it */
	__u32 end;   /* of the piece, or of a frame's part in it */
	__u32 piece_end;
	__u32 mask;    /* of the byte at begin */
	__u32 missing; /* bytes behind the piece that nobody saw */
	__u32 ticket;  /* the ticket of the piece that was held; 0: it is the packet's own payload */
	__u32 packet_offset;
	__u32 packet_end;
	__u32 packet_missing;
	__u32 sequence; /* of the packet's first byte of payload */
	__u32 now;      /* in milliseconds, by a clock that may begin anywhere */
	__u32 messages;
	__u32 counted; /* of them; the caller says which */
	__u32 gaps;
	__u32 frames_left;                      /* that the piece may still hold, and records */
	__u32 records[SIPBPF_TLS_RECORD_COUNT]; /* that began */
	__u8 head[2 * FLOW_HEAD_SIZE]; /* FRAMING_LOAD_HEAD: bytes from the offset on come behind those of the flow's head */
	__u8 reason;              /* enum sipbpf_reason: valid while no message is counted */
	__u8 is_stream;           /* messages may go on in other packets; else this is one datagram */
	__u8 is_cut;              /* of a datagram: it goes on, but nobody saw that */
	__u8 is_new;              /* the flow was not known before this packet */
	__u8 is_pending;          /* the packet's own payload has been neither read nor held */
	__u8 has_reason;
	__u8 is_probed;     /* what the piece begins with has been looked at */
	__u8 is_no_message; /* it is no message, where one must begin */
	__u8 is_proxy_line; /* it may be a line of the PROXY protocol */
	__u8 has_part;      /* part of a frame, from begin to end, is to be read */
	__u8 ends_message;  /* with that part */
	__u8 attempt;       /* enum framing_attempt */
	__u8 tail_length;   /* bytes of the flow's tail that belong to the message that is tried */
	__u8 free_place;    /* a free one in flow.held; FRAMING_HOLD: for the packet */
	__u8 is_held;       /* the packet's payload is held already */
	__u8 first;         /* what comes first: a place in flow.held; FLOW_HELD_MAX: the packet's payload */
	__s32 ahead;        /* how far it is ahead of what has been read */
} __attribute__((aligned(8)));

enum framing_step { FRAMING_READ, FRAMING_LOAD_HEAD, FRAMING_HOLD, FRAMING_AGAIN, FRAMING_ENDED };

enum framing_result {
	FRAMING_NOTHING,
	FRAMING_MESSAGE,   /* there is one, to be counted */
	FRAMING_SUSPENDED, /* it goes on: the last flow->tail_length bytes of the piece are to be kept in flow->tail */
};

/* Why the packet held no message: what is said first stays. */
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

/* What comes next is read as it is. */
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

/* Whether the flow begins, or has lost its place: no message of it has been seen, or none since. */
static __always_inline int flow__awaits_message(const struct flow *flow)
{
	return flow->searched || flow->wariness > FLOW_WARINESS_BODY;
}

static __always_inline void flow__forget_held(struct flow *flow)
{
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < FLOW_HELD_MAX; i++)
		flow->held[i].ticket = 0;
}

/* Whether payloads that came early are held. */
static __always_inline int flow__has_held(const struct flow *flow)
{
	__u32 tickets = 0, i;

	SIP_UNROLL
	for (i = 0; i < FLOW_HELD_MAX; i++)
		tickets |= flow->held[i].ticket;
	return tickets != 0;
}

/* Whether bytes before the FIN are missing where a message may begin, in a flow that has shown SIP. */
static __always_inline int flow__misses_end(const struct flow *flow)
{
	return flow->has_fin && flow->state == FLOW_SYNCED && (flow->had_message || flow->has_partial_message) &&
	       flow->carrier != FLOW_TLS && (__s32)(flow->fin - flow->next) > (__s32)flow->skip;
}

/* Whether something is waited for: what comes before that which is held, or before the FIN. */
static __always_inline int flow__is_waiting(const struct flow *flow)
{
	return flow__has_held(flow) || flow__misses_end(flow);
}

/* The part of a frame has been read, or is given up. */
static __always_inline void framing__drop_part(struct framing *framing)
{
	framing->has_part = 0;
	framing->ends_message = 0;
}

/* The place in the flow is lost: what is left of the piece cannot be read. */
static __always_inline void framing__lose_place(struct framing *framing, struct flow *flow, __u8 reason)
{
	framing__set_reason(framing, framing->is_new || flow->state == FLOW_SYNCED ? reason : SIPBPF_REASON_GAP);
	if (flow->state == FLOW_SYNCED && !flow->searched)
		flow->wariness = FLOW_WARINESS_GAP;
	flow__forget_message(flow);
	flow__forget_carrier(flow);
	flow->state = FLOW_LOST;
	framing->end = framing->piece_end;
	framing->offset = framing->end;
	framing__drop_part(framing);
	framing->attempt = FRAMING_WHOLE;
}

/* Bytes of the flow are missing. In what is encrypted nobody misses them. */
static __always_inline void framing__record_gap(struct framing *framing, struct flow *flow)
{
	framing->gaps += flow->carrier != FLOW_TLS;
	flow__forget_message(flow);
	flow__forget_carrier(flow);
	flow->state = FLOW_LOST;
	flow->wariness = FLOW_WARINESS_GAP;
	flow->searched = 0;
}

/* What was held of the flow, and is the piece that is read, had to give way to others. */
static __always_inline void framing__lose_piece(struct framing *framing, struct flow *flow)
{
	framing__record_gap(framing, flow);
	framing__drop_part(framing);
	framing->offset = framing->piece_end;
}

#endif

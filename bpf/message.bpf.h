/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is read of a packet, and how it is counted. Nothing here depends on the kind of context.
 * Tested by tests/bpf/test_streams.c.
 */
#ifndef MESSAGE_BPF_H
#define MESSAGE_BPF_H

#include "filter.bpf.h"
#include "flow.bpf.h"
#include "sighting.bpf.h"

/* Units of 2^20 nanoseconds, which are nearly milliseconds and need no division. */
static __always_inline __u32 now_in_milliseconds(void)
{
	return (__u32)(bpf_ktime_get_ns() >> 20);
}

/* Notes that the packet could not be read for this reason. */
__noinline int count_unread(__u32 reason)
{
	struct work *work = current_work();

	if (!work)
		return 0;
	framing__set_silent_key(&work->packet, work->hook, SIPBPF_UNREAD, reason, &work->key);
	restore_ends(work);
	count_link(&work->key);
	return 0;
}

/* Notes that a connection begins with TLS on a port that is not SIP's. */
__noinline int count_tls_elsewhere(void)
{
	struct work *work = current_work();

	if (!work)
		return 0;
	framing__set_silent_key(&work->packet, work->hook, SIPBPF_TLS_ELSEWHERE, SIP_TYPE_UNKNOWN, &work->key);
	__builtin_memset(&work->key.ends.source, 0, sizeof(work->key.ends.source));
	__builtin_memset(&work->key.ends.target, 0, sizeof(work->key.ends.target));
	work->key.ends.source_port = 0;
	count_link(&work->key);
	return 0;
}

/*
 * Takes the flow of a TCP packet, which work->sighting describes, if it may belong to a flow with SIP. Returns 0 if it
 * cannot, and has counted the packet then.
 */
static __always_inline int take_flow_or_count(struct work *work)
{
	int is_sip_port = has_sip_port(work->packet.ends.source_port, work->packet.ends.target_port);
	__u32 length = work->packet.end - work->packet.offset;

	if (framing__begins_tls_elsewhere(work->word, is_sip_port) && !(compares_sightings() && is_seen_elsewhere()))
		count_tls_elsewhere();
	if (!framing__matters_to_flow(flow_select(work, 0), work->packet.flags, length, work->word, is_sip_port)) {
		count_reason(work->place, length                ? SIPBPF_REASON_NOT_SIP
					  : work->packet.is_cut ? SIPBPF_REASON_TRUNCATED
								: SIPBPF_REASON_NO_PAYLOAD);
		return 0;
	}
	if (compares_sightings() && is_seen_elsewhere()) {
		count_seen_elsewhere(work, work->place);
		return 0;
	}
	if (flow_take()) {
		count_gaps(work->place, 1);
		count_reason(work->place, SIPBPF_REASON_GAP);
		return 0;
	}
	return 1;
}

/*
 * Takes the flow of an SCTP chunk that may belong to a stream with SIP. Returns 0 if it cannot, and has set the reason
 * then.
 */
static __always_inline int take_chunk_flow(struct work *work)
{
	const struct sctp_chunk *chunk = &work->chunk;

	if (!framing__chunk_matters_to_flow(flow_select(work, association__channel(chunk)), chunk, work->word)) {
		framing__set_reason(&work->framing, SIPBPF_REASON_NOT_SIP);
		return 0;
	}
	if (flow_take()) {
		work->framing.gaps++;
		framing__set_reason(&work->framing, SIPBPF_REASON_GAP);
		return 0;
	}
	return 1;
}

/*
 * Finds the chunk whose first bytes are in work->header, at work->packet.offset, and moves on to the next one. Returns
 * 0 when there is none.
 */
__noinline int find_chunk(void)
{
	struct work *work = current_work();

	if (!work || !sctp__read_chunk(work->header, work->packet.offset, work->packet.end, &work->chunk))
		return 0;
	work->packet.offset = work->chunk.next;
	return 1;
}

/*
 * Takes the flow of the chunk and prepares its reading. Returns the first step, an enum framing_step, or -1 when the flow
 * was not taken.
 */
__noinline int begin_chunk(void)
{
	struct work *work = current_work();

	if (!work || !take_chunk_flow(work))
		return -1;
	work->content.limit = 0;
	association__begin_chunk(&work->framing, &work->flow, &work->packet, &work->chunk);
	SIP_STEP_ENDS();
	return framing__next(&work->framing, &work->flow, &work->packet, &work->scan);
}

/*
 * Counts a datagram of this length that is empty or, by its first eight bytes, cannot be SIP. Returns whether it has
 * been counted.
 */
static __always_inline int count_if_implausible(const struct work *work, __u32 length)
{
	if (length && (length < 8 || framing__is_plausible(work->word)))
		return 0;
	count_reason(work->place, length                ? SIPBPF_REASON_NOT_SIP
				  : work->packet.is_cut ? SIPBPF_REASON_TRUNCATED
							: SIPBPF_REASON_NO_PAYLOAD);
	return 1;
}

/*
 * Prepares the reading of the payload from offset to end. Returns the first step, an enum framing_step. Its own
 * function, so that its stack frame does not lie below the scan's.
 */
__noinline int begin_framing(__u32 offset, __u32 end)
{
	struct work *work = current_work();

	if (!work)
		return FRAMING_ENDED;
	work->content.limit = 0;
	framing__begin(&work->framing, &work->flow, &work->packet, offset, end,
		       flow__has_held(&work->flow) ? now_in_milliseconds() : 0);
	SIP_STEP_ENDS();
	return framing__next(&work->framing, &work->flow, &work->packet, &work->scan);
}

/* Returns the next step. Its own function for the same reason. */
__noinline int next_step(void)
{
	struct work *work = current_work();

	if (!work)
		return FRAMING_ENDED;
	return framing__next(&work->framing, &work->flow, &work->packet, &work->scan);
}

static __always_inline void copy_tail(__u8 *to, const __u8 *from)
{
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_LOOK_AHEAD; i += 8)
		*(volatile __u64 *)(to + i) = *(const volatile __u64 *)(from + i);
}

/* Copies the last `length` bytes of the flow's tail to the window. */
static __always_inline void load_tail(struct work *work, __u64 length)
{
	__u64 i = SIP_LOOK_AHEAD - length;

	BOUND(i, SIP_LOOK_AHEAD);
	copy_tail(work->window, work->flow.tail + i);
}

/* Keeps the window from the scan's offset on, for the case that the message goes on. */
static __always_inline void keep_tail(struct work *work)
{
	__u64 at = work->scan.offset - work->scan.bounds.origin, i = SIP_LOOK_AHEAD;

	i -= work->framing.end - work->scan.offset;
	BOUND(at, WINDOW_SIZE);
	BOUND(i, SIP_LOOK_AHEAD);
	copy_tail(work->framing.kept_tail + i, work->window + at);
}

/*
 * Returns a WebSocket's mask for the window's first byte, rotated and repeated to fill a word; 0: the window is not
 * masked.
 */
static __always_inline __u64 window_mask(const struct work *work, __u32 turn)
{
	__u32 mask = websocket__rotate_mask(work->framing.mask, turn);

	return (__u64)mask << 32 | mask;
}

/* Takes a WebSocket's mask off the first `length` bytes of the window (RFC 6455 5.3), a block at a time. */
static __always_inline void unmask_window(struct work *work, __u64 mask, __u32 length)
{
	__u32 i, j;

	for (i = 0; i < WINDOW_SIZE; i += SIP_BLOCK) {
		if (i >= length)
			break;
		SIP_UNROLL
		for (j = 0; j < SIP_BLOCK; j += 8)
			*(volatile __u64 *)(work->window + i + j) ^= WORDS_LITTLE(mask);
	}
}

/* Puts zeros behind the first `length` bytes of the window, which has some. See sip__padded(). */
static __always_inline void pad_window(struct work *work, __u64 length)
{
	__u32 i;

	length -= 1;
	BOUND(length, WINDOW_SIZE);
	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8)
		*(volatile __u64 *)(work->window + length + 1 + i) = 0;
}

/* Bytes that the window must hold, if the part has so many, for another message to be read from it. */
#define WINDOW_REST (WINDOW_SIZE / 2)

/* Whether the window holds the next bytes of the part already. */
static __always_inline int window_holds_next(const struct work *work)
{
	const struct window_content *content = &work->content;
	__u32 offset = work->scan.offset;

	return content->begin == work->framing.begin && content->end == work->framing.end &&
	       content->ticket == work->framing.ticket && offset >= content->origin && offset <= content->limit &&
	       (content->limit == content->end || offset + WINDOW_REST <= content->limit);
}

/* Sets the bounds of the view to what the window holds. */
static __always_inline void set_bounds(struct work *work, __u32 origin, __u32 limit)
{
	work->scan.bounds.origin = origin;
	work->scan.bounds.limit = limit;
	work->scan.bounds.has_more = limit < work->framing.end;
}

static __always_inline void note_window_content(struct work *work)
{
	work->content.begin = work->framing.begin;
	work->content.end = work->framing.end;
	work->content.ticket = work->framing.ticket;
	work->content.origin = work->scan.bounds.origin;
	work->content.limit = work->scan.bounds.limit;
}

static __always_inline struct sip_view window_view(struct work *work)
{
	struct sip_view view = {
		.base = work->window,
		.bounds = &work->scan.bounds,
		.zero = work->zero,
		.copied = 1,
	};

	return view;
}

/* Defines the global function for a part of sip__read(): see SIP_CALL(). */
#define WINDOW_PART(part)                           \
	__noinline int window_##part(void)          \
	{                                           \
		struct work *work = current_work(); \
		struct sip_view view;               \
                                                    \
		if (!work)                          \
			return SIP_NOT_SIP;         \
		view = window_view(work);           \
		return part(&view, &work->scan);    \
	}

WINDOW_PART(sip__read_start_line)
WINDOW_PART(sip__skim_on)
WINDOW_PART(sip__read_headers)
WINDOW_PART(sip__search)
WINDOW_PART(http__pass_lines)
WINDOW_PART(http__read)

/* Takes the bytes that were loaded of the header of a frame or record. Returns the next step. */
__noinline int take_carrier_head(__u32 loaded)
{
	struct work *work = current_work();

	if (!work)
		return FRAMING_ENDED;
	carrier__take_head(&work->framing, &work->flow,
			   has_sip_port(work->packet.ends.source_port, work->packet.ends.target_port), loaded);
	SIP_STEP_ENDS();
	return framing__next(&work->framing, &work->flow, &work->packet, &work->scan);
}

/* Counts the message whose key has been set, if it is wanted. Returns whether it is. */
static __always_inline int count_if_wanted(void)
{
	struct work *work = current_work();

	if (!work)
		return 0;
	if (work->key.type == SIP_TYPE_EXTENSION_MIN)
		work->key.type = extension_type(&work->scan.name, 0);
	if (work->key.method == SIP_TYPE_EXTENSION_MIN)
		work->key.method = extension_type(&work->scan.cseq_name, SIPBPF_SUPPORTS_METHOD(work->key.type));
	if (!message_wanted(&work->key))
		return 0;
	restore_ends(work);
	count_message(work->place, &work->key);
	return 1;
}

/* Takes the verdict on the message that was read, and counts the message if it is one. Returns the next step. */
__noinline int take_message(int verdict)
{
	struct work *work = current_work();

	if (!work)
		return FRAMING_ENDED;
	if (framing__take_verdict(&work->framing, &work->flow, &work->scan, verdict)) {
		framing__set_key(&work->framing, &work->flow, &work->packet, &work->scan, work->hook, &work->key);
		work->framing.counted += count_if_wanted() != 0;
	}
	SIP_STEP_ENDS();
	return framing__next(&work->framing, &work->flow, &work->packet, &work->scan);
}

/* ---- fragments ---- */

/* Whether the first fragment of the selected flow's datagram has shown that later ones do not matter. */
static __always_inline int is_datagram_marked(const struct work *work)
{
	return flow_table__is_marked(*fragment_mark(work), work->hash, now_in_milliseconds());
}

/*
 * Marks the datagram of a first fragment: its later fragments do not matter. If its own flow says otherwise,
 * end_fragment() removes the mark.
 */
__noinline int mark_datagram(void)
{
	struct work *work = current_work();
	__u32 now;

	if (!work || !packet__may_hold_datagram(work->packet.fragment.protocol))
		return 0;
	now = now_in_milliseconds();
	flow_select_datagram(work);
	work->mark_before = *fragment_mark(work);
	work->packet.fragment.follows_marked = flow_table__is_marked(work->mark_before, work->hash, now);
	*fragment_mark(work) = flow_table__mark(work->hash, now);
	return 0;
}

/*
 * Takes back what mark_datagram() has done, of a first fragment that another hook has seen: the flow is with that one. If it
 * has seen the whole datagram, or one with another identification, the later fragments do not matter here.
 */
__noinline int restore_mark(void)
{
	struct work *work = current_work();

	if (!work || !work->first.is_fragment || work->first.datagram != work->sighting.datagram)
		return 0;
	flow_select_datagram(work);
	*fragment_mark(work) = work->mark_before;
	return 0;
}

/*
 * Takes the flow of the fragment's datagram if it needs one. Returns an enum fragments_matter, and has counted the packet
 * if it is FRAGMENTS_NONE. A fragment that finds its set busy does without it.
 */
__noinline int take_fragment_flow(void)
{
	struct work *work = current_work();
	enum fragments_matter matter;

	if (!work)
		return FRAGMENTS_NONE;
	flow_select_datagram(work);
	matter = fragments__matter(&work->packet, is_datagram_marked(work), framing__is_plausible(work->word));
	if (matter == FRAGMENTS_FLOW && flow_take())
		matter = work->packet.fragment.is_first ? FRAGMENTS_DATAGRAM : FRAGMENTS_NONE;
	if (matter == FRAGMENTS_NONE)
		count_reason(work->place, fragments__reason_of_ignored(&work->packet));
	return matter;
}

/*
 * Prepares the reading of the fragment. If its flow is that of an earlier datagram with an unfinished message,
 * work->is_unfinished says so: see count_unfinished().
 */
__noinline int begin_fragment(void)
{
	struct work *work = current_work();
	__u32 now;

	if (!work)
		return 0;
	now = now_in_milliseconds();
	work->content.limit = 0;
	if (fragments__is_of_another(&work->flow, &work->packet, now)) {
		if (flow__has_unfinished_headers(&work->flow))
			set_unfinished(work, &work->flow);
		fragments__begin_flow(&work->flow);
	}
	SIP_STEP_ENDS();
	fragments__begin(&work->framing, &work->flow, &work->packet, now);
	return 0;
}

/* Counts the message that work->is_unfinished is about, with what is known of it. */
__noinline int count_unfinished(void)
{
	struct work *work = current_work();

	if (!work || !work->is_unfinished)
		return 0;
	work->is_unfinished = 0;
	count_truncated_headers(work->place);
	return count_if_wanted();
}

/* Ends the reading of the fragment, whose flow stays taken. A message of which a copy was lost is unfinished. */
__noinline int end_fragment(void)
{
	struct work *work = current_work();

	if (!work)
		return 0;
	if (work->framing.is_unfinished)
		set_unfinished(work, &work->flow);
	if (work->packet.fragment.is_first && fragments__keep_flow(&work->flow))
		*fragment_mark(work) = 0;
	if (work->packet.fragment.is_first && work->framing.reason == SIPBPF_REASON_NOT_SIP &&
	    framing__is_stun(work->word))
		work->framing.reason = SIPBPF_REASON_STUN;
	return 0;
}

/* ---- datagrams ---- */

/*
 * Prepares the reading of a datagram, which is all of one message. Of the framing, it needs only where the window is
 * loaded from. The glance may have begun to read it.
 */
static __always_inline void begin_datagram(struct work *work, __u32 offset, __u32 end)
{
	work->content.limit = 0;
	work->framing.begin = offset;
	work->framing.end = end;
	work->framing.mask = 0;
	work->framing.ticket = 0;
	work->framing.tail_length = 0;
	work->framing.is_stream = 0;
	if (!work->is_begun || work->scan.first != offset || work->scan.end != end)
		sip__begin(&work->scan, offset, end, !work->packet.is_cut, framing__headers(&work->packet));
}

/* Counts a datagram without a message, and notes that of its link if it could not be read. */
static __always_inline void count_reason_of_datagram(struct work *work, __u32 reason)
{
	count_reason(work->place, reason);
	if (framing__is_unread(reason))
		count_unread(reason);
}

/* Counts the datagram that has been read: its message, or the reason why it has none. */
__noinline int count_datagram(int verdict)
{
	struct work *work = current_work();
	__u32 reason;

	if (!work)
		return 0;
	if (verdict != SIP_MESSAGE) {
		reason = framing__reason_of(verdict);
		if (reason == SIPBPF_REASON_NOT_SIP && framing__is_stun(work->word))
			reason = SIPBPF_REASON_STUN;
		/* clang knows which reasons there are and would drop the check of the index; the verifier does not. */
		asm volatile("" : "+r"(reason));
		count_reason_of_datagram(work, reason);
		return 0;
	}
	if (work->packet.fragment.is_fragment && work->scan.wanted && !work->scan.headers_ended)
		count_truncated_headers(work->place);
	sip__finish(&work->scan);
	work->key.ends = work->packet.ends;
	framing__set_key_from_scan(&work->scan, packet__message_protocol(work->packet.protocol, work->packet.reported),
				   packet__message_hook(work->hook, work->packet.reported), SIPBPF_BARE, &work->key);
	if (count_if_wanted())
		count_sighted_sip_packet(work, work->place);
	else
		count_reason(work->place, SIPBPF_REASON_FILTERED);
	return 0;
}

/* Counts the TLS records that began in the packet, and makes their link visible. */
static __always_inline void count_tls(struct work *work)
{
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIPBPF_TLS_RECORD_COUNT; i++)
		count_records(work->place, i, work->framing.records[i]);
	framing__set_tls_key(&work->packet, work->hook, &work->key);
	restore_ends(work);
	count_link(&work->key);
}

/* Counts the encapsulations of the packet, once for each datagram of a GSO packet. */
__noinline int count_packet_encapsulations(void)
{
	struct work *work = current_work();
	__u32 encapsulations;

	if (!work)
		return 0;
	encapsulations = work->encapsulations | work->packet.encapsulations;
	if (encapsulations)
		count_encapsulations(work->place, encapsulations, work->payloads ? work->payloads : 1);
	return 0;
}

/* Counts a packet that has been read: as one with messages, which have been counted, or under its reason. */
__noinline int count_framed_packet(void)
{
	struct work *work = current_work();

	if (!work)
		return 0;
	if (work->framing.gaps)
		count_gaps(work->place, work->framing.gaps);
	if (framing__shows_tls(&work->framing))
		count_tls(work);
	if (framing__unread_reason(&work->framing) != SIPBPF_REASON_COUNT)
		count_unread(framing__unread_reason(&work->framing));
	if (work->framing.counted)
		count_sighted_sip_packet(work, work->place);
	else
		count_reason(work->place, work->framing.reason);
	return 0;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A template, included by hook.bpf.h once for XDP and once for tc, without a guard. It reads a packet's bytes and takes
 * its layers and messages apart. XDP and tc differ in the type of the context and in the helper that copies bytes, and
 * the verifier must know both at compile time. The includer defines:
 *
 *	HOOK(name)          the name of a function for this kind of context
 *	HOOK_CONTEXT        the context's type
 *	HOOK_LOAD_BYTES     the helper that copies bytes out of the packet
 *	HOOK_LENGTH(ctx)    the length of the packet
 *
 * and functions that tell where a frame begins: may_be_bare, first_layer, is_own_copy; and offloaded_vlan.
 *
 * The big steps are global functions: the verifier walks each of them once, not once per caller. What needs no context
 * is in message.bpf.h and glance.bpf.h.
 * Tested by tests/bpf/test_layers.c.
 */

/* The linear part of the packet, which can be read in place. */
static __always_inline const __u8 *HOOK(data)(HOOK_CONTEXT *ctx)
{
	return (const __u8 *)(long)ctx->data;
}

static __always_inline const __u8 *HOOK(data_end)(HOOK_CONTEXT *ctx)
{
	return (const __u8 *)(long)ctx->data_end;
}

/*
 * Copies the header of the next layer to work->header if PACKET_HEADER_SIZE bytes of it can be read in place. Returns
 * whether it did.
 */
static __always_inline int HOOK(copy_header)(HOOK_CONTEXT *ctx, struct work *work, __u32 length)
{
	const __u8 *data = HOOK(data)(ctx), *data_end = HOOK(data_end)(ctx);
	__u64 offset = work->packet.offset;
	const __u8 *header;
	__u32 i;

	if (length < PACKET_HEADER_SIZE || offset >= HEADERS_SIZE)
		return 0;
	BOUND(offset, HEADERS_SIZE);
	header = data + offset;
	if (header + PACKET_HEADER_SIZE > data_end)
		return 0;
	SIP_UNROLL
	for (i = 0; i < PACKET_HEADER_SIZE; i += 8)
		*(volatile __u64 *)(work->header + i) = *(const volatile __u64 *)(header + i);
	return 1;
}

/* Loads the header of the next layer into work->header, with zeros past its end. Returns 0 on success. */
static __always_inline int HOOK(load_header)(HOOK_CONTEXT *ctx, struct work *work)
{
	__u32 length = work->packet.end - work->packet.offset;

	if (HOOK(copy_header)(ctx, work, length))
		return 0;
	__builtin_memset(work->header, 0, PACKET_HEADER_SIZE);
	if (!length)
		return 0;
	if (length > PACKET_HEADER_SIZE)
		length = PACKET_HEADER_SIZE;
	length -= 1;
	BOUND(length, HEADER_SIZE);
	return HOOK_LOAD_BYTES(ctx, work->packet.offset, work->header, length + 1);
}

/* Takes one layer off, or leaves HEP to a port from which it is not to be read. */
__noinline int HOOK(take_layer)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();

	if (!work)
		return 0;
	if (work->packet.layer == PACKET_HEP && !hep_wanted(work->packet.ends.target_port))
		packet__leave_unread(&work->packet, SIPBPF_REASON_HEP);
	else if (HOOK(load_header)(ctx, work))
		packet__refuse(&work->packet, SIPBPF_REASON_TRUNCATED);
	else
		packet__take_layer(&work->packet, work->header);
	return 0;
}

/* Loads this many bytes of the piece, from origin on, into the window behind the tail. Returns 0 on success. */
static __always_inline int HOOK(load_piece)(HOOK_CONTEXT *ctx, struct work *work, __u64 tail, __u32 origin,
					    __u32 length)
{
	struct flow_copy *copy;

	if (work->framing.ticket) {
		copy = find_copy(work->framing.ticket);
		if (!copy)
			return 1;
		copy_to_window(copy, origin - SIP_LOOK_AHEAD, work->window + tail);
		return 0;
	}
	length -= 1;
	BOUND(length, WINDOW_SIZE);
	return HOOK_LOAD_BYTES(ctx, origin, work->window + tail, length + 1) != 0; /* XDP reads nothing past 64 KiB */
}

/*
 * Loads the window from work->scan.offset on: what is left of the flow's last segment, then the piece that is being
 * read. Returns 0 on success.
 */
static __always_inline int HOOK(load_window)(HOOK_CONTEXT *ctx, struct work *work)
{
	__u32 origin, begin, end, length, filled;
	__u64 tail = 0, mask;

	if (window_holds_next(work)) {
		set_bounds(work, work->content.origin, work->content.limit);
		return 0;
	}
	work->content.limit = 0;
	origin = work->scan.offset;
	begin = work->framing.begin;
	end = work->framing.end;
	set_bounds(work, origin, origin);
	if (work->framing.tail_length && origin < begin) {
		tail = begin - origin;
		BOUND(tail, SIP_LOOK_AHEAD);
		load_tail(work, tail);
		origin = begin;
	}
	length = end > origin ? end - origin : 0;
	if (length > WINDOW_SIZE - tail)
		length = WINDOW_SIZE - tail;
	set_bounds(work, work->scan.offset, origin + length);
	if (!length)
		return 0;
	filled = length + (__u32)tail;
	/* Mask the tail, which is not masked, so that all of the window is. */
	mask = window_mask(work, origin - begin - (__u32)tail);
	if (mask && tail)
		unmask_window(work, mask, SIP_LOOK_AHEAD);
	if (HOOK(load_piece)(ctx, work, tail, origin, length)) {
		if (work->framing.is_stream)
			framing__lose_piece(&work->framing, &work->flow);
		return 1;
	}
	if (mask)
		unmask_window(work, mask, filled);
	pad_window(work, filled);
	note_window_content(work);
	return 0;
}

/* Reads one window of a message of SIP or of the head of one of HTTP. Returns a verdict; SIP_MORE: call it again. */
__noinline int HOOK(read_window)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();
	enum sip_verdict verdict;
	struct sip_view view;

	if (!work || HOOK(load_window)(ctx, work))
		return SIP_NOT_SIP;
	view = window_view(work);
	verdict = work->scan.is_http ? window_http__read() : sip__read(&view, &work->scan);
	if (verdict == SIP_MORE && framing__try_end(&work->framing, &work->scan))
		keep_tail(work);
	return verdict;
}

/* Every call advances by at least one byte. */
#define HOOK_CALLS_MAX 65536

/* The context of bpf_loop(). One call is nearly always enough; the verifier walks the body of the loop only once. */
struct HOOK(loop) {
	HOOK_CONTEXT *ctx;
	int verdict;
	int step; /* enum framing_step */
};

static long HOOK(read_next_window)(__u32 i, struct HOOK(loop) * loop)
{
	loop->verdict = HOOK(read_window)(loop->ctx);
	return loop->verdict == SIP_MORE ? 0 : 1;
}

/* Reads the message that the scan is prepared for. Returns a verdict. */
static __always_inline int HOOK(read_message)(HOOK_CONTEXT *ctx)
{
	struct HOOK(loop) loop = { .ctx = ctx };

	loop.verdict = HOOK(read_window)(ctx);
	if (loop.verdict == SIP_MORE) /* most often because the message ends with the bytes at hand */
		loop.verdict = HOOK(read_window)(ctx);
	if (loop.verdict == SIP_MORE)
		bpf_loop(HOOK_CALLS_MAX, HOOK(read_next_window), &loop, 0);
	return loop.verdict;
}

/* Keeps a copy of the packet's payload, which fits in a copy. */
__noinline int HOOK(hold_payload)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();
	__u32 offset, length, ticket;
	struct flow_copy *copy;

	if (!work)
		return 0;
	offset = work->framing.packet_offset;
	length = work->framing.packet_end - offset;
	copy = new_copy(work->channel, &ticket);
	if (!copy || !length)
		return 0;
	copy->ticket = ticket;
	length -= 1;
	BOUND(length, FLOW_HELD_SIZE);
	if (HOOK_LOAD_BYTES(ctx, offset, copy->bytes, length + 1))
		return 0;
	work->framing.now = now_in_milliseconds();
	reassembly__note_held(&work->framing, &work->flow, ticket);
	return 0;
}

/* Loads more of the header of a frame or record. Returns the next step. */
__noinline int HOOK(load_carrier_head)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();
	__u32 offset, length;
	struct flow_copy *copy;
	__u64 at;

	if (!work)
		return FRAMING_ENDED;
	offset = work->framing.offset;
	length = carrier__head_wanted(&work->framing, &work->flow);
	at = work->flow.head_length;
	BOUND(at, FLOW_HEAD_SIZE);
	if (work->framing.ticket) {
		copy = find_copy(work->framing.ticket);
		if (!copy) {
			framing__lose_piece(&work->framing, &work->flow);
			return FRAMING_AGAIN;
		}
		copy_to_head(copy, offset - SIP_LOOK_AHEAD, work->framing.head + at);
	} else {
		length -= 1;
		BOUND(length, FLOW_HEAD_SIZE);
		length += 1;
		if (HOOK_LOAD_BYTES(ctx, offset, work->framing.head + at, length))
			return FRAMING_ENDED;
	}
	return take_carrier_head(length);
}

/*
 * Takes one step of reading the packet and what its flow holds, and finds the next one. Returns 0 if there is one. The
 * first step is a call and the others are a loop; both use this one function, so that they share its stack frame.
 */
static __noinline long HOOK(take_step)(__u32 i, struct HOOK(loop) * loop)
{
	int ended;

	if (loop->step == FRAMING_READ) {
		loop->step = take_message(HOOK(read_message)(loop->ctx));
	} else if (loop->step == FRAMING_LOAD_HEAD) {
		loop->step = HOOK(load_carrier_head)(loop->ctx);
	} else {
		if (loop->step == FRAMING_HOLD)
			HOOK(hold_payload)(loop->ctx);
		loop->step = next_step();
	}
	ended = loop->step == FRAMING_ENDED;
	/* clang 19 knows that ended is 0 or 1; the verifier does not. */
	asm volatile("" : "+r"(ended));
	return ended ? 1 : 0;
}

/* Takes all steps from this one on. */
static __always_inline void HOOK(take_steps)(HOOK_CONTEXT *ctx, int step)
{
	struct HOOK(loop) loop = { .ctx = ctx, .step = step };

	if (step != FRAMING_ENDED && !HOOK(take_step)(0, &loop))
		bpf_loop(FRAMING_STEPS_MAX, HOOK(take_step), &loop, 0);
}

/* Copies the first eight bytes of a payload to work->word if they can be read in place. Returns whether it did. */
static __always_inline int HOOK(copy_first_word)(HOOK_CONTEXT *ctx, struct work *work, __u64 offset, __u32 length)
{
	const __u8 *data = HOOK(data)(ctx), *data_end = HOOK(data_end)(ctx);

	if (length < sizeof(work->word) || offset >= HEADERS_SIZE)
		return 0;
	BOUND(offset, HEADERS_SIZE);
	data += offset;
	if (data + sizeof(work->word) > data_end)
		return 0;
	work->word = WORDS_LITTLE(words__load8(data));
	return 1;
}

/* Loads the first eight bytes of a payload into work->word, with zeros past its end. */
static __always_inline void HOOK(load_first_word)(HOOK_CONTEXT *ctx, struct work *work, __u32 offset, __u32 end)
{
	__u32 length = end > offset ? end - offset : 0;

	work->word = 0;
	if (!length || HOOK(copy_first_word)(ctx, work, offset, length))
		return;
	if (length > sizeof(work->word))
		length = sizeof(work->word);
	length -= 1;
	BOUND(length, sizeof(work->word));
	if (HOOK_LOAD_BYTES(ctx, offset, &work->word, length + 1))
		work->word = 0;
	work->word = WORDS_LITTLE(work->word);
}

/*
 * Whether the datagram from offset to end, which work->sighting has begun to describe, was seen at another hook before.
 */
__noinline int HOOK(is_datagram_seen_elsewhere)(HOOK_CONTEXT *ctx, __u32 offset, __u32 end)
{
	struct work *work = current_work();
	__u32 length = end - offset;

	if (!work || !length)
		return 0;
	HOOK(note_place)(ctx, &work->sighting);
	if (length > SIGHTING_SAMPLE_SIZE)
		length = SIGHTING_SAMPLE_SIZE;
	else
		__builtin_memset(work->sample, 0, sizeof(work->sample));
	length -= 1;
	BOUND(length, SIGHTING_SAMPLE_SIZE);
	if (HOOK_LOAD_BYTES(ctx, offset, work->sample, length + 1))
		return 0;
	work->sighting.content = sighting__hash_sample(work->sample);
	return is_seen_elsewhere();
}

/* Counts the datagram from offset to end. */
__noinline int HOOK(count_datagram)(HOOK_CONTEXT *ctx, __u32 offset, __u32 end)
{
	struct work *work = current_work();
	int verdict;

	if (!work)
		return 0;
	work->payloads++;
	HOOK(load_first_word)(ctx, work, offset, end);
	if (count_if_implausible(work, end - offset))
		return 0;
	begin_datagram(work, offset, end);
	verdict = HOOK(read_message)(ctx);
	if (verdict == SIP_MESSAGE && compares_sightings()) {
		begin_sighting(work, packet__own_ends(&work->packet), work->packet.protocol, work->hook);
		if (!work->gso_size) /* or there is one header for several datagrams */
			work->sighting.identity = work->packet.identity;
		if (HOOK(is_datagram_seen_elsewhere)(ctx, offset, end)) {
			count_seen_elsewhere(work, work->place);
			return 0;
		}
	}
	count_datagram(verdict);
	return 0;
}

/*
 * Describes a packet in work->sighting whose content is known by this number, which the transport or, of a fragment, IP
 * has given it, and its first word.
 */
static __always_inline void HOOK(describe_packet)(HOOK_CONTEXT *ctx, struct work *work, __u64 number)
{
	if (!compares_sightings())
		return;
	begin_sighting(work, packet__own_ends(&work->packet), work->packet.protocol, work->hook);
	HOOK(note_place)(ctx, &work->sighting);
	work->sighting.content = sighting__mix(work->word, number);
}

/* Whether the packet, whose first word has been loaded, was seen at another hook before. If so, it is counted. */
static __always_inline int HOOK(count_if_seen_elsewhere)(HOOK_CONTEXT *ctx, struct work *work, __u64 number)
{
	if (!compares_sightings())
		return 0;
	HOOK(describe_packet)(ctx, work, number);
	if (!is_seen_elsewhere())
		return 0;
	count_seen_elsewhere(work, work->place);
	return 1;
}

/* Counts a segment: the packet's payload. */
__noinline int HOOK(count_segment)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();

	if (!work)
		return 0;
	HOOK(load_first_word)(ctx, work, work->packet.offset, work->packet.end);
	HOOK(describe_packet)(ctx, work, work->packet.sequence);
	if (!take_flow_or_count(work))
		return 0;
	HOOK(take_steps)(ctx, begin_framing(work->packet.offset, work->packet.end));
	framing__end(&work->framing, &work->flow);
	flow_put();
	if (work->framing.reason == SIPBPF_REASON_NOT_SIP && framing__is_stun(work->word))
		work->framing.reason = SIPBPF_REASON_STUN;
	count_framed_packet();
	return 0;
}

/* Whether the fragment, whose first word has been loaded, was seen at another hook before. If so, it is counted. */
static __always_inline int HOOK(count_fragment_if_seen_elsewhere)(HOOK_CONTEXT *ctx, struct work *work)
{
	if (!compares_sightings())
		return 0;
	if (!work->packet.fragment.is_first)
		return HOOK(count_if_seen_elsewhere)(ctx, work, fragments__number(&work->packet));
	begin_sighting(work, packet__own_ends(&work->packet), work->packet.protocol, work->hook);
	work->sighting.is_fragment = 1;
	work->sighting.datagram = fragments__identification(&work->packet);
	work->sighting.identity = work->packet.identity;
	if (!HOOK(is_datagram_seen_elsewhere)(ctx, work->packet.offset, work->packet.end))
		return 0;
	count_seen_elsewhere(work, work->place);
	restore_mark();
	return 1;
}

/*
 * Counts a fragment of a datagram of UDP. Returns 0 if it is to be counted as a datagram instead. The flow stays taken
 * while a message is counted that another fragment has left unfinished.
 */
__noinline int HOOK(count_fragment)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();
	int matter;

	if (!work)
		return 1;
	HOOK(load_first_word)(ctx, work, work->packet.offset, work->packet.end);
	if (HOOK(count_fragment_if_seen_elsewhere)(ctx, work))
		return 1;
	matter = take_fragment_flow();
	if (matter != FRAGMENTS_FLOW)
		return matter == FRAGMENTS_NONE;
	begin_fragment();
	count_unfinished();
	HOOK(take_steps)(ctx, next_step());
	end_fragment();
	count_unfinished();
	flow_put();
	count_unfinished();
	count_framed_packet();
	return 1;
}

/* Reads the next chunk of an SCTP packet. Returns 0 if another may follow. */
__noinline int HOOK(read_chunk)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();
	int step;

	if (!work || HOOK(load_header)(ctx, work) || !find_chunk())
		return 1;
	if (work->chunk.has_data) {
		HOOK(load_first_word)(ctx, work, work->chunk.begin, work->chunk.end);
		step = begin_chunk();
		if (step >= 0) {
			HOOK(take_steps)(ctx, step);
			framing__end(&work->framing, &work->flow);
			flow_put();
		}
	}
	return work->packet.offset >= work->packet.end;
}

static long HOOK(read_next_chunk)(__u32 i, struct HOOK(loop) * loop)
{
	int ended = HOOK(read_chunk)(loop->ctx);

	/* clang 19 knows that ended is 0 or 1; the verifier does not. */
	asm volatile("" : "+r"(ended));
	return ended ? 1 : 0;
}

/* Counts an SCTP packet. */
static __always_inline void HOOK(count_sctp_packet)(HOOK_CONTEXT *ctx, struct work *work)
{
	struct HOOK(loop) loop = { .ctx = ctx };

	HOOK(load_first_word)(ctx, work, work->packet.offset, work->packet.end);
	if (HOOK(count_if_seen_elsewhere)(ctx, work, work->packet.tag))
		return;
	association__begin_packet(&work->framing, &work->packet);
	bpf_loop(SCTP_CHUNKS_MAX, HOOK(read_next_chunk), &loop, 0);
	count_framed_packet();
}

/* Counts each datagram of a UDP GSO packet. */
static __always_inline void HOOK(count_gso_datagrams)(HOOK_CONTEXT *ctx, struct work *work)
{
	__u32 offset, end, i;

	for (i = 0; i < GSO_DATAGRAMS_MAX && work->packet.offset < work->packet.end; i++) {
		offset = work->packet.offset;
		end = work->packet.end - offset < work->gso_size ? work->packet.end : offset + work->gso_size;
		work->packet.offset = end;
		HOOK(count_datagram)(ctx, offset, end);
	}
}

/* Counts a packet whose payload has been found, as its protocol requires. */
static __always_inline void HOOK(count_by_protocol)(HOOK_CONTEXT *ctx, struct work *work)
{
	int is_datagram = work->packet.protocol == PACKET_PROTOCOL_UDP;

	/* A later fragment does not say which ports it is from. */
	if (!packet__is_later_fragment(&work->packet) && !ends_wanted(&work->packet.ends))
		count_reason(work->place, SIPBPF_REASON_FILTERED);
	else if (work->packet.layer == PACKET_UNREAD)
		count_reason_of_datagram(work, work->packet.reason);
	else if (work->packet.fragment.is_fragment && is_datagram && HOOK(count_fragment)(ctx))
		return;
	else if (work->packet.protocol == PACKET_PROTOCOL_SCTP)
		HOOK(count_sctp_packet)(ctx, work);
	else if (is_datagram && work->gso_size && !work->packet.reported)
		HOOK(count_gso_datagrams)(ctx, work);
	else if (work->packet.protocol == PACKET_PROTOCOL_TCP)
		HOOK(count_segment)(ctx);
	else
		HOOK(count_datagram)(ctx, work->packet.offset, work->packet.end);
}

/* Takes all layers of a plain frame off at once. Returns whether the next layer was a plain frame. */
__noinline int HOOK(take_plain_layers)(HOOK_CONTEXT *ctx)
{
	const __u8 *data = HOOK(data)(ctx), *data_end = HOOK(data_end)(ctx);
	struct work *work = current_work();
	__u64 offset;

	if (!work || work->packet.offset >= HEADERS_SIZE)
		return 0;
	offset = work->packet.offset;
	BOUND(offset, HEADERS_SIZE);
	return packet__take_plain(&work->packet, data + offset, data_end);
}

/* Takes the other layers off: at once where the next one is a plain frame, else one by one. */
__noinline int HOOK(find_payload)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();
	int i;

	if (!work)
		return 0;
	for (i = 0; i < PACKET_LAYERS_MAX && packet__has_next_layer(&work->packet); i++)
		if (work->packet.layer != PACKET_ETHERNET || !HOOK(take_plain_layers)(ctx))
			HOOK(take_layer)(ctx);
	return 0;
}

/*
 * Finds the layer with which a frame begins that may begin with anything but Ethernet. Returns whether the frame is a copy
 * of one that has been counted as sent.
 */
__noinline int HOOK(find_beginning)(HOOK_CONTEXT *ctx)
{
	struct work *work = current_work();

	if (!work || HOOK(load_header)(ctx, work))
		return 0;
	work->packet.layer = HOOK(first_layer)(ctx, work->header, work->packet.end);
	if (work->packet.layer == PACKET_ETHERNET || work->hook != SIPBPF_RECEIVED)
		return 0;
	return HOOK(is_own_copy)(ctx) && packet__may_leave_host(work->header);
}

/* Takes all layers off. Refuses what has been counted. */
static __always_inline void HOOK(take_layers)(HOOK_CONTEXT *ctx, struct work *work)
{
	if (HOOK(may_be_bare)(ctx) && HOOK(find_beginning)(ctx)) {
		packet__refuse(&work->packet, SIPBPF_REASON_SEEN_ELSEWHERE);
		return;
	}
	if (!HOOK(take_plain_layers)(ctx))
		HOOK(take_layer)(ctx);
	if (packet__has_next_layer(&work->packet))
		HOOK(find_payload)(ctx);
}

/*
 * Counts any packet; work->hook is set. encapsulations are those that the driver has already taken off. What is needed
 * after the calls is kept in memory, because the stack is too small for it.
 */
static __always_inline void HOOK(count_any_packet)(HOOK_CONTEXT *ctx, struct work *work, __u32 length, __u32 gso_size,
						   __u32 encapsulations)
{
	work->gso_size = gso_size;
	work->encapsulations = encapsulations;
	work->payloads = 0;
	packet__begin(&work->packet, length, PACKET_ETHERNET, 0);
	work->packet.via_decides = via_decides;
	if (encapsulations)
		packet__note_network(&work->packet, HOOK(offloaded_vlan)(ctx));
	HOOK(take_layers)(ctx, work);
	if (work->packet.fragment.is_first)
		mark_datagram();
	if (packet__has_payload(&work->packet))
		HOOK(count_by_protocol)(ctx, work);
	else
		count_reason(work->place,
			     work->packet.layer == PACKET_REFUSED ? work->packet.reason : SIPBPF_REASON_TOO_DEEP);
	if (encapsulations || work->packet.encapsulations)
		count_packet_encapsulations();
	work->is_begun = 0; /* whatever became of the packet, the next one is another */
}

/* Counts the message of the datagram from offset to end whose key has been set. Returns 1. */
static __always_inline int HOOK(count_skimmed)(HOOK_CONTEXT *ctx, struct work *work, __u32 offset, __u32 end,
					       __u32 place)
{
	if (compares_sightings()) {
		begin_sighting(work, &work->key.ends, work->key.protocol, work->key.hook);
		work->sighting.identity = work->packet.identity;
		if (HOOK(is_datagram_seen_elsewhere)(ctx, offset, end)) {
			count_seen_elsewhere(work, place);
			return 1;
		}
	}
	count_skimmed(work, place);
	return 1;
}

/* The first layer of a frame, if that can be read at a glance, which cannot be as Ethernet if it is another one. */
static __always_inline __u8 HOOK(layer_at_glance)(HOOK_CONTEXT *ctx)
{
	const __u8 *data = HOOK(data)(ctx), *data_end = HOOK(data_end)(ctx);

	if (data + PACKET_PLAIN_SIZE > data_end || !packet__has_ip_version(*data) ||
	    !packet__fits_ip(data, HOOK_LENGTH(ctx)))
		return PACKET_ETHERNET;
	return HOOK(first_layer)(ctx, data, HOOK_LENGTH(ctx));
}

/*
 * Counts a packet at a glance: a plain one in the linear part that is refused or that holds a message of the common
 * form. This is nearly all traffic. Returns whether the packet has been counted. *ret_encapsulation is then the one it
 * came through, which the caller counts, or SIPBPF_ENCAPSULATION_COUNT.
 */
static __always_inline int HOOK(count_at_glance)(HOOK_CONTEXT *ctx, __u32 hook, __u32 place, __u32 *ret_encapsulation)
{
	const __u8 *data = HOOK(data)(ctx), *data_end = HOOK(data_end)(ctx);
	__u32 linear = (__u32)((__u64)(long)data_end - (__u64)(long)data), end;
	struct packet_plain plain;
	struct work *work;
	int may_be_message;
	__u8 layer;

	*ret_encapsulation = SIPBPF_ENCAPSULATION_COUNT;
	layer = HOOK(layer_at_glance)(ctx);
	if (layer != PACKET_ETHERNET)
		return layer == PACKET_IP && count_bare_if_refused(data, data_end, linear, place);
	if (packet__find_plain(data, data_end, linear, &plain)) {
		if (count_if_refused(data + PACKET_ETHERNET_SIZE, data_end, &plain, place, &may_be_message))
			return 1;
		if (may_be_message)
			return (work = current_work()) &&
			       skim_datagram(work, HOOK(data)(ctx), HOOK(data_end)(ctx), &plain, hook) &&
			       HOOK(count_skimmed)(ctx, work, PACKET_ETHERNET_SIZE + plain.payload,
						   PACKET_ETHERNET_SIZE + plain.end, place);
		if (!packet__plain_is_vxlan(data, data_end, &plain))
			return 0;
		*ret_encapsulation = SIPBPF_ENCAPSULATION_VXLAN;
		end = PACKET_ETHERNET_SIZE + plain.end;
	} else if (packet__plain_tag_count(data, data_end) == 1) {
		*ret_encapsulation = SIPBPF_ENCAPSULATION_VLAN;
		return count_inner_if_refused(data + 4, data_end, linear - 4, place);
	} else {
		*ret_encapsulation = SIPBPF_ENCAPSULATION_ERSPAN;
		end = packet__plain_erspan_end(data, data_end, linear);
	}
	return end > PACKET_PLAIN_MIRROR_SIZE &&
	       count_inner_if_refused(data + PACKET_PLAIN_MIRROR_SIZE, data_end, end - PACKET_PLAIN_MIRROR_SIZE, place);
}

#undef HOOK_CALLS_MAX

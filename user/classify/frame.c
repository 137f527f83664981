/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/cdefs.h>

#include "classify/frame.h"
#include "classify/flows.h"
#include "classify/payload_origin.h"
#include "classify/scanned.h"
#include "packet/plain.h"

struct frame_classifier {
	struct scanned_target target;
	const __u16 *ports;
	size_t ports_count;
	bool reads_hep;
	const __u16 *hep_ports;
	size_t hep_ports_count;
	struct flows *flows;
	struct payload_origins *origins;
	__u8 *window; /* the end of one segment, followed by the next one */
	size_t window_size;
};

struct frame_classifier *frame_classifier__new(struct counters *counters, const struct link_rules *rules)
{
	struct frame_classifier *classifier = calloc(1, sizeof(*classifier));

	if (!classifier)
		return NULL;
	classifier->target.counters = counters;
	classifier->target.rules = rules;
	classifier->flows = flows__new();
	classifier->origins = payload_origins__new();
	if (!classifier->flows || !classifier->origins) {
		frame_classifier__free(classifier);
		return NULL;
	}
	return classifier;
}

void frame_classifier__free(struct frame_classifier *classifier)
{
	if (!classifier)
		return;
	flows__free(classifier->flows);
	payload_origins__free(classifier->origins);
	free(classifier->window);
	free(classifier);
}

void frame_classifier__set_ports(struct frame_classifier *classifier, const __u16 *ports, size_t count)
{
	classifier->ports = ports;
	classifier->ports_count = count;
}

void frame_classifier__read_hep(struct frame_classifier *classifier, const __u16 *ports, size_t count)
{
	classifier->reads_hep = true;
	classifier->hep_ports = ports;
	classifier->hep_ports_count = count;
}

void frame_classifier__set_filter(struct frame_classifier *classifier, const struct filter *filter)
{
	classifier->target.filter = filter;
}

/* What is being read: one packet's payload, or what a flow has held. */
struct payload_reading {
	struct frame_classifier *classifier;
	struct packet *packet;
	const __u8 *bytes; /* the frame's */
	__u32 origin;      /* offset of the first of them */
	enum sipbpf_hook hook;
	__u32 milliseconds;
	struct framing framing;
	struct flow flow;
	struct sip_scan scan;
};

/* The flow.channel of TCP flows. */
#define TCP_CHANNEL 0

/* Counts a message if it is wanted. */
static int count_message(struct payload_reading *reading)
{
	struct sipbpf_key key;

	framing__set_key(&reading->framing, &reading->flow, reading->packet, &reading->scan, (__u8)reading->hook, &key);
	return scanned__count(&reading->classifier->target, &key, &reading->scan, &reading->framing.counted);
}

/*
 * Returns the bytes of the piece, or NULL if its copy had to give way to others. *ret_origin is the offset of the first
 * byte.
 */
static const __u8 *piece_bytes(const struct payload_reading *reading, __u32 *ret_origin)
{
	*ret_origin = reading->framing.ticket ? SIP_LOOK_AHEAD : reading->origin;
	if (reading->framing.ticket)
		return flows__copy(reading->classifier->flows, reading->framing.ticket);
	return reading->bytes;
}

/* Returns the window, enlarged to this size if need be, or NULL when memory is short. */
static __u8 *window_of(struct frame_classifier *classifier, size_t size)
{
	__u8 *window = classifier->window;

	if (size <= classifier->window_size)
		return window;
	window = realloc(window, size);
	if (window) {
		classifier->window = window;
		classifier->window_size = size;
	}
	return window;
}

/* Removes a WebSocket's mask (RFC 6455 5.3). A mask of 0 changes nothing. */
static void unmask(__u8 *bytes, __u32 length, __u32 mask)
{
	__u32 i;

	for (i = 0; i < length; i++)
		bytes[i] ^= (__u8)(mask >> 8 * (i & 3));
}

/*
 * Makes a view of the message to be tried. That is a part of its piece. If the message began in an earlier piece or is
 * masked, it is a copy in the window, unmasked and behind the earlier piece's tail. Returns 0, -ENOENT if the piece is
 * lost, or -ENOMEM.
 */
static int make_view(struct payload_reading *reading, struct sip_view *ret_view)
{
	const struct framing *framing = &reading->framing;
	struct sip_bounds *bounds = &reading->scan.bounds;
	const __u8 *bytes = piece_bytes(reading, &bounds->origin);
	__u32 tail = framing->tail_length, length = framing->end - framing->begin;
	__u8 *window;

	if (!bytes)
		return -ENOENT;
	bounds->limit = framing->end;
	bounds->has_more = 0;
	*ret_view = (struct sip_view){ .base = bytes, .bounds = bounds };
	if (!tail && !framing->mask)
		return 0;
	window = window_of(reading->classifier, tail + length);
	if (!window)
		return -ENOMEM;
	memcpy(window, reading->flow.tail + SIP_LOOK_AHEAD - tail, tail);
	memcpy(window + tail, bytes + (framing->begin - bounds->origin), length);
	unmask(window + tail, length, framing->mask);
	bounds->origin = framing->begin - tail;
	ret_view->base = window;
	return 0;
}

/* Keeps the bytes from the scan's offset on, for the case that the message goes on. */
static void keep_tail(struct framing *framing, const struct sip_scan *scan, const __u8 *bytes)
{
	__u32 length = framing->end - scan->offset;

	memcpy(framing->kept_tail + SIP_LOOK_AHEAD - length, bytes, length);
}

/* Reads on at the place for which the scan is prepared. Counts the message if it is complete. */
static int read_message(struct payload_reading *reading)
{
	struct framing *framing = &reading->framing;
	struct flow *flow = &reading->flow;
	struct sip_scan *scan = &reading->scan;
	__u8 pad[SIP_BLOCK];
	enum sip_verdict verdict;
	struct sip_view view;
	int error = make_view(reading, &view);

	if (error == -ENOENT && framing->is_stream) {
		framing__lose_piece(framing, flow);
		return 0;
	}
	if (error)
		return error;
	view.pad = pad;
	while ((verdict = scan->is_http ? http__read(&view, scan) : sip__read(&view, scan)) == SIP_MORE)
		if (framing__try_end(framing, scan))
			keep_tail(framing, scan, view.base + (scan->offset - view.bounds->origin));
	return framing__take_verdict(framing, flow, scan, verdict) ? count_message(reading) : 0;
}

static bool has_sip_port(const struct payload_reading *reading)
{
	const struct link_rules *rules = reading->classifier->target.rules;
	const struct sipbpf_ends *ends = &reading->packet->ends;

	return link_rules__has_port(rules, ends->source_port) || link_rules__has_port(rules, ends->target_port);
}

/* Reads on in the header of a WebSocket frame or TLS record. */
static void read_head(struct payload_reading *reading)
{
	struct framing *framing = &reading->framing;
	struct flow *flow = &reading->flow;
	__u32 wanted = carrier__head_wanted(framing, flow), origin;
	const __u8 *bytes = piece_bytes(reading, &origin);

	if (!bytes) {
		framing__lose_piece(framing, flow);
		return;
	}
	memcpy(framing->head + flow->head_length, bytes + (framing->offset - origin), wanted);
	carrier__take_head(framing, flow, has_sip_port(reading), wanted);
}

static int hold_packet(struct payload_reading *reading)
{
	const struct framing *framing = &reading->framing;
	const __u8 *payload = reading->bytes + (framing->packet_offset - reading->origin);
	__u32 ticket = flows__keep_copy(reading->classifier->flows, reading->flow.channel, payload,
					framing->packet_end - framing->packet_offset);

	if (!ticket)
		return -ENOMEM;
	reassembly__note_held(framing, &reading->flow, ticket);
	return 0;
}

/* Makes an encrypted link visible. */
static int mark_link_visible(struct payload_reading *reading)
{
	const struct scanned_target *target = &reading->classifier->target;
	enum link_direction direction;
	struct sipbpf_key key;
	struct link link;

	framing__set_tls_key(reading->packet, (__u8)reading->hook, &key);
	link__from_key(target->rules, &key, &link, &direction);
	counters__note_unread(target->counters, &link, UNREAD_ENCRYPTED, 1);
	return counters__mark_visible(target->counters, &link);
}

/* Notes that something of the packet could not be read, unless reason is none. */
static void note_unread(struct payload_reading *reading, unsigned int reason)
{
	const struct scanned_target *target = &reading->classifier->target;
	enum link_direction direction;
	struct sipbpf_key key;
	struct link link;

	if (reason == SIPBPF_REASON_COUNT)
		return;
	framing__set_silent_key(reading->packet, (__u8)reading->hook, SIPBPF_UNREAD, reason, &key);
	link__from_key(target->rules, &key, &link, &direction);
	counters__note_unread(target->counters, &link, unread__cause_of((enum sipbpf_reason)reason), 1);
}

/* Counts what was read besides messages: gaps and TLS records. */
static int count_others(struct payload_reading *reading)
{
	const struct framing *framing = &reading->framing;
	bool shows_tls = framing__shows_tls(framing);
	struct sipbpf_packets others;
	size_t i;
	int error;

	if (!framing->gaps && !shows_tls)
		return 0;
	others = (struct sipbpf_packets){ .gaps = framing->gaps };
	for (i = 0; i < SIPBPF_TLS_RECORD_COUNT; i++)
		others.tls_records[i] = framing->records[i];
	error = shows_tls ? mark_link_visible(reading) : 0;
	return error ? error : counters__add_packets(reading->classifier->target.counters, &others);
}

/* Reads the stream to its end and counts its messages. */
static int run_framing(struct payload_reading *reading)
{
	struct framing *framing = &reading->framing;
	enum framing_step step = FRAMING_AGAIN;
	int steps, error = 0;

	for (steps = 0; !error && step != FRAMING_ENDED && steps < FRAMING_STEPS_MAX; steps++) {
		step = framing__next(framing, &reading->flow, reading->packet, &reading->scan);
		if (step == FRAMING_HOLD)
			error = hold_packet(reading);
		else if (step == FRAMING_LOAD_HEAD)
			read_head(reading);
		else if (step == FRAMING_READ)
			error = read_message(reading);
	}
	if (framing->is_stream)
		framing__end(framing, &reading->flow);
	return error;
}

static int count_reason(struct frame_classifier *classifier, unsigned int reason)
{
	counters__packets(classifier->target.counters)->reasons[reason]++;
	return 0;
}

/* Keeps the flow or drops it. If another one gives way whose headers are unfinished, its message counts. */
static int keep_flow(struct payload_reading *reading)
{
	struct frame_classifier *classifier = reading->classifier;
	const struct flow *victim;
	int error = 0, put;

	if (!framing__keeps_flow(&reading->framing, &reading->flow)) {
		flows__drop(classifier->flows, &reading->flow.ends, reading->flow.channel);
		return 0;
	}
	victim = flows__victim(classifier->flows, &reading->flow);
	if (victim && flow__has_unfinished_headers(victim))
		error = scanned__count_unfinished(&classifier->target, victim);
	else if (victim && flow__is_in_flight(victim))
		counters__packets(classifier->target.counters)->evicted++;
	put = flows__put(classifier->flows, &reading->flow);
	return put < 0 ? put : error;
}

/* Copies the first of these bytes. Fills up with zeros past their end. */
static void copy_first(__u8 *target, size_t size, const __u8 *bytes, __u32 length)
{
	memset(target, 0, size);
	memcpy(target, bytes, length < size ? length : size);
}

/* Returns the first eight bytes of a payload, with zeros past its end. */
static __u64 first_word(const struct payload_reading *reading, __u32 offset, __u32 end)
{
	__u64 word;

	copy_first((__u8 *)&word, sizeof(word), reading->bytes + (offset - reading->origin), end - offset);
	return WORDS_LITTLE(word);
}

/* Returns whether a TCP packet may belong to a flow that carries SIP. If not, *ret_reason says what it is. */
static bool is_for_flow(const struct payload_reading *reading, enum sipbpf_reason *ret_reason)
{
	const struct packet *packet = reading->packet;
	__u32 length = packet->end - packet->offset;
	bool is_known = flows__may_have(reading->classifier->flows, &packet->ends, TCP_CHANNEL);

	*ret_reason = length           ? SIPBPF_REASON_NOT_SIP
		      : packet->is_cut ? SIPBPF_REASON_TRUNCATED
				       : SIPBPF_REASON_NO_PAYLOAD;
	return framing__matters_to_flow(is_known, packet->flags, length,
					first_word(reading, packet->offset, packet->end), has_sip_port(reading));
}

/* Counts the packet itself: as one with messages, if any were counted, or under its reason. */
static int count_packet(struct payload_reading *reading)
{
	int error = count_others(reading);

	if (error)
		return error;
	note_unread(reading, framing__unread_reason(&reading->framing));
	if (!reading->framing.counted)
		return count_reason(reading->classifier, reading->framing.reason);
	counters__packets(reading->classifier->target.counters)->sip++;
	return 0;
}

static bool is_stun(const struct payload_reading *reading)
{
	const struct packet *packet = reading->packet;

	return reading->framing.reason == SIPBPF_REASON_NOT_SIP &&
	       framing__is_stun(first_word(reading, packet->offset, packet->end));
}

/* Tells of a fragment whose message has counted with what is known of it, because the capture has cut the fragment off. */
static void note_cut_fragment(struct payload_reading *reading)
{
	const struct sip_scan *scan = &reading->scan;

	if (reading->packet->fragment.is_fragment && reading->framing.messages && scan->wanted && !scan->headers_ended)
		counters__packets(reading->classifier->target.counters)->truncated_headers++;
}

/* Counts the messages of a payload, or the reason why it has none. */
static int count_payload(struct payload_reading *reading)
{
	const struct packet *packet = reading->packet;
	struct frame_classifier *classifier = reading->classifier;
	struct framing *framing = &reading->framing;
	bool is_tcp = packet->protocol == PACKET_PROTOCOL_TCP;
	enum sipbpf_reason reason;
	int error;

	if (is_tcp &&
	    framing__begins_tls_elsewhere(first_word(reading, packet->offset, packet->end), has_sip_port(reading)))
		counters__note_tls_port(classifier->target.counters, packet->ends.target_port, 1);
	if (is_tcp && !is_for_flow(reading, &reason))
		return count_reason(classifier, reason);
	if (is_tcp) {
		flows__get(classifier->flows, &packet->ends, TCP_CHANNEL, &reading->flow);
		reading->flow.hook = (__u8)reading->hook;
	}
	framing__begin(framing, &reading->flow, packet, packet->offset, packet->end, reading->milliseconds);
	error = run_framing(reading);
	if (!error && is_tcp)
		error = keep_flow(reading);
	if (error)
		return error;
	note_cut_fragment(reading);
	if (is_stun(reading))
		framing->reason = SIPBPF_REASON_STUN;
	return count_packet(reading);
}

/* ---- fragments ---- */

/* Counts the message that the flow has left unfinished. */
static int count_unfinished(const struct payload_reading *reading)
{
	return scanned__count_unfinished(&reading->classifier->target, &reading->flow);
}

/* Prepares the reading of the fragment with its datagram's flow. */
static int begin_fragment(struct payload_reading *reading)
{
	const struct packet *packet = reading->packet;
	struct flow *flow = &reading->flow;
	int error = 0;

	flows__get(reading->classifier->flows, &packet->fragment.ends, fragments__channel(packet), flow);
	flow->hook = (__u8)reading->hook;
	if (fragments__is_of_another(flow, packet, reading->milliseconds)) {
		if (flow__has_unfinished_headers(flow))
			error = count_unfinished(reading);
		fragments__begin_flow(flow);
	}
	fragments__begin(&reading->framing, flow, reading->packet, reading->milliseconds);
	return error;
}

/* Counts a fragment with its datagram's flow. */
static int count_fragment_of_flow(struct payload_reading *reading)
{
	struct flows *flows = reading->classifier->flows;
	const struct packet *packet = reading->packet;
	int error = begin_fragment(reading);

	if (!error)
		error = run_framing(reading);
	if (!error && reading->framing.is_unfinished)
		error = count_unfinished(reading);
	if (!error)
		error = keep_flow(reading);
	if (error)
		return error;
	if (packet->fragment.is_first && fragments__keep_flow(&reading->flow))
		flows__unmark(flows, &packet->fragment.ends, fragments__channel(packet));
	if (packet->fragment.is_first && is_stun(reading))
		reading->framing.reason = SIPBPF_REASON_STUN;
	return count_packet(reading);
}

/* Counts a fragment of a datagram of UDP. */
static int count_fragment(struct payload_reading *reading)
{
	const struct packet *packet = reading->packet;
	bool is_marked = flows__is_marked(reading->classifier->flows, &packet->fragment.ends,
					  fragments__channel(packet), reading->milliseconds);
	__u64 word = first_word(reading, packet->offset, packet->end);

	switch (fragments__matter(packet, is_marked, framing__is_plausible(word))) {
	case FRAGMENTS_FLOW:
		return count_fragment_of_flow(reading);
	case FRAGMENTS_DATAGRAM:
		return count_payload(reading);
	default:
		return count_reason(reading->classifier, fragments__reason_of_ignored(packet));
	}
}

/* Marks the datagram of a first fragment: its later fragments do not matter, unless its flow is kept. */
static void mark_datagram(struct frame_classifier *classifier, struct packet *packet, __u32 milliseconds)
{
	struct packet_fragment *fragment = &packet->fragment;
	__u32 channel = fragments__channel(packet);

	if (!fragment->is_first || !packet__may_hold_datagram(fragment->protocol))
		return;
	fragment->follows_marked = flows__is_marked(classifier->flows, &fragment->ends, channel, milliseconds);
	flows__mark(classifier->flows, &fragment->ends, channel, milliseconds);
}

/* ---- SCTP ---- */

/* Counts the message that ends with this chunk, if there is one. */
static int count_chunk(struct payload_reading *reading, const struct sctp_chunk *chunk)
{
	struct flows *flows = reading->classifier->flows;
	const struct sipbpf_ends *ends = &reading->packet->ends;
	__u32 channel = association__channel(chunk);
	int error;

	if (!framing__chunk_matters_to_flow(flows__may_have(flows, ends, channel), chunk,
					    first_word(reading, chunk->begin, chunk->end))) {
		framing__set_reason(&reading->framing, SIPBPF_REASON_NOT_SIP);
		return 0;
	}
	flows__get(flows, ends, channel, &reading->flow);
	reading->flow.hook = (__u8)reading->hook;
	association__begin_chunk(&reading->framing, &reading->flow, reading->packet, chunk);
	error = run_framing(reading);
	return error ? error : keep_flow(reading);
}

/* Counts the messages of a packet's chunks, or the reason why they have none. */
static int count_chunks(struct payload_reading *reading)
{
	const struct packet *packet = reading->packet;
	__u8 header[SCTP_HEADER_SIZE];
	__u32 offset = packet->offset;
	struct sctp_chunk chunk;
	int chunks, error = 0;

	association__begin_packet(&reading->framing, packet);
	for (chunks = 0; !error && chunks < SCTP_CHUNKS_MAX; chunks++) {
		copy_first(header, sizeof(header), reading->bytes + (offset - reading->origin), packet->end - offset);
		if (!sctp__read_chunk(header, offset, packet->end, &chunk))
			break;
		if (chunk.has_data)
			error = count_chunk(reading, &chunk);
		offset = chunk.next;
	}
	return error ? error : count_packet(reading);
}

static bool has_port(const __u16 *ports, size_t count, __u16 port)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* Whether HEP to this port is read. */
static bool hep_wanted(const struct frame_classifier *classifier, __u16 port)
{
	return classifier->reads_hep &&
	       (!classifier->hep_ports_count || has_port(classifier->hep_ports, classifier->hep_ports_count, port));
}

/* Finds the payload of the frame. Returns 0 or -ENOMEM. */
static int find_payload(const struct frame_classifier *classifier, const struct frame *frame, struct packet *packet)
{
	const __u8 *bytes = frame->bytes, *bytes_end = frame->bytes + frame->length;
	__u8 header[PACKET_HEADER_SIZE];

	if (frame->start == FRAME_PAYLOAD)
		return payload_origins__begin_packet(classifier->origins, frame, packet);
	packet__begin(packet, frame->length,
		      frame->start == FRAME_ETHERNET    ? PACKET_ETHERNET
		      : frame->start == FRAME_ETHERTYPE ? PACKET_ETHERTYPE
		      : frame->start == FRAME_LLC       ? PACKET_LLC
							: PACKET_IP,
		      frame->ethertype);
	while (packet__has_next_layer(packet)) {
		if (packet__take_plain(packet, bytes + packet->offset, bytes_end))
			continue;
		if (packet->layer == PACKET_HEP && !hep_wanted(classifier, packet->ends.target_port)) {
			packet__leave_unread(packet, SIPBPF_REASON_HEP);
			continue;
		}
		copy_first(header, sizeof(header), bytes + packet->offset, packet->end - packet->offset);
		packet__take_layer(packet, header);
	}
	return 0;
}

static bool port_wanted(const struct frame_classifier *classifier, const struct packet *packet)
{
	return !classifier->ports_count ||
	       has_port(classifier->ports, classifier->ports_count, packet->ends.source_port) ||
	       has_port(classifier->ports, classifier->ports_count, packet->ends.target_port);
}

static bool hosts_wanted(const struct frame_classifier *classifier, const struct packet *packet)
{
	struct in6_addr source, target;

	if (!classifier->target.filter)
		return true;
	memcpy(&source, packet->ends.source.address, sizeof(source));
	memcpy(&target, packet->ends.target.address, sizeof(target));
	return filter__wants_hosts(classifier->target.filter, &source, &target);
}

static void count_encapsulations(struct frame_classifier *classifier, __u32 encapsulations)
{
	struct sipbpf_packets *packets = counters__packets(classifier->target.counters);
	int i;

	for (i = 0; encapsulations >> i; i++)
		packets->encapsulations[i] += encapsulations >> i & 1;
}

/* Whether the packet's ends are wanted. A later fragment does not say which ports it is from. */
static bool ends_wanted(const struct frame_classifier *classifier, const struct packet *packet)
{
	return packet__is_later_fragment(packet) ||
	       (port_wanted(classifier, packet) && hosts_wanted(classifier, packet));
}

/* Counts a payload that is not read. */
static int count_unread(struct payload_reading *reading)
{
	unsigned int reason = reading->packet->reason;

	if (framing__is_unread(reason))
		note_unread(reading, reason);
	return count_reason(reading->classifier, reason);
}

static int count_by_protocol(struct payload_reading *reading)
{
	const struct packet *packet = reading->packet;

	if (packet->layer == PACKET_UNREAD)
		return count_unread(reading);
	if (packet->protocol == PACKET_PROTOCOL_SCTP)
		return count_chunks(reading);
	if (packet->protocol == PACKET_PROTOCOL_UDP && packet->fragment.is_fragment)
		return count_fragment(reading);
	return count_payload(reading);
}

int frame_classifier__add(struct frame_classifier *classifier, const struct frame *frame)
{
	struct payload_reading reading;
	struct packet packet;
	int error = find_payload(classifier, frame, &packet);

	if (error)
		return error;
	packet.via_decides = link_rules__needs_via_of_datagrams(classifier->target.rules);
	mark_datagram(classifier, &packet, frame->milliseconds);
	count_encapsulations(classifier, packet.encapsulations);
	if (packet.layer == PACKET_REFUSED)
		return count_reason(classifier, packet.reason);
	if (!packet__has_payload(&packet))
		return count_reason(classifier, SIPBPF_REASON_TOO_DEEP);
	if (!ends_wanted(classifier, &packet))
		return count_reason(classifier, SIPBPF_REASON_FILTERED);
	/* No initializer: flow and scan are large, and are prepared only where they are needed. */
	reading.classifier = classifier;
	reading.packet = &packet;
	reading.bytes = frame->bytes;
	reading.origin = frame->start == FRAME_PAYLOAD ? PAYLOAD_ORIGIN_OFFSET : 0;
	reading.hook = frame->hook;
	reading.milliseconds = frame->milliseconds;
	reading.scan.wanted = 0; /* clang-tidy 14 does not see that messages are 0 where nothing is scanned */
	return count_by_protocol(&reading);
}

struct flows *frame_classifier__flows(struct frame_classifier *classifier)
{
	return classifier->flows;
}

int frame_classifier__end_datagrams(struct frame_classifier *classifier)
{
	struct payload_reading reading = { .classifier = classifier };
	const struct flow *flow;
	size_t position = 0;
	int error = 0;

	while (!error && (flow = flows__next_waiting(classifier->flows, &position))) {
		if (flow->carrier != FLOW_FRAGMENTS)
			continue;
		error = scanned__count_unfinished(&classifier->target, flow);
		reading.flow = *flow;
		fragments__give_up(&reading.flow);
		(void)flows__put(classifier->flows, &reading.flow);
	}
	return error;
}

int frame_classifier__flush(struct frame_classifier *classifier)
{
	const struct flow *flow;
	struct payload_reading reading;
	struct packet packet;
	size_t position = 0;
	int error = frame_classifier__end_datagrams(classifier);

	while (!error && (flow = flows__next_waiting(classifier->flows, &position))) {
		packet = (struct packet){ .ends = flow->ends, .protocol = PACKET_PROTOCOL_TCP };
		reading = (struct payload_reading){
			.classifier = classifier, .packet = &packet, .hook = (enum sipbpf_hook)flow->hook, .flow = *flow
		};
		framing__begin_flush(&reading.framing, &reading.flow);
		error = run_framing(&reading);
		framing__end_flush(&reading.framing, &reading.flow);
		if (!error)
			error = count_others(&reading);
		if (!error)
			error = keep_flow(&reading);
	}
	return error;
}

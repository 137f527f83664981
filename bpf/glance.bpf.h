/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The glance: most packets are counted after a look at a few bytes, without a function call and without state. It reads
 * the linear part of a packet, from data to data_end, and is the same for XDP and tc. Functions named count_..._if_...
 * return whether they have counted the packet. If they have not, nothing has changed.
 * Tested by tests/bpf/test_glance.c.
 */
#ifndef GLANCE_BPF_H
#define GLANCE_BPF_H

#include "message.bpf.h"

/*
 * Reads the datagram of a plain packet of Ethernet in place. Returns whether it is a message of the common form, and has
 * set its key then. If bytes follow the datagram, it is not read here: so one check of each pointer is enough.
 */
static __always_inline int skim_datagram(struct work *work, const __u8 *data, const __u8 *data_end,
					 struct packet_plain *plain, __u32 hook)
{
	const __u32 payload = PACKET_ETHERNET_SIZE + plain->payload, end = PACKET_ETHERNET_SIZE + plain->end;
	const struct sip_bounds bounds = { .limit = end };
	struct sip_view view = { .base = data, .base_end = data_end, .bounds = &bounds, .is_exact = 1 };
	enum sip_verdict verdict;

	if (end >= DIRECT_MAX || (__u64)end != (__u64)(data_end - data))
		return 0;
	view.zero = work->zero;
	SIP_FORGET(&view, plain->version);
	sip__begin(&work->scan, payload, end, 1, via_decides ? SIP_HEADERS_WITH_VIA : SIP_HEADERS_OF_DATAGRAM);
	SIP_STEP_ENDS();
	/* A call for each, because what is not among the headers costs nothing if they are a constant. */
	verdict = via_decides ? sip__skim(&view, &work->scan, SIP_HEADERS_WITH_VIA)
			      : sip__skim(&view, &work->scan, SIP_HEADERS_OF_DATAGRAM);
	if (verdict != SIP_MESSAGE) {
		work->is_begun = (__u8)sip__may_resume(&work->scan);
		return 0;
	}
	packet__set_plain_ends(&work->key.ends, &work->packet.identity, data + PACKET_ETHERNET_SIZE, data_end, plain);
	framing__set_key_from_scan(&work->scan, PACKET_PROTOCOL_UDP, (__u8)hook, SIPBPF_BARE, &work->key);
	return 1;
}

/* Counts the message whose key has been set. */
static __always_inline void count_skimmed(struct work *work, __u32 place)
{
	if (message_wanted(&work->key)) {
		restore_ends(work);
		count_message(place, &work->key);
		count_sighted_sip_packet(work, place);
	} else {
		count_reason(place, SIPBPF_REASON_FILTERED);
	}
}

/* Whether one of the ports belongs to SIP. They are the first fields of the TCP header. */
static __always_inline int plain_has_sip_port(const __u8 *ip, const __u8 *data_end, const struct packet_plain *plain)
{
	const __u8 *tcp = packet__plain_transport(ip, plain);

	return tcp + 4 <= data_end && has_sip_port(words__be16(tcp), words__be16(tcp + 2));
}

/* Counts a plain TCP packet that cannot matter to any flow. */
static __always_inline int count_segment_if_refused(const __u8 *ip, const __u8 *data_end,
						    const struct packet_plain *plain, __u32 place)
{
	const __u8 *payload = ip + (plain->payload & 0xff);
	__u64 word;

	if (plain->payload == plain->end) {
		if (plain->flags & (PACKET_TCP_SYN | PACKET_TCP_FIN | PACKET_TCP_RST))
			return 0;
		count_reason(place, SIPBPF_REASON_NO_PAYLOAD);
		return 1;
	}
	if (plain->end - plain->payload < 8 || payload + 8 > data_end)
		return 0;
	word = WORDS_LITTLE(words__load8(payload));
	if (framing__may_begin(word, 0) || (plain->flags & PACKET_TCP_SYN) ||
	    (tls__may_begin(word) && (tls__begins_connection(word) || plain_has_sip_port(ip, data_end, plain))) ||
	    flow_may_be_known(flow_table__hash_plain(flow_seed, ip, data_end, plain)))
		return 0;
	count_reason(place, SIPBPF_REASON_NOT_SIP);
	return 1;
}

/*
 * Counts what packet__find_plain() accepted, with this IP header, if its ports and the first bytes of its payload show
 * that it is no SIP. If it is not counted, *ret_may_be_message says whether it is a datagram that may hold a message.
 */
static __always_inline int count_if_refused(const __u8 *ip, const __u8 *frame_end, const struct packet_plain *plain,
					    __u32 place, int *ret_may_be_message)
{
	const __u8 *payload = ip + (plain->payload & 0xff);
	__u64 word;

	*ret_may_be_message = 0;
	if (FILTERS_ENDS) {
		if (packet__plain_is_tunnel(ip, frame_end, plain) ||
		    (reads_hep && packet__plain_may_be_hep(ip, frame_end, plain)))
			return 0;
		if (!plain_ends_wanted(ip, frame_end, plain)) {
			count_reason(place, SIPBPF_REASON_FILTERED);
			return 1;
		}
	}
	if (plain->protocol == PACKET_PROTOCOL_TCP)
		return count_segment_if_refused(ip, frame_end, plain, place);
	if (plain->payload == plain->end) {
		count_reason(place, SIPBPF_REASON_NO_PAYLOAD);
		return 1;
	}
	if (plain->end - plain->payload < 8 || payload + 8 > frame_end)
		return 0;
	word = WORDS_LITTLE(words__load8(payload));
	if (packet__may_begin_tunnel(word & 0xff) &&
	    (packet__may_be_hep(word) || packet__plain_is_tunnel(ip, frame_end, plain)))
		return 0;
	*ret_may_be_message = framing__is_plausible(word);
	if (!*ret_may_be_message)
		count_reason(place, SIPBPF_REASON_NOT_SIP);
	return !*ret_may_be_message;
}

/* The same for a frame that begins with IP. A message in it takes the long way. */
static __always_inline int count_bare_if_refused(const __u8 *ip, const __u8 *frame_end, __u32 length, __u32 place)
{
	struct packet_plain plain;
	int may_be_message;

	return packet__find_plain_ip(ip, frame_end, length, &plain) &&
	       count_if_refused(ip, frame_end, &plain, place, &may_be_message);
}

/* Counts a frame within another one if it is refused. A message in it takes the long way. */
static __always_inline int count_inner_if_refused(const __u8 *frame, const __u8 *frame_end, __u32 length, __u32 place)
{
	struct packet_plain plain;
	int may_be_message;

	return packet__find_plain(frame, frame_end, length, &plain) &&
	       count_if_refused(frame + PACKET_ETHERNET_SIZE, frame_end, &plain, place, &may_be_message);
}

#endif

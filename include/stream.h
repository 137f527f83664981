/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Framing: which bytes of a payload are messages? A datagram is one message. A TCP segment is read message by message
 * from its first byte on, each ending where its Content-Length says (RFC 3261 18.3).
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 */
#ifndef STREAM_H
#define STREAM_H

#include "packet.h"
#include "sip.h"

/* Messages that one payload may hold: 64 KiB of the shortest ones. */
#define STREAM_MESSAGES_MAX 8192

/* What the payload of a packet has given so far. */
struct stream {
	__u32 messages;
	__u32 counted; /* of them; the caller says which */
	__u32 offset;  /* of the bytes that are next */
	__u32 end;
	__u8 reason; /* enum sipbpf_reason: valid while no message is counted */
	__u8 done;
};

/* STUN (RFC 8489 5): two zero bits, a length in units of four, the magic cookie. */
static __always_inline int stream__is_stun(__u64 word)
{
	return (word & 0xc0) == 0 && (word & 0x03000000ULL) == 0 && word >> 32 == 0x42a41221;
}

/*
 * Whether bytes that begin with these eight (lowest first, zeros past the end) could be SIP, a keep-alive or STUN: the
 * refusal that most packets, RTP among them, leave by. What passes is looked at closely.
 */
static __always_inline int stream__is_plausible(__u64 word)
{
	__u32 first = word & 0xff;

	return SIP_IS_TOKEN(first) || first == '\r' || first == '\n' || first == 0 || stream__is_stun(word);
}

/* Prepares the reading of a packet's payload, or of one datagram in it, from offset to end. */
static __always_inline void stream__begin(struct stream *stream, const struct packet *packet, __u32 offset, __u32 end)
{
	__builtin_memset(stream, 0, sizeof(*stream));
	stream->offset = offset;
	stream->end = end;
	stream->reason = packet->cut ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_NO_PAYLOAD;
	stream->done = offset >= end;
}

/* Prepares the scan of the next message. */
static __always_inline void stream__next(const struct stream *stream, const struct packet *packet,
					 struct sip_scan *scan)
{
	sip__begin(scan, stream->offset, stream->end, packet->protocol == PACKET_PROTOCOL_UDP && !packet->cut,
		   packet->protocol == PACKET_PROTOCOL_TCP);
}

/* There is no message at stream->offset, for this reason. */
static __always_inline void stream__refused(struct stream *stream, enum sip_verdict verdict)
{
	stream->done = 1;
	if (stream->messages)
		return;
	switch (verdict) {
	case SIP_KEEPALIVE:
		stream->reason = SIPBPF_REASON_KEEPALIVE;
		break;
	case SIP_MALFORMED:
		stream->reason = SIPBPF_REASON_MALFORMED;
		break;
	case SIP_TRUNCATED:
		stream->reason = SIPBPF_REASON_TRUNCATED;
		break;
	default:
		stream->reason = SIPBPF_REASON_NOT_SIP;
		break;
	}
}

/* The scan has read a message: goes on behind its body. */
static __always_inline void stream__found(struct stream *stream, struct sip_scan *scan)
{
	__u32 left;

	sip__finish(scan);
	stream->messages++;
	stream->reason = SIPBPF_REASON_FILTERED; /* unless the caller counts one */
	if (!scan->stream || !scan->headers_ended) {
		stream->done = 1;
		return;
	}
	left = stream->end - scan->offset;
	if (scan->offset >= stream->end || (scan->has_length && scan->content_length >= left)) {
		stream->done = 1;
		return;
	}
	stream->offset = scan->offset + (scan->has_length ? scan->content_length : 0);
}

/* What the scan knows of a key; type and method of extension methods are the caller's, as are the ends. */
static __always_inline void stream__say(const struct sip_scan *scan, __u8 protocol, __u8 hook,
					struct sipbpf_key *ret_key)
{
	ret_key->type = scan->type;
	ret_key->method = scan->method;
	ret_key->protocol = protocol;
	ret_key->via_transport = scan->via_transport;
	ret_key->hook = hook;
	ret_key->reserved = 0;
}

/* The part of a key that the packet and the scan know. */
static __always_inline void stream__key(const struct packet *packet, const struct sip_scan *scan, __u8 hook,
					struct sipbpf_key *ret_key)
{
	ret_key->ends = packet->ends;
	stream__say(scan, packet->protocol, hook, ret_key);
}

#endif

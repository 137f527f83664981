/* SPDX-License-Identifier: BSD-2-Clause */
/* See payload_origin.h. Tested by tests/unit/classify/test_payload_origin.c. */
#include "classify/payload_origin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/cdefs.h>

#include "packet/packet.h"

struct payload_origins {
	__u32 next_sequence;      /* of the next stream of its own */
	struct frame_origin last; /* of the last one, and what it held */
	__u8 *bytes;
	__u32 length;
};

struct payload_origins *payload_origins__new(void)
{
	return calloc(1, sizeof(struct payload_origins));
}

void payload_origins__free(struct payload_origins *origins)
{
	if (!origins)
		return;
	free(origins->bytes);
	free(origins);
}

static bool is_repeated(const struct payload_origins *origins, const struct frame *frame)
{
	const struct frame_origin *origin = &frame->origin, *last = &origins->last;

	return origin->number && origin->number == last->number &&
	       memcmp(&origin->ends, &last->ends, sizeof(origin->ends)) == 0 && frame->length == origins->length &&
	       memcmp(frame->bytes, origins->bytes, frame->length) == 0;
}

/* Returns 0 or -ENOMEM. */
static int remember(struct payload_origins *origins, const struct frame *frame)
{
	__u8 *bytes = realloc(origins->bytes, frame->length + 1UL);

	if (!bytes)
		return -ENOMEM;
	memcpy(bytes, frame->bytes, frame->length);
	origins->bytes = bytes;
	origins->length = frame->length;
	origins->last = frame->origin;
	return 0;
}

/* A connection that begins and carries all at once. */
static int begin_stream(struct payload_origins *origins, const struct frame *frame, struct packet *packet)
{
	if (is_repeated(origins, frame)) {
		packet__refuse(packet, SIPBPF_REASON_SEEN_ELSEWHERE);
		return 0;
	}
	packet->flags = PACKET_TCP_SYN;
	packet->sequence = origins->next_sequence;
	origins->next_sequence += frame->length + 1; /* no two are alike, or one would be a SYN that is repeated */
	return remember(origins, frame);
}

int payload_origins__begin_packet(struct payload_origins *origins, const struct frame *frame, struct packet *ret_packet)
{
	const struct frame_origin *origin = &frame->origin;
	bool is_tcp = origin->protocol == PACKET_PROTOCOL_TCP;

	packet__begin(ret_packet, PAYLOAD_ORIGIN_OFFSET + frame->length, PACKET_PAYLOAD, 0);
	ret_packet->offset = PAYLOAD_ORIGIN_OFFSET;
	ret_packet->ends = origin->ends;
	ret_packet->protocol = is_tcp ? PACKET_PROTOCOL_TCP : PACKET_PROTOCOL_UDP;
	if (!is_tcp && origin->protocol != PACKET_PROTOCOL_UDP)
		ret_packet->reported = origin->protocol;
	if (is_tcp && !origin->has_sequence)
		return begin_stream(origins, frame, ret_packet);
	ret_packet->sequence = origin->tcp_sequence;
	ret_packet->flags = origin->tcp_flags;
	return 0;
}

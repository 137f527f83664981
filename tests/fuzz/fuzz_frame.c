// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole frames of any bytes: each has exactly one outcome, and the short way for plain frames finds what the walk by layers
 * finds. Of the input, the first byte says what the frame begins with, whether HEP is read, and whether the frame is an exported
 * payload behind tags; the next two are its EtherType, the rest is the frame.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify/frame.h"
#include "input/exported_pdu.h"
#include "walk.h"

#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_failed(const char *condition)
{
	fprintf(stderr, "not true: %s\n", condition);
	abort();
}

static void check_short_way(const struct frame *frame)
{
	struct packet packet, by_short_way;

	if (frame->start != FRAME_ETHERNET)
		return;
	walk(frame->bytes, frame->length, PACKET_ETHERNET, &packet);
	walk__short(frame->bytes, frame->length, frame->length, PACKET_ETHERNET, &by_short_way);
	CHECK(walk__same(&by_short_way, &packet));
}

static void check_outcome(const struct frame *frame, int reads_hep)
{
	static const struct link_rules rules;
	struct counters *counters = counters__new();
	struct frame_classifier *classifier = frame_classifier__new(counters, &rules);

	if (counters && classifier) {
		if (reads_hep)
			frame_classifier__read_hep(classifier, NULL, 0);
		CHECK(frame_classifier__add(classifier, frame) == 0);
		CHECK(counters__packets_seen(counters) == 1);
		CHECK(counters__packets(counters)->sip == (counters__total(counters) > 0));
	}
	frame_classifier__free(classifier);
	counters__free(counters);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame frame;
	uint8_t *bytes;

	if (size < 3)
		return 0;
	/* A block of its own, so that the sanitizer sees a read behind its end. */
	size -= 3;
	bytes = malloc(size + !size);
	if (!bytes)
		return 0;
	memcpy(bytes, data + 3, size);
	frame = (struct frame){
		.bytes = bytes,
		.length = (__u32)size,
		.start = (enum frame_start)(data[0] % FRAME_STARTS),
		.ethertype = (__u16)(data[1] << 8 | data[2]),
		.hook = data[0] & 0x80 ? SIPBPF_SENT : SIPBPF_RECEIVED,
	};
	if (data[0] & 0x20 && !exported_pdu__strip_tags(&frame))
		frame.start = FRAME_ETHERTYPE;
	check_short_way(&frame);
	check_outcome(&frame, data[0] & 0x40);
	free(bytes);
	return 0;
}

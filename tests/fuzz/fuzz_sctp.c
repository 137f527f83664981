// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sequences of SCTP packets of any chunks: each has exactly one outcome. Of the input, each packet is a byte, whose lowest bit
 * chooses one of two associations and the others are its length in units of four, and the chunks.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify/frame.h"

#define HEADERS_SIZE 46 /* Ethernet, IPv4, SCTP */

#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_failed(const char *condition)
{
	fprintf(stderr, "not true: %s\n", condition);
	abort();
}

/* A block of its own for each, so that the sanitizer sees a read behind its end. */
static uint8_t *new_frame(const uint8_t *chunks, size_t size, uint8_t tag)
{
	static const uint8_t headers[HEADERS_SIZE] = {
		[12] = 8, 0, 0x45, [22] = 64, 132, [26] = 10, 0, 0, 1, 10, 0, 0, 2, 0x13, 0xc4, 0x13, 0xc5,
	};
	uint8_t *frame = malloc(HEADERS_SIZE + size);

	if (!frame)
		return NULL;
	memcpy(frame, headers, HEADERS_SIZE);
	memcpy(frame + HEADERS_SIZE, chunks, size);
	frame[16] = (uint8_t)((HEADERS_SIZE - 14 + size) >> 8);
	frame[17] = (uint8_t)(HEADERS_SIZE - 14 + size);
	frame[41] = tag;
	return frame;
}

static void check_packet(struct counters *counters, struct frame_classifier *classifier, const uint8_t *chunks,
			 size_t size, uint8_t tag)
{
	uint8_t *bytes = new_frame(chunks, size, tag);
	const struct frame frame = { .bytes = bytes, .length = (uint32_t)(HEADERS_SIZE + size) };
	__u64 seen = counters__packets_seen(counters), sip = counters__packets(counters)->sip;
	__u64 total = counters__total(counters);

	if (!bytes)
		return;
	CHECK(frame_classifier__add(classifier, &frame) == 0);
	CHECK(counters__packets_seen(counters) == seen + 1);
	CHECK((counters__packets(counters)->sip > sip) == (counters__total(counters) > total));
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct link_rules rules;
	struct counters *counters = counters__new();
	struct frame_classifier *classifier = frame_classifier__new(counters, &rules);
	size_t length;

	while (counters && classifier && size > 0) {
		length = (size_t)(data[0] >> 1) * 4;
		if (length > size - 1)
			length = size - 1;
		check_packet(counters, classifier, data + 1, length, data[0] & 1);
		data += 1 + length;
		size -= 1 + length;
	}
	frame_classifier__free(classifier);
	counters__free(counters);
	return 0;
}

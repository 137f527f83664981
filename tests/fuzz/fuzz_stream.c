// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sequences of packets (sequences.h): each packet has exactly one outcome, the same sequence has the same counts again,
 * and a stream of whole messages without mishaps has the counts of its messages, however it is cut.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "classify/frame.h"
#include "sequences.h"
#include "stream/framing.h"
#include "views.h"

#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct link_rules rules;
static struct sequence sequence;

static void check_failed(const char *condition)
{
	fprintf(stderr, "not true: %s\n", condition);
	abort();
}

static void *must(void *pointer)
{
	if (!pointer)
		exit(EXIT_FAILURE);
	return pointer;
}

/* Classifies the packet that was made last. */
static void add_packet(struct frame_classifier *classifier, struct counters *counters)
{
	struct sipbpf_packets *packets = counters__packets(counters);
	__u64 seen = counters__packets_seen(counters), sip = packets->sip, total = counters__total(counters);
	__u64 truncated = packets->truncated_headers;
	/* A block of its own, so that the sanitizer sees a read behind its end. */
	__u8 *bytes = must(malloc(sequence.packet.length));
	const struct frame frame = { .bytes = bytes,
				     .length = (__u32)sequence.packet.length,
				     .start = FRAME_ETHERNET,
				     .milliseconds = sequence.milliseconds };

	memcpy(bytes, sequence.packet.bytes, sequence.packet.length);
	CHECK(frame_classifier__add(classifier, &frame) == 0);
	CHECK(counters__packets_seen(counters) == seen + 1);
	/* A message that counts with what is known is not that of the packet, or the packet is cut off. */
	CHECK(packets->sip == sip + (counters__total(counters) > total) || packets->truncated_headers > truncated);
	CHECK(counters__total(counters) - total >= packets->sip - sip);
	free(bytes);
}

/* What is still held may hold messages, but is no packet that was not seen before. */
static void flush(struct frame_classifier *classifier, const struct counters *counters)
{
	__u64 seen = counters__packets_seen(counters);

	CHECK(frame_classifier__flush(classifier) == 0);
	CHECK(counters__packets_seen(counters) == seen);
}

/* The counts of the rest of the sequence. */
static struct counters *run(void)
{
	struct counters *counters = must(counters__new());
	struct frame_classifier *classifier = must(frame_classifier__new(counters, &rules));
	__u32 before = sequence.packets;

	while (sequences__next(&sequence))
		add_packet(classifier, counters);
	flush(classifier, counters);
	CHECK(counters__packets_seen(counters) == sequence.packets - before);
	frame_classifier__free(classifier);
	return counters;
}

/* How long the message is that begins here, with what there is of its body; 0: there is none that says so. */
static __u32 message_length(const unsigned char *text, __u32 left)
{
	struct answer answer;

	views__whole(text, left, CARRIER_STREAM, &answer);
	if (strcmp(answer.verdict, "message") != 0 || !answer.headers_ended || !answer.has_length ||
	    answer.length > FLOW_BODY_MAX)
		return 0;
	return answer.length < left - answer.body ? answer.body + answer.length : left;
}

/*
 * Cuts the text of the sequence behind the last of the messages that it begins with and that one piece may hold: half of
 * its effort is enough, because the other half is for what is read twice where the text is cut. Returns how many
 * messages they are.
 */
static __u64 keep_messages(void)
{
	__u32 at = 0, begin = 0, length;
	__u64 messages = 0;
	__s32 effort = 0;

	for (;;) {
		for (; at < sequence.text_length; at++)
			if (sequence.text[at] != '\r' && sequence.text[at] != '\n' && sequence.text[at] != '\0')
				break;
		length = at < sequence.text_length ? message_length(sequence.text + at, sequence.text_length - at) : 0;
		effort += views__effort(sequence.text + begin, (length ? sequence.text_length : at) - begin);
		if (effort > (SIP_EFFORT(0) + FRAMING_EFFORT_OF_HEADERS) / 2)
			break;
		at += length;
		begin = at;
		if (!length)
			break;
		messages++;
	}
	sequence.text_length = begin;
	return messages;
}

/* The counts of the same text in one segment. */
static struct counters *run_in_one_segment(void)
{
	struct counters *counters = must(counters__new());
	struct frame_classifier *classifier = must(frame_classifier__new(counters, &rules));

	sequences__segment(&sequence, 0, SEQUENCES_TCP_SYN, sequence.text, 0, 0);
	add_packet(classifier, counters);
	sequences__segment(&sequence, 0, SEQUENCES_TCP_DATA, sequence.text, sequence.text_length, 0);
	add_packet(classifier, counters);
	frame_classifier__free(classifier);
	return counters;
}

static void check_cuts(const uint8_t *data, size_t size)
{
	struct counters *whole, *cut;
	__u64 messages;

	sequences__begin(&sequence, data, size, SEQUENCES_PORT);
	messages = keep_messages();
	cut = run();
	whole = run_in_one_segment();
	CHECK(counters__total(whole) == messages);
	CHECK(counts__same_messages(cut, whole));
	CHECK(counters__packets(cut)->gaps == 0 && counters__packets(whole)->gaps == 0);
	counters__free(cut);
	counters__free(whole);
}

static void check_repeats(const uint8_t *data, size_t size)
{
	struct counters *first, *second;

	sequences__begin(&sequence, data, size, SEQUENCES_PORT);
	first = run();
	sequences__begin(&sequence, data, size, SEQUENCES_PORT);
	second = run();
	CHECK(counts__same(first, second));
	counters__free(first);
	counters__free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	check_repeats(data, size);
	if (sequence.options & SEQUENCES_CUTS)
		check_cuts(data, size);
	return 0;
}

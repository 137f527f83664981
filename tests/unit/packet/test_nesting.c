// SPDX-License-Identifier: BSD-2-Clause
/*
 * Random frames with up to five tunnels one in another: with four the message counts, under the innermost ends, a fifth is
 * too deep. Cut at every byte, a frame has one outcome, and no message counts that is not there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "classify/frame.h"
#include "guard.h"
#include "nesting.h"
#include "rounds.h"
#include "counts/packet_counts.h"

#define FRAMES rounds(5000)
#define FRAMES_CUT rounds(200)
#define TUNNELS_MAX 4
#define LENGTH_MAX 8192

static const struct link_rules rules = { .transport = LINK_TRANSPORT_WIRE };
static struct nesting nesting;
static struct guard guard;

static struct counters *counters;
static struct frame_classifier *classifier;

/* Counts that many bytes of the frame, and nothing else. */
static void count(size_t length)
{
	const struct frame frame = { .bytes = guard__at_end(&guard, nesting.packet.bytes, length),
				     .length = (__u32)length };

	counters__clear(counters);
	assert_int_equal(frame_classifier__add(classifier, &frame), 0);
	assert_int_equal(counters__packets_seen(counters), 1);
}

static void assert_address(const struct in6_addr *address, const __u8 *bytes)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (!nesting.is_ipv6)
		assert_memory_equal(address, mapped, sizeof(mapped));
	assert_memory_equal(address->s6_addr + (nesting.is_ipv6 ? 0 : 12), bytes + (nesting.is_ipv6 ? 0 : 12),
			    nesting.is_ipv6 ? 16 : 4);
}

/* The one link, between the innermost ends, and the one message. */
static void assert_message(void)
{
	const struct link *link = &counters__link(counters, 0)->link;

	assert_int_equal(counters__links_count(counters), 1);
	assert_int_equal(link->server_port, NESTING_PORT);
	assert_int_equal(link->client_port, nesting.client_port);
	assert_address(&link->server, nesting.target);
	assert_address(&link->client, nesting.source);
	assert_int_equal(counts__of(counters, nesting.type, NULL), 1);
}

static void assert_encapsulations(void)
{
	int i;

	for (i = 0; i < SIPBPF_ENCAPSULATION_COUNT; i++)
		assert_int_equal(counters__packets_const(counters)->encapsulations[i], nesting.encapsulations >> i & 1);
}

static void check_whole(void)
{
	const struct sipbpf_packets *packets = counters__packets_const(counters);

	count(nesting.packet.length);
	assert_encapsulations();
	if (nesting.tunnels > TUNNELS_MAX) {
		assert_int_equal(packets->reasons[SIPBPF_REASON_TOO_DEEP], 1);
		assert_int_equal(counters__total(counters), 0);
	} else {
		assert_int_equal(packets->sip, 1);
		assert_int_equal(counters__total(counters), 1);
		assert_message();
	}
}

static void check_cut(size_t length)
{
	const struct sipbpf_packets *packets = counters__packets_const(counters);

	count(length);
	assert_int_equal(counters__total(counters), packets->sip);
	assert_true(nesting.tunnels <= TUNNELS_MAX || !packets->sip);
	if (packets->sip)
		assert_message();
}

static void whole_frames(void **state)
{
	__u32 i;

	for (i = 0; i < FRAMES; i++) {
		nesting__make(&nesting, i, i % (TUNNELS_MAX + 2), i % 7 == 0);
		check_whole();
	}
}

static void frames_cut_at_every_byte(void **state)
{
	size_t length;
	__u32 i;

	for (i = 0; i < FRAMES_CUT; i++) {
		nesting__make(&nesting, FRAMES + i, i % (TUNNELS_MAX + 2), 0);
		for (length = 0; length < nesting.packet.length; length++)
			check_cut(length);
	}
}

/* Whatever is changed, there is one outcome, and at most one message. */
static void mutations(void **state)
{
	__u32 i;

	for (i = 0; i < FRAMES; i++) {
		nesting__make(&nesting, i, i % (TUNNELS_MAX + 2), 0);
		nesting__mutate(&nesting);
		count(nesting.packet.length);
		assert_int_equal(counters__total(counters), counters__packets_const(counters)->sip);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(frames_cut_at_every_byte),
		cmocka_unit_test(mutations),
	};
	int failed;

	guard = guard__new(LENGTH_MAX);
	counters = counters__new();
	classifier = frame_classifier__new(counters, &rules);
	frame_classifier__read_hep(classifier, NULL, 0);
	failed = cmocka_run_group_tests_name("nesting", tests, NULL, NULL);
	frame_classifier__free(classifier);
	counters__free(counters);
	guard__free(&guard);
	return failed;
}

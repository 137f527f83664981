/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random frames with up to five tunnels one in another, whole and cut at every byte: each program counts what the user-space
 * build does, and of whole frames what was put into them.
 *
 * Reading the counters waits for the kernel, so many frames share one reading.
 */
#include "counts.h"
#include "frame.h"
#include "nesting.h"
#include "probe_fixture.h"

#define FRAMES 3000 /* for each program */
#define FRAMES_CUT 300
#define GROUP 100
#define TUNNELS_MAX 4
#define FRAME_MIN 60 /* some kernels run nothing over frames below */

static struct probe_fixture fixture;
static struct counters *expected;
static struct frame_classifier *classifier;
static struct nesting nesting;

static void count(enum probe_program program, size_t length)
{
	const struct frame frame = { .bytes = nesting.packet.bytes,
				     .length = (__u32)length,
				     .start = FRAME_ETHERNET,
				     .hook = program == PROBE_TC_SENT ? SIPBPF_SENT : SIPBPF_RECEIVED };

	probe_fixture__run(&fixture, program, nesting.packet.bytes, length, 0);
	assert_int_equal(frame_classifier__add(classifier, &frame), 0);
}

static void compare(enum probe_program program)
{
	probe_fixture__collect(&fixture);
	if (!counts__same(expected, fixture.counters))
		fail_msg("%s and the user-space build disagree", probe__program_name(program));
}

static void clear(void)
{
	counters__clear(expected);
	counters__clear(fixture.counters);
}

/* So many whole frames, from this number on, hold as many messages as have no more tunnels than are looked through. */
static void check_group(enum probe_program program, __u32 first)
{
	const struct sipbpf_packets *packets = counters__packets_const(fixture.counters);
	__u64 encapsulations[SIPBPF_ENCAPSULATION_COUNT] = { 0 };
	__u32 i, j, messages = 0;

	clear();
	for (i = first; i < first + GROUP; i++) {
		nesting__make(&nesting, i, i % (TUNNELS_MAX + 2), i % 7 == 0);
		messages += nesting.tunnels <= TUNNELS_MAX;
		for (j = 0; j < SIPBPF_ENCAPSULATION_COUNT; j++)
			encapsulations[j] += nesting.encapsulations >> j & 1;
		count(program, nesting.packet.length);
	}
	compare(program);
	assert_int_equal(counters__total(fixture.counters), messages);
	assert_int_equal(packets->sip, messages);
	assert_int_equal(packets->reasons[SIPBPF_REASON_TOO_DEEP], GROUP - messages);
	assert_memory_equal(packets->encapsulations, encapsulations, sizeof(encapsulations));
}

static void whole_frames(void **state)
{
	enum probe_program program;
	__u32 i;

	for (program = 0; program < PROBE_PROGRAMS; program++)
		for (i = 0; i < FRAMES; i += GROUP)
			check_group(program, program * FRAMES + i);
}

static void frames_cut_at_every_byte(void **state)
{
	enum probe_program program;
	size_t length;
	__u32 i;

	for (i = 0; i < FRAMES_CUT; i++) {
		program = i / 10 % PROBE_PROGRAMS;
		nesting__make(&nesting, i, i % (TUNNELS_MAX + 2), 0);
		if (i % 10 == 0)
			clear();
		for (length = FRAME_MIN; length < nesting.packet.length; length++)
			count(program, length);
		if (i % 10 == 9)
			compare(program);
	}
}

static int open_probe(void **state)
{
	const struct probe_options options = { 0 };

	probe_fixture__open(&fixture, &options);
	expected = counters__new();
	classifier = frame_classifier__new(expected, &fixture.rules);
	assert_non_null(classifier);
	return 0;
}

static int close_probe(void **state)
{
	frame_classifier__free(classifier);
	counters__free(expected);
	probe_fixture__close(&fixture);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(frames_cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, open_probe, close_probe);
}

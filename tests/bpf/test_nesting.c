/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random frames with up to five tunnels one in another, whole, cut at every byte, and changed: each program counts what the
 * user-space build does, and of whole frames what was put into them.
 *
 * Reading the counters waits for the kernel, so many frames share one reading.
 */
#include "nesting.h"
#include "rounds.h"
#include "side_by_side.h"

#define FRAMES rounds(600) /* for each program */
#define FRAMES_CUT rounds(90)
#define MUTATIONS rounds(6000)
#define GROUP 100
#define TUNNELS_MAX 4
#define FRAME_MIN 60 /* some kernels run nothing over frames below */

static struct nesting nesting;

static void compare(enum probe_program program)
{
	if (!side_by_side__agree(&both))
		fail_msg("%s and the user-space build disagree", probe__program_name(program));
}

/* So many whole frames, from this number on, hold as many messages as have no more tunnels than are looked through. */
static void check_group(enum probe_program program, __u32 first)
{
	const struct sipbpf_packets *packets = counters__packets_const(both.fixture.counters);
	__u64 encapsulations[SIPBPF_ENCAPSULATION_COUNT] = { 0 };
	__u32 i, j, messages = 0;

	side_by_side__clear(&both);
	for (i = first; i < first + GROUP; i++) {
		nesting__make(&nesting, i, i % (TUNNELS_MAX + 2), i % 7 == 0);
		messages += nesting.tunnels <= TUNNELS_MAX;
		for (j = 0; j < SIPBPF_ENCAPSULATION_COUNT; j++)
			encapsulations[j] += nesting.encapsulations >> j & 1;
		side_by_side__run(&both, program, nesting.packet.bytes, nesting.packet.length);
	}
	compare(program);
	assert_int_equal(counters__total(both.fixture.counters), messages);
	assert_int_equal(packets->sip, messages);
	assert_int_equal(packets->reasons[SIPBPF_REASON_TOO_DEEP], GROUP - messages);
	assert_memory_equal(packets->encapsulations, encapsulations, sizeof(encapsulations));
}

static void whole_frames(void **state)
{
	enum probe_program program;
	__u32 i;

	for (program = 0; program < PROBE_HOOKS; program++)
		for (i = 0; i < FRAMES; i += GROUP)
			check_group(program, program * FRAMES + i);
}

static void mutations(void **state)
{
	enum probe_program program;
	__u32 i;

	for (i = 0; i < MUTATIONS; i++) {
		if (i % GROUP == 0)
			side_by_side__clear(&both);
		program = i / GROUP % PROBE_HOOKS;
		nesting__make(&nesting, i, i % (TUNNELS_MAX + 1), 0);
		nesting__mutate(&nesting);
		side_by_side__run(&both, program, nesting.packet.bytes, nesting.packet.length);
		if (i % GROUP == GROUP - 1)
			compare(program);
	}
}

static void frames_cut_at_every_byte(void **state)
{
	enum probe_program program;
	size_t length;
	__u32 i;

	for (i = 0; i < FRAMES_CUT; i++) {
		program = i / 10 % PROBE_HOOKS;
		nesting__make(&nesting, i, i % (TUNNELS_MAX + 2), 0);
		if (i % 10 == 0)
			side_by_side__clear(&both);
		for (length = FRAME_MIN; length < nesting.packet.length; length++)
			side_by_side__run(&both, program, nesting.packet.bytes, length);
		if (i % 10 == 9)
			compare(program);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(frames_cut_at_every_byte),
		cmocka_unit_test(mutations),
	};

	return cmocka_run_group_tests(tests, side_by_side__set_up, side_by_side__tear_down);
}

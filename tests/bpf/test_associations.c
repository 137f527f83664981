/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random SIP over SCTP (associations.h) by each program: the counts are those of the messages that were made, and all else is
 * as in the user-space build.
 *
 * Reading the counters waits for the kernel, so many associations share one reading.
 */
#include "associations.h"
#include "rounds.h"
#include "side_by_side.h"

#define RUNS rounds(200) /* for each program */
#define GROUP 50
#define PORTS 60000 /* from 1024 on */

static struct packet_builder packet;
static struct association association;

/* From a port of its own: the programs remember those before. */
static void run(enum probe_program program, __u32 number)
{
	size_t place;

	associations__make(&association, number);
	for (place = 0; place < association.sent_count;) {
		place = associations__frame(&association, place, 1024 + number % PORTS, &packet);
		side_by_side__run(&both, program, packet.bytes, packet.length);
	}
}

static void compare(enum probe_program program)
{
	if (!side_by_side__agree(&both))
		fail_msg("%s and the user-space build disagree", probe__program_name(program));
}

static void check_group(enum probe_program program, __u32 first)
{
	__u64 counts[STREAMS_TYPES] = { 0 };
	__u32 number, i;

	side_by_side__clear(&both);
	for (number = first; number < first + GROUP; number++) {
		run(program, number);
		for (i = 0; i < STREAMS_TYPES; i++)
			counts[i] += association.streams.counts[i];
	}
	compare(program);
	for (i = 0; i < STREAMS_TYPES; i++)
		assert_int_equal(counts__of(both.fixture.counters, streams_types[i], NULL), counts[i]);
	assert_int_equal(counters__packets_const(both.fixture.counters)->gaps, 0);
}

static void associations(void **state)
{
	enum probe_program program;
	__u32 i;

	for (program = 0; program < PROBE_HOOKS; program++)
		for (i = 0; i < RUNS; i += GROUP)
			check_group(program, program * RUNS + i);
}

/* Changes a byte, anywhere behind the ports. */
static void mutate(void)
{
	size_t first = association.streams.is_ipv6 ? 58 : 38;

	packet.bytes[first + associations__draw(&association, (__u32)(packet.length - first))] =
		(unsigned char)associations__draw(&association, 256);
}

/* Whatever is changed, the programs and the user-space build count the same. */
static void mutations(void **state)
{
	enum probe_program program;
	__u32 number;
	size_t place;

	side_by_side__clear(&both);
	for (number = 0; number < RUNS / 2; number++) {
		program = (enum probe_program)(number % PROBE_HOOKS);
		associations__make(&association, number);
		for (place = 0; place < association.sent_count;) {
			place = associations__frame(&association, place, 1024 + number % PORTS, &packet);
			if (associations__draw(&association, 2))
				mutate();
			side_by_side__run(&both, program, packet.bytes, packet.length);
		}
		if (number % GROUP == GROUP - 1)
			compare(PROBE_XDP);
	}
}

/* Whatever is missing, likewise, and never a message counts that is not there. */
static void lost_and_cut(void **state)
{
	enum probe_program program;
	__u32 number, messages = 0;
	size_t place, length;

	side_by_side__clear(&both);
	for (number = 0; number < RUNS / 4; number++) {
		program = (enum probe_program)(number % PROBE_HOOKS);
		associations__make(&association, number);
		messages += association.streams.messages;
		for (place = 0; place < association.sent_count;) {
			place = associations__frame(&association, place, 1024 + number % PORTS, &packet);
			length = packet.length;
			if (associations__draw(&association, 10) == 0)
				length = 60 + associations__draw(&association, (__u32)length - 60);
			if (associations__draw(&association, 10))
				side_by_side__run(&both, program, packet.bytes, length);
		}
	}
	compare(PROBE_XDP);
	assert_in_range(counters__total(both.fixture.counters), messages / 2, messages);
	assert_true(counters__packets_const(both.fixture.counters)->gaps > 0);
}

/* Each with programs that remember no port. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, side_by_side__set_up, side_by_side__tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(associations),
		TEST(lost_and_cut),
		TEST(mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

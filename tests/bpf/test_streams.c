/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs count what a TCP stream holds, however its segments are cut, doubled, overlapping and swapped: random
 * streams, the same that the unit test reads. Reading the counters waits for the kernel, so many runs share one reading.
 */
#include "counts.h"
#include "probe_fixture.h"
#include "streams.h"

#define RUNS 10000
#define GROUP 250

static struct probe_fixture fixture;
static struct streams streams;
static struct packet_builder packet;
static __u64 segments;

static int open_probe(void **state)
{
	const struct probe_options options = {};

	probe_fixture__open(&fixture, &options);
	return 0;
}

static int close_probe(void **state)
{
	probe_fixture__close(&fixture);
	return 0;
}

static void run_stream(enum probe_program program, __u64 seed, __u64 wanted[STREAMS_TYPES])
{
	size_t i;

	streams__make(&streams, seed);
	streams__cut(&streams);
	streams__syn(&streams, &packet);
	probe_fixture__run(&fixture, program, packet.bytes, packet.length, 0);
	for (i = 0; i < streams.segments_count; i++) {
		streams__frame(&streams, &streams.segments[i], &packet);
		probe_fixture__run(&fixture, program, packet.bytes, packet.length, 0);
	}
	/* So that the next program's is another connection, not a SYN that is sent again. */
	streams__flagged_frame(&streams, (__u32)streams.length, 0, 0x11, &packet);
	probe_fixture__run(&fixture, program, packet.bytes, packet.length, 0);
	for (i = 0; i < STREAMS_TYPES; i++)
		wanted[i] += streams.counts[i];
	segments += streams.segments_count;
}

/* Whether all streams with seeds from first to last count as they should. */
static bool runs_agree(enum probe_program program, __u64 first, __u64 last)
{
	__u64 wanted[STREAMS_TYPES] = { 0 }, seed;
	bool agree = true;
	size_t i;

	for (seed = first; seed <= last; seed++)
		run_stream(program, seed, wanted);
	counters__clear(fixture.counters);
	probe_fixture__collect(&fixture);
	for (i = 0; i < STREAMS_TYPES; i++) {
		__u64 count = counts__of(fixture.counters, streams_types[i], NULL);

		if (count == wanted[i])
			continue;
		agree = false;
		if (first == last)
			print_error("%s, stream %llu: %s %llu, not %llu\n", probe__program_name(program), seed - 1,
				    streams_types[i], count, wanted[i]);
	}
	return agree && counters__packets(fixture.counters)->gaps == 0;
}

static void random_streams(enum probe_program program)
{
	__u64 first, seed;

	segments = 0;
	for (first = 1; first <= RUNS; first += GROUP) {
		if (runs_agree(program, first, first + GROUP - 1))
			continue;
		for (seed = first; seed < first + GROUP; seed++)
			(void)runs_agree(program, seed, seed);
		fail_msg("%s: a stream among those from %llu on is not counted as it should be",
			 probe__program_name(program), first);
	}
	print_message("%s: %d streams of %llu segments\n", probe__program_name(program), RUNS, segments);
}

static void random_streams_xdp(void **state)
{
	random_streams(PROBE_XDP);
}

static void random_streams_tc(void **state)
{
	random_streams(PROBE_TC_RECEIVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_streams_xdp),
		cmocka_unit_test(random_streams_tc),
	};

	return cmocka_run_group_tests(tests, open_probe, close_probe);
}

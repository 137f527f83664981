/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs count what a TCP stream holds, however its segments are cut, doubled, overlapping and swapped: random
 * streams, the same that the unit test reads. Reading the counters waits for the kernel, so many runs share one reading.
 */
#include "counts.h"
#include "patience.h"
#include "probe_fixture.h"
#include "rounds.h"
#include "streams.h"

#define RUNS rounds(1000)
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

/* Returns whether it took so long that payloads may not have waited for it. */
static bool run_stream(enum probe_program program, __u64 seed, __u64 wanted[STREAMS_TYPES])
{
	__u32 start = patience__milliseconds();
	size_t i;

	streams.has_odd = 1;
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
	return patience__is_over(start);
}

/* Whether all streams with seeds from first to last count as they should; *ret_is_slow: or one took too long to tell. */
static bool agree_once(enum probe_program program, __u64 first, __u64 last, bool *ret_is_slow)
{
	__u64 wanted[STREAMS_TYPES] = { 0 }, seed;
	bool agree = true;
	size_t i;

	*ret_is_slow = false;
	counters__clear(fixture.counters);
	for (seed = first; seed <= last; seed++)
		*ret_is_slow |= run_stream(program, seed, wanted);
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

/* Likewise, as often as it takes until none took too long. */
static bool runs_agree(enum probe_program program, __u64 first, __u64 last)
{
	bool is_slow, agree;
	int tries = PATIENCE_TRIES;

	do
		agree = agree_once(program, first, last, &is_slow);
	while (!agree && is_slow && --tries);
	return agree;
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
	print_message("%s: %u streams of %llu segments\n", probe__program_name(program), RUNS, segments);
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

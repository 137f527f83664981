/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs and the user-space build agree on sequences of packets: those of the fuzzer's corpus, mutations of them,
 * random streams of which segments are lost or cut, and connections that have too much waiting. Each connection ends with FIN, so that nothing is held then.
 *
 * Reading the counters waits for the kernel, so many sequences share one reading. The programs go by the real time: that
 * of the corpus is left out, and a sequence that takes as long as payloads wait is run again.
 */
#include <glob.h>

#include "patience.h"
#include "rounds.h"
#include "side_by_side.h"
#include "sequences.h"
#include "stream/framing.h"
#include "streams.h"

#define MUTATIONS rounds(400)
#define LOSSY_RUNS rounds(200)
#define GROUP 100
#define FILES_MAX 256
#define INPUT_MAX 4096

static struct streams streams;
static struct sequence sequence;
static __u64 packets, gaps;
static __u32 runs; /* so far: they come from different ports, since the programs remember the flows before */

static struct input {
	unsigned char bytes[INPUT_MAX];
	size_t size;
} inputs[FILES_MAX];
static size_t inputs_count;

/* Makes the sequence of a number, and runs it. */
typedef void (*run_sequence)(enum probe_program program, __u64 number);

static void add(enum probe_program program, const struct packet_builder *packet)
{
	side_by_side__run(&both, program, packet->bytes, packet->length);
	packets++;
}

static __u32 next_port(void)
{
	return 1024 + SEQUENCES_TCP_CONNECTIONS * (runs++ % 30000);
}

/* ---- the corpus ---- */

static void run_input(enum probe_program program, const struct input *input)
{
	static const unsigned int flags[] = { SEQUENCES_TCP_FIN, SEQUENCES_TCP_SYN };
	__u32 connection;
	size_t i;

	sequences__begin(&sequence, input->bytes, input->size, next_port());
	while (sequences__next(&sequence))
		add(program, &sequence.packet);
	/* After SYN there is nothing left of the flow that could be evicted. */
	for (connection = 0; connection < SEQUENCES_TCP_CONNECTIONS; connection++) {
		for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
			sequences__segment(&sequence, connection, flags[i], sequence.text, 0, 0);
			add(program, &sequence.packet);
		}
	}
}

static void run_file(enum probe_program program, __u64 number)
{
	run_input(program, &inputs[number]);
}

static __u32 draw(__u64 *seed, __u32 below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (__u32)(*seed >> 33) % below;
}

/* A file of the corpus of which a few bytes are changed, and behind it the end of another one. */
static void run_mutation(enum probe_program program, __u64 number)
{
	static struct input input;
	const struct input *other;
	__u64 seed = number;
	__u32 changes, at;

	(void)draw(&seed, 1);
	input = inputs[draw(&seed, (__u32)inputs_count)];
	other = &inputs[draw(&seed, (__u32)inputs_count)];
	at = 1 + draw(&seed, (__u32)other->size - 1);
	if (draw(&seed, 2) && input.size + other->size - at <= INPUT_MAX) {
		memcpy(input.bytes + input.size, other->bytes + at, other->size - at);
		input.size += other->size - at;
	}
	for (changes = draw(&seed, 8); changes; changes--)
		input.bytes[draw(&seed, (__u32)input.size)] = (unsigned char)draw(&seed, 256);
	run_input(program, &input);
}

/* ---- random streams ---- */

/* The segment; now and then its end was not captured. */
static void add_segment(enum probe_program program, const struct streams_segment *segment)
{
	static struct packet_builder packet;
	__u32 cut = streams__draw(&streams, 50) ? 0 : streams__draw(&streams, segment->length + 1);

	streams__frame(&streams, segment, &packet);
	packet.length -= cut;
	add(program, &packet);
}

static void run_lossy(enum probe_program program, __u64 number)
{
	static struct packet_builder packet;
	__u32 one_of;
	size_t i;

	streams__make(&streams, number);
	streams__cut(&streams);
	one_of = 2 + streams__draw(&streams, 60);
	streams.port = next_port();
	streams__syn(&streams, &packet);
	add(program, &packet);
	for (i = 0; i < streams.segments_count; i++)
		if (streams__draw(&streams, one_of))
			add_segment(program, &streams.segments[i]);
	streams__flagged_frame(&streams, (__u32)streams.length, 0, SEQUENCES_TCP_FIN, &packet);
	add(program, &packet);
	streams__syn(&streams, &packet);
	add(program, &packet);
}

/* ---- more that waits than can be held ---- */

#define CROWD 80 /* connections, of which each has as many payloads waiting as it may */

static void add_message(enum probe_program program, __u32 port, __u32 number)
{
	static const char message[] = "BYE sip:b SIP/2.0\r\nCSeq: 1 BYE\r\nl: 0\r\n\r\n";
	static struct packet_builder packet;

	memcpy(streams.bytes, message, sizeof(message) - 1);
	streams.port = port;
	streams.first_sequence = 1 + number * (__u32)(sizeof(message) - 1);
	streams__flagged_frame(&streams, 0, number ? sizeof(message) - 1 : 0, number ? 0x18 : SEQUENCES_TCP_SYN,
			       &packet);
	add(program, &packet);
}

static void run_crowded(enum probe_program program, __u64 number)
{
	__u32 first = next_port(), port, i;

	streams.is_ipv6 = 0;
	for (port = first; port < first + CROWD; port++) {
		add_message(program, port, 0);
		for (i = 0; i <= FLOW_HELD_MAX; i++)
			add_message(program, port, i == 0 ? 1 : i + 2);
	}
	for (port = first; port < first + CROWD; port++) {
		add_message(program, port, 2);
		add_message(program, port, 0);
	}
	runs += CROWD;
}

/* ---- all of them ---- */

/* Runs the sequences from first to last. Returns whether one took so long that payloads may not have waited for it. */
static bool run_group(enum probe_program program, run_sequence run, __u64 first, __u64 last)
{
	bool is_slow = false;
	__u64 number;
	__u32 start;

	counters__clear(both.expected);
	counters__clear(both.fixture.counters);
	for (number = first; number <= last; number++) {
		start = patience__milliseconds();
		run(program, number);
		is_slow |= patience__is_over(start);
	}
	side_by_side__collect(&both);
	gaps += counters__packets(both.expected)->gaps;
	return is_slow;
}

/* Whether the counts of these sequences are the same. */
static bool agree(enum probe_program program, run_sequence run, __u64 first, __u64 last)
{
	bool is_slow, is_same;
	int tries = PATIENCE_TRIES;

	do {
		is_slow = run_group(program, run, first, last);
		is_same = counts__same(both.expected, both.fixture.counters);
	} while (!is_same && is_slow && --tries);
	return is_same;
}

static void print_counts(const char *who, const struct counters *counters)
{
	const struct sipbpf_packets *fates = counters__packets_const(counters);
	size_t i;

	print_error("%s: %llu messages, sip %llu, gaps %llu, evicted %llu, reasons", who, counters__total(counters),
		    fates->sip, fates->gaps, fates->evicted);
	for (i = 0; i < SIPBPF_REASON_COUNT; i++)
		print_error(" %llu", fates->reasons[i]);
	print_error("\n");
}

static void compare_group(enum probe_program program, run_sequence run, __u64 first, __u64 last)
{
	__u64 number;

	if (agree(program, run, first, last))
		return;
	print_counts("user", both.expected);
	print_counts("BPF", both.fixture.counters);
	for (number = first; number <= last; number++) {
		if (agree(program, run, number, number))
			continue;
		print_error("sequence %llu:\n", number);
		print_counts("user", both.expected);
		print_counts("BPF", both.fixture.counters);
	}
	fail_msg("%s: sequences %llu to %llu: the programs and the user-space build disagree",
		 probe__program_name(program), first, last);
}

/* Numbers from 0 on, by each of the programs. */
static void compare(run_sequence run, __u64 count, __u64 group)
{
	enum probe_program program;
	__u64 first;

	packets = 0;
	gaps = 0;
	for (program = PROBE_XDP; program < PROBE_HOOKS; program++)
		for (first = 0; first < count; first += group)
			compare_group(program, run, first, (first + group < count ? first + group : count) - 1);
	print_message("%llu sequences, %llu packets and %llu gaps in all programs\n", count, packets, gaps);
}

static void corpus_files(void **state)
{
	compare(run_file, inputs_count, 1);
}

static void mutations(void **state)
{
	compare(run_mutation, MUTATIONS, GROUP);
}

static void lossy_streams(void **state)
{
	compare(run_lossy, LOSSY_RUNS, GROUP);
	assert_true(gaps > LOSSY_RUNS);
}

static void crowded_streams(void **state)
{
	compare(run_crowded, 4, 1);
	assert_true(gaps > 0);
}

static void read_input(const char *path)
{
	struct input *input = &inputs[inputs_count];
	FILE *file = fopen(path, "rb");

	if (!file)
		fail_msg("%s: cannot be opened", path);
	input->size = fread(input->bytes, 1, sizeof(input->bytes), file);
	(void)fclose(file);
	assert_in_range(input->size, 2, INPUT_MAX - 1);
	inputs_count++;
}

/* Everything in the fuzzer's corpus of sequences; run from the project's root. */
static void read_inputs(void)
{
	glob_t files;
	size_t i;

	assert_int_equal(glob("tests/fuzz/corpus/stream/*", 0, NULL, &files), 0);
	assert_in_range(files.gl_pathc, 1, FILES_MAX);
	for (i = 0; i < files.gl_pathc; i++)
		read_input(files.gl_pathv[i]);
	globfree(&files);
}

static int open_both(void **state)
{
	read_inputs();
	return side_by_side__set_up(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corpus_files),
		cmocka_unit_test(mutations),
		cmocka_unit_test(lossy_streams),
		cmocka_unit_test(crowded_streams),
	};

	return cmocka_run_group_tests(tests, open_both, side_by_side__tear_down);
}

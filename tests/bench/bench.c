/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the programs cost per packet, by BPF_PROG_TEST_RUN: each packet beside an empty program and one that parses to
 * UDP and adds one in a hash, in turn and many times within one run, so that the machine's drift cancels out. What the
 * second costs over the first is p. Figures in p hold from machine to machine; nanoseconds do not.
 *
 * usage: bench [--json]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "loaded.h"
#include "report.h"
#include "traffic.h"

#define ROUNDS 31
#define REPEAT 10000

typedef void packet_maker(struct packet_builder *packet);
typedef void segments_maker(unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH]);

enum runner {
	RUNS_EMPTY,
	RUNS_PARSE_AND_ADD,
	RUNS_XDP,
	RUNS_TC,
	RUNS_FEED_EMPTY, /* the frame is that of a TCP stream, whose next segment is filled in first */
	RUNS_FEED_XDP,
};

static const struct bench_case {
	const char *name;
	enum runner runner;
	packet_maker *make, *wrap;
	segments_maker *make_segments;
	double target; /* in p, over the empty program; 0: none */
	bool may_pass_twice;
} cases[] = {
	{ .name = "empty program", .runner = RUNS_EMPTY, .make = traffic__invite },
	{ .name = "parse to UDP, add one in a hash; INVITE", .runner = RUNS_PARSE_AND_ADD, .make = traffic__invite },
	{ .name = "empty program; a TCP segment is filled in",
	  .runner = RUNS_FEED_EMPTY,
	  .make_segments = traffic__cut_message },
	{ .name = "XDP; RTP, 172 bytes", .runner = RUNS_XDP, .make = traffic__rtp, .target = 0.2 },
	{ .name = "XDP; RTP behind a tag of 802.1Q",
	  .runner = RUNS_XDP,
	  .make = traffic__rtp,
	  .wrap = packets__tag,
	  .target = 0.25 },
	{ .name = "XDP; RTP in VXLAN", .runner = RUNS_XDP, .make = traffic__rtp, .wrap = packets__in_vxlan },
	{ .name = "XDP; RTP in GENEVE", .runner = RUNS_XDP, .make = traffic__rtp, .wrap = packets__in_geneve },
	{ .name = "XDP; RTP in ERSPAN II", .runner = RUNS_XDP, .make = traffic__rtp, .wrap = packets__in_erspan },
	{ .name = "XDP; RTP in GRE", .runner = RUNS_XDP, .make = traffic__rtp, .wrap = packets__in_gre },
	{ .name = "XDP; RTP in GTP-U", .runner = RUNS_XDP, .make = traffic__rtp, .wrap = packets__in_gtpu },
	{ .name = "XDP; TCP without SIP, 1448 bytes", .runner = RUNS_XDP, .make = traffic__tcp, .target = 0.3 },
	{ .name = "XDP; INVITE, 744 bytes", .runner = RUNS_XDP, .make = traffic__invite, .target = 2.2 },
	{ .name = "tc; INVITE, 744 bytes", .runner = RUNS_TC, .make = traffic__invite },
	{ .name = "tc; INVITE that may pass another hook",
	  .runner = RUNS_TC,
	  .make = traffic__invite,
	  .may_pass_twice = true },
	{ .name = "XDP; 200 to a BYE", .runner = RUNS_XDP, .make = traffic__response },
	{ .name = "XDP; 200 behind 12 Vias", .runner = RUNS_XDP, .make = traffic__via_stack },
	{ .name = "XDP; INVITE, lines end in LF", .runner = RUNS_XDP, .make = traffic__lf_invite },
	{ .name = "XDP; INVITE, To folded", .runner = RUNS_XDP, .make = traffic__folded_invite },
	{ .name = "XDP; INVITE behind a tag of 802.1Q",
	  .runner = RUNS_XDP,
	  .make = traffic__invite,
	  .wrap = packets__tag,
	  .target = 3.5 },
	{ .name = "XDP; INVITE in VXLAN",
	  .runner = RUNS_XDP,
	  .make = traffic__invite,
	  .wrap = packets__in_vxlan,
	  .target = 3.5 },
	{ .name = "XDP; INVITE in GENEVE", .runner = RUNS_XDP, .make = traffic__invite, .wrap = packets__in_geneve },
	{ .name = "XDP; INVITE in ERSPAN II",
	  .runner = RUNS_XDP,
	  .make = traffic__invite,
	  .wrap = packets__in_erspan,
	  .target = 3.5 },
	{ .name = "XDP; INVITE in GRE",
	  .runner = RUNS_XDP,
	  .make = traffic__invite,
	  .wrap = packets__in_gre,
	  .target = 3.5 },
	{ .name = "XDP; INVITE in HEP3", .runner = RUNS_XDP, .make = traffic__reported_invite },
	{ .name = "XDP; INVITE in GTP-U", .runner = RUNS_XDP, .make = traffic__invite, .wrap = packets__in_gtpu },
	{ .name = "XDP; TCP, one whole message in a segment",
	  .runner = RUNS_FEED_XDP,
	  .make_segments = traffic__whole_messages },
	{ .name = "XDP; TCP, 1 of a message's 3 segments",
	  .runner = RUNS_FEED_XDP,
	  .make_segments = traffic__cut_message },
	{ .name = "XDP; TCP, 4 messages in a segment",
	  .runner = RUNS_FEED_XDP,
	  .make_segments = traffic__many_messages },
	{ .name = "XDP; masked WebSocket, 1 message",
	  .runner = RUNS_FEED_XDP,
	  .make_segments = traffic__masked_frames },
	/* Without a target: valid messages that must be read cost as much there (RFC 4475 3.1.1.2). */
	{ .name = "XDP; hostile: TCP, a long method in CSeq",
	  .runner = RUNS_FEED_XDP,
	  .make_segments = traffic__hostile_segments },
	{ .name = "XDP; hostile: WebSocket, a long method in CSeq",
	  .runner = RUNS_FEED_XDP,
	  .make_segments = traffic__hostile_frames },
};

/* Behind these cases come the hostile datagrams of traffic.h. */
enum {
	EMPTY,
	PARSE_AND_ADD,
	FEED_EMPTY,
	CASES = sizeof(cases) / sizeof(cases[0]),
	MEASUREMENTS = CASES + HOSTILES,
};

#define HOSTILE_TARGET 20

/* A case that has been prepared, and what its rounds have taken. */
struct measurement {
	int program_fd;
	struct packet_builder packet;
	unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH];
	double ns[ROUNDS];
	struct report_figure figure;
};

struct bench {
	struct loaded loaded;
	struct measurement measurements[MEASUREMENTS];
};

static bool is_fed(int number)
{
	return number < CASES && (cases[number].runner == RUNS_FEED_EMPTY || cases[number].runner == RUNS_FEED_XDP);
}

static int program_of(const struct bench *bench, enum runner runner)
{
	switch (runner) {
	case RUNS_EMPTY:
		return bpf_program__fd(bench->loaded.bench->progs.empty);
	case RUNS_PARSE_AND_ADD:
		return bpf_program__fd(bench->loaded.bench->progs.parse_and_add);
	case RUNS_XDP:
		return probe__program_fd(bench->loaded.probe, PROBE_XDP);
	case RUNS_TC:
		return probe__program_fd(bench->loaded.probe, PROBE_TC_RECEIVED);
	default:
		return bpf_program__fd(bench->loaded.bench->progs.feed);
	}
}

static void prepare(struct bench *bench, int number)
{
	struct measurement *measurement = &bench->measurements[number];
	const struct bench_case *one = &cases[number];

	if (number >= CASES) {
		measurement->program_fd = program_of(bench, RUNS_XDP);
		traffic__hostile(&measurement->packet, &hostiles[number - CASES]);
		return;
	}
	measurement->program_fd = program_of(bench, one->runner);
	if (is_fed(number)) {
		one->make_segments(measurement->segments);
		traffic__segment(&measurement->packet, 40000 + (unsigned int)number);
		return;
	}
	one->make(&measurement->packet);
	if (one->wrap)
		one->wrap(&measurement->packet);
}

static void set_stream(const struct bench *bench, int number)
{
	struct bench_bpf__bss *stream = bench->loaded.bench->bss;

	memcpy(stream->segments, bench->measurements[number].segments, sizeof(stream->segments));
	stream->target = cases[number].runner == RUNS_FEED_EMPTY ? LOADED_EMPTY : LOADED_OURS;
	stream->turn = 0;
}

static int measure(struct bench *bench, int number, int round)
{
	struct measurement *measurement = &bench->measurements[number];
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = measurement->packet.bytes,
		    .data_size_in = (__u32)measurement->packet.length, .repeat = REPEAT);

	if (is_fed(number))
		set_stream(bench, number);
	probe__set_may_pass_twice(bench->loaded.probe, number < CASES && cases[number].may_pass_twice);
	if (bpf_prog_test_run_opts(measurement->program_fd, &options)) {
		fprintf(stderr, "bench: row %d: %s\n", number, strerror(errno));
		return -errno;
	}
	measurement->ns[round] = options.duration;
	return 0;
}

static int run(struct bench *bench)
{
	int round, i, error = 0;

	for (i = 0; i < MEASUREMENTS; i++)
		prepare(bench, i);
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; !error && i < MEASUREMENTS; i++)
			error = measure(bench, i, round);
	for (i = 0; i < MEASUREMENTS; i++)
		bench->measurements[i].figure = report__quiet_median(bench->measurements[i].ns, ROUNDS);
	return error;
}

/* What a case costs over the empty program, in nanoseconds. */
static double cost_of(const struct bench *bench, int number)
{
	int empty = is_fed(number) ? FEED_EMPTY : EMPTY;

	return bench->measurements[number].figure.value - bench->measurements[empty].figure.value;
}

static void print(const struct bench *bench, bool as_json)
{
	double p = cost_of(bench, PARSE_AND_ADD);
	char name[64];
	int i;

	for (i = 0; i < MEASUREMENTS; i++) {
		const struct report_row row = {
			.name = name,
			.unit = "ns",
			.figure = bench->measurements[i].figure,
			.ratio = cost_of(bench, i) / p,
			.ratio_unit = "p",
			.target = i < CASES ? cases[i].target : HOSTILE_TARGET,
		};

		(void)snprintf(name, sizeof(name), "%s%s",
			       i < CASES ? "" : "XDP; hostile: ", i < CASES ? cases[i].name : hostiles[i - CASES].name);

		report__print(&row, as_json);
	}
}

int main(int argc, char **argv)
{
	static struct bench bench;
	int error = loaded__open(&bench.loaded);

	if (error)
		fprintf(stderr, "bench: cannot load the programs: %s\n", strerror(-error));
	else
		error = run(&bench);
	if (!error)
		print(&bench, report__wants_json(argc, argv));
	loaded__close(&bench.loaded);
	return error ? 1 : 0;
}

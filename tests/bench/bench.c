/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the programs cost per packet, by BPF_PROG_TEST_RUN: each beside an empty program and one that parses to UDP and
 * adds one in a hash, in turn and many times within one run, so that the machine's drift cancels out. The figure is the
 * median; it says something only as a difference or ratio within this run.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bench.skel.h"
#include "kernel/probe.h"
#include "traffic.h"

#define ROUNDS 31
#define REPEAT 10000

enum {
	EMPTY,
	PARSE_AND_ADD,
	RTP,
	RTP_TAGGED,
	TCP,
	INVITE,
	INVITE_TC,
	RESPONSE,
	FOLDED,
	HOSTILE,
	RTP_IN_VXLAN,
	RTP_IN_ERSPAN,
	RTP_IN_GTPU,
	INVITE_IN_VXLAN,
	INVITE_IN_ERSPAN,
	INVITE_IN_GTPU,
	FED, /* from here on the packets are segments of streams */
	CUT,
	MANY,
	MASKED,
	CASES,
};

struct bench_case {
	const char *name;
	int program_fd;
	int baseline;          /* the case that it is measured over */
	struct bench_bpf *fed; /* not NULL: packet is the frame of a stream, which feeds this */
	const unsigned char (*segments)[TRAFFIC_SEGMENT_LENGTH];
	struct packet_builder packet;
	double ns[ROUNDS];
};

/* Whom the stream feeds: the places in the map of programs. */
enum { FED_EMPTY, FED_SIPBPF };

static void set_stream(const struct bench_case *bench)
{
	memcpy(bench->fed->bss->segments, bench->segments, sizeof(bench->fed->bss->segments));
	bench->fed->bss->target = bench->baseline == EMPTY ? FED_EMPTY : FED_SIPBPF;
	bench->fed->bss->turn = 0;
}

static int measure(struct bench_case *bench, int round)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = bench->packet.bytes,
		    .data_size_in = (__u32)bench->packet.length, .repeat = REPEAT);

	if (bench->fed)
		set_stream(bench);
	if (bpf_prog_test_run_opts(bench->program_fd, &options))
		return -errno;
	bench->ns[round] = options.duration;
	return 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(struct bench_case *bench)
{
	qsort(bench->ns, ROUNDS, sizeof(bench->ns[0]), compare);
	return bench->ns[ROUNDS / 2];
}

static int run(struct bench_case *cases)
{
	int round, i, error;

	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < CASES; i++) {
			error = measure(&cases[i], round);
			if (error) {
				fprintf(stderr, "bench: %s: %s\n", cases[i].name, strerror(-error));
				return error;
			}
		}
	return 0;
}

static void print(struct bench_case *cases)
{
	double empty = median(&cases[EMPTY]), add = median(&cases[PARSE_AND_ADD]) - empty, ns;
	int i;

	printf("%-44s %8s %10s %16s\n", "program and packet", "ns", "over empty", "of parse and add");
	for (i = 0; i < CASES; i++) {
		ns = median(&cases[i]);
		ns -= median(&cases[cases[i].baseline]);
		printf("%-44s %8.0f %+10.0f %15.2fx\n", cases[i].name, ns + empty, ns, ns / add);
	}
	printf("targets: RTP at most +8, TCP at most +12, INVITE at most +200 and 3x\n");
}

/* A message over three segments, four in each, and one in each that is masked. */
static int prepare_streams(struct bench_case *cases, struct bench_bpf *bench, struct probe *probe)
{
	static unsigned char cut[3][TRAFFIC_SEGMENT_LENGTH], many[3][TRAFFIC_SEGMENT_LENGTH],
		masked[3][TRAFFIC_SEGMENT_LENGTH];
	const int fds[] = { [FED_EMPTY] = bpf_program__fd(bench->progs.empty_frags),
			    [FED_SIPBPF] = probe__program_fd(probe, PROBE_XDP) };
	__u32 i;

	for (i = FED_EMPTY; i <= FED_SIPBPF; i++)
		if (bpf_map_update_elem(bpf_map__fd(bench->maps.targets), &i, &fds[i], BPF_ANY))
			return -errno;
	traffic__cut_message(cut);
	traffic__many_messages(many);
	traffic__masked_frames(masked);
	for (i = FED; i < CASES; i++) {
		cases[i].program_fd = bpf_program__fd(bench->progs.feed);
		cases[i].fed = bench;
		cases[i].segments = i == MASKED ? masked : i == MANY ? many : cut;
		traffic__segment(&cases[i].packet, 40000 + i);
	}
	return 0;
}

int main(void)
{
	static struct bench_case cases[CASES] = {
		[EMPTY] = { .name = "empty program" },
		[PARSE_AND_ADD] = { .name = "parse to UDP, add one in a hash; INVITE" },
		[RTP] = { .name = "sipbpf, XDP; RTP, 172 bytes" },
		[RTP_TAGGED] = { .name = "sipbpf, XDP; RTP behind a tag of 802.1Q" },
		[TCP] = { .name = "sipbpf, XDP; TCP without SIP, 1448 bytes" },
		[INVITE] = { .name = "sipbpf, XDP; INVITE, 744 bytes" },
		[INVITE_TC] = { .name = "sipbpf, tc; INVITE, 744 bytes" },
		[RESPONSE] = { .name = "sipbpf, XDP; 200 to a BYE" },
		[FOLDED] = { .name = "sipbpf, XDP; INVITE, To folded" },
		[HOSTILE] = { .name = "sipbpf, XDP; hostile, 1400 bytes" },
		[RTP_IN_VXLAN] = { .name = "sipbpf, XDP; VXLAN mirror, RTP" },
		[RTP_IN_ERSPAN] = { .name = "sipbpf, XDP; ERSPAN II mirror, RTP" },
		[RTP_IN_GTPU] = { .name = "sipbpf, XDP; GTP-U mirror, RTP" },
		[INVITE_IN_VXLAN] = { .name = "sipbpf, XDP; VXLAN mirror, INVITE" },
		[INVITE_IN_ERSPAN] = { .name = "sipbpf, XDP; ERSPAN II mirror, INVITE" },
		[INVITE_IN_GTPU] = { .name = "sipbpf, XDP; GTP-U mirror, INVITE" },
		[FED] = { .name = "to fill in a TCP segment of 480 bytes" },
		[CUT] = { .name = "sipbpf, XDP; TCP, 1 of a message's 3 segments", .baseline = FED },
		[MANY] = { .name = "sipbpf, XDP; TCP, 4 messages in a segment", .baseline = FED },
		[MASKED] = { .name = "sipbpf, XDP; masked WebSocket, 1 message", .baseline = FED },
	};
	const struct probe_options options = { 0 };
	struct bench_bpf *bench = bench_bpf__open_and_load();
	struct probe *probe = NULL;
	int i, error;

	error = bench ? probe__load(&options, &probe) : -errno;
	if (error) {
		fprintf(stderr, "bench: cannot load the programs: %s\n", strerror(-error));
		goto out;
	}
	cases[EMPTY].program_fd = bpf_program__fd(bench->progs.empty);
	cases[PARSE_AND_ADD].program_fd = bpf_program__fd(bench->progs.parse_and_add);
	for (i = RTP; i < CASES; i++)
		cases[i].program_fd = probe__program_fd(probe, i == INVITE_TC ? PROBE_TC_RECEIVED : PROBE_XDP);
	for (i = 0; i < CASES; i++)
		traffic__invite(&cases[i].packet);
	traffic__rtp(&cases[RTP].packet);
	traffic__rtp(&cases[RTP_TAGGED].packet);
	packets__tag(&cases[RTP_TAGGED].packet);
	for (i = RTP_IN_VXLAN; i <= RTP_IN_GTPU; i++)
		traffic__rtp(&cases[i].packet);
	packets__in_vxlan(&cases[RTP_IN_VXLAN].packet);
	packets__in_vxlan(&cases[INVITE_IN_VXLAN].packet);
	packets__in_erspan(&cases[RTP_IN_ERSPAN].packet);
	packets__in_erspan(&cases[INVITE_IN_ERSPAN].packet);
	packets__in_gtpu(&cases[RTP_IN_GTPU].packet);
	packets__in_gtpu(&cases[INVITE_IN_GTPU].packet);
	traffic__tcp(&cases[TCP].packet);
	traffic__response(&cases[RESPONSE].packet);
	traffic__folded_invite(&cases[FOLDED].packet);
	traffic__hostile(&cases[HOSTILE].packet);
	error = prepare_streams(cases, bench, probe);
	if (error)
		goto out;
	error = run(cases);
	if (!error)
		print(cases);
out:
	probe__free(probe);
	bench_bpf__destroy(bench);
	return error ? 1 : 0;
}

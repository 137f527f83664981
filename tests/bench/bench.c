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
#include "packets.h"
#include "probe.h"

#define ROUNDS 31
#define REPEAT 10000

struct bench_case {
	const char *name;
	int program_fd;
	struct packet_builder packet;
	double ns[ROUNDS];
};

/* A response that its transaction's last message is like: no body, and the headers end soon after CSeq. */
static const char response[] = "SIP/2.0 200 OK\r\n"
			       "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-4711-1-0\r\n"
			       "From: sipp <sip:sipp@192.0.2.1:5060>;tag=4711SIPpTag001\r\n"
			       "To: service <sip:service@192.0.2.2:5060>;tag=4711SIPpTag002\r\n"
			       "Call-ID: 1-4711@192.0.2.1\r\n"
			       "CSeq: 2 BYE\r\n"
			       "Content-Length: 0\r\n\r\n";

static const char invite_headers[] = "INVITE sip:service@192.0.2.2:5060 SIP/2.0\r\n"
				     "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-4711-1-0\r\n"
				     "From: sipp <sip:sipp@192.0.2.1:5060>;tag=4711SIPpTag001\r\n"
				     "To: service <sip:service@192.0.2.2:5060>\r\n"
				     "Call-ID: 1-4711@192.0.2.1\r\n"
				     "CSeq: 1 INVITE\r\n"
				     "Contact: sip:sipp@192.0.2.1:5060\r\n"
				     "Max-Forwards: 70\r\n"
				     "Subject: Performance Test\r\n"
				     "Content-Type: application/sdp\r\n"
				     "Content-Length:   135\r\n\r\n";

/* A 744-byte INVITE: the headers above, and a body that fills it up. */
static void make_invite(struct packet_builder *packet)
{
	char text[745];

	memset(text, 'a', sizeof(text));
	memcpy(text, invite_headers, sizeof(invite_headers) - 1);
	text[744] = '\0';
	packets__udp4(packet, text);
}

/* The same, its To header folded: no short way for it. */
static void make_folded_invite(struct packet_builder *packet)
{
	static const char from[] = "<sip:service@192.0.2.2:5060>\r\n", to[] = "\r\n <sip:servic@192.0.2.2>  \r\n";
	unsigned char *at;

	make_invite(packet);
	at = memmem(packet->bytes, packet->length, from, sizeof(from) - 1);
	memcpy(at, to, sizeof(to) - 1);
}

/* What costs most of all that is known: a To header of 1,400 bytes in which every byte matters. */
static void make_hostile(struct packet_builder *packet)
{
	static const char start[] = "INVITE sip:a SIP/2.0\r\nTo: ";
	char text[1401];

	memset(text, '"', sizeof(text));
	memcpy(text, start, sizeof(start) - 1);
	text[1400] = '\0';
	packets__udp4(packet, text);
}

static void make_rtp(struct packet_builder *packet)
{
	static const unsigned char rtp[172] = { 0x80, 0x00, 0x12, 0x34, 0, 0, 0, 160 };

	packets__ethernet(packet, 0x0800);
	packets__ipv4(packet, 17, 0, 0);
	packets__udp(packet, 16384, 16386);
	packets__put(packet, rtp, sizeof(rtp));
	packets__finish(packet);
}

static void make_tcp(struct packet_builder *packet)
{
	static const unsigned char bulk[1448] = { 0x17, 0x03, 0x03, 0x40, 0x00, 0xfe };

	packets__ethernet(packet, 0x0800);
	packets__ipv4(packet, 6, 0, 0);
	packets__tcp(packet, 443, 40000, 12);
	packets__put(packet, bulk, sizeof(bulk));
	packets__finish(packet);
}

static int measure(struct bench_case *bench, int round)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = bench->packet.bytes,
		    .data_size_in = (__u32)bench->packet.length, .repeat = REPEAT);

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

enum { EMPTY, PARSE_AND_ADD, RTP, TCP, INVITE, INVITE_TC, RESPONSE, FOLDED, HOSTILE, CASES };

static int run(struct bench_case *cases)
{
	int round, i, err;

	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < CASES; i++) {
			err = measure(&cases[i], round);
			if (err) {
				fprintf(stderr, "bench: %s: %s\n", cases[i].name, strerror(-err));
				return err;
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
		printf("%-44s %8.0f %+10.0f %15.2fx\n", cases[i].name, ns, ns - empty, (ns - empty) / add);
	}
	printf("targets: RTP at most +8, TCP at most +12, INVITE at most +200 and 3x\n");
}

int main(void)
{
	static struct bench_case cases[CASES] = {
		[EMPTY] = { .name = "empty program" },
		[PARSE_AND_ADD] = { .name = "parse to UDP, add one in a hash; INVITE" },
		[RTP] = { .name = "sipbpf, XDP; RTP, 172 bytes" },
		[TCP] = { .name = "sipbpf, XDP; TCP without SIP, 1448 bytes" },
		[INVITE] = { .name = "sipbpf, XDP; INVITE, 744 bytes" },
		[INVITE_TC] = { .name = "sipbpf, tc; INVITE, 744 bytes" },
		[RESPONSE] = { .name = "sipbpf, XDP; 200 to a BYE" },
		[FOLDED] = { .name = "sipbpf, XDP; INVITE, To folded" },
		[HOSTILE] = { .name = "sipbpf, XDP; hostile, 1400 bytes" },
	};
	const struct probe_options options = { 0 };
	struct bench_bpf *bench = bench_bpf__open_and_load();
	struct probe *probe = NULL;
	int i, err;

	err = bench ? probe__load(&options, &probe) : -errno;
	if (err) {
		fprintf(stderr, "bench: cannot load the programs: %s\n", strerror(-err));
		goto out;
	}
	cases[EMPTY].program_fd = bpf_program__fd(bench->progs.empty);
	cases[PARSE_AND_ADD].program_fd = bpf_program__fd(bench->progs.parse_and_add);
	for (i = RTP; i < CASES; i++)
		cases[i].program_fd = probe__program_fd(probe, i == INVITE_TC ? PROBE_TC_RECEIVED : PROBE_XDP);
	for (i = 0; i < CASES; i++)
		make_invite(&cases[i].packet);
	make_rtp(&cases[RTP].packet);
	make_tcp(&cases[TCP].packet);
	packets__udp4(&cases[RESPONSE].packet, response);
	make_folded_invite(&cases[FOLDED].packet);
	make_hostile(&cases[HOSTILE].packet);
	err = run(cases);
	if (!err)
		print(cases);
out:
	probe__free(probe);
	bench_bpf__destroy(bench);
	return err ? 1 : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks for the packet of each kind that costs most, apart from what its messages may cost. It changes packets at random
 * and keeps a change that makes them dearer, by BPF_PROG_TEST_RUN. The dearest are printed in p, which bench.c explains,
 * and written to files.
 *
 * usage: worst FOLDER SECONDS [SEED_FILE...]      (SECONDS for all kinds together)
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "classify/frame.h"
#include "loaded.h"
#include "report.h"
#include "traffic.h"

#define PAYLOAD_MAX HOSTILE_LENGTH
#define POOL 24    /* payloads that are kept of each kind */
#define REPEAT 100 /* of a quick look */
#define SURE_REPEAT 2000
#define SURE_ROUNDS 7

/* What a packet may cost, in p, and what each message in it may cost besides. */
#define PACKET_TARGET 20
#define MESSAGE_TARGET 3

#define FLAGS_OFFSET 47 /* of TCP, in a frame */
#define TCP_PAYLOAD_OFFSET 54
#define SEQUENCE_OFFSET 38
#define TSN_OFFSET 50

struct payload {
	unsigned char bytes[PAYLOAD_MAX];
	size_t length;
	unsigned int messages; /* in what is measured */
	double ns;
};

struct search;
typedef void frame_maker(struct packet_builder *frame, const struct payload *payload);

/* What each run of a test advances in the frame: see bench.bpf.c. */
enum renewed { RENEWS_NOTHING, RENEWS_CONNECTION, RENEWS_SEGMENT, RENEWS_SEGMENT_SWAPPED, RENEWS_TSN, RENEWALS };

/* So far apart are the sequence numbers of two connections that one does not seem to be the other. */
#define CONNECTION_DISTANCE 0x1000003

/* A kind of packet, and how its frame is made of a payload. */
struct kind {
	const char *name;
	frame_maker *make;
	enum renewed renewed;
	unsigned int parts; /* each of which may cost PACKET_TARGET */
};

struct search {
	struct loaded loaded;
	struct counters *counters; /* of the same packets in user space, which tells how many messages they have */
	struct frame_classifier *classifier;
	__u32 numbers[RENEWALS], user_numbers[RENEWALS]; /* the next of each, in the kernel and in user space */
	enum renewed renewed;
	double empty, empty_renewed, p;
	struct payload pool[POOL];
	size_t pool_count;
};

/* ---- frames ---- */

static void put_payload(struct packet_builder *frame, const struct payload *payload)
{
	packets__put(frame, payload->bytes, payload->length);
	packets__finish(frame);
}

static void make_datagram(struct packet_builder *frame, const struct payload *payload)
{
	packets__ethernet(frame, 0x0800);
	packets__ipv4(frame, 17, 0, 0);
	packets__udp(frame, 5060, 5060);
	put_payload(frame, payload);
}

static void make_tunnelled(struct packet_builder *frame, const struct payload *payload)
{
	make_datagram(frame, payload);
	packets__in_vxlan(frame);
}

/* The payload is a message that HEP tells of, whose topmost Via is read. */
static void make_reported(struct packet_builder *frame, const struct payload *payload)
{
	static const struct hep_ends ends = { .source = { 10, 0, 0, 1 },
					      .target = { 10, 0, 0, 2 },
					      .source_port = 40000,
					      .target_port = 5060,
					      .protocol = 6 };

	packets__ethernet(frame, 0x0800);
	packets__ipv4(frame, 17, 0, 0);
	packets__udp(frame, 9060, 9060);
	hep__put_fixed(frame, 1, &ends);
	put_payload(frame, payload);
}

static void make_segment(struct packet_builder *frame, const struct payload *payload)
{
	packets__ethernet(frame, 0x0800);
	packets__ipv4(frame, 6, 0, 0);
	packets__tcp(frame, 40000, 5060, 0);
	put_payload(frame, payload);
}

/* The first segment of a connection, which comes with its SYN (TCP Fast Open). */
static void make_first_segment(struct packet_builder *frame, const struct payload *payload)
{
	make_segment(frame, payload);
	frame->bytes[FLAGS_OFFSET] |= 2;
}

/* The payload is a message, masked, in a frame of a WebSocket. */
static void make_websocket_frame(struct packet_builder *frame, const struct payload *payload)
{
	const unsigned char header[] = {
		0x81, 0xfe, (unsigned char)(payload->length >> 8), (unsigned char)payload->length, 0, 0, 0, 0
	};

	packets__ethernet(frame, 0x0800);
	packets__ipv4(frame, 6, 0, 0);
	packets__tcp(frame, 40001, 5060, 0);
	packets__put(frame, header, sizeof(header));
	put_payload(frame, payload);
}

/* The payload is the first fragment of a message, in a chunk. */
static void make_chunk(struct packet_builder *frame, const struct payload *payload)
{
	static const unsigned char common[] = { 0x9c, 0x40, 0x13, 0xc4, 0, 0, 0, 1, 0, 0, 0, 0 };
	const size_t length = 16 + payload->length;
	const unsigned char chunk[] = { 0, 2, (unsigned char)(length >> 8), (unsigned char)length };
	static const unsigned char data[12] = { 0, 0, 0, 1 }; /* TSN, stream, number, protocol */

	packets__ethernet(frame, 0x0800);
	packets__ipv4(frame, 132, 0, 0);
	packets__put(frame, common, sizeof(common));
	packets__put(frame, chunk, sizeof(chunk));
	packets__put(frame, data, sizeof(data));
	put_payload(frame, payload);
}

/* The payload is everything behind the Ethernet header. */
static void make_packet(struct packet_builder *frame, const struct payload *payload)
{
	packets__ethernet(frame, payload->length && payload->bytes[0] >> 4 == 6 ? 0x86dd : 0x0800);
	packets__put(frame, payload->bytes, payload->length);
}

static const struct kind kinds[] = {
	{ "datagram", make_datagram, RENEWS_NOTHING, 1 },
	{ "datagram in VXLAN", make_tunnelled, RENEWS_NOTHING, 1 },
	{ "datagram of HEP", make_reported, RENEWS_NOTHING, 1 },
	{ "first TCP segment", make_first_segment, RENEWS_CONNECTION, 1 },
	{ "next TCP segment", make_segment, RENEWS_SEGMENT, 1 },
	/* They may cost what a segment may, and as much for the one that was held. */
	{ "four TCP segments, two of them swapped", make_segment, RENEWS_SEGMENT_SWAPPED, 5 },
	{ "frame of a WebSocket", make_websocket_frame, RENEWS_SEGMENT, 1 },
	{ "chunk of SCTP", make_chunk, RENEWS_TSN, 1 },
	{ "IP packet", make_packet, RENEWS_NOTHING, 1 },
};

/* ---- measuring ---- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double run_once(int program_fd, const struct packet_builder *frame, int repeat)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame->bytes, .data_size_in = (__u32)frame->length,
		    .repeat = repeat);

	return bpf_prog_test_run_opts(program_fd, &options) ? 0 : options.duration;
}

/* The least of some rounds: what else runs makes a round slower, never faster. */
static double run_rounds(int program_fd, const struct packet_builder *frame, int repeat, int rounds)
{
	double least = 1e9;

	for (int i = 0; i < rounds; i++) {
		double ns = run_once(program_fd, frame, repeat);

		least = ns < least ? ns : least;
	}
	return least;
}

/* How many packets make up what is measured. */
static __u32 packets_of(const struct kind *kind)
{
	return kind->renewed == RENEWS_SEGMENT_SWAPPED ? 4 : 1;
}

/* Sets what each run advances. The numbers of each kind go on from where they are. */
static void renew(struct search *search, enum renewed renewed, size_t length)
{
	struct bench_bpf__bss *bss = search->loaded.bench->bss;
	const __u32 steps[RENEWALS] = { [RENEWS_CONNECTION] = CONNECTION_DISTANCE,
					[RENEWS_SEGMENT] = (__u32)length,
					[RENEWS_SEGMENT_SWAPPED] = (__u32)length,
					[RENEWS_TSN] = 1 };

	search->numbers[search->renewed] += bss->renewed_runs * bss->renewed_by;
	search->renewed = renewed;
	bss->renewed_at = renewed == RENEWS_TSN ? TSN_OFFSET : SEQUENCE_OFFSET;
	bss->renewed_from = search->numbers[renewed];
	bss->renewed_by = steps[renewed];
	bss->renewed_runs = 0;
	bss->swaps_renewed = renewed == RENEWS_SEGMENT_SWAPPED;
}

static void put_number(const struct search *search, struct packet_builder *frame, __u32 number)
{
	__u32 at = search->loaded.bench->bss->renewed_at;

	packets__set16(frame, at, number >> 16);
	packets__set16(frame, at + 2, number & 0xffff);
}

static int add_to_user_space(const struct search *search, const struct packet_builder *frame)
{
	const struct frame bytes = { .bytes = frame->bytes, .length = (__u32)frame->length, .start = FRAME_ETHERNET };

	return frame_classifier__add(search->classifier, &bytes);
}

/* Begins the connection anew, so that what came before does not matter. */
static void connect_anew(const struct search *search, const struct packet_builder *frame)
{
	static struct packet_builder syn;

	syn = *frame;
	syn.length = TCP_PAYLOAD_OFFSET;
	syn.bytes[FLAGS_OFFSET] = 2;
	packets__finish(&syn);
	put_number(search, &syn, search->loaded.bench->bss->renewed_from - 1);
	run_once(probe__program_fd(search->loaded.probe, PROBE_TC_RECEIVED), &syn, 1);
	put_number(search, &syn, search->user_numbers[search->renewed] - 1);
	(void)add_to_user_space(search, &syn);
}

/* Returns how many messages user space finds in what is measured: in the second half of twice as many packets. */
static unsigned int count_messages(struct search *search, const struct kind *kind, const struct packet_builder *frame)
{
	static struct packet_builder copy;
	const struct bench_bpf__bss *bss = search->loaded.bench->bss;
	__u32 packets = packets_of(kind), *number = &search->user_numbers[kind->renewed], run;
	__u64 before = 0;

	copy = *frame;
	for (run = 0; run < 2 * packets; run++) {
		if (run == packets)
			before = counters__total(search->counters);
		if (kind->renewed != RENEWS_NOTHING)
			put_number(search, &copy, *number + (run ^ (run >> 1 & bss->swaps_renewed)) * bss->renewed_by);
		if (add_to_user_space(search, &copy))
			return 0;
	}
	*number += run * bss->renewed_by;
	return (unsigned int)(counters__total(search->counters) - before);
}

/*
 * Measures the nanoseconds that a packet of the payload takes over an empty program, and counts its messages. By tc,
 * because the kernel waits for a grace period before and after each test run of XDP.
 */
static void measure(struct search *search, const struct kind *kind, struct payload *payload, bool is_sure)
{
	static struct packet_builder frame;
	int repeat = is_sure ? SURE_REPEAT : REPEAT, rounds = is_sure ? SURE_ROUNDS : 2;

	kind->make(&frame, payload);
	if (kind->renewed == RENEWS_NOTHING) {
		payload->messages = count_messages(search, kind, &frame);
		payload->ns =
			run_rounds(probe__program_fd(search->loaded.probe, PROBE_TC_RECEIVED), &frame, repeat, rounds) -
			search->empty;
		return;
	}
	renew(search, kind->renewed, frame.length - TCP_PAYLOAD_OFFSET);
	if (kind->renewed == RENEWS_SEGMENT || kind->renewed == RENEWS_SEGMENT_SWAPPED)
		connect_anew(search, &frame);
	payload->messages = count_messages(search, kind, &frame);
	payload->ns = run_rounds(bpf_program__fd(search->loaded.bench->progs.renew), &frame, repeat, rounds) -
		      search->empty_renewed;
	payload->ns *= packets_of(kind);
}

/* What it costs besides its messages, which are paid for. */
static double excess(const struct search *search, const struct payload *payload)
{
	return payload->ns - payload->messages * MESSAGE_TARGET * search->p;
}

static int load(struct search *search)
{
	static const struct link_rules rules;
	static struct packet_builder frame;
	int error = loaded__open(&search->loaded);

	if (error)
		return error;
	search->counters = counters__new();
	search->classifier = search->counters ? frame_classifier__new(search->counters, &rules) : NULL;
	if (!search->classifier)
		return -ENOMEM;
	frame_classifier__read_hep(search->classifier, NULL, 0);
	traffic__invite(&frame);
	search->p = run_rounds(bpf_program__fd(search->loaded.bench->progs.parse_and_add), &frame, 10000, 31) -
		    run_rounds(bpf_program__fd(search->loaded.bench->progs.empty), &frame, 10000, 31);
	search->empty = run_rounds(bpf_program__fd(search->loaded.bench->progs.empty_tc), &frame, 10000, 31);
	renew(search, RENEWS_CONNECTION, 0);
	search->loaded.bench->bss->tc_target = LOADED_EMPTY;
	search->empty_renewed = run_rounds(bpf_program__fd(search->loaded.bench->progs.renew), &frame, 10000, 31);
	search->loaded.bench->bss->tc_target = LOADED_OURS;
	return 0;
}

/* ---- changes ---- */

static uint64_t random_state = 0x5349502f322e3021;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return n ? (uint32_t)(random_state >> 32) % n : 0;
}

static void append(struct payload *payload, const char *text)
{
	size_t length = strlen(text);

	if (length > PAYLOAD_MAX - payload->length)
		length = PAYLOAD_MAX - payload->length;
	memcpy(payload->bytes + payload->length, text, length);
	payload->length += length;
}

/* Fills the payload from here to its end with a few words, again and again. */
static void fill_with_pattern(struct payload *payload, size_t from)
{
	const char *pattern[4];
	uint32_t count = 1 + random_below(4), i;

	for (i = 0; i < count; i++)
		pattern[i] = hostile_words[random_below(HOSTILE_WORDS)];
	payload->length = from;
	for (i = 0; payload->length < PAYLOAD_MAX; i++)
		append(payload, pattern[i % count]);
}

static void insert_word(struct payload *payload)
{
	const char *word = hostile_words[random_below(HOSTILE_WORDS)];
	size_t at = random_below((uint32_t)payload->length + 1), length = strlen(word);

	if (at + length > PAYLOAD_MAX)
		return;
	if (payload->length + length > PAYLOAD_MAX)
		payload->length = PAYLOAD_MAX - length;
	if (at > payload->length)
		return;
	memmove(payload->bytes + at + length, payload->bytes + at, payload->length - at);
	memcpy(payload->bytes + at, word, length);
	payload->length += length;
}

static void copy_stretch(struct payload *payload)
{
	size_t length, from, to;

	if (payload->length < 4)
		return;
	length = 1 + random_below((uint32_t)payload->length / 2);
	from = random_below((uint32_t)(payload->length - length + 1));
	to = random_below((uint32_t)(payload->length - length + 1));
	memmove(payload->bytes + to, payload->bytes + from, length);
}

static void cut(struct payload *payload)
{
	size_t length, at;

	if (payload->length < 4)
		return;
	at = random_below((uint32_t)payload->length - 1);
	length = 1 + random_below((uint32_t)(payload->length - at) / 4 + 1);
	if (at + length > payload->length)
		return;
	memmove(payload->bytes + at, payload->bytes + at + length, payload->length - at - length);
	payload->length -= length;
}

static void change(struct payload *payload)
{
	switch (random_below(6)) {
	case 0:
		fill_with_pattern(payload, random_below((uint32_t)payload->length + 1));
		break;
	case 1:
		insert_word(payload);
		break;
	case 2:
		copy_stretch(payload);
		break;
	case 3:
		cut(payload);
		break;
	case 4:
		if (payload->length)
			payload->bytes[random_below((uint32_t)payload->length)] = (unsigned char)random_below(256);
		break;
	default:
		insert_word(payload);
		fill_with_pattern(payload, random_below(200) < payload->length ? random_below(200) : payload->length);
		break;
	}
}

/* ---- the search ---- */

static void keep(struct search *search, const struct payload *payload)
{
	size_t i, least = 0;

	if (search->pool_count < POOL) {
		search->pool[search->pool_count++] = *payload;
		return;
	}
	for (i = 1; i < POOL; i++)
		if (excess(search, &search->pool[i]) < excess(search, &search->pool[least]))
			least = i;
	if (excess(search, payload) > excess(search, &search->pool[least]))
		search->pool[least] = *payload;
}

static void add_seed(struct search *search, const struct kind *kind, const char *path)
{
	struct payload payload = { .length = 0 };
	FILE *file = fopen(path, "rb");

	if (!file)
		return;
	payload.length = fread(payload.bytes, 1, sizeof(payload.bytes), file);
	(void)fclose(file);
	measure(search, kind, &payload, false);
	keep(search, &payload);
}

static void add_hostiles(struct search *search, const struct kind *kind)
{
	struct payload payload = { .length = PAYLOAD_MAX };

	for (size_t i = 0; i < HOSTILES; i++) {
		hostile__fill(&hostiles[i], payload.bytes);
		measure(search, kind, &payload, false);
		keep(search, &payload);
	}
}

static void climb(struct search *search, const struct kind *kind, double until)
{
	while (now() < until) {
		struct payload payload = search->pool[random_below((uint32_t)search->pool_count)];
		uint32_t changes = 1 + random_below(3);

		while (changes--)
			change(&payload);
		measure(search, kind, &payload, false);
		if (excess(search, &payload) >
		    excess(search, &search->pool[random_below((uint32_t)search->pool_count)])) {
			measure(search, kind, &payload, true);
			keep(search, &payload);
		}
	}
}

/* The dearest of the pool when measured well. */
static const struct payload *find_dearest(struct search *search, const struct kind *kind)
{
	const struct payload *dearest = &search->pool[0];

	for (size_t i = 0; i < search->pool_count; i++) {
		measure(search, kind, &search->pool[i], true);
		if (excess(search, &search->pool[i]) > excess(search, dearest))
			dearest = &search->pool[i];
	}
	return dearest;
}

static int save(const struct payload *payload, const char *folder, const struct kind *kind)
{
	char path[4096], *c;
	FILE *file;
	bool is_written;

	(void)snprintf(path, sizeof(path), "%s/%s.bin", folder, kind->name);
	for (c = path + strlen(folder); *c; c++)
		if (*c == ' ')
			*c = '-';
	file = fopen(path, "wb");
	if (!file)
		return -errno;
	is_written = fwrite(payload->bytes, 1, payload->length, file) == payload->length;
	return fclose(file) == 0 && is_written ? 0 : -EIO;
}

static int search_kind(struct search *search, const struct kind *kind, const char *folder, double seconds, char **seeds)
{
	double until = now() + seconds;
	const struct payload *dearest;
	struct report_row row = { .name = kind->name, .unit = "ns", .ratio_unit = "p" };

	search->pool_count = 0;
	add_hostiles(search, kind);
	for (; *seeds; seeds++)
		add_seed(search, kind, *seeds);
	climb(search, kind, until);
	dearest = find_dearest(search, kind);
	row.figure.value = dearest->ns;
	row.ratio = dearest->ns / search->p;
	row.target = PACKET_TARGET * kind->parts + MESSAGE_TARGET * dearest->messages;
	report__print(&row, false);
	return save(dearest, folder, kind);
}

int main(int argc, char **argv)
{
	static struct search search;
	size_t i, count = sizeof(kinds) / sizeof(kinds[0]);
	int error;

	if (argc < 3) {
		fprintf(stderr, "usage: worst FOLDER SECONDS [SEED_FILE...]\n");
		return 1;
	}
	error = load(&search);
	for (i = 0; !error && i < count; i++)
		error = search_kind(&search, &kinds[i], argv[1], strtod(argv[2], NULL) / (double)count, argv + 3);
	if (error)
		fprintf(stderr, "bench: worst: %s\n", strerror(-error));
	frame_classifier__free(search.classifier);
	counters__free(search.counters);
	loaded__close(&search.loaded);
	return error ? 1 : 0;
}

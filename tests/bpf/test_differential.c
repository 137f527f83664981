/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The BPF programs and the user-space build must agree on every frame: on mutations of real messages in frames of many
 * shapes, with a fixed seed, and on every frame of the fuzzer's corpus.
 */
#include <glob.h>
#include <stdio.h>

#include "hostile.h"
#include "rounds.h"
#include "side_by_side.h"

#define MUTATIONS rounds(1500)
#define PATTERNS rounds(500)
#define GROUP 10 /* frames that share a reading of the counters, which waits for the kernel */
#define FRAME_MIN 15
#define FRAME_SURE_MIN 60 /* some kernels run nothing over frames below: counted, not compared */
#define FRAME_MAX 3400    /* kernels before 6.17 run tc programs over a page at most */

static struct packet_builder packet;
static __u64 seed = 0x5eed;
static unsigned int refused;

/* What was counted since the last comparison. */
static struct counted {
	enum probe_program program;
	struct packet_builder packet;
} group[GROUP];
static size_t group_count;

static const char *const messages[] = {
	"INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nTo: <sip:b>;tag=1\r\nCSeq: 1 INVITE\r\n\r\n",
	"\r\n\r\nINVITE sip:b SIP/2.0\nv: SIP / 2.0 / TCP\n x\nTO :\n \"q;tag=1\\\"\" <sip:b;tag=2>\nCSeq:\t7\n  "
	"INVITE\n\n",
	"SIP/2.0 503 Service Unavailable\r\nContent-Length: 4\r\nCSEQ: 2 BYE\r\n\r\nBYE SIP/2.0 180 x\r\nl:0\r\n\r\n",
	"REGISTER sip:registrar.example.com SIP/2.0\r\nReply-To: <sip:x>;tag=9\r\nVia: SIP/2.0/WSS h\r\nCSeq: 3 "
	"REGISTER\r\n\r\n",
	"SUBSCRIBE sip:0123456789012345678901234567890123456789 SIP/7.0\r\nTo: x\r\n\r\n",
	"VERYLONGEXTENSIONMETHODNAME sip:b SIP/2.0\r\nCSeq: 4 VERYLONGEXTENSIONMETHODNAME\r\n\r\n",
	"NOTIFY sip:b;a=1 SIP/2.0\r\nTo: \"unended <sip:b>;tag=1\r\n  ;tag=2\r\nCSeq: 5 NOTIFY\r\nContent-Length: "
	"99999999999\r\n\r\n",
};

static __u32 draw(__u32 below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (__u32)(seed >> 33) % below;
}

static void put_message(void)
{
	static const char filler[] = "X-Filler: 0123456789 0123456789 0123456789\r\n";
	const char *message = messages[draw(sizeof(messages) / sizeof(messages[0]))];
	const char *headers = strchr(message + 4, '\n') + 1;
	__u32 i, fillers = draw(4) ? 0 : draw(60);

	packets__put(&packet, message, (size_t)(headers - message));
	for (i = 0; i < fillers; i++)
		packets__text(&packet, filler);
	packets__text(&packet, headers);
}

static void build_frame(void)
{
	__u32 i, is_tcp = draw(2), ipv6 = draw(3) == 0;

	packets__ethernet(&packet, ipv6 ? 0x86dd : 0x0800);
	if (ipv6)
		packets__ipv6(&packet, is_tcp ? 6 : 17);
	else
		packets__ipv4(&packet, is_tcp ? 6 : 17, draw(8) ? 0 : 0x2000, draw(4) ? 0 : 4 * draw(11));
	if (is_tcp)
		packets__tcp(&packet, 5060 + draw(2), 5062, 4 * draw(6));
	else
		packets__udp(&packet, 5060 + draw(2), 5062);
	for (i = draw(4); i < 4; i++)
		put_message();
	packets__finish(&packet);
}

/* Changes up to three bytes, more often in the text than in the headers, and cuts now and then. */
static void mutate(void)
{
	static const char bytes[] = "\r\n\t :;<>\"\\=/tTaAgGcCvVlL059SIP.\0\x80\xff";
	__u32 i, at;

	for (i = draw(4); i > 0; i--) {
		at = draw(8) ? 54 + draw((__u32)packet.length - 54) : draw((__u32)packet.length);
		packet.bytes[at] = draw(2) ? (unsigned char)bytes[draw(sizeof(bytes))] : (unsigned char)draw(256);
	}
	if (packet.length > FRAME_MAX)
		packet.length = FRAME_MAX;
	if (draw(6) == 0)
		packet.length = FRAME_MIN + draw((__u32)packet.length - FRAME_MIN);
}

static void dump(const struct counted *counted)
{
	size_t i;

	print_error("%s, %zu bytes:\n", probe__program_name(counted->program), counted->packet.length);
	for (i = 0; i < counted->packet.length; i++)
		print_error("%02x%s", counted->packet.bytes[i], i % 32 == 31 ? "\n" : "");
	print_error("\n");
}

static void count(enum probe_program program)
{
	if (!side_by_side__try(&both, program, packet.bytes, packet.length)) {
		assert_true(packet.length < FRAME_SURE_MIN);
		refused++;
		return;
	}
	group[group_count].program = program;
	group[group_count++].packet = packet;
}

static void compare(const char *what)
{
	size_t i;

	if (!side_by_side__agree(&both)) {
		for (i = 0; i < group_count; i++)
			dump(&group[i]);
		print_error("user: %llu messages, BPF: %llu\n", counters__total(both.expected),
			    counters__total(both.fixture.counters));
		fail_msg("%s: the programs and the user-space build disagree", what);
	}
	side_by_side__clear(&both);
	group_count = 0;
}

static void mutations(void **state)
{
	unsigned int i;

	for (i = 0; i < MUTATIONS; i++) {
		build_frame();
		mutate();
		count((enum probe_program)(i % PROBE_HOOKS));
		if (i % GROUP == GROUP - 1)
			compare("mutations");
	}
	print_message("%u frames compared, %u too short for this kernel to run a program over\n", i - refused, refused);
	assert_true(refused < MUTATIONS / 10);
	refused = 0;
}

/* Begins a datagram, or the first segment of a connection that is seen from its SYN on or joined in the middle. */
static void begin_any(bool is_datagram)
{
	static __u32 connections;

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, is_datagram ? 17 : 6, 0, 0);
	if (is_datagram) {
		packets__udp(&packet, 5060, 5061);
		return;
	}
	packets__tcp(&packet, 10000 + connections % 50000, 5060, 0);
	if (connections++ & 1)
		packet.bytes[packet.length - 7] |= 2; /* SYN */
}

/* A payload of a few words, again and again: what is too complex must be so in both, wherever windows end. */
static void build_pattern(void)
{
	static const char *const starts[] = { "INVITE sip:b SIP/2.0\r\n", "SIP/2.0 200 OK\r\n",
					      "BYE sip:b SIP/2.0\nTo: ", "" };
	const char *pattern[4];
	__u32 count = 1 + draw(4), length = 200 + draw(FRAME_MAX - 300), i;

	for (i = 0; i < count; i++)
		pattern[i] = hostile_words[draw(HOSTILE_WORDS)];
	begin_any(draw(2));
	packets__text(&packet, starts[draw(sizeof(starts) / sizeof(starts[0]))]);
	for (i = 0; packet.length < length; i++)
		packets__text(&packet, draw(200) ? pattern[i % count] : hostile_words[draw(HOSTILE_WORDS)]);
	packets__finish(&packet);
}

static void patterns(void **state)
{
	unsigned int i;

	for (i = 0; i < PATTERNS; i++) {
		build_pattern();
		count((enum probe_program)(i % PROBE_HOOKS));
		if (i % GROUP == GROUP - 1)
			compare("patterns");
	}
}

static void hostile_payloads(void **state)
{
	static unsigned char payload[HOSTILE_LENGTH];
	enum probe_program program;
	size_t i;

	for (i = 0; i < HOSTILES; i++) {
		hostile__fill(&hostiles[i], payload);
		for (program = 0; program < 2 * PROBE_HOOKS; program++) {
			begin_any(program < PROBE_HOOKS);
			packets__put(&packet, payload, sizeof(payload));
			packets__finish(&packet);
			count(program % PROBE_HOOKS);
		}
		compare(hostiles[i].name);
	}
}

/* The kernel runs programs over Ethernet frames alone: one whose corpus entry begins further in gets the header. */
static void build_from_corpus(const unsigned char *entry, size_t size)
{
	unsigned int ethertype = (unsigned int)entry[1] << 8 | entry[2];
	enum frame_start start = (enum frame_start)(entry[0] % FRAME_STARTS);

	if (start == FRAME_ETHERNET)
		packet.length = 0;
	else if (start == FRAME_ETHERTYPE)
		packets__ethernet(&packet, ethertype);
	else if (start == FRAME_LLC)
		packets__ethernet(&packet, 0);
	else
		packets__ethernet(&packet, size > 3 && entry[3] >> 4 == 6 ? 0x86dd : 0x0800);
	packets__put(&packet, entry + 3, size - 3);
}

static void compare_corpus_file(const char *path)
{
	enum probe_program program;
	static unsigned char entry[FRAME_MAX];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file)
		fail_msg("%s: cannot be opened", path);
	size = fread(entry, 1, sizeof(entry), file);
	(void)fclose(file);
	if (size < 3)
		return;
	build_from_corpus(entry, size);
	if (packet.length < FRAME_MIN)
		return;
	for (program = 0; program < PROBE_HOOKS; program++) {
		count(program);
		compare(path);
	}
}

/* Everything in the fuzzer's corpus of whole frames; run from the project's root. */
static void corpus_files(void **state)
{
	glob_t files;
	size_t i;

	assert_int_equal(glob("tests/fuzz/corpus/frame/*", 0, NULL, &files), 0);
	for (i = 0; i < files.gl_pathc; i++)
		compare_corpus_file(files.gl_pathv[i]);
	print_message("%zu corpus files compared\n", files.gl_pathc);
	globfree(&files);
}

static int open_one_port(void **state)
{
	static const __u16 port = 5061;
	const struct probe_options options = { .ports = &port, .ports_count = 1 };

	side_by_side__open(&both, &options);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mutations, side_by_side__set_up, side_by_side__tear_down),
		cmocka_unit_test_setup_teardown(patterns, side_by_side__set_up, side_by_side__tear_down),
		cmocka_unit_test_setup_teardown(hostile_payloads, side_by_side__set_up, side_by_side__tear_down),
		cmocka_unit_test_setup_teardown(corpus_files, side_by_side__set_up, side_by_side__tear_down),
		{ "mutations, one port wanted", mutations, open_one_port, side_by_side__tear_down, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

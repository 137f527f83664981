// SPDX-License-Identifier: BSD-2-Clause
/*
 * Filters in the programs: for filters of every kind and random messages, what the programs count is what is left when
 * everything is counted and filtered afterwards, and what the user-space classifier counts; each packet has the same fate.
 */
#include "counts/filter.h"
#include "classify/frame.h"
#include "counts.h"
#include "probe_fixture.h"
#include "rounds.h"
#include "stream/framing.h"

#define KINDS 12      /* of filters: without types, with types, strict; with hosts or not; with excluded hosts or not */
#define MESSAGES 4000 /* for each filter */
#define ROWS 16       /* of a bank that is to be full */

static struct packet_builder packet;
static __u64 seed = 0xf117e5;

static __u32 draw(__u32 below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (__u32)(seed >> 33) % below;
}

#define DRAW(list) ((list)[draw(sizeof(list) / sizeof((list)[0]))])

static const char *const methods[] = {
	"INVITE", "INVITE", "BYE", "ACK", "OPTIONS", "REGISTER", "FROB", "X-1", "UNKNOWN"
};
static const char *const types[] = { "INVITE", "ReINVITE", "BYE", "REGISTER", "FROB", "NEVER", "UNKNOWN", "1", "2",
				     "20",     "200",      "4",   "40",       "404",  "5",     "503",     "6" };
static const char *const statuses[] = { "100", "180", "200", "202", "401", "404", "486", "503", "600" };
static const char *const networks[] = { "10.0.0.0/24",   "10.0.0.1",    "10.0.0.2",        "192.168.0.0/16",
					"2001:db8::/32", "2001:db8::1", "2001:db8::3/128", "0.0.0.0/0",
					"::/0",          "::/1" };

static void put_headers(char *text, size_t size)
{
	char cseq[64] = "";

	if (draw(8))
		(void)snprintf(cseq, sizeof(cseq), "CSeq: 1 %s\r\n", DRAW(methods));
	(void)snprintf(text, size, "Via: SIP/2.0/UDP a\r\nTo: <sip:b>%s\r\n%sContent-Length: 0\r\n\r\n",
		       draw(2) ? ";tag=1" : "", cseq);
}

static void put_message(void)
{
	char headers[256];

	put_headers(headers, sizeof(headers));
	if (draw(2)) {
		packets__text(&packet, DRAW(methods));
		packets__text(&packet, " sip:b SIP/2.0\r\n");
	} else {
		packets__text(&packet, "SIP/2.0 ");
		packets__text(&packet, DRAW(statuses));
		packets__text(&packet, " x\r\n");
	}
	packets__text(&packet, headers);
}

/* Addresses end in 1 to 4: some are in a network of the filter, some are not. */
static void set_addresses(size_t ip, bool ipv6)
{
	packet.bytes[ip + (ipv6 ? 23 : 15)] = (unsigned char)(1 + draw(4));
	packet.bytes[ip + (ipv6 ? 39 : 19)] = (unsigned char)(1 + draw(4));
}

/* Far from the segment before of the same ends: a connection of its own, not a duplicate. */
static void add_tcp(void)
{
	static __u32 sequence;

	sequence += 2 * FLOW_DISTANCE_MAX;
	packets__segment(&packet, 5060, 5062, 0, sequence, 0x18);
}

static void build(void)
{
	bool ipv6 = draw(3) == 0, tcp = draw(3) == 0;
	__u32 i;

	packets__ethernet(&packet, ipv6 ? 0x86dd : 0x0800);
	if (ipv6)
		packets__ipv6(&packet, tcp ? 6 : 17);
	else
		packets__ipv4(&packet, tcp ? 6 : 17, 0, draw(4) ? 0 : 4);
	set_addresses(packet.ip, ipv6);
	if (tcp)
		add_tcp();
	else
		packets__udp(&packet, 5060, 5062);
	for (i = tcp ? draw(3) : 0; i < 3; i += tcp ? 1 : 3)
		put_message();
	packets__finish(&packet);
	if (draw(4) == 0)
		packets__tag(&packet);
	if (draw(4) == 0) /* the outer ends are nobody's */
		packets__in_vxlan(&packet);
}

struct random_filter {
	struct filter filter;
	struct filter_type types[4];
	struct link_network hosts[2], excluded_hosts[2];
};

/* One or two. */
static size_t draw_networks(struct link_network *ret_networks)
{
	size_t count = 1 + draw(2), i;

	for (i = 0; i < count; i++)
		assert_int_equal(link_network__parse(DRAW(networks), &ret_networks[i]), 0);
	return count;
}

/* Of so many kinds, one after the other. */
static void draw_filter(unsigned int number, struct random_filter *ret_filter)
{
	struct filter *filter = &ret_filter->filter;
	size_t i;

	memset(ret_filter, 0, sizeof(*ret_filter));
	filter->types = ret_filter->types;
	filter->types_count = number % 3 ? 1 + draw(4) : 0;
	filter->is_strict = number % 3 == 2;
	for (i = 0; i < filter->types_count; i++)
		assert_int_equal(filter_type__parse(DRAW(types), &ret_filter->types[i]), 0);
	filter->hosts = ret_filter->hosts;
	filter->hosts_count = number / 3 % 2 ? draw_networks(ret_filter->hosts) : 0;
	filter->excluded_hosts = ret_filter->excluded_hosts;
	filter->excluded_hosts_count = number / 6 % 2 ? draw_networks(ret_filter->excluded_hosts) : 0;
}

/* Adds what the filter wants of everything. */
static void filter_afterwards(const struct counters *all, const struct filter *filter, struct counters *ret_counters)
{
	const struct counter_link *link;
	size_t i, j;

	counters__set_filter(ret_counters, filter);
	for (i = 0; i < counters__links_count(all); i++) {
		link = counters__link(all, i);
		for (j = 0; j < link->cells_count; j++)
			assert_int_equal(counters__add(ret_counters, &link->link, link->cells[j].direction,
						       counters__type_name(all, link->cells[j].type),
						       counters__type_name(all, link->cells[j].method),
						       link->cells[j].count),
					 0);
	}
}

/* The count of a cell of one in the other. */
static __u64 count_of(const struct counters *in, const struct counters *counters, const struct counter_link *link,
		      const struct counter_cell *cell)
{
	const struct counter_link *candidate;
	size_t i, j;

	for (i = 0; i < counters__links_count(in); i++) {
		candidate = counters__link(in, i);
		if (memcmp(&candidate->link, &link->link, sizeof(link->link)) != 0)
			continue;
		for (j = 0; j < candidate->cells_count; j++)
			if (candidate->cells[j].direction == cell->direction &&
			    !strcmp(counters__type_name(in, candidate->cells[j].type),
				    counters__type_name(counters, cell->type)) &&
			    !strcmp(counters__type_name(in, candidate->cells[j].method),
				    counters__type_name(counters, cell->method)))
				return candidate->cells[j].count;
	}
	return 0;
}

static void assert_same(const struct counters *counters, const struct counters *expected, const char *what)
{
	const struct counter_link *link;
	size_t i, j;

	if (counters__total(counters) != counters__total(expected))
		fail_msg("%s: %llu messages, expected %llu", what, counters__total(counters),
			 counters__total(expected));
	for (i = 0; i < counters__links_count(expected); i++) {
		link = counters__link(expected, i);
		for (j = 0; j < link->cells_count; j++)
			if (count_of(counters, expected, link, &link->cells[j]) != link->cells[j].count)
				fail_msg("%s: %s differs", what, counters__type_name(expected, link->cells[j].type));
	}
}

static __u64 check_filter(const struct filter *filter)
{
	const struct probe_options options = { .filter = filter };
	struct counters *all = counters__new(), *user = counters__new(), *afterwards = counters__new();
	struct probe_fixture own;
	struct frame_classifier *everything, *wanted;
	__u64 total;
	int i;

	probe_fixture__open(&own, &options);
	everything = frame_classifier__new(all, &own.rules);
	wanted = frame_classifier__new(user, &own.rules);
	frame_classifier__set_filter(wanted, filter);
	for (i = 0; i < MESSAGES; i++) {
		struct frame frame = { .bytes = packet.bytes, .start = FRAME_ETHERNET };

		build();
		frame.length = (__u32)packet.length;
		assert_int_equal(frame_classifier__add(everything, &frame), 0);
		assert_int_equal(frame_classifier__add(wanted, &frame), 0);
		probe_fixture__run(&own, i % 2 ? PROBE_XDP : PROBE_TC_RECEIVED, packet.bytes, packet.length, 0);
	}
	probe_fixture__collect(&own);
	filter_afterwards(all, filter, afterwards);
	assert_same(own.counters, afterwards, "the programs and the filter afterwards");
	assert_same(user, afterwards, "the user-space classifier and the filter afterwards");
	assert_memory_equal(counters__packets_const(own.counters), counters__packets_const(user),
			    sizeof(struct sipbpf_packets));
	total = counters__total(own.counters);
	frame_classifier__free(everything);
	frame_classifier__free(wanted);
	counters__free(all);
	counters__free(user);
	counters__free(afterwards);
	probe_fixture__close(&own);
	return total;
}

static void random_filters(void **state)
{
	struct random_filter filter;
	unsigned int filters = rounds(KINDS), some = 0, i;

	for (i = 0; i < filters; i++) {
		draw_filter(i, &filter);
		some += check_filter(&filter.filter) > 0;
	}
	print_message("%u filters, of which %u wanted some of %d messages\n", filters, some, MESSAGES);
	assert_true(some > filters / 4);
}

/* A message from a port of its own, so that it needs a row of its own. */
static void run_message(struct probe_fixture *fixture, const char *text, __u32 port)
{
	packets__udp4(&packet, text);
	packets__set16(&packet, packet.ip + 20, port);
	probe_fixture__run(fixture, PROBE_XDP, packet.bytes, packet.length, 0);
}

/* What the programs wanted by its CSeq method stays wanted where there is no room for its row, and nothing else does. */
static void wanted_in_other(void **state)
{
	struct filter_type type = { "INVITE" };
	const struct filter filter = { .types = &type, .types_count = 1 };
	const struct probe_options options = { .filter = &filter, .rows_max = ROWS };
	struct probe_fixture own;
	__u32 port;

	probe_fixture__open(&own, &options);
	counters__set_filter(own.counters, &filter);
	for (port = 1; port <= 4 * ROWS; port++) {
		run_message(&own, "BYE sip:a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n", port);
		run_message(&own, "INVITE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n", port);
	}
	probe_fixture__collect(&own);
	assert_int_equal(counters__packets(own.counters)->other, 3 * ROWS);
	assert_int_equal(counts__of(own.counters, "BYE", NULL), 4 * ROWS);
	assert_int_equal(counters__total(own.counters), 4 * ROWS);
	probe_fixture__close(&own);
}

/* A filter that names more methods than can have numbers is left to whoever reads the counters. */
static void too_many_names(void **state)
{
	struct filter_type many[SIPBPF_EXTENSION_METHODS_MAX + 1];
	const struct filter filter = { .types = many, .types_count = sizeof(many) / sizeof(many[0]) };
	const struct probe_options options = { .filter = &filter, .rows_max = ROWS };
	struct probe_fixture own;
	char name[32];
	__u32 port;
	size_t i;

	for (i = 0; i < filter.types_count; i++) {
		(void)snprintf(name, sizeof(name), "M%zu", i);
		assert_int_equal(filter_type__parse(name, &many[i]), 0);
	}
	probe_fixture__open(&own, &options);
	counters__set_filter(own.counters, &filter);
	for (port = 1; port <= 4 * ROWS; port++) {
		run_message(&own, "M64 sip:a SIP/2.0\r\nCSeq: 1 M64\r\n\r\n", port);
		run_message(&own, "BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n", port);
	}
	probe_fixture__collect(&own);
	assert_int_equal(counters__packets(own.counters)->other, 7 * ROWS);
	assert_int_equal(counters__total(own.counters), 4 * ROWS);
	assert_int_equal(counts__of(own.counters, "M64", NULL), 4 * ROWS);
	probe_fixture__close(&own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_filters),
		cmocka_unit_test(wanted_in_other),
		cmocka_unit_test(too_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

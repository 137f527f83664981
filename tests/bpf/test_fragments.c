/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs and the user-space build agree on datagrams in fragments (fragments.h), whole and lossy ones, alone and many
 * at once; and what waits in the kernel for fragments that never come counts once, soon or at the end.
 */
#include "fragments.h"
#include "networks.h"
#include "rounds.h"
#include "side_by_side.h"
#include "stream/table.h"

#define RUNS rounds(300)
#define CROWD 30 /* few enough for each to find a place */

static struct packet_builder packet;

static void add_sending(enum probe_program program, struct datagram *datagram, unsigned int sending)
{
	datagram__frame(datagram, sending, &packet);
	side_by_side__run(&both, program, packet.bytes, packet.length);
}

/* Each run has ports and identifications of its own, because the programs remember those before. */
static void make(struct datagram *datagram, unsigned long long seed)
{
	static unsigned int runs;

	datagram__make(datagram, seed, 1024 + runs % 60000);
	datagram->identification += runs++;
}

static void run(enum probe_program program, unsigned long long seed, bool loses)
{
	static struct datagram datagram;
	unsigned int i;

	make(&datagram, seed);
	datagram__cut(&datagram, datagram__draw(&datagram, 2));
	datagram__mishap(&datagram, loses ? 2 + datagram__draw(&datagram, 6) : 0, datagram__draw(&datagram, 2) ? 3 : 0);
	if (datagram__draw(&datagram, 3))
		datagram__shuffle(&datagram);
	for (i = 0; i < datagram.sendings_count; i++)
		add_sending(program, &datagram, i);
}

static void compare(bool loses)
{
	const struct sipbpf_packets *packets = counters__packets_const(both.fixture.counters);
	enum probe_program program;
	unsigned long long seed;

	for (program = 0; program < PROBE_HOOKS; program++) {
		side_by_side__clear(&both);
		for (seed = 1; seed <= RUNS; seed++)
			run(program, seed, loses);
		if (!side_by_side__agree(&both))
			fail_msg("%s and the user-space build disagree", probe__program_name(program));
		if (loses)
			assert_in_range(packets->truncated_headers, RUNS / 10, RUNS);
		else
			assert_int_equal(counters__total(both.fixture.counters), RUNS);
		assert_true(loses || !packets->truncated_headers);
	}
}

static void whole_datagrams(void **state)
{
	compare(false);
}

static void lossy_datagrams(void **state)
{
	compare(true);
}

/* The identification of what is no SIP is used again at once. */
static void reused_identifications(void **state)
{
	static struct datagram datagram, other;
	enum probe_program program;
	unsigned long long seed;
	unsigned int i;

	for (program = 0; program < PROBE_HOOKS; program++) {
		side_by_side__clear(&both);
		for (seed = 1; seed <= RUNS; seed++) {
			make(&datagram, seed);
			datagram__make_other(&datagram, &other);
			datagram__cut(&datagram, datagram__draw(&datagram, 2));
			for (i = 0; i < other.sendings_count; i++)
				add_sending(program, &other, i);
			for (i = 0; i < datagram.sendings_count; i++)
				add_sending(program, &datagram, i);
		}
		assert_true(side_by_side__agree(&both));
		assert_int_equal(counters__total(both.fixture.counters), RUNS);
		assert_int_equal(counters__packets(both.fixture.counters)->truncated_headers, 0);
	}
}

static void add_of_network(enum probe_program program, size_t layers, bool is_changed, unsigned int identification,
			   bool is_first)
{
	networks__fragment(&packet, &network_layers[layers], is_changed,
			   is_changed && !network_layers[layers].is_same ? "<sip:b>;lag=1" : "<sip:b>;tag=1",
			   identification, is_first);
	side_by_side__run(&both, program, packet.bytes, packet.length);
}

/* Datagrams of two networks have the same addresses and identification. */
static void networks(void **state)
{
	struct counters *counters = both.fixture.counters;
	enum probe_program program;
	unsigned int apart = 0;
	size_t i;

	for (program = 0; program < PROBE_HOOKS; program++) {
		side_by_side__clear(&both);
		for (i = 0; i < NETWORKS_COUNT; i++) {
			add_of_network(program, i, false, 0x5000 + 0x100 * program + (unsigned int)i, true);
			if (!network_layers[i].is_same)
				add_of_network(program, i, true, 0x5000 + 0x100 * program + (unsigned int)i, true);
			if (!network_layers[i].is_same)
				add_of_network(program, i, false, 0x5000 + 0x100 * program + (unsigned int)i, false);
			add_of_network(program, i, true, 0x5000 + 0x100 * program + (unsigned int)i, false);
			apart += !program && !network_layers[i].is_same;
		}
		assert_true(side_by_side__agree(&both));
		assert_int_equal(counts__of(counters, "ReINVITE", "INVITE"), NETWORKS_COUNT);
		assert_int_equal(counts__of(counters, "INVITE", "INVITE"), apart);
		assert_int_equal(counters__packets(counters)->truncated_headers, 0);
	}
}

/* Many datagrams by turns: their flows lie in the sets side by side. */
static void many_at_once(void **state)
{
	static struct datagram crowd[CROWD];
	unsigned int turn, i, left = 1;

	side_by_side__clear(&both);
	for (i = 0; i < CROWD; i++) {
		make(&crowd[i], i + 1);
		datagram__cut(&crowd[i], false);
	}
	for (turn = 0; left; turn++) {
		for (i = 0, left = 0; i < CROWD; i++) {
			if (turn >= crowd[i].sendings_count)
				continue;
			add_sending(PROBE_XDP, &crowd[i], turn);
			left++;
		}
	}
	assert_true(side_by_side__agree(&both));
	assert_int_equal(counters__total(both.fixture.counters), CROWD);
	assert_int_equal(counters__packets(both.fixture.counters)->truncated_headers, 0);
}

/* A long message of which only the beginning comes. */
static void send_beginning(enum probe_program program, unsigned int identification)
{
	static struct datagram datagram;
	unsigned long long seed = 1;

	do {
		make(&datagram, seed++);
	} while (datagram.all_known < 1000 || datagram.form == DATAGRAM_IN_VXLAN_FRAGMENTS);
	datagram.identification = identification;
	datagram__send(&datagram, 0, (datagram.message + datagram.started + 7) / 8 * 8);
	datagram__frame(&datagram, 0, &packet);
	probe_fixture__run(&both.fixture, program, packet.bytes, packet.length, 0);
}

/* More messages that wait than there are places: each counts, whether it gave way or waited to the end. */
static void more_than_places(void **state)
{
	const unsigned int count = 2 * FRAGMENT_SETS * FLOW_WAYS;
	struct counters *counters = both.fixture.counters;
	unsigned int i;

	counters__clear(counters);
	for (i = 0; i < count; i++)
		send_beginning((enum probe_program)(i % PROBE_HOOKS), 0x10000 + i);
	probe_fixture__collect(&both.fixture);
	assert_int_equal(counters__total(counters), count);
	assert_int_equal(counters__packets(counters)->truncated_headers, count);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_CONTINUATION], count);
	assert_int_equal(counters__packets(counters)->evicted, 0);
	probe_fixture__collect(&both.fixture);
	assert_int_equal(counters__total(counters), count);
}

/* A message does not wait for long: a collection counts it after a second, but not before. */
static void message_that_waits(void **state)
{
	struct probe_fixture *fixture = &both.fixture;
	__u32 start = patience__milliseconds();

	counters__clear(fixture->counters);
	send_beginning(PROBE_XDP, 0x20000);
	assert_int_equal(drain__collect(fixture->drain, &fixture->rules, fixture->counters), 0);
	if (!patience__is_over(start))
		assert_int_equal(counters__total(fixture->counters), 0);
	while (!counters__total(fixture->counters) && patience__milliseconds() - start < PATIENCE_MILLISECONDS) {
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
		assert_int_equal(drain__collect(fixture->drain, &fixture->rules, fixture->counters), 0);
	}
	assert_true(patience__milliseconds() - start >= FLOW_HELD_MILLISECONDS);
	assert_int_equal(counters__total(fixture->counters), 1);
	assert_int_equal(counters__packets(fixture->counters)->truncated_headers, 1);
	probe_fixture__collect(fixture);
	assert_int_equal(counters__total(fixture->counters), 1);
}

/* Fragments of what is no SIP take no place: messages that wait stay where they are. */
static void fragments_of_no_sip(void **state)
{
	static struct datagram datagram;
	struct counters *counters = both.fixture.counters;
	unsigned int i, sending;

	counters__clear(counters);
	for (i = 0; i < FRAGMENT_SETS; i++)
		send_beginning(PROBE_XDP, 0x30000 + i);
	make(&datagram, 1);
	datagram.form = DATAGRAM_BARE;
	memset(datagram.bytes + DATAGRAM_UDP_SIZE, 0x80, datagram.length - DATAGRAM_UDP_SIZE);
	datagram__send(&datagram, 0, 800);
	datagram__send(&datagram, 800, 200);
	for (i = 0; i < 5000; i++) {
		datagram.identification = 0x40000 + i;
		for (sending = 0; sending < 2; sending++) {
			datagram__frame(&datagram, sending, &packet);
			probe_fixture__run(&both.fixture, PROBE_XDP, packet.bytes, packet.length, 0);
		}
	}
	assert_int_equal(drain__collect(both.fixture.drain, &both.fixture.rules, counters), 0);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_NOT_SIP], 5000);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_FRAGMENT], 5000);
	probe_fixture__collect(&both.fixture);
	assert_int_equal(counters__total(counters), FRAGMENT_SETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_datagrams),        cmocka_unit_test(lossy_datagrams),
		cmocka_unit_test(many_at_once),           cmocka_unit_test(more_than_places),
		cmocka_unit_test(message_that_waits),     cmocka_unit_test(fragments_of_no_sip),
		cmocka_unit_test(reused_identifications), cmocka_unit_test(networks),
	};

	return cmocka_run_group_tests(tests, side_by_side__set_up, side_by_side__tear_down);
}

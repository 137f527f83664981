// SPDX-License-Identifier: BSD-2-Clause
/* Fragments that come through tags and tunnels (networks.h), by the user-space build. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "counts.h"
#include "classify/frame.h"
#include "networks.h"

static const struct link_rules rules;
static struct counters *counters;
static struct frame_classifier *classifier;
static struct packet_builder packet;

static void add(const struct network_layers *layers, bool is_changed, const char *to, bool is_first)
{
	struct frame frame = { .bytes = packet.bytes, .start = FRAME_ETHERNET };

	networks__fragment(&packet, layers, is_changed, to, 7, is_first);
	frame.length = (__u32)packet.length;
	assert_int_equal(frame_classifier__add(classifier, &frame), 0);
}

static void begin(void)
{
	frame_classifier__free(classifier);
	counters__clear(counters);
	classifier = frame_classifier__new(counters, &rules);
	assert_non_null(classifier);
}

/* Two datagrams by turns, of one length: one has a tag in To, the other has a parameter. */
static void test_networks_are_told_apart(void **state)
{
	size_t i;

	for (i = 0; i < NETWORKS_COUNT; i++) {
		if (network_layers[i].is_same)
			continue;
		begin();
		add(&network_layers[i], false, "<sip:b>;tag=1", true);
		add(&network_layers[i], true, "<sip:b>;lag=1", true);
		add(&network_layers[i], false, "<sip:b>;tag=1", false);
		add(&network_layers[i], true, "<sip:b>;lag=1", false);
		assert_int_equal(frame_classifier__flush(classifier), 0);
		if (counts__of(counters, "ReINVITE", "INVITE") != 1 || counts__of(counters, "INVITE", "INVITE") != 1)
			fail_msg("%s: %llu messages", network_layers[i].name, counters__total(counters));
		assert_int_equal(counters__total(counters), 2);
		assert_int_equal(counters__packets(counters)->truncated_headers, 0);
	}
}

static void test_networks_are_not_taken_apart(void **state)
{
	size_t i;

	for (i = 0; i < NETWORKS_COUNT; i++) {
		if (!network_layers[i].is_same)
			continue;
		begin();
		add(&network_layers[i], false, "<sip:b>;tag=1", true);
		add(&network_layers[i], true, "<sip:b>;tag=1", false);
		assert_int_equal(frame_classifier__flush(classifier), 0);
		if (counts__of(counters, "ReINVITE", "INVITE") != 1)
			fail_msg("%s: %llu messages", network_layers[i].name, counters__total(counters));
		assert_int_equal(counters__total(counters), 1);
	}
}

static int open_counters(void **state)
{
	counters = counters__new();
	return counters ? 0 : -1;
}

static int close_counters(void **state)
{
	frame_classifier__free(classifier);
	counters__free(counters);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_networks_are_told_apart),
		cmocka_unit_test(test_networks_are_not_taken_apart),
	};

	return cmocka_run_group_tests(tests, open_counters, close_counters);
}

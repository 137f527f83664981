// SPDX-License-Identifier: BSD-2-Clause
/* Tests of count_memory.c: what is counted where something was counted before is counted as it would have been. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "counts/filter.h"
#include "log/count_memory.h"
#include "log/tally.h"

#include "rounds.h"

static const struct link_rules rules;

static const struct counter_place *find(const struct count_memory *memory, const char *type, __u16 port)
{
	const struct message_path path = { .ends = { .source_port = port } };
	struct message message = { .via = SIP_TRANSPORT_UDP };

	strcpy(message.type, type);
	return count_memory__find(memory, &message, &path);
}

static void keep(struct count_memory *memory, const char *type, __u16 port, struct counter_link *link)
{
	const struct message_path path = { .ends = { .source_port = port } };
	struct message message = { .via = SIP_TRANSPORT_UDP };

	strcpy(message.type, type);
	count_memory__keep(memory, &message, &path, (struct counter_place){ .link = link, .cell = port });
}

static void test_places(void **state)
{
	struct count_memory *memory = calloc(1, sizeof(*memory));
	struct counter_link link;

	assert_null(find(memory, "BYE", 1));
	keep(memory, "BYE", 1, &link);
	assert_ptr_equal(find(memory, "BYE", 1)->link, &link);
	assert_int_equal(find(memory, "BYE", 1)->cell, 1);
	assert_null(find(memory, "BYE", 2));
	assert_null(find(memory, "ACK", 1));
	keep(memory, "BYE", 2, NULL); /* nowhere */
	assert_null(find(memory, "BYE", 2));
	free(memory);
}

/* Counts messages of few kinds, by chance, and returns the counters. */
static struct counters *count(struct count_memory *memory, const struct filter *filter)
{
	static const char *const types[] = { "INVITE", "BYE", "200", "486" };
	struct counters *counters = counters__new();
	struct tally tally = { .rules = &rules, .counters = counters, .memory = memory };
	struct message_path path = { .ends = { .has_source = true, .has_target = true, .target_port = 5060 } };
	struct message message = { .method = "INVITE" };
	unsigned int i;

	srand(1);
	counters__set_filter(counters, filter);
	for (i = 0; i < rounds(20000); i++) {
		strcpy(message.type, types[rand() % 4]);
		message.via = rand() % 3;
		path.ends.source.s6_addr[15] = (uint8_t)(rand() % 40);
		path.ends.source_port = (__u16)(5060 + rand() % 3);
		path.has_direction = rand() % 2;
		path.direction = LINK_IN;
		assert_int_equal(tally__count(&tally, &message, rand() % 50 ? &path : NULL), 0);
	}
	return counters;
}

static bool is_same(const struct counter_cell *cell, const struct counter_cell *other)
{
	return cell->type == other->type && cell->method == other->method && cell->direction == other->direction &&
	       cell->count == other->count;
}

static void assert_same(const struct counters *counters, const struct counters *others)
{
	const struct counter_link *link, *other;
	size_t i, j;

	assert_int_equal(counters__total(counters), counters__total(others));
	assert_int_equal(counters__links_count(counters), counters__links_count(others));
	for (i = 0; i < counters__links_count(counters); i++) {
		link = counters__link(counters, i);
		other = counters__link(others, i);
		assert_memory_equal(&link->link, &other->link, sizeof(link->link));
		assert_int_equal(link->cells_count, other->cells_count);
		for (j = 0; j < link->cells_count; j++)
			assert_true(is_same(&link->cells[j], &other->cells[j]));
	}
}

static void assert_counted(const struct filter *filter)
{
	struct count_memory *memory = calloc(1, sizeof(*memory));
	struct counters *counters = count(memory, filter), *others = count(NULL, filter);

	assert_same(counters, others);
	counters__free(counters);
	counters__free(others);
	free(memory);
}

static void test_counts_are_the_same(void **state)
{
	static const struct filter_type types[] = { { "BYE" }, { "4" } };
	const struct filter filter = { .types = types, .types_count = 2 };

	assert_counted(NULL);
	assert_counted(&filter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_counts_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: BSD-2-Clause
/* Tests of counter.c: adding, merging, clearing, and what is left when memory is short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counts/counter.h"

/*
 * Allocations of this program can be made to fail, after so many that succeed. A sanitizer brings its own allocator, and
 * then there is no such test.
 */
#ifndef __SANITIZE_ADDRESS__
static long allocations_left = -1;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool allocation_fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

void *malloc(size_t size)
{
	return allocation_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return allocation_fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return allocation_fails() ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
	return realloc(old, count * size);
}
#endif

static struct link make_link(unsigned int number)
{
	struct link link = { .server_port = 5060, .client_port = 1024, .transport = SIP_TRANSPORT_UDP };

	link.server.s6_addr[15] = 1;
	memcpy(&link.client.s6_addr[12], &number, sizeof(number));
	return link;
}

static int add(struct counters *counters, unsigned int link_number, enum link_direction direction, const char *type,
	       __u64 count)
{
	struct link link = make_link(link_number);

	return counters__add(counters, &link, direction, type, "INVITE", count);
}

/* Messages of a type and direction in a link; all CSeq methods. */
static __u64 count_of(const struct counters *counters, size_t i, enum link_direction direction, const char *type)
{
	const struct counter_link *link = counters__link(counters, i);
	__u64 count = 0;
	__u32 j;

	for (j = 0; j < link->cells_count; j++) {
		if (link->cells[j].direction == direction &&
		    !strcmp(counters__type_name(counters, link->cells[j].type), type))
			count += link->cells[j].count;
	}
	return count;
}

static __u64 sum_of_cells(const struct counters *counters)
{
	const struct counter_link *link;
	__u64 sum = 0;
	size_t i;
	__u32 j;

	for (i = 0; i < counters__links_count(counters); i++) {
		link = counters__link(counters, i);
		for (j = 0; j < link->cells_count; j++)
			sum += link->cells[j].count;
	}
	return sum;
}

static void test_new_counters_are_empty(void **state)
{
	struct counters *counters = counters__new();

	assert_int_equal(counters__links_count(counters), 0);
	assert_int_equal(counters__total(counters), 0);
	assert_int_equal(counters__packets_seen(counters), 0);
	assert_int_equal(counters__types_count(counters), 1);
	assert_string_equal(counters__type_name(counters, 0), "UNKNOWN");
	counters__free(counters);
	counters__free(NULL);
}

static void test_messages_add_up_by_link_type_method_and_direction(void **state)
{
	struct counters *counters = counters__new();
	struct link link = make_link(1);

	assert_int_equal(counters__add(counters, &link, LINK_IN, "INVITE", "INVITE", 1), 0);
	assert_int_equal(counters__add(counters, &link, LINK_IN, "INVITE", "INVITE", 2), 0);
	assert_int_equal(counters__add(counters, &link, LINK_OUT, "INVITE", "INVITE", 4), 0);
	assert_int_equal(counters__add(counters, &link, LINK_OUT, "200", "INVITE", 8), 0);
	assert_int_equal(counters__add(counters, &link, LINK_OUT, "200", "BYE", 16), 0);
	assert_int_equal(add(counters, 2, LINK_IN, "INVITE", 32), 0);
	assert_int_equal(counters__links_count(counters), 2);
	assert_int_equal(counters__link(counters, 0)->cells_count, 4);
	assert_int_equal(count_of(counters, 0, LINK_IN, "INVITE"), 3);
	assert_int_equal(count_of(counters, 0, LINK_OUT, "INVITE"), 4);
	assert_int_equal(count_of(counters, 0, LINK_OUT, "200"), 24);
	assert_int_equal(count_of(counters, 1, LINK_IN, "INVITE"), 32);
	assert_int_equal(counters__total(counters), 63);
	counters__free(counters);
}

static void test_links_and_messages_keep_their_order(void **state)
{
	struct counters *counters = counters__new();

	add(counters, 9, LINK_IN, "BYE", 1);
	add(counters, 3, LINK_IN, "ACK", 1);
	add(counters, 9, LINK_IN, "ACK", 1);
	assert_int_equal(counters__link(counters, 0)->link.client.s6_addr[12], 9);
	assert_int_equal(counters__link(counters, 1)->link.client.s6_addr[12], 3);
	assert_string_equal(counters__type_name(counters, counters__link(counters, 0)->cells[0].type), "BYE");
	assert_string_equal(counters__type_name(counters, counters__link(counters, 0)->cells[1].type), "ACK");
	counters__free(counters);
}

static void test_other_is_a_link_of_its_own(void **state)
{
	struct link zero = { 0 }, other = { .is_other = 1 };
	struct counters *counters = counters__new();

	counters__add(counters, &zero, LINK_IN, "INVITE", "INVITE", 1);
	counters__add(counters, &other, LINK_BOTH, "INVITE", "INVITE", 2);
	assert_int_equal(counters__links_count(counters), 2);
	assert_int_equal(count_of(counters, 1, LINK_BOTH, "INVITE"), 2);
	counters__free(counters);
}

static void test_no_messages_make_no_link(void **state)
{
	struct counters *counters = counters__new();

	assert_int_equal(add(counters, 1, LINK_IN, "INVITE", 0), 0);
	assert_int_equal(counters__links_count(counters), 0);
	counters__free(counters);
}

static void test_counts_up_to_the_most(void **state)
{
	struct counters *counters = counters__new();

	assert_int_equal(add(counters, 1, LINK_IN, "INVITE", 1ULL << 62), 0);
	assert_int_equal(add(counters, 1, LINK_IN, "INVITE", (1ULL << 62) - 2), 0);
	assert_int_equal(add(counters, 1, LINK_IN, "INVITE", 2), -EOVERFLOW);
	assert_int_equal(add(counters, 2, LINK_IN, "BYE", UINT64_MAX), -EOVERFLOW);
	assert_int_equal(counters__links_count(counters), 1);
	assert_int_equal(add(counters, 2, LINK_IN, "BYE", 1), 0);
	assert_int_equal(add(counters, 1, LINK_IN, "INVITE", 1), -EOVERFLOW);
	assert_true(counters__total(counters) == COUNTERS_MAX);
	assert_true(sum_of_cells(counters) == COUNTERS_MAX);
	counters__free(counters);
}

static void test_packets_up_to_the_most(void **state)
{
	const struct sipbpf_packets one = { .reasons[SIPBPF_REASON_STUN] = 1 }, other = { .other = 1ULL << 62 };
	const struct sipbpf_packets gap = { .gaps = COUNTERS_MAX }, eviction = { .evicted = COUNTERS_MAX };
	const struct sipbpf_packets too_many = { .sip = UINT64_MAX, .reasons[SIPBPF_REASON_STUN] = 2 };
	const struct sipbpf_packets most = { .sip = 1ULL << 62, .reasons[SIPBPF_REASON_NOT_IP] = (1ULL << 62) - 1 };
	struct counters *counters = counters__new();

	assert_int_equal(counters__add_packets(counters, &too_many), -EOVERFLOW);
	assert_int_equal(counters__packets_seen(counters), 0);
	assert_int_equal(counters__add_packets(counters, &most), 0);
	assert_int_equal(counters__add_packets(counters, &one), -EOVERFLOW);
	assert_true(counters__packets_seen(counters) == COUNTERS_MAX);
	assert_int_equal(counters__add_packets(counters, &other), 0);
	assert_int_equal(counters__add_packets(counters, &other), -EOVERFLOW);
	assert_true(counters__packets(counters)->other == other.other);
	assert_int_equal(counters__add_packets(counters, &gap), 0);
	assert_int_equal(counters__add_packets(counters, &gap), -EOVERFLOW);
	assert_int_equal(counters__add_packets(counters, &eviction), 0);
	assert_int_equal(counters__add_packets(counters, &eviction), -EOVERFLOW);
	assert_true(counters__packets(counters)->gaps == gap.gaps);
	assert_true(counters__packets(counters)->evicted == eviction.evicted);
	counters__free(counters);
}

static void test_merge_beyond_the_most_changes_nothing(void **state)
{
	struct counters *target = counters__new(), *source = counters__new();

	add(target, 1, LINK_IN, "INVITE", COUNTERS_MAX - 1);
	add(source, 1, LINK_IN, "INVITE", 1);
	counters__packets(source)->sip = 1;
	assert_int_equal(counters__merge(target, source), 0);
	assert_int_equal(counters__merge(target, source), -EOVERFLOW);
	assert_true(counters__total(target) == COUNTERS_MAX);
	assert_int_equal(counters__packets_seen(target), 1);

	assert_int_equal(counters__subtract(target, source), 0);
	counters__packets(target)->sip = COUNTERS_MAX;
	assert_int_equal(counters__merge(target, source), -EOVERFLOW);
	assert_true(counters__total(target) == COUNTERS_MAX - 1);
	assert_true(counters__packets_seen(target) == COUNTERS_MAX);
	counters__free(target);
	counters__free(source);
}

static void test_names_are_copied_and_kept_once(void **state)
{
	struct counters *counters = counters__new();
	char name[] = "X-METHOD";

	add(counters, 1, LINK_IN, name, 1);
	name[0] = 'Y';
	add(counters, 2, LINK_IN, "X-METHOD", 1);
	assert_int_equal(counters__types_count(counters), 3); /* with UNKNOWN and INVITE, the CSeq method */
	assert_int_equal(count_of(counters, 0, LINK_IN, "X-METHOD"), 1);
	assert_int_equal(counters__link(counters, 0)->cells[0].type, counters__link(counters, 1)->cells[0].type);
	add(counters, 1, LINK_IN, "x-method", 1); /* another one: methods are case-sensitive */
	assert_int_equal(counters__types_count(counters), 4);
	counters__free(counters);
}

static void test_names_beyond_the_last_number_are_unknown(void **state)
{
	struct counters *counters = counters__new();
	char name[16];
	int i;

	for (i = 0; i < 65536 + 10; i++) {
		snprintf(name, sizeof(name), "M%d", i);
		assert_int_equal(add(counters, 1 + (unsigned int)i % 4096, LINK_IN, name, 1), 0);
	}
	assert_int_equal(counters__types_count(counters), 65536);
	assert_int_equal(counters__total(counters), 65536 + 10);
	assert_int_equal(sum_of_cells(counters), 65536 + 10);
	counters__free(counters);
}

static void test_clear_keeps_type_numbers(void **state)
{
	struct counters *counters = counters__new();
	__u16 type;

	add(counters, 1, LINK_IN, "BYE", 1);
	type = counters__link(counters, 0)->cells[0].type;
	counters__packets(counters)->sip = 7;
	counters__clear(counters);
	assert_int_equal(counters__links_count(counters), 0);
	assert_int_equal(counters__total(counters), 0);
	assert_int_equal(counters__packets_seen(counters), 0);
	assert_string_equal(counters__type_name(counters, type), "BYE");
	add(counters, 2, LINK_IN, "BYE", 5);
	assert_int_equal(counters__link(counters, 0)->cells[0].type, type);
	assert_int_equal(counters__total(counters), 5);
	counters__clear(counters);
	counters__clear(counters);
	counters__free(counters);
}

static void test_packets_seen_are_messages_and_reasons(void **state)
{
	struct counters *counters = counters__new();
	struct sipbpf_packets *packets = counters__packets(counters);
	__u64 wanted = 5;
	int i;

	packets->sip = 5;
	packets->other = 1000; /* messages, not packets */
	packets->gaps = 1000;
	packets->evicted = 1000;
	for (i = 0; i < SIPBPF_REASON_COUNT; i++)
		wanted += packets->reasons[i] = 1ULL << i;
	assert_int_equal(counters__packets_seen(counters), wanted);
	assert_ptr_equal(counters__packets_const(counters), packets);
	counters__free(counters);
}

static void test_merge_adds_messages_and_packets(void **state)
{
	struct counters *target = counters__new(), *source = counters__new();

	add(target, 1, LINK_IN, "INVITE", 1);
	counters__packets(target)->sip = 1;
	add(source, 2, LINK_OUT, "BYE", 2); /* numbers of types differ from the target's */
	add(source, 1, LINK_IN, "INVITE", 4);
	add(source, 1, LINK_OUT, "486", 8);
	counters__packets(source)->sip = 2;
	counters__packets(source)->other = 3;
	counters__packets(source)->reasons[SIPBPF_REASON_STUN] = 4;
	counters__packets(source)->gaps = 5;
	counters__packets(source)->evicted = 6;
	counters__packets(target)->gaps = 10;
	counters__packets(target)->evicted = 20;
	assert_int_equal(counters__merge(target, source), 0);
	assert_int_equal(counters__links_count(target), 2);
	assert_int_equal(count_of(target, 0, LINK_IN, "INVITE"), 5);
	assert_int_equal(count_of(target, 0, LINK_OUT, "486"), 8);
	assert_int_equal(count_of(target, 1, LINK_OUT, "BYE"), 2);
	assert_int_equal(counters__total(target), 15);
	assert_int_equal(counters__packets(target)->sip, 3);
	assert_int_equal(counters__packets(target)->other, 3);
	assert_int_equal(counters__packets(target)->gaps, 15);
	assert_int_equal(counters__packets(target)->evicted, 26);
	assert_int_equal(counters__packets_seen(target), 7);
	assert_int_equal(counters__total(source), 14);
	counters__free(target);
	counters__free(source);
}

/* An interval has room for other links than those that were first since the start. */
static void test_lifetime_has_a_limit_of_its_own(void **state)
{
	struct counters *interval = counters__new(), *lifetime = counters__new();
	int i;

	counters__limit_links(interval, 2);
	counters__limit_links(lifetime, 2);
	for (i = 0; i < 3; i++) {
		counters__clear(interval);
		add(interval, i, LINK_IN, "BYE", 1);
		assert_int_equal(counters__merge(lifetime, interval), 0);
	}
	assert_int_equal(counters__links_count(interval), 1);
	assert_false(counters__link(interval, 0)->link.is_other);
	assert_int_equal(counters__links_count(lifetime), 3);
	assert_true(counters__link(lifetime, 2)->link.is_other);
	assert_int_equal(counters__total(lifetime), 3);
	counters__free(interval);
	counters__free(lifetime);
}

static void test_merge_with_itself_doubles(void **state)
{
	struct counters *counters = counters__new();

	add(counters, 1, LINK_IN, "INVITE", 3);
	add(counters, 2, LINK_OUT, "200", 4);
	assert_int_equal(counters__merge(counters, counters), 0);
	assert_int_equal(counters__total(counters), 14);
	assert_int_equal(count_of(counters, 0, LINK_IN, "INVITE"), 6);
	counters__free(counters);
}

static void test_subtract_stops_at_nothing(void **state)
{
	struct counters *target = counters__new(), *source = counters__new();

	add(source, 9, LINK_IN, "OPTIONS", 1); /* other numbers of types */
	add(source, 1, LINK_IN, "BYE", 3);
	add(source, 1, LINK_OUT, "BYE", 5);
	add(source, 2, LINK_IN, "BYE", 7);
	counters__packets(source)->sip = 2;
	counters__packets(source)->reasons[SIPBPF_REASON_STUN] = 9;
	counters__packets(source)->gaps = 2;
	counters__packets(source)->evicted = 9;
	add(target, 1, LINK_IN, "BYE", 10);
	add(target, 1, LINK_OUT, "BYE", 4);
	add(target, 3, LINK_IN, "BYE", 1);
	counters__packets(target)->sip = 5;
	counters__packets(target)->reasons[SIPBPF_REASON_STUN] = 8;
	counters__packets(target)->gaps = 5;
	counters__packets(target)->evicted = 8;
	assert_int_equal(counters__subtract(target, source), 0);
	assert_int_equal(counters__links_count(target), 2);
	assert_int_equal(count_of(target, 0, LINK_IN, "BYE"), 7);
	assert_int_equal(count_of(target, 0, LINK_OUT, "BYE"), 0);
	assert_int_equal(counters__total(target), 8);
	assert_int_equal(counters__packets(target)->sip, 3);
	assert_int_equal(counters__packets(target)->reasons[SIPBPF_REASON_STUN], 0);
	assert_int_equal(counters__packets(target)->gaps, 3);
	assert_int_equal(counters__packets(target)->evicted, 0);
	counters__free(target);
	counters__free(source);
}

static void test_take_over_leaves_nothing(void **state)
{
	struct counters *target = counters__new(), *source = counters__new();
	const struct filter only_byes = { .types = &(struct filter_type){ .text = "BYE" },
					  .types_count = 1,
					  .is_strict = true };

	counters__set_filter(target, &only_byes);
	add(source, 1, LINK_IN, "INVITE", 3);
	counters__packets(source)->sip = 3;
	assert_int_equal(counters__take_over(target, source), 0);
	assert_int_equal(counters__total(target), 3);
	assert_int_equal(counters__packets_seen(target), 3);
	assert_int_equal(counters__total(source) + counters__links_count(source) + counters__packets_seen(source), 0);
	add(target, 1, LINK_IN, "INVITE", 1); /* the filter is still the target's */
	add(source, 1, LINK_IN, "INVITE", 4);
	assert_int_equal(counters__total(target), 3);
	assert_int_equal(counters__take_over(target, source), 0);
	assert_int_equal(count_of(target, 0, LINK_IN, "INVITE"), 7);
	assert_int_equal(counters__total(source) + counters__links_count(source), 0);
	counters__free(target);
	counters__free(source);
}

/* Counts of no packet and no message are counts: they are not exchanged for others. */
static void test_take_over_keeps_gaps(void **state)
{
	struct counters *target = counters__new(), *source = counters__new();

	counters__packets(target)->gaps = 1;
	assert_int_equal(counters__take_over(target, source), 0);
	assert_int_equal(counters__packets(target)->gaps, 1);
	counters__clear(target);
	counters__packets(target)->evicted = 2;
	assert_int_equal(counters__take_over(target, source), 0);
	assert_int_equal(counters__packets(target)->evicted, 2);
	counters__free(target);
	counters__free(source);
}

/* A limit holds for what is taken over too. */
static void test_take_over_beyond_the_limit(void **state)
{
	struct counters *target = counters__new(), *source = counters__new();
	unsigned int i;

	counters__limit_links(target, 1);
	for (i = 0; i < 3; i++)
		add(source, i, LINK_IN, "BYE", 1);
	assert_int_equal(counters__take_over(target, source), 0);
	assert_int_equal(counters__links_count(target), 2);
	assert_int_equal(counters__total(target), 3);
	counters__free(target);
	counters__free(source);
}

struct cell {
	enum link_direction direction;
	const char *type, *method;
	__u64 count;
};

/* Counters of one link with these cells, the first to one without a type. */
static struct counters *cells(const struct cell *cells)
{
	struct counters *counters = counters__new();
	struct link link = make_link(1);

	for (; cells->type; cells++)
		assert_int_equal(
			counters__add(counters, &link, cells->direction, cells->type, cells->method, cells->count), 0);
	return counters;
}

static __u64 count_of_method(const struct counters *counters, const char *type, const char *method)
{
	const struct counter_link *link = counters__link(counters, 0);
	__u64 count = 0;
	__u32 i;

	for (i = 0; i < link->cells_count; i++) {
		if (!strcmp(counters__type_name(counters, link->cells[i].type), type) &&
		    !strcmp(counters__type_name(counters, link->cells[i].method), method))
			count += link->cells[i].count;
	}
	return count;
}

/* What one CSeq method lacks is taken off the others, but never off another type or direction. */
static void test_subtract_is_by_type_and_direction(void **state)
{
	static const struct cell later[] = { { LINK_OUT, "200", "REGISTER", 4 }, { LINK_OUT, "200", "INVITE", 9 },
					     { LINK_OUT, "200", "BYE", 5 },      { LINK_IN, "200", "INVITE", 7 },
					     { LINK_OUT, "100", "INVITE", 11 },  { 0 } };
	static const struct cell earlier[] = { { LINK_OUT, "200", "OPTIONS", 2 },
					       { LINK_OUT, "200", "INVITE", 1 },
					       { LINK_OUT, "200", "BYE", 8 },
					       { 0 } };
	struct counters *target = cells(later), *source = cells(earlier);

	assert_int_equal(counters__subtract(target, source), 0);
	assert_int_equal(count_of(target, 0, LINK_OUT, "200"), 18 - 11);
	assert_int_equal(count_of_method(target, "200", "BYE"), 0);
	assert_int_equal(count_of_method(target, "200", "REGISTER"), 0);   /* the first one: 3 for BYE, 1 for OPTIONS */
	assert_int_equal(count_of_method(target, "200", "INVITE"), 7 + 7); /* 9 less 1 of its own, less 1 for OPTIONS */
	assert_int_equal(count_of(target, 0, LINK_IN, "200"), 7);
	assert_int_equal(count_of(target, 0, LINK_OUT, "100"), 11);
	assert_int_equal(counters__total(target), sum_of_cells(target));
	counters__free(target);
	counters__free(source);
}

static struct counters *random_cells(void)
{
	static const char *const types[] = { "200", "100" }, *const methods[] = { "INVITE", "BYE", "INFO", "ACK" };
	struct cell cells_of_link[13] = { 0 };
	int i, count = 1 + (int)(random() % 12);

	for (i = 0; i < count; i++)
		cells_of_link[i] = (struct cell){ random() % 2, types[random() % 2], methods[random() % 4],
						  1 + (__u64)random() % 9 };
	return cells(cells_of_link);
}

/* The total of each type and direction is that of a subtraction without methods. */
static void test_subtract_random_counts(void **state)
{
	struct counters *target, *source;
	__u64 wanted[4], had, by;
	int i, round;

	srandom(1);
	for (round = 0; round < 2000; round++) {
		target = random_cells();
		source = random_cells();
		for (i = 0; i < 4; i++) {
			had = count_of(target, 0, i % 2, i / 2 ? "200" : "100");
			by = count_of(source, 0, i % 2, i / 2 ? "200" : "100");
			wanted[i] = had > by ? had - by : 0;
		}
		assert_int_equal(counters__subtract(target, source), 0);
		for (i = 0; i < 4; i++)
			assert_int_equal(count_of(target, 0, i % 2, i / 2 ? "200" : "100"), wanted[i]);
		assert_int_equal(counters__total(target), wanted[0] + wanted[1] + wanted[2] + wanted[3]);
		counters__free(target);
		counters__free(source);
	}
}

static void test_subtract_itself_is_nothing(void **state)
{
	struct counters *counters = random_cells();

	assert_int_equal(counters__subtract(counters, counters), 0);
	assert_int_equal(counters__total(counters), 0);
	assert_int_equal(sum_of_cells(counters), 0);
	counters__free(counters);
}

static void test_compact_drops_what_is_empty(void **state)
{
	const struct filter filter = { 0 };
	struct counters *counters = counters__new(), *source = counters__new();

	counters__set_filter(counters, &filter);
	add(counters, 1, LINK_IN, "BYE", 1);
	add(counters, 2, LINK_IN, "BYE", 2);
	add(counters, 2, LINK_IN, "200", 3);
	add(source, 1, LINK_IN, "BYE", 1);
	add(source, 2, LINK_IN, "BYE", 2);
	assert_int_equal(counters__subtract(counters, source), 0);
	assert_int_equal(counters__links_count(counters), 2);
	assert_int_equal(counters__compact(counters), 0);
	assert_int_equal(counters__links_count(counters), 1);
	assert_int_equal(counters__link(counters, 0)->cells_count, 1);
	assert_int_equal(count_of(counters, 0, LINK_IN, "200"), 3);
	assert_int_equal(counters__total(counters), 3);
	add(counters, 1, LINK_IN, "BYE", 1);
	assert_int_equal(sum_of_cells(counters), 4);
	counters__free(counters);
	counters__free(source);
}

static void test_group_merges_links(void **state)
{
	struct counters *counters = counters__new(), *grouped = NULL;

	add(counters, 1, LINK_IN, "BYE", 1);
	add(counters, 2, LINK_IN, "BYE", 2);
	add(counters, 2, LINK_OUT, "BYE", 4);
	counters__packets(counters)->sip = 3;
	assert_int_equal(counters__group(counters, 0, &grouped), -EINVAL);
	assert_int_equal(counters__group(counters, 6, &grouped), -EINVAL);
	assert_null(grouped);
	assert_int_equal(counters__group(counters, 2, &grouped), 0);
	assert_int_equal(counters__links_count(grouped), 2);
	assert_int_equal(counters__link(grouped, 0)->link.server_port, 0);
	counters__free(grouped);
	assert_int_equal(counters__group(counters, 1, &grouped), 0);
	assert_int_equal(counters__links_count(grouped), 1);
	assert_int_equal(counters__link(grouped, 0)->link.client_end, LINK_END_NONE);
	assert_int_equal(count_of(grouped, 0, LINK_IN, "BYE"), 3);
	assert_int_equal(counters__packets(grouped)->sip, 3);
	counters__free(grouped);
	counters__free(counters);
}

static void test_many_links(void **state)
{
	struct counters *counters = counters__new();
	unsigned int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < 20000; i++)
			assert_int_equal(add(counters, i, LINK_IN, "OPTIONS", i), 0);
	}
	assert_int_equal(counters__links_count(counters), 19999); /* one was given no message */
	for (i = 1; i < 20000; i++)
		assert_int_equal(count_of(counters, i - 1, LINK_IN, "OPTIONS"), 2 * i);
	counters__free(counters);
}

#ifndef __SANITIZE_ADDRESS__
/* Every message is either added or refused, whichever allocation fails. */
static void test_short_memory_loses_nothing_on_adding(void **state)
{
	struct counters *counters;
	unsigned int i, refused = 0;
	__u64 added;
	long fail;
	char name[16];

	for (fail = 0; fail < 60; fail++) {
		counters = counters__new();
		added = 0;
		for (i = 0; i < 40; i++) {
			snprintf(name, sizeof(name), "M%u", i % 20);
			allocations_left = i == 10 ? fail : allocations_left;
			if (add(counters, i / 2, LINK_IN, name, 1 + i) == 0)
				added += 1 + i;
			else
				refused++;
		}
		allocations_left = -1;
		assert_int_equal(counters__total(counters), added);
		assert_int_equal(sum_of_cells(counters), added);
		assert_int_equal(add(counters, 1000, LINK_OUT, "BYE", 1), 0); /* and goes on */
		counters__free(counters);
	}
	assert_true(refused > 0);
}

static void test_short_memory_merges_all_or_nothing(void **state)
{
	struct counters *source = counters__new(), *target;
	int error = -ENOMEM;
	unsigned int i;
	char name[16];
	long fail;

	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "M%u", i % 50);
		add(source, i, i % 2, name, 2);
	}
	counters__packets(source)->sip = 600;
	for (fail = 0; error; fail++) {
		target = counters__new();
		add(target, 1, LINK_IN, "INVITE", 1);
		allocations_left = fail;
		error = counters__merge(target, source);
		allocations_left = -1;
		assert_int_equal(counters__total(target), error ? 1 : 601);
		assert_int_equal(sum_of_cells(target), error ? 1 : 601);
		assert_int_equal(counters__packets_seen(target), error ? 0 : 600);
		assert_int_equal(counters__merge(target, source), 0);
		assert_int_equal(counters__total(target), error ? 601 : 1201);
		counters__free(target);
	}
	assert_true(fail > 100);
	counters__free(source);
}

/* Empty counters take over others without a copy of them. */
static void test_short_memory_takes_over(void **state)
{
	struct counters *target = counters__new(), *source = counters__new();

	add(source, 1, LINK_IN, "INVITE", 3);
	allocations_left = 0;
	assert_int_equal(counters__take_over(target, source), 0);
	allocations_left = -1;
	assert_int_equal(counters__total(target), 3);
	counters__free(target);
	counters__free(source);
}

static void test_short_memory_makes_no_counters(void **state)
{
	struct counters *counters = NULL;
	long fail;

	for (fail = 0; !counters; fail++) {
		allocations_left = fail;
		counters = counters__new();
		allocations_left = -1;
	}
	assert_true(fail > 3);
	counters__free(counters);
}
#endif

/* A link that is encrypted has no messages, and is there all the same: wherever counters go. */
static void test_shown_links(void **state)
{
	const struct link tls = make_link(7), udp = make_link(8);
	struct counters *counters = counters__new(), *lifetime = counters__new(), *other = counters__new(), *grouped;
	struct filter_type invite;
	struct filter filter = { .types = &invite, .types_count = 1 };

	assert_int_equal(filter_type__parse("INVITE", &invite), 0);
	assert_false(counters__has_links(counters));
	assert_int_equal(counters__mark_visible(counters, &tls), 0);
	assert_int_equal(counters__mark_visible(counters, &tls), 0);
	assert_int_equal(counters__links_count(counters), 1);
	assert_int_equal(counters__merge(lifetime, counters), 0);
	assert_true(counters__has_links(counters) && counters__has_links(lifetime));
	assert_int_equal(counters__total(counters), 0);
	counters__clear(counters);
	assert_false(counters__has_links(counters));
	assert_int_equal(counters__merge(other, lifetime), 0);
	assert_int_equal(counters__compact(other), 0);
	assert_int_equal(counters__group(other, 4, &grouped), 0);
	assert_int_equal(counters__links_count(grouped), 1);
	assert_true(counter_link__is_visible(counters__link(grouped, 0)));
	assert_true(counter_link__is_empty(counters__link(grouped, 0)));
	/* Not wanted by a filter of types, and no reason for the row `other`. */
	counters__clear(other);
	counters__set_filter(other, &filter);
	assert_int_equal(counters__mark_visible(other, &tls), 0);
	assert_false(counters__has_links(other));
	counters__set_filter(other, NULL);
	counters__limit_links(other, 1);
	assert_int_equal(counters__add(other, &udp, LINK_IN, "BYE", "BYE", 1), 0);
	assert_int_equal(counters__mark_visible(other, &tls), 0);
	assert_false(counter_link__is_visible(counters__link(other, counters__links_count(other) - 1)) &&
		     counters__links_count(other) > 1);
	counters__free(counters);
	counters__free(lifetime);
	counters__free(other);
	counters__free(grouped);
}

static void test_links_beyond_the_limit_count_as_other(void **state)
{
	struct counters *counters = counters__new(), *more = counters__new();
	struct link link = { .transport = SIP_TRANSPORT_UDP };
	const struct counter_link *other;
	int i;

	counters__limit_links(counters, 3);
	for (i = 0; i < 10; i++) {
		link.client_port = (__u16)(1000 + i);
		assert_int_equal(counters__add(counters, &link, LINK_IN, "BYE", "BYE", 2), 0);
	}
	/* A link that has its place keeps it. */
	link.client_port = 1000;
	assert_int_equal(counters__add(counters, &link, LINK_OUT, "200", "BYE", 1), 0);
	assert_int_equal(counters__links_count(counters), 4);
	other = counters__link(counters, 3);
	assert_true(other->link.is_other);
	assert_int_equal(other->cells_count, 1);
	assert_int_equal(other->cells[0].direction, LINK_BOTH);
	assert_int_equal(other->cells[0].count, 14);
	assert_int_equal(counters__total(counters), 21);

	link.client_port = 4000;
	assert_int_equal(counters__add(more, &link, LINK_OUT, "BYE", "BYE", 5), 0);
	assert_int_equal(counters__merge(counters, more), 0);
	assert_int_equal(counters__link(counters, 3)->cells[0].count, 19);
	counters__free(more);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_counters_are_empty),
		cmocka_unit_test(test_messages_add_up_by_link_type_method_and_direction),
		cmocka_unit_test(test_links_and_messages_keep_their_order),
		cmocka_unit_test(test_other_is_a_link_of_its_own),
		cmocka_unit_test(test_no_messages_make_no_link),
		cmocka_unit_test(test_counts_up_to_the_most),
		cmocka_unit_test(test_packets_up_to_the_most),
		cmocka_unit_test(test_names_are_copied_and_kept_once),
		cmocka_unit_test(test_names_beyond_the_last_number_are_unknown),
		cmocka_unit_test(test_clear_keeps_type_numbers),
		cmocka_unit_test(test_packets_seen_are_messages_and_reasons),
		cmocka_unit_test(test_merge_adds_messages_and_packets),
		cmocka_unit_test(test_lifetime_has_a_limit_of_its_own),
		cmocka_unit_test(test_merge_with_itself_doubles),
		cmocka_unit_test(test_merge_beyond_the_most_changes_nothing),
		cmocka_unit_test(test_take_over_leaves_nothing),
		cmocka_unit_test(test_take_over_keeps_gaps),
		cmocka_unit_test(test_take_over_beyond_the_limit),
		cmocka_unit_test(test_subtract_stops_at_nothing),
		cmocka_unit_test(test_subtract_is_by_type_and_direction),
		cmocka_unit_test(test_subtract_random_counts),
		cmocka_unit_test(test_subtract_itself_is_nothing),
		cmocka_unit_test(test_compact_drops_what_is_empty),
		cmocka_unit_test(test_group_merges_links),
		cmocka_unit_test(test_many_links),
		cmocka_unit_test(test_shown_links),
		cmocka_unit_test(test_links_beyond_the_limit_count_as_other),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(test_short_memory_loses_nothing_on_adding),
		cmocka_unit_test(test_short_memory_merges_all_or_nothing),
		cmocka_unit_test(test_short_memory_takes_over),
		cmocka_unit_test(test_short_memory_makes_no_counters),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

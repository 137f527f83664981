// SPDX-License-Identifier: BSD-2-Clause
/* Tests of filter.c: cases by name, and random messages against the rule in plain words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "counts/counter.h"
#include "counts/filter.h"
#include "unit/fixtures.h"

#define MESSAGES 10000
#define LIST_MAX 4

/* Lists of types and networks, one word each, with room for all that a test gives. */
struct lists {
	struct filter_type types[LIST_MAX];
	struct link_network hosts[LIST_MAX], excluded[LIST_MAX];
};

static void add_type(struct filter *filter, struct lists *lists, const char *text)
{
	assert_int_equal(filter_type__parse(text, &lists->types[filter->types_count++]), 0);
	filter->types = lists->types;
}

static void add_host(struct filter *filter, struct lists *lists, const char *text)
{
	assert_int_equal(link_network__parse(text, &lists->hosts[filter->hosts_count++]), 0);
	filter->hosts = lists->hosts;
}

static void add_excluded(struct filter *filter, struct lists *lists, const char *text)
{
	assert_int_equal(link_network__parse(text, &lists->excluded[filter->excluded_hosts_count++]), 0);
	filter->excluded_hosts = lists->excluded;
}

static void test_types_are_parsed(void **state)
{
	static const char *const right[] = {
		"INVITE", "x", "1", "50", "699", "Foo-.!%*_+`'~", "ABCDEFGHIJKLMNOPQRSTUVW"
	};
	static const char *const wrong[] = {
		"", "0", "7", "1234", "4xx", " INVITE", "IN VITE", "a\"", "a,", "\x1b", "ABCDEFGHIJKLMNOPQRSTUVWX"
	};
	struct filter_type type = { "same" };
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(filter_type__parse(wrong[i], &type), -EINVAL);
		assert_string_equal(type.text, "same");
	}
	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		assert_int_equal(filter_type__parse(right[i], &type), 0);
		assert_string_equal(type.text, right[i]);
	}
}

static void test_messages_by_type(void **state)
{
	/* clang-format off */
	static const struct {
		const char *types; /* by spaces; a leading ! makes the filter strict */
		const char *type, *method;
		bool wanted;
	} cases[] = {
		{ "", "INVITE", "INVITE", true },
		{ "!", "INVITE", "INVITE", true },
		{ "!", "200", "BYE", true },
		{ "INVITE", "INVITE", "INVITE", true },
		{ "INVITE", "ReINVITE", "INVITE", true },
		{ "INVITE", "BYE", "BYE", false },
		{ "INVITE", "503", "INVITE", true },
		{ "INVITE", "503", "BYE", false },
		{ "!INVITE", "INVITE", "INVITE", true },
		{ "!INVITE", "503", "INVITE", false },
		{ "INVITE 4 50", "404", "INVITE", true },
		{ "INVITE 4 50", "503", "INVITE", true },
		{ "INVITE 4 50", "513", "INVITE", false },
		{ "INVITE 4 50", "404", "BYE", false },
		{ "!INVITE 4", "404", "INVITE", true },
		{ "!INVITE 4", "404", "BYE", false },
		{ "!INVITE 4", "503", "INVITE", false },
		{ "4", "404", "BYE", true },
		{ "4", "404", "UNKNOWN", true },
		{ "4", "INVITE", "INVITE", false },
		{ "!4", "404", "BYE", true },
		{ "!4", "INVITE", "INVITE", false },
		{ "200", "200", "BYE", true },
		{ "200", "202", "BYE", false },
		{ "FOO", "FOO", "FOO", true },
		{ "FOO", "foo", "foo", false },
		{ "BYE", "INVITE", "BYE", true },     /* CSeq decides */
		{ "INVITE", "INVITE", "UNKNOWN", true }, /* but the request itself, if there is none */
		{ "INVITE", "ReINVITE", "UNKNOWN", true },
		{ "INVITE", "BYE", "UNKNOWN", false },
		{ "INVITE", "200", "UNKNOWN", false },
		{ "FOO", "FOO", "UNKNOWN", true },
		{ "ReINVITE", "ReINVITE", "UNKNOWN", false },
		{ "UNKNOWN", "UNKNOWN", "UNKNOWN", true },
		{ "ReINVITE", "ReINVITE", "INVITE", false },
		{ "2", "200FOO", "200FOO", false }, /* a method is no status code, whatever it begins with */
	};
	/* clang-format on */
	struct link link = fixture__link("10.0.0.1", "10.0.0.2", 0);
	char words[64], *rest, *word;
	struct filter filter;
	struct lists lists;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		filter = (struct filter){ .is_strict = cases[i].types[0] == '!' };
		rest = strcpy(words, cases[i].types + filter.is_strict);
		while ((word = strsep(&rest, " ")) && *word)
			add_type(&filter, &lists, word);
		if (filter__wants(&filter, &link, cases[i].type, cases[i].method) != cases[i].wanted)
			fail_msg("filter '%s', %s (%s)", cases[i].types, cases[i].type, cases[i].method);
	}
}

static void test_messages_by_host(void **state)
{
	struct link link = fixture__link("10.0.0.1", "2001:db8::2", 0), nameless = { .server_end = LINK_END_UNNAMED };
	struct filter by_server = { 0 }, by_client = { 0 }, by_both = { 0 };
	struct lists lists, client_lists, both_lists;

	add_host(&by_server, &lists, "192.0.2.1");
	assert_false(filter__wants(&by_server, &link, "BYE", "BYE"));
	add_host(&by_server, &lists, "10.0.0.0/24");
	assert_true(filter__wants(&by_server, &link, "BYE", "BYE"));
	add_host(&by_client, &client_lists, "2001:db8::/32");
	assert_true(filter__wants(&by_client, &link, "BYE", "BYE"));
	add_host(&by_both, &both_lists, "10.0.0.1");
	add_excluded(&by_both, &both_lists, "2001:db8::2");
	assert_false(filter__wants(&by_both, &link, "BYE", "BYE"));

	nameless.client_end = LINK_END_UNNAMED;
	lists.hosts[0].prefix_length = 0;
	assert_true(filter__wants(&by_server, &link, "BYE", "BYE"));
	assert_false(filter__wants(&by_server, &nameless, "BYE", "BYE"));
}

/* Of `other`, the type is all that is known. */
static void test_other(void **state)
{
	struct link other = { .is_other = 1 };
	struct filter filter = { 0 };
	struct lists lists;

	add_host(&filter, &lists, "192.0.2.1");
	add_excluded(&filter, &lists, "::/0");
	add_type(&filter, &lists, "INVITE");
	add_type(&filter, &lists, "2");
	assert_true(filter__wants(&filter, &other, "INVITE", "UNKNOWN"));
	assert_true(filter__wants(&filter, &other, "ReINVITE", "UNKNOWN"));
	assert_true(filter__wants(&filter, &other, "200", "UNKNOWN"));
	assert_false(filter__wants(&filter, &other, "BYE", "UNKNOWN"));
	assert_false(filter__wants(&filter, &other, "180", "UNKNOWN"));
}

static void test_counters_pass_over_the_unwanted(void **state)
{
	struct counters *counters = counters__new(), *more = counters__new();
	struct link link = fixture__link("10.0.0.1", "10.0.0.2", 0);
	struct filter filter = { 0 };
	struct lists lists;

	add_type(&filter, &lists, "INVITE");
	counters__set_filter(counters, &filter);
	assert_int_equal(counters__add(counters, &link, LINK_IN, "BYE", "BYE", 2), 0);
	assert_int_equal(counters__links_count(counters), 0);
	assert_int_equal(counters__add(counters, &link, LINK_IN, "INVITE", "INVITE", 4), 0);
	assert_int_equal(counters__total(counters), 4);
	assert_int_equal(counters__add(more, &link, LINK_IN, "BYE", "BYE", 8), 0);
	assert_int_equal(counters__merge(counters, more), 0);
	assert_int_equal(counters__total(counters), 12);
	assert_int_equal(counters__add_wanted(counters, &link, LINK_IN, "BYE", "UNKNOWN", 16), 0);
	assert_int_equal(counters__total(counters), 28);
	counters__free(counters);
	counters__free(more);
}

/* ---- the rule in plain words ---- */

static const char *const methods[] = { "INVITE", "ReINVITE", "BYE", "OPTIONS", "FOO", "UNKNOWN" };
static const char *const statuses[] = { "100", "180", "200", "202", "404", "486", "500", "503", "603" };
static const char *const wishes[] = {
	"INVITE", "BYE", "FOO", "ReINVITE", "1", "2", "20", "404", "5", "50", "503", "6"
};
static const char *const addresses[] = { "10.0.0.1", "10.0.1.1", "192.0.2.1", "2001:db8::1", "2001:db8:1::1" };

/* What each network above holds of the addresses, a bit each. */
static const struct {
	const char *text;
	unsigned int holds;
} networks[] = {
	{ "10.0.0.1", 1 },      { "10.0.0.0/16", 3 },    { "192.0.2.0/24", 4 },
	{ "2001:db8::/48", 8 }, { "2001:db8::/32", 24 }, { "::/0", 24 },
};

struct wish {
	const char *words[LIST_MAX];
	size_t count;
	unsigned int hosts, excluded; /* bits of addresses */
	bool has_hosts, greedy;
};

static bool begins_with_any(const struct wish *wish, const char *type, bool *ret_any)
{
	bool begins = false;

	*ret_any = false;
	for (size_t i = 0; i < wish->count; i++) {
		if (!isdigit((unsigned char)wish->words[i][0]))
			continue;
		*ret_any = true;
		begins |= strstr(type, wish->words[i]) == type;
	}
	return begins;
}

static bool has_method(const struct wish *wish, const char *method, bool *ret_any)
{
	bool has = false;

	*ret_any = false;
	for (size_t i = 0; i < wish->count; i++) {
		if (isdigit((unsigned char)wish->words[i][0]))
			continue;
		*ret_any = true;
		has |= strcmp(wish->words[i], method) == 0;
		has |= strcmp(wish->words[i], "INVITE") == 0 && strcmp(method, "ReINVITE") == 0;
	}
	return has;
}

static bool is_wished(const struct wish *wish, const char *type, const char *method)
{
	bool any_method, any_status;
	bool method_fits = has_method(wish, method, &any_method);
	bool status_fits = begins_with_any(wish, type, &any_status);

	if (!any_method && !any_status)
		return true;
	if (!isdigit((unsigned char)type[0]))
		return any_method && method_fits;
	if (wish->greedy)
		return (!any_method || method_fits) && (!any_status || status_fits);
	return any_status && status_fits && (!any_method || method_fits);
}

static void make_wish(struct wish *wish, struct filter *filter, struct lists *lists)
{
	size_t i, j, counts[] = { (size_t)random() % LIST_MAX, (size_t)random() % 3, (size_t)random() % 2 };

	*wish = (struct wish){ .greedy = random() % 2, .has_hosts = counts[1] };
	*filter = (struct filter){ .is_strict = !wish->greedy };
	for (i = 0; i < counts[0]; i++) {
		wish->words[wish->count++] = wishes[(size_t)random() % (sizeof(wishes) / sizeof(wishes[0]))];
		add_type(filter, lists, wish->words[i]);
	}
	for (i = 0; i < counts[1] + counts[2]; i++) {
		j = (size_t)random() % (sizeof(networks) / sizeof(networks[0]));
		if (i < counts[1]) {
			wish->hosts |= networks[j].holds;
			add_host(filter, lists, networks[j].text);
		} else {
			wish->excluded |= networks[j].holds;
			add_excluded(filter, lists, networks[j].text);
		}
	}
}

static void test_random_messages(void **state)
{
	size_t wanted_count = 0, addresses_count = sizeof(addresses) / sizeof(addresses[0]);

	srandom(3);
	for (size_t i = 0; i < MESSAGES; i++) {
		size_t server = (size_t)random() % addresses_count, client = (size_t)random() % addresses_count;
		unsigned int ends = 1u << server | 1u << client;
		const char *method = methods[(size_t)random() % (sizeof(methods) / sizeof(methods[0]))];
		const char *type =
			random() % 2 ? method : statuses[(size_t)random() % (sizeof(statuses) / sizeof(statuses[0]))];
		struct link link = fixture__link(addresses[server], addresses[client], 0);
		struct filter filter;
		struct lists lists;
		struct wish wish;
		bool wanted;

		if (strcmp(type, "ReINVITE") == 0 && random() % 4)
			method = "INVITE";
		make_wish(&wish, &filter, &lists);
		wanted = (!wish.has_hosts || (wish.hosts & ends)) && !(wish.excluded & ends) &&
			 is_wished(&wish, type, method);
		assert_int_equal(filter__wants(&filter, &link, type, method), wanted);
		wanted_count += wanted;
	}
	assert_in_range(wanted_count, MESSAGES / 10, MESSAGES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types_are_parsed),
		cmocka_unit_test(test_messages_by_type),
		cmocka_unit_test(test_messages_by_host),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_counters_pass_over_the_unwanted),
		cmocka_unit_test(test_random_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

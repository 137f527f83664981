// SPDX-License-Identifier: BSD-2-Clause
/* Translations: which are chosen if there are more than there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hook/translations.h"

#define ROOM 4
#define SIP_PORT 5070 /* as given with --server-port */

static __u64 sip_ports[SIPBPF_PORT_WORDS];
static struct conntrack_translation list[ROOM];

static int set_port(void **state)
{
	sip_ports[SIP_PORT / 64] = 1ULL << SIP_PORT % 64;
	return 0;
}

/* The original port of those that do not matter. */
#define ELSEWHERE 50000

static bool begins_here(void *context, const struct conntrack_translation *translation)
{
	(*(int *)context)++;
	return translation->ends.target_port != ELSEWHERE;
}

static int asked; /* so often whether one matters */

/* A choice from none. */
static struct translations_choice nothing(void)
{
	asked = 0;
	return (struct translations_choice){
		.sip_ports = sip_ports, .matters = begins_here, .context = &asked, .list = list, .max = ROOM
	};
}

/* One with this port, and a number by which it is found again. */
static struct conntrack_translation translation(__u16 port, __u16 number)
{
	return (struct conntrack_translation){ .back = { .ends = { .source_port = port, .target_port = number } },
					       .ends = { .source_port = 443, .target_port = 40000 } };
}

static struct translations_choice choose(const __u16 *chosen_ports, __u16 count)
{
	struct translations_choice choice = nothing();

	for (__u16 i = 0; i < count; i++) {
		struct conntrack_translation next = translation(chosen_ports[i], i);

		translations_choice__take(&choice, &next);
	}
	return choice;
}

/* These, by their numbers, are in the list, of which so many on ports of SIP. */
static void check_choice(const struct translations_choice *choice, __u32 sip, const __u16 numbers[ROOM])
{
	assert_int_equal(choice->sip, sip);
	assert_int_equal(choice->others, ROOM - sip);
	for (int i = 0; i < ROOM; i++)
		assert_int_equal(list[i].back.ends.target_port, numbers[i]);
}

static void there_is_room_for_all(void **state)
{
	const __u16 chosen[] = { 443, SIP_PORT, 443, SIP_PORT };
	struct translations_choice choice = choose(chosen, 4);

	assert_int_equal(choice.left_out, 0);
	check_choice(&choice, 2, (const __u16[ROOM]){ 1, 3, 2, 0 });
}

static void others_give_way_to_sip(void **state)
{
	const __u16 chosen[] = { 443, 443, SIP_PORT, 443, 443, SIP_PORT, SIP_PORT };
	struct translations_choice choice = choose(chosen, 7);

	assert_int_equal(choice.left_out, 3);
	check_choice(&choice, 3, (const __u16[ROOM]){ 2, 5, 6, 0 });
}

static void sip_does_not_give_way(void **state)
{
	const __u16 chosen[] = { SIP_PORT, SIP_PORT, SIP_PORT, SIP_PORT, SIP_PORT, 443 };
	struct translations_choice choice = choose(chosen, 6);

	assert_int_equal(choice.left_out, 2);
	check_choice(&choice, 4, (const __u16[ROOM]){ 0, 1, 2, 3 });
}

/* However many there are that begin where nothing is counted, on ports of SIP or not. */
static void those_that_do_not_matter_take_no_room(void **state)
{
	struct translations_choice choice = nothing();

	for (__u16 i = 0; i < 10; i++) {
		struct conntrack_translation next = translation(i % 2 ? SIP_PORT : 443, i);

		if (i % 3)
			next.ends.target_port = ELSEWHERE;
		translations_choice__take(&choice, &next);
	}
	assert_int_equal(choice.left_out, 0);
	check_choice(&choice, 2, (const __u16[ROOM]){ 3, 9, 6, 0 });
}

/* The answer may take the kernel a while, and there may be a million of them. */
static void what_has_no_room_is_not_asked_about(void **state)
{
	const __u16 chosen[] = { 443, 443, SIP_PORT, 443, 443, 443, SIP_PORT };
	struct translations_choice choice = choose(chosen, 7);

	assert_int_equal(asked, ROOM + 1);
	assert_int_equal(choice.left_out, 3);
	check_choice(&choice, 2, (const __u16[ROOM]){ 2, 6, 1, 0 });
}

/* The port may be on either side of the translation, and at either end. */
static void any_of_the_ports_may_be_of_sip(void **state)
{
	for (int i = 0; i < 4; i++) {
		struct translations_choice choice = nothing();
		struct conntrack_translation next = translation(443, 40000);
		__u16 *const found[] = { &next.back.ends.source_port, &next.back.ends.target_port,
					 &next.ends.source_port, &next.ends.target_port };

		*found[i] = SIP_PORT;
		translations_choice__take(&choice, &next);
		assert_int_equal(choice.sip, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_room_for_all),
		cmocka_unit_test(others_give_way_to_sip),
		cmocka_unit_test(sip_does_not_give_way),
		cmocka_unit_test(those_that_do_not_matter_take_no_room),
		cmocka_unit_test(what_has_no_room_is_not_asked_about),
		cmocka_unit_test(any_of_the_ports_may_be_of_sip),
	};

	return cmocka_run_group_tests(tests, set_port, NULL);
}

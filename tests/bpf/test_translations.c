// SPDX-License-Identifier: BSD-2-Clause
/* The programs' map of translations: it has room for all that user space adds, and loses those that are over. */
#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>

#include "probe_fixture.h"

#define TURN 1000 /* of a CPU: not a multiple of what it takes from the common places at once */

/* An address and a port of its own for each. */
static struct sipbpf_translated translation(__u32 number)
{
	struct sipbpf_translated back = { .ends = { .target_port = 5060 }, .protocol = 17 };

	memcpy(back.ends.source.address + 12, &number, sizeof(number));
	return back;
}

/* Runs on the next of the CPUs, and returns it. */
static int go_to_next(const cpu_set_t *cpus, int cpu)
{
	cpu_set_t one;

	do
		cpu = (cpu + 1) % CPU_SETSIZE;
	while (!CPU_ISSET(cpu, cpus));
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	return cpu;
}

/* From one CPU after the other, because each has places of its own. */
static void add_all(const struct probe_hooks *hooks, const cpu_set_t *cpus)
{
	const struct sipbpf_original original = { .ends = { .source_port = 5070, .target_port = 5080 },
						  .is_tracked = 1 };
	int cpu = 0;

	for (__u32 i = 0; i < SIPBPF_TRANSLATIONS_MAX; i++) {
		struct sipbpf_translated back = translation(i);

		if (i % TURN == 0)
			cpu = go_to_next(cpus, cpu);
		assert_int_equal(probe_hooks__add_translation(hooks, &back, &original), 0);
	}
}

static __u32 count_kept(const struct probe_hooks *hooks)
{
	struct sipbpf_original original;
	__u32 kept = 0;

	for (__u32 i = 0; i < SIPBPF_TRANSLATIONS_MAX; i++) {
		struct sipbpf_translated back = translation(i);

		kept += bpf_map_lookup_elem(hooks->translations, &back, &original) == 0;
	}
	return kept;
}

static void all_are_kept(void **state)
{
	const struct probe_options options = { 0 };
	struct probe_fixture fixture;
	const struct probe_hooks *hooks;
	cpu_set_t cpus;

	assert_int_equal(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	probe_fixture__open(&fixture, &options);
	hooks = probe__hooks(fixture.probe);
	add_all(hooks, &cpus);
	assert_int_equal(count_kept(hooks), SIPBPF_TRANSLATIONS_MAX);
	add_all(hooks, &cpus);
	assert_int_equal(count_kept(hooks), SIPBPF_TRANSLATIONS_MAX);
	assert_int_equal(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
	probe_fixture__close(&fixture);
}

/* ---- what becomes of those that connection tracking knows ---- */

#define CHECKED 300

static int asked;

/* It knows those with even numbers. Those that it does not know may be the other way round. */
static int knows_even_ones(const struct sipbpf_translated *back, const struct sipbpf_ends *ends)
{
	bool is_turned = ends->source_port != 5070;

	asked += !is_turned;
	return !is_turned && !(back->ends.source.address[12] & 1);
}

static int knows_none(const struct sipbpf_translated *back, const struct sipbpf_ends *ends)
{
	return 0;
}

static int fails(const struct sipbpf_translated *back, const struct sipbpf_ends *ends)
{
	return -ENOTSUP;
}

/* As the programs do, and as what is in a zone of connection tracking is added. */
static void learn(const struct probe_hooks *hooks, __u32 number)
{
	const struct sipbpf_original original = { .ends = { .source_port = 5070, .target_port = 5080 } };
	struct sipbpf_translated back = translation(number);

	if (number % 2)
		assert_int_equal(bpf_map_update_elem(hooks->translations, &back, &original, BPF_ANY), 0);
	else
		assert_int_equal(probe_hooks__add_translation(hooks, &back, &original), 0);
}

static void those_that_were_known_are_forgotten(void **state)
{
	const struct sipbpf_original original = { .ends = { .source_port = 5070, .target_port = 5080 },
						  .is_tracked = 1 };
	const struct probe_options options = { 0 };
	struct probe_fixture fixture;
	const struct probe_hooks *hooks;

	probe_fixture__open(&fixture, &options);
	hooks = probe__hooks(fixture.probe);
	assert_int_equal(probe_hooks__check_translations(hooks, fails), 0); /* there is none to ask about */
	for (__u32 i = 0; i < CHECKED; i++) {
		struct sipbpf_translated back = translation(i);

		if (i < CHECKED / 2)
			assert_int_equal(probe_hooks__add_translation(hooks, &back, &original), 0);
		else
			learn(hooks, i);
	}
	assert_int_equal(probe_hooks__check_translations(hooks, fails), -ENOTSUP);
	assert_int_equal(count_kept(hooks), CHECKED);
	/* Odd ones that it has known go, and those that were learnt stay. */
	assert_int_equal(probe_hooks__check_translations(hooks, knows_even_ones), 0);
	assert_int_equal(asked, CHECKED);
	assert_int_equal(count_kept(hooks), CHECKED / 4 + CHECKED / 2);
	/* Odd ones that were learnt may be a program's. */
	assert_int_equal(probe_hooks__check_translations(hooks, knows_none), 0);
	assert_int_equal(count_kept(hooks), CHECKED / 4);
	assert_int_equal(probe_hooks__check_translations(hooks, knows_none), 0);
	assert_int_equal(count_kept(hooks), CHECKED / 4);
	/* What is learnt again is not known again. */
	learn(hooks, 0);
	assert_int_equal(probe_hooks__check_translations(hooks, knows_none), 0);
	assert_int_equal(count_kept(hooks), CHECKED / 4 + 1);
	probe_fixture__close(&fixture);
}

static const struct sipbpf_translated answer = { .ends = { .source_port = 5060, .target_port = 1024 }, .protocol = 17 };
static const struct sipbpf_ends answered = { .source_port = 5060, .target_port = 5070 };

/* It knows one translation. */
static int knows_the_answer(const struct sipbpf_translated *back, const struct sipbpf_ends *ends)
{
	return memcmp(back, &answer, sizeof(answer)) == 0 && memcmp(ends, &answered, sizeof(answered)) == 0;
}

static void what_was_learnt_from_an_answer_is_turned_round(void **state)
{
	const struct sipbpf_translated forth = { .ends = { .source_port = 5070, .target_port = 5060 }, .protocol = 17 };
	const struct sipbpf_original learnt = { .ends = { .source_port = 1024, .target_port = 5060 } };
	const struct probe_options options = { 0 };
	struct sipbpf_original original;
	struct probe_fixture fixture;
	const struct probe_hooks *hooks;

	probe_fixture__open(&fixture, &options);
	hooks = probe__hooks(fixture.probe);
	assert_int_equal(bpf_map_update_elem(hooks->translations, &forth, &learnt, BPF_ANY), 0);
	assert_int_equal(probe_hooks__check_translations(hooks, knows_none), 0);
	assert_int_equal(bpf_map_lookup_elem(hooks->translations, &forth, &original), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(probe_hooks__check_translations(hooks, knows_the_answer), 0);
		assert_int_not_equal(bpf_map_lookup_elem(hooks->translations, &forth, &original), 0);
		assert_int_equal(bpf_map_lookup_elem(hooks->translations, &answer, &original), 0);
		assert_memory_equal(&original.ends, &answered, sizeof(answered));
		assert_int_equal(original.is_tracked, 1);
	}
	assert_int_equal(probe_hooks__check_translations(hooks, knows_none), 0);
	assert_int_not_equal(bpf_map_lookup_elem(hooks->translations, &answer, &original), 0);
	probe_fixture__close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_are_kept),
					    cmocka_unit_test(those_that_were_known_are_forgotten),
					    cmocka_unit_test(what_was_learnt_from_an_answer_is_turned_round) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

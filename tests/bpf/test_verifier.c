/* SPDX-License-Identifier: BSD-2-Clause */
/* What the programs cost the verifier: the count of each is printed, and has a limit far below the kernel's million. */
#include <bpf/bpf.h>

#include "probe_fixture.h"

#define VERIFIER_LIMIT 250000       /* of one program */
#define VERIFIER_TOTAL_LIMIT 650000 /* of all that are loaded together */

static void count_instructions(const struct probe_options *options)
{
	struct probe *probe = NULL;
	__u32 total = 0;
	int i;

	assert_int_equal(probe__load(options, &probe), 0);
	for (i = 0; i < PROBE_PROGRAMS; i++) {
		struct bpf_prog_info info = { 0 };
		__u32 size = sizeof(info);

		assert_int_equal(bpf_obj_get_info_by_fd(probe__program_fd(probe, i), &info, &size), 0);
		print_message("%s: %u instructions processed by the verifier, limit %d\n", probe__program_name(i),
			      info.verified_insns, VERIFIER_LIMIT);
		assert_true(info.verified_insns > 0);
		assert_true(info.verified_insns <= VERIFIER_LIMIT);
		total += info.verified_insns;
	}
	print_message("all programs: %u instructions, limit %d\n", total, VERIFIER_TOTAL_LIMIT);
	assert_true(total <= VERIFIER_TOTAL_LIMIT);
	probe__free(probe);
}

static void instructions_processed(void **state)
{
	const struct probe_options options = { 0 };

	count_instructions(&options);
}

/* With all that the programs leave out unless it is asked for. */
static void instructions_processed_with_hep_and_via(void **state)
{
	static const struct link_rules rules = { .transport = LINK_TRANSPORT_VIA };
	const struct probe_options options = { .reads_hep = true, .rules = &rules };

	count_instructions(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_processed),
		cmocka_unit_test(instructions_processed_with_hep_and_via),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A classifier of frames and its empty counters, for each test anew: what the tests of user/classify stand on. */
#ifndef CLASSIFIER_FIXTURE_H
#define CLASSIFIER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "classify/frame.h"

struct fixture {
	struct counters *counters;
	struct frame_classifier *classifier;
};

static inline int fixture__set_up(void **state)
{
	static const struct link_rules rules;
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->counters = counters__new();
	fixture->classifier = frame_classifier__new(fixture->counters, &rules);
	assert_non_null(fixture->classifier);
	*state = fixture;
	return 0;
}

static inline int fixture__tear_down(void **state)
{
	struct fixture *fixture = *state;

	frame_classifier__free(fixture->classifier);
	counters__free(fixture->counters);
	free(fixture);
	return 0;
}

/* A test with a fixture of its own in *state. */
#define FIXTURE_TEST(function) cmocka_unit_test_setup_teardown(function, fixture__set_up, fixture__tear_down)

#endif

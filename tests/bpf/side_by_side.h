/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs and the user-space build over the same frames: both are to count the same. */
#ifndef SIDE_BY_SIDE_H
#define SIDE_BY_SIDE_H

#include "counts.h"
#include "classify/frame.h"
#include "patience.h"
#include "probe_fixture.h"

struct side_by_side {
	struct probe_fixture fixture;
	struct counters *expected; /* by the user-space build */
	struct frame_classifier *classifier;
};

/* The options say of both which ports they are restricted to, and whether they read HEP. */
static inline void side_by_side__open(struct side_by_side *both, const struct probe_options *options)
{
	probe_fixture__open(&both->fixture, options);
	both->expected = counters__new();
	both->classifier = frame_classifier__new(both->expected, &both->fixture.rules);
	assert_non_null(both->classifier);
	frame_classifier__set_ports(both->classifier, options->ports, options->ports_count);
	if (options->reads_hep)
		frame_classifier__read_hep(both->classifier, options->hep_ports, options->hep_ports_count);
}

static inline void side_by_side__close(struct side_by_side *both)
{
	frame_classifier__free(both->classifier);
	counters__free(both->expected);
	probe_fixture__close(&both->fixture);
}

static inline void side_by_side__clear(struct side_by_side *both)
{
	counters__clear(both->expected);
	counters__clear(both->fixture.counters);
}

/* Counts a frame by a program and in user space. Returns false when the kernel runs no program over so few bytes. */
static inline bool side_by_side__try(struct side_by_side *both, enum probe_program program, const void *bytes,
				     size_t length)
{
	const struct frame frame = { .bytes = bytes,
				     .length = (__u32)length,
				     .start = FRAME_ETHERNET,
				     .hook = program == PROBE_TC_SENT ? SIPBPF_SENT : SIPBPF_RECEIVED,
				     .milliseconds = patience__clock() };
	int verdict = 0;

	if (probe__test_run(both->fixture.probe, program, bytes, length, 0, &verdict))
		return false;
	assert_int_equal(verdict, probe__is_xdp(program) ? 2 : -1);
	assert_int_equal(frame_classifier__add(both->classifier, &frame), 0);
	return true;
}

/* Likewise a frame that every kernel takes. */
static inline void side_by_side__run(struct side_by_side *both, enum probe_program program, const void *bytes,
				     size_t length)
{
	assert_true(side_by_side__try(both, program, bytes, length));
}

/* Reads what both have counted, datagrams that wait for fragments among it. */
static inline void side_by_side__collect(struct side_by_side *both)
{
	probe_fixture__collect(&both->fixture);
	assert_int_equal(frame_classifier__end_datagrams(both->classifier), 0);
}

/* Reads what the programs have counted. Returns whether both have counted the same. */
static inline bool side_by_side__agree(struct side_by_side *both)
{
	side_by_side__collect(both);
	return counts__same(both->expected, both->fixture.counters);
}

/* Those of the test that includes this. */
static struct side_by_side both;

/* Set-up and tear-down of a group of tests that restricts neither. Both read HEP. */
static inline int side_by_side__set_up(void **state)
{
	const struct probe_options options = { .reads_hep = true };

	side_by_side__open(&both, &options);
	return 0;
}

static inline int side_by_side__tear_down(void **state)
{
	side_by_side__close(&both);
	return 0;
}

#endif

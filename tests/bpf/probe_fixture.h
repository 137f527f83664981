/* SPDX-License-Identifier: BSD-2-Clause */
/* A loaded probe, its drain and empty counters: what the tests of the programs stand on. */
#ifndef PROBE_FIXTURE_H
#define PROBE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "counts/counter.h"
#include "kernel/drain.h"
#include "packets.h"
#include "kernel/probe.h"

struct probe_fixture {
	struct probe *probe;
	struct drain *drain;
	struct counters *counters;
	struct link_rules rules;
};

static inline void probe_fixture__open(struct probe_fixture *fixture, const struct probe_options *options)
{
	memset(fixture, 0, sizeof(*fixture));
	fixture->rules.transport = LINK_TRANSPORT_WIRE;
	assert_int_equal(probe__load(options, &fixture->probe), 0);
	assert_int_equal(drain__new(fixture->probe, &fixture->drain), 0);
	fixture->counters = counters__new();
	assert_non_null(fixture->counters);
}

static inline void probe_fixture__close(struct probe_fixture *fixture)
{
	counters__free(fixture->counters);
	drain__free(fixture->drain);
	probe__free(fixture->probe);
}

/* Runs a program over a frame; whatever is in it, the packet passes. */
static inline void probe_fixture__run(struct probe_fixture *fixture, enum probe_program program, const void *frame,
				      size_t length, unsigned int gso_size)
{
	int verdict = 0;

	assert_int_equal(probe__test_run(fixture->probe, program, frame, length, gso_size, &verdict), 0);
	assert_int_equal(verdict, probe__is_xdp(program) ? 2 : -1);
}

static inline void probe_fixture__collect(struct probe_fixture *fixture)
{
	assert_int_equal(drain__end(fixture->drain, &fixture->rules, fixture->counters), 0);
}

#endif

// SPDX-License-Identifier: BSD-2-Clause
/* See status_number.h. Tested by tests/unit/inspect/test_status_text.c. */
#include "inspect/status_number.h"

#define AT(member) offsetof(struct reading, member)

static const struct status_number packets[] = { { "seen", NULL, AT(seen) }, { "sip", NULL, AT(packets.sip) }, {} };

static const struct status_number reasons[] = {
#define X(id, name) { name, NULL, AT(packets.reasons[SIPBPF_REASON_##id]) },
	SIPBPF_REASON_LIST(X)
#undef X
		{}
};

static const struct status_number tcp[] = { { "gaps", NULL, AT(packets.gaps) },
					    { "evicted", NULL, AT(packets.evicted) },
					    {} };

static const struct status_number udp[] = { { "truncated_headers", NULL, AT(packets.truncated_headers) }, {} };

/* How many TLS records of each kind began. */
static const struct status_number tls[] = {
#define X(id, name) { name, NULL, AT(packets.tls_records[SIPBPF_TLS_##id]) },
	SIPBPF_TLS_RECORD_LIST(X)
#undef X
		{}
};

/* How many packets came through each encapsulation. */
static const struct status_number encapsulations[] = {
#define X(id, name) { name, NULL, AT(packets.encapsulations[SIPBPF_ENCAPSULATION_##id]) },
	SIPBPF_ENCAPSULATION_LIST(X)
#undef X
		{}
};

static const struct status_number flows[] = { { "known", NULL, AT(flows) }, { "places", " of", AT(flows_max) }, {} };

static const struct status_number bank[] = {
	{ "rows", NULL, AT(rows) }, { "places", " of", AT(rows_max) }, { "messages", NULL, AT(messages) }, {}
};

static const struct status_number other[] = { { "messages", NULL, AT(packets.other) }, {} };

const struct status_group status_groups[] = {
	{ .name = "packets", .numbers = packets },
	{ .name = "reasons", .numbers = reasons, .hides_zeros = true },
	{ .name = "other", .numbers = other },
	{ .name = "tcp", .numbers = tcp },
	{ .name = "udp", .numbers = udp },
	{ .name = "tls", .numbers = tls, .hides_zeros = true },
	{ .name = "encapsulations", .numbers = encapsulations, .hides_zeros = true },
	{ .name = "flows", .numbers = flows, .covers = "now" },
	{ .name = "bank", .numbers = bank, .covers = "not yet collected" },
	{},
};

__u64 status_number__value(const struct status_number *number, const struct reading *reading)
{
	return *(const __u64 *)((const char *)reading + number->offset);
}

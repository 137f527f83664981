/* SPDX-License-Identifier: BSD-2-Clause */
/* A status report for the tests of what is written of it: two instances, one of another version and nobody's. */
#ifndef STATUS_FIXTURES_H
#define STATUS_FIXTURES_H

#include <stdlib.h>

#include "inspect/status_report.h"

#define FIXTURE_NAMESPACE 4026531833U

static struct status_process fixture_processes[] = { { 4711, "sipbpf" }, { 4712, "sipbpf-guardian" } };

static struct attachment fixture_attachments[] = {
	{ 11, ATTACHMENT_NATIVE, false, 2, "eth0", FIXTURE_NAMESPACE },
	{ 13, ATTACHMENT_TCX, true, 2, "eth0", FIXTURE_NAMESPACE },
	{ 12, ATTACHMENT_CLSACT, false, 2, "eth\x1b", FIXTURE_NAMESPACE + 1 },
	{ 11, ATTACHMENT_XDP, false, 7, "", 0 },
};

static struct attachment_unseen fixture_unseen[] = {
	{ 12,
	  FIXTURE_NAMESPACE + 1,
	  "eth\x1b",
	  { .kind = UNSEEN_CLSACT_FILTER, .ifindex = 2, .hook = UNSEEN_BY_CLSACT, .name = "flower" } },
	{ 13,
	  FIXTURE_NAMESPACE,
	  "eth0",
	  { .kind = UNSEEN_TCX_PROGRAM,
	    .ifindex = 2,
	    .is_sent = true,
	    .hook = UNSEEN_BY_TCX,
	    .program = 99,
	    .name = "a\x1b" } },
};

static struct reading_interface fixture_interfaces[] = {
	{ { 2, "" }, { [SIPBPF_RECEIVED] = { 17, 7 }, [SIPBPF_SENT] = { 3, 1 } } },
	{ { 0, "" }, { { 0, 0 } } },
	{ { 9, "" }, { [SIPBPF_RECEIVED] = { 10, 2 } } },
	{ { 0, "wg\x1b" }, { [SIPBPF_RECEIVED] = { 4, 0 }, [SIPBPF_SENT] = { 5, 1 } } },
};

static char fixture_unread[] =
	"{\"links\": [], \"more_links\": false, \"tls_ports\": [{\"port\": 8443, \"handshakes\": 1}]}";

static char *fixture_notices[] = { "TLS on 8443: --server-port 8443", "eth\x1b: no packet for 10m" };

static struct status_instance fixture_instances[] = {
	{
		.start = { .tv_sec = 1767225600 },
		.processes = fixture_processes,
		.processes_count = 2,
		.attachments = fixture_attachments,
		.attachments_count = 4,
		.unseen = fixture_unseen,
		.unseen_count = 2,
		.programs = { [PROBE_XDP] = { "sipbpf_xdp", 11, { 1000, 85500 } },
			      [PROBE_TC_SENT] = { "sipbpf_sent", 13, { 0, 0 } } },
		.has_reading = true,
		.reading = { .seen = 30,
			     .packets = { .sip = 10,
					  .reasons = { [SIPBPF_REASON_NOT_SIP] = 19, [SIPBPF_REASON_GAP] = 1 },
					  .other = 3,
					  .gaps = 4,
					  .evicted = 5,
					  .truncated_headers = 2,
					  .tls_records = { [SIPBPF_TLS_HANDSHAKE] = 9 },
					  .encapsulations = { [SIPBPF_ENCAPSULATION_VLAN] = 3,
							      [SIPBPF_ENCAPSULATION_GTPU] = 4 } },
			     .rows = 6,
			     .rows_max = 100,
			     .messages = 7,
			     .flows = 8,
			     .flows_max = 32768,
			     .interfaces = fixture_interfaces,
			     .interfaces_count = 4,
			     .notices = { fixture_notices, 2 },
			     .unread = fixture_unread },
	},
	{
		.start = { .tv_sec = 1767225601 },
		.programs = { [PROBE_TC_RECEIVED] = { "sipbpf_received", 21, { 0, 0 } } },
	},
};

/* Its parts belong to nobody: it is not to be freed. */
static inline struct status_report fixture__report(void)
{
	return (struct status_report){ .instances = fixture_instances,
				       .instances_count = 2,
				       .own_namespace = FIXTURE_NAMESPACE,
				       .time = { .tv_sec = 1767229200 } };
}

#endif

// SPDX-License-Identifier: BSD-2-Clause
/* See packet_summary.h. Tested by tests/cli/test_captures.py. */
#include "command/packet_summary.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "counts/packet_counts.h"
#include "counts/packet_names.h"

/* A line of those that are not 0: "reasons: not_sip 3, stun 1". */
static void log_counts(const char *what, const char *const *names, const __u64 *counts, size_t count)
{
	const char *separator = "";
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	for (i = 0; i < count; i++) {
		if (!counts[i])
			continue;
		fprintf(out, "%s%s %llu", separator, names[i], (unsigned long long)counts[i]);
		separator = ", ";
	}
	if (fclose(out) == 0)
		log__info("%s: %s", what, *text ? text : "none");
	free(text);
}

void packet_summary__log(const struct sipbpf_packets *packets)
{
	log__info("packets: seen %llu, sip %llu", (unsigned long long)packet_counts__seen(packets),
		  (unsigned long long)packets->sip);
	log_counts("reasons", reason_names, packets->reasons, SIPBPF_REASON_COUNT);
	log__info("tcp: gaps %llu, evicted %llu", (unsigned long long)packets->gaps,
		  (unsigned long long)packets->evicted);
	log__info("udp: truncated_headers %llu", (unsigned long long)packets->truncated_headers);
	log_counts("tls", tls_record_names, packets->tls_records, SIPBPF_TLS_RECORD_COUNT);
	log_counts("encapsulations", encapsulation_names, packets->encapsulations, SIPBPF_ENCAPSULATION_COUNT);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* See scanned.h. Tested by tests/unit/stream/test_fragments.c. */
#include "classify/scanned.h"

#include "counts/type.h"

static const char *type_text(__u16 type, const struct sipbpf_name *name, char text[TYPE_TEXT_SIZE])
{
	return type == SIP_TYPE_EXTENSION_MIN ? name->text : type__text(type, text);
}

int scanned__count(const struct scanned_target *target, const struct sipbpf_key *key, const struct sip_scan *scan,
		   __u32 *count)
{
	char type_buffer[TYPE_TEXT_SIZE], method_buffer[TYPE_TEXT_SIZE];
	const char *type = type_text(key->type, &scan->name, type_buffer);
	const char *method = type_text(key->method, &scan->cseq_name, method_buffer);
	enum link_direction direction;
	struct link link;
	int error;

	link__from_key(target->rules, key, &link, &direction);
	if (target->filter && !filter__wants(target->filter, &link, type, method))
		return 0;
	error = counters__add(target->counters, &link, direction, type, method, 1);
	*count += !error;
	return error;
}

int scanned__count_unfinished(const struct scanned_target *target, const struct flow *flow)
{
	struct sipbpf_key key;
	struct sip_scan scan;
	__u32 count = 0;
	int error;

	fragments__finish(flow, &scan);
	fragments__set_key(flow, &scan, &key);
	error = scanned__count(target, &key, &scan, &count);
	if (!error)
		counters__packets(target->counters)->truncated_headers++;
	return error;
}

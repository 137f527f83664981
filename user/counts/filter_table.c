// SPDX-License-Identifier: BSD-2-Clause
/*
 * See filter_table.h. Each bit is an answer of the filter itself, so table and filter cannot differ.
 *
 * Tested by tests/bpf/test_filter.c.
 */
#include "counts/filter_table.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "counts/type.h"

static void put(__u64 set[SIPBPF_TYPE_WORDS], __u32 number, bool is_wanted)
{
	set[number / 64] |= (__u64)is_wanted << (number % 64);
}

static bool is_well_known(const char *method)
{
	char text[TYPE_TEXT_SIZE];
	__u32 number;

	for (number = 0; number < SIP_TYPE_METHODS_END; number++)
		if (strcmp(type__text(number, text), method) == 0)
			return true;
	return false;
}

static bool has_name(const struct filter_table *table, const char *method)
{
	size_t i;

	for (i = 0; i < table->names_count; i++)
		if (strcmp(table->names[i].text, method) == 0)
			return true;
	return false;
}

/* Gives a number to each extension method of the filter. The filter wants no other extension method. */
static int add_names(const struct filter *filter, struct filter_table *table)
{
	const char *text;
	size_t i;

	for (i = 0; i < filter->types_count; i++) {
		text = filter->types[i].text;
		if (!filter_type__is_method(&filter->types[i]) || is_well_known(text) || has_name(table, text))
			continue;
		if (table->names_count == SIPBPF_EXTENSION_METHODS_ANY)
			return -E2BIG;
		memcpy(table->names[table->names_count++].text, text, SIPBPF_NAME_SIZE);
	}
	return 0;
}

/* Returns the method of this number, or "", which is in no filter, if there is none. */
static const char *method_text(const struct filter_table *table, __u32 number, char text[TYPE_TEXT_SIZE])
{
	if (number < SIP_TYPE_METHODS_END)
		return type__text(number, text);
	if (number >= SIP_TYPE_EXTENSION_MIN && number - SIP_TYPE_EXTENSION_MIN < table->names_count)
		return table->names[number - SIP_TYPE_EXTENSION_MIN].text;
	return "";
}

/*
 * Marks the method if a response to it can be wanted, and each status code with which one can. Method and status code
 * decide independently of each other, so a response is wanted exactly if both are marked.
 */
static void put_responses(const struct filter *messages, const char *method, __u32 number, struct filter_table *table)
{
	char text[TYPE_TEXT_SIZE];
	const struct link link = { 0 };
	__u32 status;
	bool is_wanted;

	for (status = SIP_TYPE_STATUS_MIN; status <= SIP_TYPE_STATUS_MAX; status++) {
		is_wanted = filter__wants(messages, &link, type__text(status, text), method);
		put(table->responses, number, is_wanted);
		put(table->statuses, status, is_wanted);
	}
}

int filter_table__make(const struct filter *filter, struct filter_table *ret_table)
{
	const struct filter messages = { .types = filter->types,
					 .types_count = filter->types_count,
					 .is_strict = filter->is_strict };
	const struct link link = { 0 };
	char text[TYPE_TEXT_SIZE];
	const char *method;
	__u32 number;
	int error;

	memset(ret_table, 0, sizeof(*ret_table));
	error = add_names(filter, ret_table);
	for (number = 0; !error && number < SIP_TYPE_COUNT; number++) {
		if (number >= SIP_TYPE_STATUS_MIN && number <= SIP_TYPE_STATUS_MAX)
			continue;
		method = method_text(ret_table, number, text);
		put(ret_table->requests, number, filter__wants(&messages, &link, method, "UNKNOWN"));
		put_responses(&messages, method, number, ret_table);
	}
	return error;
}

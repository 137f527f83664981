// SPDX-License-Identifier: BSD-2-Clause
/* See filter_warning.h. Tested by tests/cli/test_filters.py. */
#include "command/filter_warning.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "counts/type.h"

#define MEANT_SIZE 64

static bool is_unknown(const struct filter_type *type)
{
	return filter_type__is_method(type) && !type__is_known_method(type->text);
}

/* "; did you mean INVITE?", or "". */
static const char *meant(const struct filter_type *type, char text[MEANT_SIZE])
{
	const char *method = type__suggest_method(type->text);

	text[0] = '\0';
	if (method)
		snprintf(text, MEANT_SIZE, "; did you mean %s?", method);
	return text;
}

void filter_warning__before(const struct filter *filter)
{
	char text[MEANT_SIZE];

	for (size_t i = 0; i < filter->types_count; i++)
		if (is_unknown(&filter->types[i]))
			log__info("--filter: %s is not a method that sipbpf knows, and counts under its own name%s",
				  filter->types[i].text, meant(&filter->types[i], text));
}

/* Names of types and methods get a number when the first message is counted. */
static bool has_counted(const struct counters *counters, const char *name)
{
	for (size_t i = 0; counters && i < counters__types_count(counters); i++)
		if (strcmp(counters__type_name(counters, (__u16)i), name) == 0)
			return true;
	return false;
}

void filter_warning__after(const struct filter *filter, const struct counters *one, const struct counters *other)
{
	char text[MEANT_SIZE];

	for (size_t i = 0; i < filter->types_count; i++) {
		const struct filter_type *type = &filter->types[i];

		if (is_unknown(type) && !has_counted(one, type->text) && !has_counted(other, type->text))
			log__info("--filter: %s is not a method that sipbpf knows, and no message with that method was "
				  "counted%s",
				  type->text, meant(type, text));
	}
}

// SPDX-License-Identifier: BSD-2-Clause
/* See quotation.h. Tested by tests/unit/log/test_reader.c. */
#include "log/quotation.h"

#include <errno.h>
#include <stdlib.h>

#include "log/body.h"

#define CAPACITY_MIN 16
#define TEXT_MAX (2UL * BODY_LENGTH_MAX)
#define READ_AGAIN_MAX 3 /* times that a line is read again, on average */
#define CREDIT_MAX (READ_AGAIN_MAX * TEXT_MAX)

static int make_room(struct quotation *quotation)
{
	size_t capacity = quotation->capacity ? 2 * quotation->capacity : CAPACITY_MIN;
	struct quotation_line *lines;

	if (quotation->count < quotation->capacity)
		return 0;
	lines = reallocarray(quotation->lines, capacity, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	quotation->lines = lines;
	quotation->capacity = capacity;
	return 0;
}

int quotation__add(struct quotation *quotation, const char *text, const struct quotation_line *line, bool is_new)
{
	size_t offset = quotation->text.length, credit = quotation->credit + READ_AGAIN_MAX * (line->length + HELD_LF);
	int error = make_room(quotation);

	if (!error)
		error = held_lines__add(&quotation->text, text, line->length, HELD_LF);
	if (error)
		return error;
	quotation->lines[quotation->count] = *line;
	quotation->lines[quotation->count++].offset = offset;
	if (is_new)
		quotation->credit = credit < CREDIT_MAX ? credit : CREDIT_MAX;
	return 0;
}

bool quotation__is_full(const struct quotation *quotation)
{
	return quotation->text.length > TEXT_MAX;
}

bool quotation__take(struct quotation *quotation, struct quotation *ret_taken)
{
	bool has_credit = quotation->credit >= quotation->text.length;
	size_t credit = has_credit ? quotation->credit - quotation->text.length : quotation->credit;

	*ret_taken = *quotation;
	*quotation = (struct quotation){ .credit = credit };
	return has_credit;
}

void quotation__free(struct quotation *quotation)
{
	held_lines__free(&quotation->text);
	free(quotation->lines);
	*quotation = (struct quotation){ .credit = quotation->credit };
}

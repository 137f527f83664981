// SPDX-License-Identifier: BSD-2-Clause
/* See pattern.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "log/pattern.h"

#include <errno.h>
#include <limits.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Limits for one line. Compiled code is fast and needs little memory. When its stack is too small, the interpreter
 * takes over, which can match longer lines.
 */
#define JIT_STACK_MIN (32 * 1024)
#define JIT_STACK_MAX (256 * 1024) /* of our own patterns, many of which are there at a time */
#define JIT_STACK_MAX_USERS (16 * 1024 * 1024)
#define HEAP_MAX_KIB (256 * 1024)

/*
 * Our own patterns may step back so often in a line, as PCRE2 counts, so that no log takes longer than its length
 * explains. Lines of records need a small part of that.
 */
#define STEPS_MIN 10000
#define STEPS_PER_BYTE 16

#define BUDGET_PER_BYTE 60 /* nanoseconds; patterns of usual cost take less than a tenth of that */
#define NANOSECONDS_PER_SECOND 1000000000ULL
#define GROUPS_MAX 64 /* by number */

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *jit_stack; /* NULL: the interpreter is used */
	bool has_group[PATTERN_GROUPS];
	unsigned char groups[GROUPS_MAX]; /* by number; 0: it has no name, else one more than enum pattern_group */
	const char *line;                 /* that was matched last */
	const struct match *match;        /* what was found in it */
	struct match found;               /* by PCRE2 */
	int error;                        /* PCRE2's */
	bool is_users, is_prepared;
	bool has_budget, is_over;
	unsigned long long budget, spent; /* nanoseconds */
};

static const char *const group_names[PATTERN_GROUPS] = {
	"time",      "src",   "sport",   "dst",    "dport", "peer",   "peerport", "direction",
	"transport", "start", "request", "status", "cseq",  "dialog", "text",     "source",
};

const char *pattern__group_name(enum pattern_group group)
{
	return group_names[group];
}

static int reject_group(const char *name, char *ret_error)
{
	size_t length = (size_t)snprintf(ret_error, PATTERN_ERROR_SIZE, "unknown group '%s'; the groups are ", name);
	int i;

	for (i = 0; i < PATTERN_USER_GROUPS && length < PATTERN_ERROR_SIZE; i++)
		length += (size_t)snprintf(ret_error + length, PATTERN_ERROR_SIZE - length, "%s%s", group_names[i],
					   i == PATTERN_USER_GROUPS - 1 ? "" : ", ");
	return -EINVAL;
}

static void keep_number(struct pattern *pattern, int group, unsigned int number)
{
	if (number >= GROUPS_MAX)
		return;
	pattern->groups[number] = (unsigned char)(group + 1);
	pattern->has_group[group] = true;
}

static int find_groups(struct pattern *pattern, bool is_users, char *ret_error)
{
	int groups = is_users ? PATTERN_USER_GROUPS : PATTERN_GROUPS, i;
	uint32_t count = 0, size = 0;
	PCRE2_SPTR entry;

	pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMETABLE, &entry);
	for (; count; count--, entry += size) {
		for (i = 0; i < groups && strcmp(group_names[i], (const char *)entry + 2) != 0; i++)
			;
		if (i == groups)
			return reject_group((const char *)entry + 2, ret_error);
		keep_number(pattern, i, (unsigned int)entry[0] << 8 | entry[1]);
	}
	return 0;
}

static int compile(struct pattern *pattern, const char *text, bool is_users, char *ret_error)
{
	PCRE2_UCHAR what[PATTERN_ERROR_SIZE / 2];
	PCRE2_SIZE offset;
	int code;

	pattern->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_DUPNAMES, &code, &offset, NULL);
	if (pattern->code)
		return find_groups(pattern, is_users, ret_error);
	pcre2_get_error_message(code, what, sizeof(what));
	snprintf(ret_error, PATTERN_ERROR_SIZE, "%s, at character %zu", (const char *)what, (size_t)offset + 1);
	return -EINVAL;
}

static int prepare(struct pattern *pattern)
{
	pattern->data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
	pattern->context = pcre2_match_context_create(NULL);
	if (!pattern->data || !pattern->context)
		return -ENOMEM;
	pcre2_set_heap_limit(pattern->context, HEAP_MAX_KIB);
	return 0;
}

/*
 * Compiles the pattern to machine code, which takes long, when it is used for the first time: many never are. If it
 * cannot be compiled, the interpreter is used.
 */
static void prepare_code(struct pattern *pattern)
{
	pattern->is_prepared = true;
	if (pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) < 0)
		return;
	pattern->jit_stack =
		pcre2_jit_stack_create(JIT_STACK_MIN, pattern->is_users ? JIT_STACK_MAX_USERS : JIT_STACK_MAX, NULL);
	if (pattern->jit_stack)
		pcre2_jit_stack_assign(pattern->context, NULL, pattern->jit_stack);
}

int pattern__new(const char *text, bool is_users, struct pattern **ret_pattern, char *ret_error)
{
	struct pattern *pattern = calloc(1, sizeof(*pattern));
	int error = pattern ? compile(pattern, text, is_users, ret_error) : -ENOMEM;

	if (!error)
		error = prepare(pattern);
	if (error) {
		pattern__free(pattern);
		return error;
	}
	pattern->is_users = is_users;
	pattern->match = &pattern->found;
	*ret_pattern = pattern;
	return 0;
}

void pattern__free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_jit_stack_free(pattern->jit_stack);
	pcre2_match_context_free(pattern->context);
	pcre2_match_data_free(pattern->data);
	pcre2_code_free(pattern->code);
	free(pattern);
}

void pattern__set_budget(struct pattern *pattern, unsigned long long nanoseconds)
{
	pattern->has_budget = true;
	pattern->budget = nanoseconds;
}

/*
 * The coarse clock goes by ticks, but reading it costs next to nothing. Over many lines, the ticks that fall into a
 * match add up to the time that matching takes.
 */
static unsigned long long coarse_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (unsigned long long)now.tv_sec * NANOSECONDS_PER_SECOND + (unsigned long long)now.tv_nsec;
}

static int match_once(struct pattern *pattern, const char *line, size_t length)
{
	PCRE2_SPTR text = (PCRE2_SPTR)line;
	int result;

	if (!pattern->is_prepared)
		prepare_code(pattern);
	if (!pattern->is_users)
		pcre2_set_match_limit(pattern->context, (uint32_t)(STEPS_MIN + length * STEPS_PER_BYTE));
	if (!pattern->jit_stack)
		return pcre2_match(pattern->code, text, length, 0, 0, pattern->data, pattern->context);
	result = pcre2_jit_match(pattern->code, text, length, 0, 0, pattern->data, pattern->context);
	if (result != PCRE2_ERROR_JIT_STACKLIMIT)
		return result;
	return pcre2_match(pattern->code, text, length, 0, PCRE2_NO_JIT, pattern->data, pattern->context);
}

/* Whether the match has a value of this group. */
static bool has_value(const struct match *match, unsigned int group)
{
	unsigned int i = 0;

	while (i < match->count && match->values[i].group != group)
		i++;
	return i < match->count;
}

/* Takes the values from PCRE2; numbers below `numbers` may have one. Of groups of the same name the first one counts. */
static void take_match(struct pattern *pattern, unsigned int numbers)
{
	const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern->data);
	struct match *match = &pattern->found;
	size_t from, to;
	unsigned int i;

	match->is_match = true;
	match->end = places[1];
	match->count = 0;
	for (i = 1; i < numbers && i < GROUPS_MAX; i++) {
		from = places[(size_t)2 * i];
		to = places[(size_t)2 * i + 1];
		if (!pattern->groups[i] || from == PCRE2_UNSET || from >= to ||
		    has_value(match, pattern->groups[i] - 1U))
			continue;
		match->values[match->count++] = (struct match_value){ .group = pattern->groups[i] - 1U,
								      .from = (unsigned int)from,
								      .length = (unsigned int)(to - from) };
	}
}

static bool holds_digit(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && (text[i] < '0' || text[i] > '9'))
		i++;
	return i < length;
}

/* Finds the stretch of all values that tell of the path. Those without digits are the same in all lines that are alike. */
static void find_path(struct match *match, const char *line)
{
	const struct match_value *value, *end = match->values + match->count;
	unsigned int from = UINT_MAX, to = 0;

	for (value = match->values; value < end; value++) {
		if (value->group == PATTERN_TIME || value->group >= PATTERN_USER_GROUPS ||
		    !holds_digit(line + value->from, value->length))
			continue;
		from = value->from < from ? value->from : from;
		to = value->from + value->length > to ? value->from + value->length : to;
	}
	for (value = match->values; value < end; value++) {
		if (value->group == PATTERN_TIME && value->from < to && value->from + value->length > from)
			to = 0;
	}
	match->path_from = to > from ? from : 0;
	match->path_length = to > from ? to - from : 0;
}

int pattern__match(struct pattern *pattern, const char *line, size_t length)
{
	unsigned long long before = pattern->has_budget ? coarse_now() : 0;
	int result = match_once(pattern, line, length);

	pattern->line = line;
	pattern->match = &pattern->found;
	pattern->found = (struct match){ 0 };
	if (pattern->has_budget) {
		pattern->budget += length * BUDGET_PER_BYTE;
		pattern->spent += coarse_now() - before;
		pattern->is_over = pattern->spent > pattern->budget;
		if (pattern->is_over)
			return -ETIME;
	}
	if (result < 0 && result != PCRE2_ERROR_NOMATCH) {
		pattern->error = result;
		return -EINVAL;
	}
	if (result >= 0)
		take_match(pattern, (unsigned int)result);
	find_path(&pattern->found, line);
	return pattern->found.is_match;
}

const struct match *pattern__found(const struct pattern *pattern)
{
	return pattern->match;
}

const char *pattern__line(const struct pattern *pattern)
{
	return pattern->line;
}

void pattern__recall(struct pattern *pattern, const char *line, const struct match *match)
{
	pattern->line = line;
	pattern->match = match;
}

void pattern__problem(const struct pattern *pattern, char ret_error[PATTERN_ERROR_SIZE])
{
	PCRE2_UCHAR what[PATTERN_ERROR_SIZE / 4];

	if (pattern->is_over) {
		snprintf(ret_error, PATTERN_ERROR_SIZE,
			 "the pattern took %.1f seconds for the lines up to here, which is too long; make it simpler",
			 (double)pattern->spent / NANOSECONDS_PER_SECOND);
		return;
	}
	pcre2_get_error_message(pattern->error, what, sizeof(what));
	snprintf(ret_error, PATTERN_ERROR_SIZE, "%s", (const char *)what);
}

size_t pattern__value(const struct pattern *pattern, enum pattern_group group, const char **ret_value)
{
	const struct match_value *value = pattern->match->values, *end = value + pattern->match->count;

	while (value < end && value->group != group)
		value++;
	if (value == end)
		return 0;
	*ret_value = pattern->line + value->from;
	return value->length;
}

bool pattern__has(const struct pattern *pattern, enum pattern_group group)
{
	return pattern->has_group[group];
}

const char *pattern__end(const struct pattern *pattern)
{
	return pattern->line + pattern->match->end;
}

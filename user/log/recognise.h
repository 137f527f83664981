/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which form does a log have? The one in which its first part yields the most messages whose path is told, or whose start
 * line is in a line of the form.
 */
#ifndef RECOGNISE_H
#define RECOGNISE_H

#include <stdbool.h>
#include <stddef.h>

#include "log/clean.h"
#include "log/envelope.h"
#include "log/forms.h"
#include "log/pattern.h"

struct recognised {
	const struct form *form;
	struct envelope *envelope; /* belongs to the caller; NULL: none */
	enum clean_split split;
	unsigned long long messages; /* in the part that was looked at */
};

/*
 * Recognises the form of a log by its first part; form is the one that it has, or NULL if that is unknown. Returns 0 or
 * -ENOMEM.
 */
int recognise__form(const char *text, size_t length, const struct form *form, struct recognised *ret_recognised);

/*
 * Finds out by the first part of a log what is to be undone, so that records show that begin as the pattern of a user
 * says; form is the one of such logs. Where nothing helps, or matching would take too long, it is nothing. Returns 0 or
 * -ENOMEM.
 */
int recognise__users(const char *text, size_t length, const struct form *form, struct pattern *pattern,
		     struct recognised *ret_recognised);

#endif

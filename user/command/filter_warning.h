/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Warns of methods in --filter that are not known, since most of them are mistyped. They are not errors, because SIP
 * has extension methods.
 */
#ifndef FILTER_WARNING_H
#define FILTER_WARNING_H

#include "counts/counter.h"
#include "counts/filter.h"

/* Warns of methods that sipbpf does not know, before anything is counted. */
void filter_warning__before(const struct filter *filter);

/* Warns of unknown methods of which neither counters hold a message; other may be NULL. */
void filter_warning__after(const struct filter *filter, const struct counters *one, const struct counters *other);

#endif

// SPDX-License-Identifier: BSD-2-Clause
/* Visiting the links of a counter. Tested by tests/library/test_library.c. */
#include "library/sipcounter_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "counts/group.h"

static enum sipcounter_direction public_direction(__u8 direction)
{
	return direction == LINK_IN ? SIPCOUNTER_IN : direction == LINK_OUT ? SIPCOUNTER_OUT : SIPCOUNTER_UNKNOWN;
}

/* Fills in the counts of a link; counts has room for all of its cells. Returns how many there are. */
static size_t fill_counts(const struct counters *counters, const struct counter_link *link,
			  struct sipcounter_count *counts, uint64_t *ret_total)
{
	size_t count = 0;
	__u32 i;

	*ret_total = 0;
	for (i = 0; i < link->cells_count; i++) {
		if (!link->cells[i].count)
			continue;
		counts[count++] = (struct sipcounter_count){
			.direction = public_direction(link->cells[i].direction),
			.type = counters__type_name(counters, link->cells[i].type),
			.method = counters__type_name(counters, link->cells[i].method),
			.count = link->cells[i].count,
		};
		*ret_total += link->cells[i].count;
	}
	return count;
}

static int visit_link(const struct counters *counters, const struct counter_link *link, sipcounter_visitor visit,
		      void *context)
{
	struct sipcounter_count *counts = calloc(link->cells_count + 1, sizeof(*counts));
	char server[INET6_ADDRSTRLEN], client[INET6_ADDRSTRLEN];
	struct sipcounter_link shown = {
		.server = link->link.is_other ? "other" : link__server_text(&link->link, server),
		.client = link->link.is_other ? "" : link__client_text(&link->link, client),
		.transport = link__transport_name(link->link.transport),
		.server_port = link->link.server_port,
		.client_port = link->link.client_port,
	};
	size_t count;
	int result;

	if (!counts)
		return -ENOMEM;
	count = fill_counts(counters, link, counts, &shown.total);
	result = visit(context, &shown, counts, count);
	free(counts);
	return result;
}

/* Visits the links of counters, each as a group of its own. */
static int visit_links(const struct counters *counters, enum group_order order, size_t top, sipcounter_visitor visit,
		       void *context)
{
	struct groups groups;
	size_t i;
	int result = groups__sort(counters, GROUP_DEPTH_MAX, &groups);

	if (result)
		return result;
	result = groups__select(&groups, order, top);
	for (i = 0; !result && i < groups.rows_count; i++)
		result = visit_link(counters, groups__link(&groups, i), visit, context);
	groups__free(&groups);
	return result;
}

int sipcounter__each_link(const struct sipcounter *counter, sipcounter_visitor visit, void *context)
{
	return visit_links(counter->counters, GROUP_BY_LINK, 0, visit, context);
}

int sipcounter__most_common(const struct sipcounter *counter, int depth, size_t n, sipcounter_visitor visit,
			    void *context)
{
	struct counters *grouped;
	int result = counters__group(counter->counters, depth, &grouped);

	if (result)
		return result;
	result = visit_links(grouped, GROUP_BY_TOTAL, n, visit, context);
	counters__free(grouped);
	return result;
}

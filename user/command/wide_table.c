// SPDX-License-Identifier: BSD-2-Clause
/* See wide_table.h. Tested by tests/cli/test_snapshots.py. */
#include "command/wide_table.h"

#include "base/log.h"

bool wide_table__warn(const struct options *options, const struct counters *counters)
{
	size_t types = counters__types_count(counters);

	if (options->format == OUTPUT_JSON || types <= WIDE_TABLE_TYPES)
		return false;
	log__info("%zu types of messages: each has columns of its own; --filter leaves only those that it names, and "
		  "--format json has no columns",
		  types);
	return true;
}

// SPDX-License-Identifier: BSD-2-Clause
/* See tcx.h. Tested by tests/net/test_unseen.sh. */
#include "hook/tcx.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

enum bpf_attach_type tcx__attach_type(bool is_sent)
{
	return (enum bpf_attach_type)(is_sent ? 47 : 46);
}

int tcx__programs(unsigned int ifindex, bool is_sent, __u32 *ret_programs)
{
	__u32 programs[TCX_PROGRAMS_MAX];
	LIBBPF_OPTS(bpf_prog_query_opts, opts, .prog_ids = programs, .prog_cnt = TCX_PROGRAMS_MAX);
	int error = bpf_prog_query_opts((int)ifindex, tcx__attach_type(is_sent), &opts);

	if (error)
		return error == -EINVAL ? -EOPNOTSUPP : error;
	memcpy(ret_programs, programs, opts.prog_cnt * sizeof(*programs));
	return (int)opts.prog_cnt;
}

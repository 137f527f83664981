// SPDX-License-Identifier: BSD-2-Clause
/* See loading.h. Tested by tests/net/test_attach.sh. */
#include "command/loading.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/privileges.h"
#include "command/requirements.h"
#include "hook/attach.h"

#define TEXT_SIZE 256

int loading__check_privileges(void)
{
	char missing[TEXT_SIZE], path[PATH_MAX] = "";

	if (privileges__missing(missing, sizeof(missing)) <= 0)
		return 0;
	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		strcpy(path, "/path/to/sipbpf");
	log__error("attach: needs %s, which root has, unless a container or sandbox takes that away; run it with sudo, "
		   "or grant that for good: sudo setcap 'cap_bpf,cap_net_admin,cap_perfmon+ep' '%s'",
		   missing, path);
	return -EPERM;
}

static int fail_loading(int error)
{
	if (error == -EPERM && privileges__are_namespaced())
		log__error("cannot load the BPF programs: the capabilities of a user namespace are not enough; hold "
			   "them in the initial user namespace");
	else
		log__error("cannot load the BPF programs (-vv shows why): %s", strerror(-error));
	return error;
}

int loading__load(const struct options *options, struct probe **ret_probe)
{
	const struct probe_options probe_options = {
		.programs = attach__programs(options->mode, options->inputs, options->inputs_count),
		.rows_max = requirements__rows(options),
		.interfaces = (__u32)options->inputs_count,
		.ports = options->ports,
		.ports_count = options->ports_count,
		.reads_hep = options->reads_hep,
		.hep_ports = options->hep_ports,
		.hep_ports_count = options->hep_ports_count,
		.rules = &options->rules,
		.filter = &options->filter,
		.is_xdp_generic = options->mode == ATTACH_SKB,
	};
	int error;

	if (isatty(STDERR_FILENO)) /* it may take half a minute */
		log__info("loading the BPF programs");
	log__set_libbpf_quiet(true);
	error = probe__load(&probe_options, ret_probe);
	return error ? fail_loading(error) : 0;
}

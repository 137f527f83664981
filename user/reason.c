/* SPDX-License-Identifier: BSD-2-Clause */
/* See reason.h. */
#include "reason.h"

const char *const reason_names[SIPBPF_REASON_COUNT] = {
#define X(id, name) [SIPBPF_REASON_##id] = name,
	SIPBPF_REASON_LIST(X)
#undef X
};

const char *const tls_record_names[SIPBPF_TLS_RECORD_COUNT] = {
#define X(id, name) [SIPBPF_TLS_##id] = name,
	SIPBPF_TLS_RECORD_LIST(X)
#undef X
};

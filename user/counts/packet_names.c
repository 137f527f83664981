/* SPDX-License-Identifier: BSD-2-Clause */
/* See packet_names.h. Tested by tests/unit/snapshot/test_json.c. */
#include "counts/packet_names.h"

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

const char *const encapsulation_names[SIPBPF_ENCAPSULATION_COUNT] = {
#define X(id, name) [SIPBPF_ENCAPSULATION_##id] = name,
	SIPBPF_ENCAPSULATION_LIST(X)
#undef X
};

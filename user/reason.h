/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of what becomes of packets, and of kinds of TLS records: as snapshots have them. */
#ifndef REASON_H
#define REASON_H

#include <linux/types.h>

#include "sipbpf.h"

extern const char *const reason_names[SIPBPF_REASON_COUNT];
extern const char *const tls_record_names[SIPBPF_TLS_RECORD_COUNT];

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The names in snapshots of the reasons, the kinds of TLS records and the encapsulations. */
#ifndef PACKET_NAMES_H
#define PACKET_NAMES_H

#include <linux/types.h>

#include "common/sipbpf.h"

extern const char *const reason_names[SIPBPF_REASON_COUNT];
extern const char *const tls_record_names[SIPBPF_TLS_RECORD_COUNT];
extern const char *const encapsulation_names[SIPBPF_ENCAPSULATION_COUNT];

#endif

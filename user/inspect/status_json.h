/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a status report as one JSON object, schema sipbpf.status.v1, which man/sipbpf.8 describes. Knows no BPF.
 */
#ifndef STATUS_JSON_H
#define STATUS_JSON_H

#include <stdio.h>

#include "inspect/status_report.h"

#define STATUS_JSON_SCHEMA "sipbpf.status.v1"

/* Writes one line. Returns 0, -ENOMEM, or -EIO if writing to the stream fails. */
int status_json__write(FILE *out, const struct status_report *report);

#endif

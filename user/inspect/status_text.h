/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes a status report as text for people. Knows no BPF. */
#ifndef STATUS_TEXT_H
#define STATUS_TEXT_H

#include <stdio.h>

#include "base/timestamp.h"
#include "inspect/status_report.h"

/* Times are written in this zone. The caller learns from the stream whether writing succeeded. */
void status_text__write(FILE *out, const struct status_report *report, enum timestamp_zone zone);

#endif

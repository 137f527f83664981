/* SPDX-License-Identifier: BSD-2-Clause */
/* What the operator is told about logs that were counted. */
#ifndef LOG_REPORT_H
#define LOG_REPORT_H

#include "log/text_log.h"
#include "options/options.h"

/* Tells what the log that was read last looks like, and what in it was not understood. */
void log_report__file(const struct text_log *log, const char *name, const struct options *options);

/* Tells what all logs together leave open: values that could not be used, and times. */
void log_report__all(const struct text_log *log, const struct options *options);

#endif

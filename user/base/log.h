/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the operator: one line each on stderr, "sipbpf: ...". Data goes to stdout and never through here. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

void log__error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log__info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Also show what libbpf says below its warnings (-v). */
void log__set_verbose(bool verbose);

/* Routes libbpf's own messages through here; without -v only its warnings pass, and none while quiet. */
void log__install_libbpf(void);
void log__set_libbpf_quiet(bool quiet);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the operator: each is one line on stderr, "sipbpf: ...". Data goes to stdout, never through here. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

void log__error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log__info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Also shows what libbpf says below its warnings (-v). */
void log__set_verbose(bool verbose);

/* Routes libbpf's messages through here. Without -v only its warnings pass; while libbpf is quiet, not even those. */
void log__install_libbpf(void);
void log__set_libbpf_quiet(bool quiet);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the operator: each is one line on stderr, "sipbpf: ...". Data goes to stdout, never through here. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

void log__error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log__info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Sets how much libbpf may say: 0 its warnings, 1 (-v) also what it calls information, 2 (-vv) also its debug output. */
void log__set_verbosity(unsigned int verbosity);

/*
 * Routes libbpf's messages through here. From a verbosity of 2 on, all of them pass; below, its warnings do, unless libbpf
 * is quiet.
 */
void log__install_libbpf(void);
void log__set_libbpf_quiet(bool quiet);

#endif

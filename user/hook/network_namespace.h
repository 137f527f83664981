/* SPDX-License-Identifier: BSD-2-Clause */
/* Network namespaces of containers: enters one, so that its interfaces are found. */
#ifndef NETWORK_NAMESPACE_H
#define NETWORK_NAMESPACE_H

#define NETWORK_NAMESPACE_TEXT_SIZE 512

/*
 * Moves this process into a network namespace: one of `ip netns` by its name, that of a process by its pid, or one by the
 * path of its file, which has a slash. A name goes before a pid. Only the network changes: files, and bpffs among them, are
 * those from before. Needs CAP_SYS_ADMIN. Returns 0, or a negative errno with what is wrong and what to do in
 * ret_text[NETWORK_NAMESPACE_TEXT_SIZE].
 */
int network_namespace__enter(const char *name, char *ret_text);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Received: marks for the probe the interfaces on which packets arrive that it has counted already. These are the
 * counted interfaces and those above them: what a router receives on a VLAN, it has received on the network card
 * before.
 */
#ifndef RECEIVED_H
#define RECEIVED_H

#include <stddef.h>

#include "kernel/probe.h"

struct received;

#define RECEIVED_TEXT_SIZE 256

/* The probe must outlive it. Returns 0 or a negative errno. received__free(NULL) is fine; freeing removes no mark. */
int received__new(struct probe *probe, struct received **ret_received);
void received__free(struct received *received);

/*
 * Marks the counted interfaces and those that are above them now, and unmarks those that no longer are. Needs no
 * capability. Returns 0 or a negative errno. Either way ret_text[RECEIVED_TEXT_SIZE] holds a sentence for the operator
 * if some packets count twice and the previous call did not say the same; otherwise it is "".
 */
int received__refresh(struct received *received, const unsigned int *counted, size_t count, char *ret_text);

#endif

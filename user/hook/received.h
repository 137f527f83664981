/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Received: keeps the probe told on which interfaces packets arrive that have been counted already. Besides those that
 * are counted themselves these are the interfaces above them: what a router gets on a VLAN it has received on the card.
 */
#ifndef RECEIVED_H
#define RECEIVED_H

#include <stddef.h>

#include "kernel/probe.h"

struct received;

#define RECEIVED_TEXT_SIZE 256

/* The probe must outlive it. Returns 0 or a negative errno. received__free(NULL) is fine; what is marked stays so. */
int received__new(struct probe *probe, struct received **ret_received);
void received__free(struct received *received);

/*
 * Marks the counted interfaces and what is above them now, and takes the marks from what no longer is. Needs no
 * capability. Returns 0 or a negative errno. Either way ret_text[RECEIVED_TEXT_SIZE] holds a sentence for the operator
 * when some packets count twice, and that is not what it held the last time; else "".
 */
int received__refresh(struct received *received, const unsigned int *counted, size_t count, char *ret_text);

#endif

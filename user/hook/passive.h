/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passive programs: those that let every packet go on to the next program of their chain. Every sipbpf announces its own,
 * so that others do not take them for programs that may hide packets. An announcement ends with its process, however
 * that ends.
 */
#ifndef PASSIVE_H
#define PASSIVE_H

#include <linux/types.h>
#include <stdbool.h>

/*
 * Announces a program, by its id, in this network namespace. Returns a descriptor that holds the announcement, or a
 * negative errno. Needs CAP_NET_ADMIN.
 */
int passive__announce(__u32 program);

/* Returns whether any process of this network namespace has announced the program. Needs no capability. */
bool passive__is_announced(__u32 program);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interfaces that a collector counts at: attaches to them, follows what happens to them, detaches. One that was given by
 * its name and goes is waited for: another one of that name takes its place. The functions log what goes wrong, and what
 * happens to an interface.
 */
#ifndef COUNTED_INTERFACES_H
#define COUNTED_INTERFACES_H

#include <stdbool.h>

#include "base/loop.h"
#include "base/notices.h"
#include "kernel/probe.h"
#include "options/options.h"

/* Nanoseconds after which is looked at the interfaces again, however far apart tables are. */
#define LOOK_INTERVAL_MAX 60000000000ULL

struct counted_interfaces;

/* Returns 0, or -EEXIST after saying that an interface is given twice. */
int counted_interfaces__check(const struct options *options);

/*
 * The options and the loop must outlive the interfaces; the loop is stopped when no interface is left, nor
 * waited for. Returns 0,
 * or a negative errno, -EEXIST when two interfaces would count the same packets. counted_interfaces__free(NULL) is fine.
 */
int counted_interfaces__new(const struct options *options, struct loop *loop, struct counted_interfaces **ret_counted);
void counted_interfaces__free(struct counted_interfaces *counted);

/* Attaches the probe, which must outlive the interfaces, to all of them. Returns 0 or a negative errno. */
int counted_interfaces__attach(struct counted_interfaces *counted, struct probe *probe);

/* Has the loop follow what happens to them from now on. Needs no capability. Returns 0 or a negative errno. */
int counted_interfaces__watch(struct counted_interfaces *counted);

/*
 * Writes the name that an interface of a number (drain__interface()) has now to ret_name[IF_NAMESIZE]. Returns false if it
 * has gone, or there is none.
 */
bool counted_interfaces__name(const struct counted_interfaces *counted, size_t number, char *ret_name);

/* Adds what runs in front of our programs. Returns 0 or -ENOMEM. */
int counted_interfaces__notice_front(const struct counted_interfaces *counted, struct notices *notices);

/* Adds what our programs have made the kernel switch off. Returns 0 or -ENOMEM. */
int counted_interfaces__notice_cost(const struct counted_interfaces *counted, struct notices *notices);

/* Adds the interfaces that have gone and are waited for. Returns 0 or -ENOMEM. */
int counted_interfaces__notice_gone(const struct counted_interfaces *counted, struct notices *notices);

/* Detaches from all of them. */
void counted_interfaces__detach(struct counted_interfaces *counted);

/* Whether no interface was left to count on, or something is left on one, so that the exit status is 1. */
bool counted_interfaces__have_failed(const struct counted_interfaces *counted);

#endif

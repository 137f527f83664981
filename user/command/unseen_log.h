/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is not seen at the places where a collector counts (hook/unseen.h): says each matter once on stderr, and once when
 * it is over. A lookout looks again while the collector runs.
 */
#ifndef UNSEEN_LOG_H
#define UNSEEN_LOG_H

#include "base/loop.h"
#include "base/notices.h"
#include "hook/lookout.h"
#include "hook/unseen.h"

struct unseen_log;

/* The lookout must outlive the log. Returns 0 or -ENOMEM. unseen_log__free(NULL) is fine. */
int unseen_log__new(struct lookout *lookout, struct unseen_log **ret_log);
void unseen_log__free(struct unseen_log *log);

/* Looks at a place, says what is not seen there, and has it looked at again from now on. Returns 0 or -ENOMEM. */
int unseen_log__add(struct unseen_log *log, const struct unseen_place *place);

/* Forgets the places on an interface, without a word. */
void unseen_log__remove(struct unseen_log *log, unsigned int ifindex);

/* Adds the programs of others that run in front of ours now. Returns 0 or -ENOMEM. */
int unseen_log__notice_front(const struct unseen_log *log, struct notices *notices);

/* Adds the offloads that generic XDP costs. Returns 0 or -ENOMEM. */
int unseen_log__notice_cost(const struct unseen_log *log, struct notices *notices);

/* Has the loop, which must outlive the log, look at all places so often (nanoseconds). Returns 0 or a negative errno. */
int unseen_log__watch(struct unseen_log *log, struct loop *loop, __u64 interval);

#endif

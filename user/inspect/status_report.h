/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of `sipbpf status`: the instances that run on this host, and what is known of each. */
#ifndef STATUS_REPORT_H
#define STATUS_REPORT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "inspect/attachment.h"
#include "inspect/reading.h"

#define STATUS_COMMAND_SIZE 16

struct status_process {
	pid_t pid;
	char command[STATUS_COMMAND_SIZE];
};

struct status_program {
	const char *name; /* NULL: the program is gone */
	__u32 id;
	struct instance_cost cost; /* of the measured time, or all that the kernel has recorded */
};

struct status_instance {
	struct timespec start; /* when its programs were loaded */
	struct status_process *processes;
	size_t processes_count;
	struct attachment *attachments;
	size_t attachments_count;
	struct attachment_unseen *unseen; /* by the attachments */
	size_t unseen_count;
	struct status_program programs[PROBE_PROGRAMS];
	bool has_reading;
	struct reading reading;
};

struct status_report {
	struct status_instance *instances;
	size_t instances_count;
	__u64 own_namespace; /* attachment.namespace of the interfaces of this process */
	struct timespec time;
	bool has_statistics; /* the kernel keeps statistics permanently */
	__u32 cost_seconds;  /* how long the kernel kept statistics for this report; 0: it did not */
};

/* Returns the name of an interface of the instance's reading: the one now or, if it has gone, the last; "" if not known. */
const char *status_instance__interface(const struct status_instance *status, const struct sipbpf_interface *interface);

/* Returns whether an instance is attached to this interface of this process's network namespace. */
bool status_report__has_interface(const struct status_report *report, unsigned int ifindex);

/*
 * Finds all instances. If interfaces are given, keeps only those that are attached to one of them.
 *
 * If cost_seconds is not 0, the function makes the kernel keep statistics for that time and waits for it to pass; costs
 * then cover that time alone. Returns 0 and a report for status_report__free(), or a negative errno (-EPERM:
 * CAP_SYS_ADMIN is missing).
 */
int status_report__make(const unsigned int *interfaces, size_t interfaces_count, __u32 cost_seconds,
			struct status_report *ret_report);
void status_report__free(struct status_report *report);

#endif

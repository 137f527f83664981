/* SPDX-License-Identifier: BSD-2-Clause */
/* What `sipbpf status` has to say: the instances that run on this host, put together from what finds them. */
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
	const char *name; /* NULL: it is not there */
	__u32 id;
	struct instance_cost cost; /* of the time measured, or all that the kernel has of the program */
};

struct status_instance {
	struct timespec start; /* when its programs were loaded */
	struct status_process *processes;
	size_t processes_count;
	struct attachment *attachments;
	size_t attachments_count;
	struct status_program programs[PROBE_PROGRAMS];
	bool has_reading;
	struct reading reading;
};

struct status_report {
	struct status_instance *instances;
	size_t instances_count;
	__u64 own_namespace; /* attachment.namespace of the reader's own interfaces */
	struct timespec time;
	bool has_statistics; /* the kernel keeps them, always */
	__u32 cost_seconds;  /* for so long it did so for this report; 0: it did not */
};

/* Whether one of the instances is attached to this interface of the own network namespace. */
bool status_report__has_interface(const struct status_report *report, unsigned int ifindex);

/*
 * Finds all there is. With cost_seconds the kernel keeps statistics for so long, and costs are of that time alone. Of
 * interfaces, unless there are none, only instances that are attached to one of them stay. Returns 0 and a report for
 * status_report__free(), or a negative errno (-EPERM: CAP_SYS_ADMIN is missing).
 */
int status_report__make(const unsigned int *interfaces, size_t interfaces_count, __u32 cost_seconds,
			struct status_report *ret_report);
void status_report__free(struct status_report *report);

#endif

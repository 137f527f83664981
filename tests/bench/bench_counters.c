/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What counters of a million links cost: memory, and the time of a table, a CSV file and a snapshot, written and read.
 * Each link has four kinds of messages, as a registration or a short call leaves them. Written is to a file that is
 * deleted; the times are those of this machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "csv.h"
#include "json.h"
#include "json_reader.h"
#include "table.h"

#define LINKS 1000000
#define MEGABYTE 1000000.0

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Memory of this process in megabytes: at the moment (VmRSS) or at most so far (VmHWM). */
static double memory(const char *which)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128], format[32];
	double kibibytes = 0;

	snprintf(format, sizeof(format), "%s: %%lf", which);
	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, format, &kibibytes) == 1)
			break;
	if (status)
		fclose(status);
	return kibibytes * 1024 / MEGABYTE;
}

static int fill(struct counters *counters)
{
	static const struct {
		enum link_direction direction;
		const char *type, *method;
	} messages[] = { { LINK_IN, "INVITE", "INVITE" },
			 { LINK_OUT, "100", "INVITE" },
			 { LINK_OUT, "200", "INVITE" },
			 { LINK_IN, "ACK", "ACK" } };
	struct link link = { .transport = SIP_TRANSPORT_UDP, .server_port = 5060 };
	unsigned int i;
	size_t j;

	memset(&link.server.s6_addr[10], 0xff, 2);
	memset(&link.client.s6_addr[10], 0xff, 2);
	for (i = 0; i < LINKS; i++) {
		memcpy(&link.server.s6_addr[12], (const __u8[]){ 10, 0, 0, (__u8)(i % 8) }, 4);
		memcpy(&link.client.s6_addr[12], (const __u8[]){ 11, (__u8)(i >> 16), (__u8)(i >> 8), (__u8)i }, 4);
		link.client_port = (__u16)(1024 + i % 60000);
		for (j = 0; j < sizeof(messages) / sizeof(messages[0]); j++) {
			if (counters__add(counters, &link, messages[j].direction, messages[j].type, messages[j].method,
					  i + 1))
				return -ENOMEM;
		}
	}
	return 0;
}

static int write_table(FILE *file, struct counters *counters)
{
	const struct table_options options = TABLE_OPTIONS_DEFAULT;

	return table__write(file, counters, &options);
}

static int write_busiest(FILE *file, struct counters *counters)
{
	struct table_options options = TABLE_OPTIONS_DEFAULT;

	options.sheet.order = GROUP_BY_TOTAL;
	options.sheet.top = 10;
	return table__write(file, counters, &options);
}

static int write_csv(FILE *file, struct counters *counters)
{
	const struct csv_options options = { .sheet.depth = CSV_DEPTH_DEFAULT };

	return csv__write(file, counters, &options);
}

static int write_snapshot(FILE *file, struct counters *counters)
{
	const struct json_options options = { .name = "bench" };

	return json__write_snapshot(file, counters, &options);
}

/* Reads what was written last, into counters that are empty. */
static int read_snapshot(FILE *file, struct counters *counters)
{
	struct json_reader *reader = json_reader__new(file, "the file");
	char error[JSON_READER_ERROR_SIZE];
	struct json_snapshot snapshot;
	int result;

	if (!reader)
		return -ENOMEM;
	rewind(file);
	result = json_reader__next(reader, counters, &snapshot, error);
	json_reader__free(reader);
	if (result < 1)
		return -EBADMSG;
	free(snapshot.name);
	return 0;
}

static int measure(const char *name, int (*work)(FILE *, struct counters *), FILE *file, struct counters *counters)
{
	double start = now();
	int err;

	if (work != read_snapshot && (fflush(file) || ftruncate(fileno(file), 0)))
		return -errno;
	rewind(file);
	err = work(file, counters);
	if (err)
		return err;
	printf("%-44s %8.2f s %9.0f MB %9.0f MB\n", name, now() - start, (double)ftell(file) / MEGABYTE,
	       memory("VmHWM"));
	return 0;
}

static int run(FILE *file, struct counters *counters, struct counters *back)
{
	double start = now(), before = memory("VmRSS");
	int err = fill(counters);

	if (err)
		return err;
	printf("%-44s %10s %12s %12s\n", "counters of 1,000,000 links", "time", "written", "peak memory");
	printf("%-44s %8.2f s %12s %9.0f MB\n", "four kinds of messages added to each", now() - start, "",
	       memory("VmRSS") - before);
	err = measure("a table of depth 4", write_table, file, counters);
	if (!err)
		err = measure("a table of the 10 busiest", write_busiest, file, counters);
	if (!err)
		err = measure("CSV of depth 5", write_csv, file, counters);
	if (!err)
		err = measure("a snapshot written", write_snapshot, file, counters);
	if (!err)
		err = measure("the snapshot read into other counters", read_snapshot, file, back);
	if (!err && counters__total(back) != counters__total(counters))
		err = -EBADMSG;
	printf("targets: at most 300 MB for counters and a table, at most 1 s for a table\n");
	return err;
}

int main(void)
{
	struct counters *counters = counters__new(), *back = counters__new();
	FILE *file = tmpfile();
	int err = counters && back && file ? run(file, counters, back) : -ENOMEM;

	if (err)
		fprintf(stderr, "bench: %s\n", strerror(-err));
	counters__free(counters);
	counters__free(back);
	if (file)
		fclose(file);
	return err ? 1 : 0;
}

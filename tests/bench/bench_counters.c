/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What counters of a million links cost: memory, and the time of a table, a CSV file and a snapshot, written and read.
 * Each link has four kinds of messages, as a registration or a short call leaves them: first between IPv4 addresses that
 * a few servers and their clients have, then between random IPv6 addresses. Written is to a file that is deleted; the
 * times are those of this machine's processor, the memory is the most that a step needed.
 *
 * usage: bench_counters [--json]
 */
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "render/csv.h"
#include "snapshot/json.h"
#include "snapshot/json_reader.h"
#include "command/output.h"
#include "render/table.h"
#include "report.h"

#define LINKS 1000000
#define MEGABYTE 1000000.0
#define MEMORY_TARGET 300 /* in megabytes: counters and a table */

static bool as_json;
static const char *links;
static char text[128];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Memory of this process in megabytes: at the moment (VmRSS) or at most since forget_peak() (VmHWM). */
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

static void forget_peak(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");

	if (!file)
		return;
	fputs("5\n", file); /* proc(5) */
	fclose(file);
}

/* The ends of the i-th link. */
typedef void link_maker(unsigned int i, struct link *link);

static void make_ipv4(unsigned int i, struct link *link)
{
	memset(&link->server.s6_addr[10], 0xff, 2);
	memset(&link->client.s6_addr[10], 0xff, 2);
	memcpy(&link->server.s6_addr[12], (const __u8[]){ 10, 0, 0, (__u8)(i % 8) }, 4);
	memcpy(&link->client.s6_addr[12], (const __u8[]){ 11, (__u8)(i >> 16), (__u8)(i >> 8), (__u8)i }, 4);
}

static void make_ipv6(unsigned int i, struct link *link)
{
	size_t j;

	for (j = 0; j < 16; j++) {
		link->server.s6_addr[j] = (__u8)random();
		link->client.s6_addr[j] = (__u8)random();
	}
}

static int fill(struct counters *counters, link_maker *make_link)
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

	for (i = 0; i < LINKS; i++) {
		make_link(i, &link);
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

static int write_table_by_total(FILE *file, struct counters *counters)
{
	struct table_options options = TABLE_OPTIONS_DEFAULT;

	options.sheet.order = GROUP_BY_TOTAL;
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
	char error_text[JSON_READER_ERROR_SIZE];
	struct json_snapshot snapshot;
	int result;

	if (!reader)
		return -ENOMEM;
	rewind(file);
	result = json_reader__next(reader, counters, &snapshot, error_text);
	json_reader__free(reader);
	if (result < 1)
		return -EBADMSG;
	free(snapshot.name);
	return 0;
}

struct step {
	const char *name;
	int (*work)(FILE *file, struct counters *counters);
	bool is_reading;
	double target; /* of its time in seconds; 0: none */
};

/* Two rows: seconds of this machine's processor, and the most memory that the step needed. */
static void print(const char *name, double seconds, double target, double megabytes)
{
	struct report_row row = { .name = text, .unit = "s", .figure.value = seconds, .target = target };

	(void)snprintf(text, sizeof(text), "%s; %s", links, name);
	report__print(&row, as_json);
	(void)snprintf(text, sizeof(text), "%s; %s, memory", links, name);
	row = (struct report_row){
		.name = text, .unit = "MB", .figure.value = megabytes, .target = target > 0 ? MEMORY_TARGET : 0
	};
	report__print(&row, as_json);
}

static int measure(const struct step *step, FILE *file, struct counters *counters)
{
	double start;
	int error;

	if (!step->is_reading && (fflush(file) || ftruncate(fileno(file), 0)))
		return -errno;
	rewind(file);
	forget_peak();
	start = now();
	error = step->work(file, counters);
	if (error)
		return error;
	print(step->name, now() - start, step->target, memory("VmHWM"));
	return 0;
}

static int measure_fill(struct counters *counters, link_maker *make_link)
{
	double start = now(), before = memory("VmRSS");
	int error = fill(counters, make_link);

	print("4 kinds of messages each", now() - start, 0, memory("VmRSS") - before);
	return error;
}

static int run_ipv4(FILE *file)
{
	static const struct step steps[] = { { "a table of depth 4", write_table, false, 0.35 },
					     { "a table by total", write_table_by_total, false, 0.35 },
					     { "a table of the 10 busiest", write_busiest, false, 0 },
					     { "CSV of depth 5", write_csv, false, 0 },
					     { "a snapshot written", write_snapshot, false, 0 } };
	static const struct step reading = { "the snapshot read", read_snapshot, true, 0 };
	struct counters *counters = counters__new(), *back = counters__new();
	int error = counters && back ? measure_fill(counters, make_ipv4) : -ENOMEM;
	size_t i;

	for (i = 0; !error && i < sizeof(steps) / sizeof(*steps); i++)
		error = measure(&steps[i], file, counters);
	if (!error)
		error = measure(&reading, file, back);
	if (!error && counters__total(back) != counters__total(counters))
		error = -EBADMSG;
	counters__free(counters);
	counters__free(back);
	return error;
}

static int run_ipv6(FILE *file)
{
	static const struct step steps[] = { { "a table of depth 4", write_table, false, 0.35 },
					     { "a table by total", write_table_by_total, false, 0.35 } };
	struct counters *counters = counters__new();
	int error = counters ? measure_fill(counters, make_ipv6) : -ENOMEM;
	size_t i;

	for (i = 0; !error && i < sizeof(steps) / sizeof(*steps); i++)
		error = measure(&steps[i], file, counters);
	counters__free(counters);
	return error;
}

int main(int argc, char **argv)
{
	FILE *file = tmpfile();
	int error = file ? 0 : -errno;

	as_json = report__wants_json(argc, argv);
	links = "1,000,000 links, IPv4";
	if (!error) {
		(void)setvbuf(file, NULL, _IOFBF, OUTPUT_BUFFER_SIZE);
		error = run_ipv4(file);
	}
	(void)malloc_trim(0);
	links = "1,000,000 links, IPv6";
	if (!error)
		error = run_ipv6(file);
	if (error)
		fprintf(stderr, "bench: %s\n", strerror(-error));
	if (file)
		fclose(file);
	return error ? 1 : 0;
}

// SPDX-License-Identifier: BSD-2-Clause
/* A user's program, built against the installed library alone: all of its functions. Prints TAP lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipcounter.h>

static int failed;

#define CHECK(condition)                                                                               \
	do {                                                                                           \
		if (!(condition)) {                                                                    \
			printf("not ok - library: %s, line %d: %s\n", __func__, __LINE__, #condition); \
			failed = 1;                                                                    \
		}                                                                                      \
	} while (0)

static const char invite[] = "INVITE sip:bob@example.com SIP/2.0\r\n"
			     "Via: SIP/2.0/TLS 10.0.0.2:4000;branch=z9hG4bK1\r\n"
			     "To: <sip:bob@example.com>\r\n"
			     "CSeq: 1 INVITE\r\n\r\n";
static const char ok[] =
	"SIP/2.0 200 OK\nVia: SIP/2.0/TLS 10.0.0.2:4000\nTo: <sip:bob@example.com>;tag=1\nCSeq: 1 INVITE\n\n";

static const struct sipcounter_path request = {
	.source = "10.0.0.2", .target = "10.0.0.1", .source_port = 4000, .target_port = 5061, .transport = "TCP"
};
static const struct sipcounter_path response = {
	.source = "10.0.0.1", .target = "10.0.0.2", .source_port = 5061, .target_port = 4000, .transport = "TCP"
};

/* What a write function writes; the caller frees it. */
static char *table(const struct sipcounter *counter, const struct sipcounter_table *options)
{
	static char *text;
	static size_t size;
	FILE *out = open_memstream(&text, &size);

	CHECK(sipcounter__write_table(counter, out, options) == 0);
	fclose(out);
	return text;
}

static void check_table(const struct sipcounter *counter, const struct sipcounter_table *options, const char *wanted)
{
	char *text = table(counter, options);

	if (strcmp(text, wanted) != 0) {
		printf("not ok - library: table\n# got\n%s# wanted\n%s", text, wanted);
		failed = 1;
	}
	free(text);
}

static struct sipcounter *a_call(void)
{
	struct sipcounter *counter = sipcounter__new();

	CHECK(sipcounter__add_text(counter, invite, strlen(invite), &request) == 1);
	CHECK(sipcounter__add_text(counter, ok, strlen(ok), &response) == 1);
	CHECK(sipcounter__add(counter, "ACK", "ACK", &request, 2) == 1);
	return counter;
}

static void texts_are_counted(void)
{
	struct sipcounter *counter = a_call();
	struct sipcounter_table options = { .title = "t" };

	check_table(counter, &options,
		    "t                            INVITE   ACK     200   TOTAL\n"
		    "                            --> <-- --> <-- --> <--\n"
		    "10.0.0.1-TCP-5061-10.0.0.2    0   0   0   2   0   0     2\n"
		    "10.0.0.1-TLS-5061-10.0.0.2    0   1   0   0   1   0     2\n"
		    "SUMMARY                       0   1   0   2   1   0     4\n");
	options = (struct sipcounter_table){ .depth = 1, .no_name = true };
	CHECK(sipcounter__set(counter, SIPCOUNTER_NAME, "a long name") == 0);
	check_table(counter, &options,
		    "              INVITE   ACK     200   TOTAL\n"
		    "             --> <-- --> <-- --> <--\n"
		    "10.0.0.1       0   1   0   2   1   0     4\n"
		    "SUMMARY        0   1   0   2   1   0     4\n");
	CHECK(sipcounter__add_text(counter, "HTTP/1.1 200 OK\r\n\r\n", 19, NULL) == -EBADMSG);
	CHECK(sipcounter__add_text(counter, "", 0, NULL) == -EBADMSG);
	CHECK(sipcounter__add(counter, "", NULL, NULL, 1) == -EINVAL);
	CHECK(sipcounter__add(counter, "BYE", NULL, &(struct sipcounter_path){ .source = "10.0.0.256" }, 1) == -EINVAL);
	CHECK(sipcounter__add(counter, "BYE", NULL, &(struct sipcounter_path){ .transport = "udp" }, 1) == -EINVAL);
	CHECK(sipcounter__total(counter) == 4);
	sipcounter__clear(counter);
	CHECK(sipcounter__total(counter) == 0 && sipcounter__links_count(counter) == 0);
	check_table(counter, NULL, "");
	sipcounter__free(counter);
}

/* A text alone, as sipcounter counts it then. */
static void nothing_is_known_of_the_path(void)
{
	struct sipcounter *counter = sipcounter__new();
	struct sipcounter_table options = { .depth = 5, .no_header = true };

	CHECK(sipcounter__add_text(counter, ok, strlen(ok), NULL) == 1);
	CHECK(sipcounter__add(counter, "BYE", "BYE", &(struct sipcounter_path){ .direction = SIPCOUNTER_OUT }, 3) == 1);
	check_table(counter, &options,
		    "local-TLS-remote     0  0  0  0  0  1     1\n"
		    "local-UDP-remote     3  0  0  0  0  0     3\n"
		    "SUMMARY              3  0  0  0  0  1     4\n");
	sipcounter__free(counter);
}

static void settings_filter(void)
{
	struct sipcounter *counter = sipcounter__new();

	CHECK(sipcounter__set(counter, SIPCOUNTER_TYPES, "INVITE,4") == 0);
	CHECK(sipcounter__add(counter, "INVITE", "INVITE", NULL, 1) == 1);
	CHECK(sipcounter__add(counter, "404", "INVITE", NULL, 1) == 1);
	CHECK(sipcounter__add(counter, "200", "INVITE", NULL, 1) == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_TYPES, "INVITE,,4") == -EINVAL);
	CHECK(sipcounter__add(counter, "BYE", "BYE", NULL, 1) == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_TYPES, "INVITE") == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_GREEDY, "no") == 0);
	CHECK(sipcounter__add(counter, "200", "INVITE", NULL, 1) == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_GREEDY, NULL) == 0);
	CHECK(sipcounter__add(counter, "200", "INVITE", NULL, 1) == 1);
	CHECK(sipcounter__set(counter, SIPCOUNTER_TYPES, NULL) == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_HOSTS, "10.0.0.0/8") == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_EXCLUDED_HOSTS, "10.0.0.2") == 0);
	CHECK(sipcounter__add(counter, "BYE", "BYE", &request, 1) == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_EXCLUDED_HOSTS, NULL) == 0);
	CHECK(sipcounter__add(counter, "BYE", "BYE", &request, 1) == 1);
	CHECK(sipcounter__add(counter, "BYE", "BYE", NULL, 1) == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_HOSTS, "example.com") == -EINVAL);
	CHECK(sipcounter__set(counter, SIPCOUNTER_TRANSPORT, "tcp") == -EINVAL);
	CHECK(sipcounter__set(counter, SIPCOUNTER_NAME, "SBC") == 0 && !strcmp(sipcounter__name(counter), "SBC"));
	sipcounter__free(counter);
}

static void settings_infer(void)
{
	struct sipcounter *counter = sipcounter__new();
	struct sipcounter_table options = { .no_header = true, .no_summary = true };

	CHECK(sipcounter__set(counter, SIPCOUNTER_SERVERS, "10.0.0.2") == 0);
	CHECK(sipcounter__set(counter, SIPCOUNTER_TRANSPORT, "wire") == 0);
	CHECK(sipcounter__add_text(counter, invite, strlen(invite), &request) == 1);
	check_table(counter, &options, "10.0.0.2-TCP-4000-10.0.0.1    1   0\n");
	CHECK(sipcounter__set(counter, SIPCOUNTER_SERVER_PORTS, "4000,65536") == -EINVAL);
	CHECK(sipcounter__set(counter, SIPCOUNTER_SERVER_PORTS, "4000,4001") == 0);
	sipcounter__free(counter);
}

static void whole_counters(void)
{
	struct sipcounter *a = a_call(), *b = a_call(), *grouped = NULL;

	CHECK(sipcounter__compare(a, b) == 0);
	CHECK(sipcounter__update(a, b) == 0 && sipcounter__total(a) == 8);
	CHECK(sipcounter__compare(a, b) > 0 && sipcounter__compare(b, a) < 0);
	CHECK(sipcounter__subtract(b, a) == 0 && sipcounter__total(b) == 0 && sipcounter__links_count(b) == 0);
	CHECK(sipcounter__compact(b) == 0);
	CHECK(sipcounter__group(a, 6, &grouped) == -EINVAL && !grouped);
	CHECK(sipcounter__set(a, SIPCOUNTER_TYPES, "ACK") == 0);
	CHECK(sipcounter__group(a, 1, &grouped) == 0);
	CHECK(sipcounter__links_count(grouped) == 1 && sipcounter__total(grouped) == 8);
	CHECK(sipcounter__add(grouped, "BYE", "BYE", NULL, 1) == 0);
	sipcounter__free(grouped);
	sipcounter__free(a);
	sipcounter__free(b);
	sipcounter__free(NULL);
}

/* More than a counter holds is refused, and then nothing has changed. */
static void the_most(void)
{
	struct sipcounter *a = sipcounter__new(), *b = sipcounter__new();
	char snapshot[] = "{\"schema\": \"sipbpf.snapshot.v1\", \"links\": [{\"other\": true, \"messages\": "
			  "[{\"direction\": \"both\", \"type\": \"BYE\", \"method\": \"BYE\", \"count\": 2}]}]}";
	char error[SIPCOUNTER_ERROR_SIZE] = "";
	FILE *in = fmemopen(snapshot, strlen(snapshot), "r");

	CHECK(sipcounter__add(a, "BYE", "BYE", NULL, UINT64_MAX) == -EOVERFLOW && sipcounter__total(a) == 0);
	CHECK(sipcounter__add(a, "BYE", "BYE", NULL, INT64_MAX) == 1);
	CHECK(sipcounter__add_text(a, invite, strlen(invite), NULL) == -EOVERFLOW);
	CHECK(sipcounter__add(b, "BYE", "BYE", NULL, 1) == 1 && sipcounter__update(a, b) == -EOVERFLOW);
	CHECK(sipcounter__read_snapshots(a, in, "in", error) == -EOVERFLOW && !strncmp(error, "in: ", 4));
	CHECK(sipcounter__total(a) == INT64_MAX && sipcounter__links_count(a) == 1);
	CHECK(sipcounter__subtract(a, b) == 0 && sipcounter__update(a, b) == 0);
	fclose(in);
	sipcounter__free(a);
	sipcounter__free(b);
}

static void numbers(void)
{
	struct sipcounter *counter = a_call();
	const char **types;
	uint64_t *got;
	size_t count;

	CHECK(sipcounter__types(counter, &types, &count) == 0 && count == 3);
	CHECK(!strcmp(types[0], "INVITE") && !strcmp(types[1], "ACK") && !strcmp(types[2], "200"));
	free(types);
	CHECK(sipcounter__sum(counter, SIPCOUNTER_ALL, &got, &count) == 0 && count == 1 && got[0] == 4);
	free(got);
	CHECK(sipcounter__sum(counter, SIPCOUNTER_BY_LINK, &got, &count) == 0 && count == 2 && got[0] == 2 &&
	      got[1] == 2);
	free(got);
	CHECK(sipcounter__sum(counter, SIPCOUNTER_BY_COLUMN, &got, &count) == 0 && count == 6 && got[3] == 2);
	free(got);
	CHECK(sipcounter__max(counter, SIPCOUNTER_ALL, &got, &count) == 0 && count == 1 && got[0] == 2);
	free(got);
	CHECK(sipcounter__max(counter, SIPCOUNTER_BY_LINK, &got, &count) == 0 && count == 2 && got[0] == 2 &&
	      got[1] == 1);
	free(got);
	CHECK(sipcounter__max(counter, SIPCOUNTER_BY_COLUMN, &got, &count) == 0 && count == 6 && got[1] == 1 &&
	      got[0] == 0);
	free(got);
	CHECK(sipcounter__max(counter, (enum sipcounter_axis)7, &got, &count) == -EINVAL);
	sipcounter__free(counter);
}

struct seen {
	size_t links;
	uint64_t total;
	char first[64];
};

static int look(void *context, const struct sipcounter_link *link, const struct sipcounter_count *counts, size_t count)
{
	struct seen *seen = context;

	if (!seen->links++)
		snprintf(seen->first, sizeof(seen->first), "%s %s %s %d %d %d %s", link->server, link->client,
			 link->transport, link->server_port, link->client_port, counts[0].direction == SIPCOUNTER_IN,
			 counts[0].type);
	for (size_t i = 0; i < count; i++)
		seen->total += counts[i].count;
	return 0;
}

static int stop(void *context, const struct sipcounter_link *link, const struct sipcounter_count *counts, size_t count)
{
	return 7;
}

static void visits(void)
{
	struct sipcounter *counter = a_call();
	struct seen seen = { 0 }, busiest = { 0 };

	CHECK(sipcounter__add(counter, "BYE", "BYE", &request, 5) == 1);
	CHECK(sipcounter__each_link(counter, look, &seen) == 0 && seen.links == 2 && seen.total == 9);
	CHECK(!strcmp(seen.first, "10.0.0.1 10.0.0.2 TCP 5061 4000 1 ACK"));
	CHECK(sipcounter__each_link(counter, stop, NULL) == 7);
	CHECK(sipcounter__most_common(counter, 3, 1, look, &busiest) == 0 && busiest.links == 1 && busiest.total == 7);
	CHECK(!strcmp(busiest.first, "10.0.0.1 10.0.0.2 TCP 0 0 1 ACK"));
	CHECK(sipcounter__most_common(counter, 0, 1, look, &busiest) == -EINVAL);
	sipcounter__free(counter);
}

static void snapshots(void)
{
	struct sipcounter *counter = a_call(), *back = sipcounter__new();
	struct timespec start = { .tv_sec = 1767225600 }, end = { .tv_sec = 1767225660 };
	char *text = NULL, error[SIPCOUNTER_ERROR_SIZE];
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	sipcounter__set_times(counter, &start, &end);
	CHECK(sipcounter__write_snapshot(counter, stream) == 0 && sipcounter__write_snapshot(counter, stream) == 0);
	CHECK(sipcounter__write_csv(counter, stream, 0, true) == 0);
	fclose(stream);
	CHECK(strstr(text, "\"end\": \"2026-01-01T00:01:00Z\"") &&
	      strstr(text, "\nserver_ip,proto,server_port,client_port,"));

	stream = fmemopen(text, (size_t)(strstr(text, "\nserver_ip") + 1 - text), "r");
	CHECK(sipcounter__read_snapshots(back, stream, "memory", error) == 2 && sipcounter__total(back) == 8);
	fclose(stream);
	stream = fmemopen(text, size, "r");
	CHECK(sipcounter__read_snapshots(back, stream, "memory", error) == -EINVAL && sipcounter__total(back) == 8);
	CHECK(!strcmp(error, "memory:3: expected '{'"));
	fclose(stream);
	free(text);
	sipcounter__free(counter);
	sipcounter__free(back);
}

/* Reads a text. Returns what the function returns. */
static int read_text(struct sipcounter *counter, const char *text, char *ret_error)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	int result = sipcounter__read_snapshots(counter, in, "a\tb", ret_error);

	fclose(in);
	return result;
}

#define SNAPSHOT_OF(name) "{\"schema\": \"sipbpf.snapshot.v1\", \"name\": \"" name "\", \"links\": []}"

/* The name that was set, or else the one that all snapshots have. */
static void names(void)
{
	struct sipcounter *counter = sipcounter__new(), *grouped;

	CHECK(!strcmp(sipcounter__name(counter), ""));
	CHECK(read_text(counter, SNAPSHOT_OF("a") SNAPSHOT_OF("a"), NULL) == 2);
	CHECK(!strcmp(sipcounter__name(counter), "a"));
	CHECK(sipcounter__group(counter, 1, &grouped) == 0 && !strcmp(sipcounter__name(grouped), "a"));
	sipcounter__free(grouped);
	CHECK(read_text(counter, SNAPSHOT_OF("b") "{", NULL) == -EINVAL && !strcmp(sipcounter__name(counter), "a"));
	CHECK(read_text(counter, SNAPSHOT_OF("b"), NULL) == 1 && !strcmp(sipcounter__name(counter), ""));
	CHECK(sipcounter__set(counter, SIPCOUNTER_NAME, "c") == 0 && !strcmp(sipcounter__name(counter), "c"));
	sipcounter__clear(counter);
	CHECK(read_text(counter, SNAPSHOT_OF("d"), NULL) == 1 && !strcmp(sipcounter__name(counter), "c"));
	CHECK(sipcounter__set(counter, SIPCOUNTER_NAME, NULL) == 0 && !strcmp(sipcounter__name(counter), "d"));
	sipcounter__free(counter);
}

/* Whatever is read, an error is a line that moves no cursor. */
static void errors_are_printable(void)
{
	struct sipcounter *counter = sipcounter__new();
	char error[SIPCOUNTER_ERROR_SIZE];
	const char *c;

	CHECK(read_text(counter, "{\"x\\u001b[2J\": \x1b[2J}", error) == -EINVAL);
	CHECK(!strncmp(error, "a\\x09b:1: x\\x1b[2J: ", 20));
	for (c = error; *c; c++)
		CHECK(*c >= ' ' && *c <= '~');
	sipcounter__free(counter);
}

static void times_without_a_year(void)
{
	struct sipcounter *counter = sipcounter__new();
	const struct timespec never = { .tv_sec = INT64_MAX };
	FILE *out = fopen("/dev/null", "w");

	sipcounter__set_times(counter, &never, &never);
	CHECK(sipcounter__write_snapshot(counter, out) == -ERANGE);
	sipcounter__clear(counter);
	CHECK(sipcounter__write_snapshot(counter, out) == 0);
	fclose(out);
	sipcounter__free(counter);
}

int main(void)
{
	texts_are_counted();
	nothing_is_known_of_the_path();
	settings_filter();
	settings_infer();
	whole_counters();
	the_most();
	numbers();
	visits();
	snapshots();
	names();
	errors_are_printable();
	times_without_a_year();
	printf("%s - library: all functions\n", failed ? "not ok" : "ok");
	return failed;
}

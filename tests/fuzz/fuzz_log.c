// SPDX-License-Identifier: BSD-2-Clause
/*
 * Logs of any bytes, in any form: reading comes to an end, no line or part of a summary yields more than one message,
 * and all sums agree. The first byte of an input chooses the form, that the form is recognised, a pattern, or that a log
 * is written here: then each further byte is a message of known kind, and all of them must be counted, whatever is
 * quoted in their bodies.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "log/text_log.h"

#include "stream_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the first byte chooses; below, a form, and what remains, that the form is recognised. */
#define FIRST_WRITER 128
#define WITH_PATTERN 254

#define MESSAGES_MAX 64
#define LOG_SIZE (MESSAGES_MAX * 2048)

#define CHECK(condition)                                               \
	do {                                                           \
		if (!(condition)) {                                    \
			fprintf(stderr, "not true: " #condition "\n"); \
			abort();                                       \
		}                                                      \
	} while (0)

static const struct link_rules rules;

static const char pattern[] =
	"^(?:#+|at (?<time>.*?) (?<direction>\\S+) (?<transport>\\w+) (?:(?<src>\\S+):(?<sport>\\d+) -> "
	"(?<dst>\\S+):(?<dport>\\d+)|(?<peer>\\S+):(?<peerport>\\d+)))$";

/* ---- what was counted ---- */

/* The lines of a log, those that escapes may make in them, and the parts of summaries. */
static size_t count_lines(const char *text, size_t size)
{
	size_t lines = 1, i;

	for (i = 0; i < size; i++)
		lines += text[i] && strchr("\n#\\|", text[i]);
	return lines;
}

static void check_sums(const struct text_log *log, const struct counters *counters, const char *text, size_t size)
{
	const struct sipbpf_packets *packets = counters__packets((struct counters *)counters);
	struct text_log_summary summary;
	struct timespec start, end;

	text_log__summary(log, &summary);
	text_log__times(log, &start, &end);
	CHECK(summary.tally->messages == counters__total(counters));
	CHECK(summary.tally->messages == packets->sip);
	CHECK(summary.tally->placed <= summary.tally->messages);
	CHECK(summary.tally->empty <= summary.tally->records);
	CHECK(summary.lines <= count_lines(text, size));
	CHECK(summary.tally->messages + summary.tally->untaken <= count_lines(text, size));
	CHECK(summary.tally->records <= count_lines(text, size));
	CHECK(!timestamp__is_before(&end, &start));
	CHECK(summary.form != NULL);
}

/* Reads a log and returns the number of its messages. */
static unsigned long long read_log(const char *text, size_t size, const struct form *form, const char *regex)
{
	const struct text_log_options options = { .regex = regex, .form = form, .rules = &rules };
	struct counters *counters = counters__new();
	FILE *in = size ? fmemopen((void *)text, size, "r") : NULL;
	char error[TEXT_LOG_ERROR_SIZE];
	struct text_log *log = NULL;
	unsigned long long total = 0;

	CHECK(text_log__new(&options, counters, &log, error) == 0);
	if (in) {
		CHECK(text_log__read(log, STREAM_SOURCE(in), "a.log", error) == 0);
		check_sums(log, counters, text, size);
		total = counters__total(counters);
		(void)fclose(in);
	}
	text_log__free(log);
	counters__free(counters);
	return total;
}

/* ---- logs that are written here ---- */

/* How the lines of a message look in a form, and what comes before it. */
struct writer {
	const char *form;
	const char *head;
	const char *indent, *end;
	const char *tail;
};

#define DASHES "   ------------------------------------------------------------------------\n"

static const struct writer writers[] = {
	{ "plain", "", "", "\r\n", "" },
	{ "sipp",
	  "----------------------------------------------- 2026-01-05 12:00:00.1\nUDP message sent (9 bytes):\n\n", "",
	  "\r\n", "\n" },
	{ "sofia", "recv 903 bytes from udp/[192.0.2.1]:5060 at 12:00:00.105000:\n" DASHES, "   ", "\n", DASHES },
	{ "ngrep", "U 192.0.2.1:5060 -> 192.0.2.2:5060 #1\n", "", ".\n", "\n" },
	{ "tcpdump", "12:00:00.1 IP 192.0.2.1.5060 > 192.0.2.2.5060: SIP, length: 9\n", "\t", "\n", "" },
	{ "pjsua", "12:00:00.1 x .TX 9 bytes Request msg X/cseq=1 (t) to UDP 192.0.2.1:5060:\n", "", "\r\n",
	  "\n--end msg--\n" },
	{ "chan_sip", "<--- SIP read from UDP:192.0.2.1:5060 --->\n", "", "\n", "<------------->\n" },
	{ "arrow", "2026-01-05 12:00:00.1Z UDP 192.0.2.1:5060 -> 192.0.2.2:5060\n", "", "\n", "" },
};

#define WRITERS (sizeof(writers) / sizeof(*writers))
#define KINDS 8
#define TOO_LONG 6
#define QUOTES 16 /* the bit of a message whose body quotes another one */

static char *put(char *at, const struct writer *writer, const char *line)
{
	return at + sprintf(at, "%s%s%s", writer->indent, line, writer->end);
}

/* Puts each line of a text, and adds to *length what it takes with CR LF. */
static char *put_all(char *at, const struct writer *writer, const char *text, size_t *length)
{
	char line[128];
	size_t bytes;

	for (; *text; text += bytes + 1) {
		bytes = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)bytes, text);
		at = put(at, writer, line);
		*length += bytes + 2;
	}
	return at;
}

/* Puts a body that quotes a record of the form, and the headers before it. */
static char *put_quotation(char *at, const struct writer *writer)
{
	char body[1024], header[32];
	size_t length = 0;
	char *end = put_all(body, writer, writer->head, &length);

	end = put_all(end, writer, "BYE sip:b@c.d SIP/2.0\nCSeq: 2 BYE\n\n", &length);
	end = put_all(end, writer, writer->tail, &length);
	at = put(at, writer, "Content-Type: text/plain");
	snprintf(header, sizeof(header), "Content-Length: %zu", length);
	at = put(at, writer, header);
	at = put(at, writer, "");
	return mempcpy(at, body, (size_t)(end - body));
}

/* The headers of a body, and its lines; a length is that of the lines with CR LF. */
static const char *const bodies[KINDS][8] = {
	{ "", NULL },
	{ "Content-Length: 0", "", NULL },
	{ "Content-Type: application/sdp", "Content-Length: 10", "", "v=0", "s=-", NULL },
	{ "Content-Type: application/sdp", "l: 65000", "", "v=0", NULL },
	{ "Content-Type: message/sipfrag", "Content-Length: 16", "", "SIP/2.0 200 OK", NULL },
	{ "c: message/sipfrag", "", "SIP/2.0 200 OK", "", NULL },
	{ "c: message/sipfrag", "l: 65000", "", "SIP/2.0 200 OK", "", NULL },
	{ "Content-Type: text/plain", "l: 34", "", "look:", "", "BYE sip:b@c.d SIP/2.0", "", NULL },
};

/* A length that is much too long makes lengths behind it doubtful, unless they are in other records. */
static unsigned int choose_body(const struct writer *writer, unsigned int kind)
{
	return kind % KINDS == TOO_LONG && !*writer->head ? 0 : kind % KINDS;
}

static char *put_message(char *at, const struct writer *writer, unsigned int kind)
{
	static const char *const starts[] = { "INVITE sip:bob@example.com SIP/2.0", "SIP/2.0 180 Ringing" };
	static const char *const none[] = { NULL };
	const char *const *body = kind & QUOTES ? none : bodies[choose_body(writer, kind)];
	size_t i;

	at = stpcpy(at, writer->head);
	at = put(at, writer, starts[kind / KINDS % 2]);
	at = put(at, writer, "CSeq: 1 INVITE");
	for (i = 0; body[i]; i++)
		at = put(at, writer, body[i]);
	if (kind & QUOTES)
		at = put_quotation(at, writer);
	return stpcpy(at, writer->tail);
}

/* Where lengths are wrong, none is trusted that reaches over records. */
static unsigned int mask_of(const uint8_t *data, size_t size)
{
	size_t i = 0;

	while (i < size && data[i] % KINDS != TOO_LONG)
		i++;
	return i < size ? ~(unsigned int)QUOTES : ~0U;
}

static void check_written(const uint8_t *data, size_t size, const struct writer *writer)
{
	static char text[LOG_SIZE];
	unsigned int mask = mask_of(data, size);
	const char *nearest;
	char *at = text;
	size_t i;

	for (i = 0; i < size && i < MESSAGES_MAX; i++)
		at = put_message(at, writer, data[i] & mask);
	CHECK(read_log(text, (size_t)(at - text), NULL, NULL) == i);
	CHECK(read_log(text, (size_t)(at - text), forms__find(writer->form, &nearest), NULL) == i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t choice = size ? data[0] : 0;
	const char *text = (const char *)data + 1;

	if (!size)
		return 0;
	if (choice < FIRST_WRITER)
		(void)read_log(text, size - 1, &forms[choice % forms_count], NULL);
	else if (choice < FIRST_WRITER + WRITERS)
		check_written(data + 1, size - 1, &writers[choice - FIRST_WRITER]);
	else if (choice == WITH_PATTERN)
		(void)read_log(text, size - 1, NULL, pattern);
	else
		(void)read_log(text, size - 1, NULL, NULL);
	return 0;
}

// SPDX-License-Identifier: BSD-2-Clause
/* Tests of skim.c: which lines are passed over, and that it changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "log/reader.h"
#include "log/skim.h"

#include "rounds.h"

#define RECORD "U 192.0.2.1:5060 -> 192.0.2.2:5060\n"
#define START "BYE sip:a SIP/2.0\n"
#define NAME "JsSIP:Transport "

static const struct link_rules rules;

/* A form, what was read of it, and how it looks. */
struct setting {
	struct matchers matchers;
	struct tally tally;
	struct skim_source source;
	struct skim skim;
};

static void set_up(struct setting *setting, const char *name, const char *before, enum clean_split split)
{
	const char *nearest, *feed;
	const struct form *form = forms__find(name, &nearest);

	*setting = (struct setting){ .tally = { .rules = &rules } };
	assert_int_equal(matchers__make(&setting->matchers, form, NULL), 0);
	assert_int_equal(assembly__new(form->traits, true, &setting->tally, &setting->source.assembly), 0);
	setting->skim = (struct skim){ .matchers = &setting->matchers, .traits = form->traits, .split = split };
	if (*before == '+')
		assert_int_equal(assembly__begin_record(setting->source.assembly), 0);
	for (before += *before == '+'; (feed = strchr(before, '\n')); before = feed + 1)
		assert_int_equal(assembly__read(setting->source.assembly, before, (size_t)(feed - before), 1), 0);
}

static void tear_down(struct setting *setting)
{
	assembly__free(setting->source.assembly);
	matchers__free(&setting->matchers);
}

/* Returns how many bytes of a text are passed over. */
static size_t skim(struct setting *setting, const char *text)
{
	const struct matchers_text whole = { .text = text, .end = text + strlen(text), .offset = 1 };
	unsigned long long count = 0;
	const char *at = text;
	struct byte_scan scan;

	skim__begin(&setting->skim, &setting->source, true);
	skim__scan(&setting->skim, text, whole.end, &scan);
	assert_int_equal(skim__lines(&setting->skim, &whole, &scan, &at, &count), 0);
	return (size_t)(at - text);
}

static void test_which_lines(void **state)
{
	static const struct {
		const char *form, *before; /* "+": a record is open */
		enum clean_shape shape;
		size_t margin;
		const char *passed, *rest;
	} cases[] = {
		{ "ngrep", START, CLEAN_UNKNOWN, 0, "Via: SIP/2.0/UDP x.\nTo: y.\r\n", START },
		{ "ngrep", START, CLEAN_UNKNOWN, 0, "To: y.\n", " folded\n" },
		{ "ngrep", START, CLEAN_UNKNOWN, 0, "To: y.\nA: b.\n", RECORD },
		{ "ngrep", START "To: x\n", CLEAN_UNKNOWN, 0, "A: b.\n", ".\nv=0.\n" },
		{ "sipgrep", START "To: x\n", CLEAN_UNKNOWN, 0, "A: b.\n.\nv=0.\n  \nwords\n", "a SIP/2.0\n" },
		{ "ngrep", "+", CLEAN_UNKNOWN, 0, "\nwords\n", START },
		{ "ngrep", "", CLEAN_UNKNOWN, 0, "\nwords\n", RECORD },
		{ "ngrep", START, CLEAN_UNKNOWN, 0, "A: b.\n", "no line end" },
		{ "kamailio", "", CLEAN_UNKNOWN, 0, "\nwords\n", START },
		{ "kamailio", "+", CLEAN_UNKNOWN, 0, "\n\r\n", "words\n" },
		{ "sofia", START, CLEAN_INDENTED, 0, "   A: b\nother\n   \n", "   " START },
		{ "sofia", START, CLEAN_INDENTED, 0, "   A: b\n", "2026-01-05 12:00:00\n" },
		{ "sofia", START, CLEAN_UNKNOWN, 0, "", "   A: b\n" },
		{ "tcpdump", START "To: x\n\n", CLEAN_AS_IS, 0, "words\n", "\t0x0000:  SIP/2.0\n" },
		{ "tcpdump", START "To: x\n\n", CLEAN_AS_IS, 0, "\t0x0000:  4500\nwords\n", "2 words\n" },
		{ "pjsua", START, CLEAN_UNKNOWN, 2, "  A: b\n\tC: d\n  \nwords\n", START },
		{ "pjsua", START "\n", CLEAN_UNKNOWN, 0, "To: x\n\nA: b\n\nC: d\nE: f\n\n", "\nv=0\n" },
		{ "pjsua", START "\n", CLEAN_UNKNOWN, 0, "To: x\n\n", "12:00:00 words\n" },
		{ "pjsua", START "To: x\n\n", CLEAN_UNKNOWN, 2, "  v=0\n", "a=SIP/2.0\n" },
		{ "jssip", START, CLEAN_UNKNOWN, 0, "A: b\n", "JsSIP: c\n" },
		{ "jssip", START, CLEAN_UNKNOWN, 0, NAME "A: b\n  " NAME "To: x\n" NAME "\n" NAME "v=0\n",
		  NAME " +2ms\n" },
		{ "jssip", START, CLEAN_UNKNOWN, 0, NAME "A: b\n", NAME "sending message\n" },
		{ "jssip", START, CLEAN_UNKNOWN, 0, NAME "A: b\n", "JsSIP:Transport\n" },
		{ "plain", START, CLEAN_UNKNOWN, 0, "A: b\n\nv=0\n", "a=SIP/2.0\n" },
	};
	struct setting setting;
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		set_up(&setting, cases[i].form, cases[i].before, CLEAN_WHOLE);
		setting.source.shape = cases[i].shape;
		setting.source.margin = cases[i].margin;
		strcpy(stpcpy(text, cases[i].passed), cases[i].rest);
		assert_int_equal(skim(&setting, text), strlen(cases[i].passed));
		tear_down(&setting);
	}
}

static void test_lines_in_lines(void **state)
{
	static const struct {
		enum clean_split split;
		const char *passed, *rest;
	} cases[] = {
		{ CLEAN_OCTAL, "A: b#015#012To: c#015#012#015#012v=0#015#012words", "" },
		{ CLEAN_OCTAL, "A: b#015#012", " folded#015#012" },
		{ CLEAN_OCTAL, "A: b#012#012v=0#012", "1 words SIP/2.0" },
		{ CLEAN_BACKSLASH, "A: b\\r\\n\\r\\nv=0\\r\\n", "<script>: SIP/2.0" },
		{ CLEAN_BACKSLASH, "A: b\\n\\nv=0\\nwords\\nx\"}", "" },
	};
	struct setting setting;
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		set_up(&setting, "kamailio", START, cases[i].split);
		strcpy(stpcpy(text, cases[i].passed), cases[i].rest);
		assert_int_equal(skim(&setting, text), strlen(cases[i].passed));
		tear_down(&setting);
	}
}

/* What was read at once. */
struct at_once {
	struct assembly *assembly;
	unsigned long long lines[4], count;
	size_t records;
};

static int read_at_once(void *context, const struct skim_line *line)
{
	struct at_once *found = context;

	found->lines[found->count++] = line->before;
	found->records += line->matcher != NULL;
	if (line->matcher)
		assert_int_equal(assembly__begin_record(found->assembly), 0);
	else
		assert_int_equal(assembly__read(found->assembly, line->text, line->length, line->ending), 0);
	return 1;
}

static void test_lines_that_are_read_at_once(void **state)
{
	static const struct {
		const char *form, *before, *passed, *rest;
		unsigned long long count, records;
	} cases[] = {
		{ "sipgrep", "", "\n" RECORD START "To: x.\n.\n" RECORD, "no line end", 3, 2 },
		{ "ngrep", "+", "BYE sip:a SIP/2.0.\r\n", " folded\n", 1, 0 },
		{ "ngrep", "", "words\n", START, 0, 0 },
		{ "ngrep", "+", "words\n", "BYE tel:1 SIP/2.0 \n", 0, 0 },
		{ "arrow", "", "12:00 1.1.1.1:5060 -> 1.1.1.2:5060\n" START "To: x\n", "A: SIP/2.0\n", 2, 1 },
		{ "jssip", "+", "", NAME START, 0, 0 },
		{ "tcpdump", "+", "", START, 0, 0 },
		{ "sofia", "+", "   ----------\n   " START "   To: x\n   \n", "   " START, 1, 0 },
		{ "sofia", "+", "", START, 0, 0 },
	};
	struct setting setting;
	struct at_once found;
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		set_up(&setting, cases[i].form, cases[i].before, CLEAN_WHOLE);
		found = (struct at_once){ .assembly = setting.source.assembly };
		setting.skim.read = read_at_once;
		setting.skim.context = &found;
		strcpy(stpcpy(text, cases[i].passed), cases[i].rest);
		assert_int_equal(skim(&setting, text), strlen(cases[i].passed));
		assert_int_equal(found.count, cases[i].count);
		assert_int_equal(found.records, cases[i].records);
		tear_down(&setting);
	}
}

/* A line that is in no text, because colours were taken off it. */
static void test_a_line_alone(void **state)
{
	static const struct {
		const char *line;
		int result;
	} cases[] = {
		{ "A: b", 1 }, { RECORD, 0 }, { START, 0 }, { "A: b\r", 0 }, { " folded", 0 }, { "", 1 },
	};
	struct setting setting;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		set_up(&setting, "sipgrep", START "To: x\n", CLEAN_WHOLE);
		skim__begin(&setting.skim, &setting.source, true);
		assert_int_equal(skim__take(&setting.skim, NULL, cases[i].line, strcspn(cases[i].line, "\n")),
				 cases[i].result);
		assert_int_equal(setting.tally.messages, !*cases[i].line);
		tear_down(&setting);
	}
}

#define LONG "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The lines of a message, lines of records, and others. */
static void put_lines(char *to, const struct form *form)
{
	static const char *const lines[] = { START,          "SIP/2.0 200 OK\n",
					     "To: x\n",      "CSeq: 2 BYE\n",
					     "\n",           "\r\n",
					     "v=0\n",        "a=SIP/2.0\n",
					     " folded\n",    "   A: b\n",
					     "\tA: b\n",     "  \n",
					     "words\n",      "--\n",
					     "\t0x00: 45\n", "2026-01-05 12:00:00 x\n",
					     "   " START,    "   ----------\n",
					     "tag: snd\n",   "srcip: 192.0.2.9\n",
					     "Con\n",        "||||||||||\n" };
	size_t choice, i;

	for (i = 0; i < 40; i++) {
		choice = (size_t)rand() % (sizeof(lines) / sizeof(*lines) + 1);
		to = choice ? stpcpy(to, lines[choice - 1]) : stpcpy(stpcpy(to, form->example), "\n");
	}
}

/* Reads a text line by line, or ahead. */
static void read_text(const struct form *form, const char *text, bool is_ahead, struct tally *ret_tally)
{
	const struct reader_settings settings = { .form = form, .tally = ret_tally, .name = "" };
	struct reader *reader;
	struct lines *lines;
	struct line line;

	*ret_tally = (struct tally){ .rules = &rules };
	assert_int_equal(reader__new(&settings, &reader), 0);
	assert_int_equal(lines__of_text(text, strlen(text), &lines), 0);
	while (lines__next(lines, &line) > 0) {
		ret_tally->line = lines__number(lines);
		assert_int_equal(reader__read(reader, &line), 0);
		if (is_ahead)
			assert_int_equal(reader__read_ahead(reader, lines, strlen(text)), 0);
	}
	assert_int_equal(reader__finish(reader), 0);
	reader__free(reader);
	lines__free(lines);
}

/* What is found in a text is the same, line by line and ahead. */
static void assert_same(const struct form *form, const char *text)
{
	struct tally skimmed, read;

	read_text(form, text, true, &skimmed);
	read_text(form, text, false, &read);
	assert_int_equal(skimmed.messages, read.messages);
	assert_int_equal(skimmed.records, read.records);
	assert_int_equal(skimmed.empty, read.empty);
	assert_int_equal(skimmed.placed, read.placed);
	assert_int_equal(skimmed.dated, read.dated);
	assert_int_equal(skimmed.undated, read.undated);
	assert_int_equal(skimmed.torn, read.torn);
	assert_int_equal(skimmed.incomplete, read.incomplete);
	assert_int_equal(skimmed.untaken, read.untaken);
}

static void test_the_result_is_the_same(void **state)
{
	char text[8192];
	size_t i, round;

	for (round = 0; round < rounds(20); round++) {
		for (i = 0; i < forms_count; i++) {
			put_lines(text, &forms[i]);
			assert_same(&forms[i], text);
		}
	}
}

static void test_rare_lines(void **state)
{
	static const struct {
		const char *form, *text;
	} cases[] = {
		/* an empty line behind a packet, which has no indent */
		{ "tcpdump", "12:00:00.1 IP 192.0.2.1.5070 > 192.0.2.2.5060: SIP, length: 9\n\t" START "\n" },
		{ "tcpdump", "12:00:00.1 IP 192.0.2.1.5070 > 192.0.2.2.5060: SIP, length: 9\n\t" START
			     "\tTo: x\n<\n\t" START "E..9\n\n" },
		/* a line of a hexadecimal dump in a message behind blanks */
		{ "tcpdump", "   " START "\t0x00: 45\n\n   A: b\n\nSIP/2.0 200 OK\n" },
		/* a line that looks like a session description and like a start line */
		{ "sngrep",
		  "2026/01/05 12:00:00.1 192.0.2.1:5070 -> 192.0.2.2:5060\n" START "\no=x SIP: BYE sip:a SIP/2.0\n" },
		/* behind what may be a header or begin a record, a start line that something stands before */
		{ "arrow",
		  "192.0.2.1:5070 -> 192.0.2.2:5060\n" START "X: 192.0.2.3:5060 -> 192.0.2.4:5060\nW x: SIP/2.0 200 "
		  "OK\n\n" },
		/* the same behind the headers of another message */
		{ "arrow", "192.0.2.1:5070 -> 192.0.2.2:5060\nA x SIP/2.0\nX: 192.0.2.3:5060 -> 192.0.2.4:5060\n" LONG
			   " x SIP/2.0\n" START "\n" },
	};
	const char *nearest;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_same(forms__find(cases[i].form, &nearest), cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_lines),
		cmocka_unit_test(test_lines_in_lines),
		cmocka_unit_test(test_lines_that_are_read_at_once),
		cmocka_unit_test(test_a_line_alone),
		cmocka_unit_test(test_the_result_is_the_same),
		cmocka_unit_test(test_rare_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: BSD-2-Clause
/* See log_report.h. Tested by tests/cli/test_logs.py. */
#include "command/log_report.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "log/lines.h"
#include "log/sources.h"

#define DESCRIPTION_SIZE 1600

static const char *plural(unsigned long long count)
{
	return count == 1 ? "" : "s";
}

static void report_form(const struct text_log_summary *summary, const char *name, const struct options *options)
{
	const struct tally *tally = summary->tally;

	if (summary->is_recognised && !options->log_form)
		log__info("%s: looks like %s: %llu message%s", name, summary->form->name, tally->messages,
			  plural(tally->messages));
	if (options->log_form && summary->lines && !tally->messages)
		log__info("%s: holds no message in the form %s; leave --log-format out to have the form recognised",
			  name, options->log_form->name);
	if (options->regex && summary->lines && !tally->records)
		log__info("--regex: no line of %s matches; compare the pattern with the line before each message",
			  name);
	if (options->verbosity)
		log__info("%s: %llu line%s, %llu record%s, %llu message%s, %llu record%s without a message", name,
			  summary->lines, plural(summary->lines), tally->records, plural(tally->records),
			  tally->messages, plural(tally->messages), tally->empty, plural(tally->empty));
}

void log_report__file(const struct text_log *log, const char *name, const struct options *options)
{
	struct text_log_summary summary;
	const struct tally *tally;

	text_log__summary(log, &summary);
	tally = summary.tally;
	report_form(&summary, name, options);
	if (tally->bare && summary.form->lack)
		log__info("%s: %llu message%s %s", name, tally->bare, tally->bare == 1 ? " is" : "s are",
			  summary.form->lack);
	if (tally->unconveyed && summary.form->lack)
		log__info("%s: the transport of %llu message%s is not known, so %s as UDP", name, tally->unconveyed,
			  plural(tally->unconveyed), tally->unconveyed == 1 ? "it counts" : "they count");
	if (tally->torn)
		log__info("%s: %llu message%s cut off before To or CSeq, and what may follow is not there; a "
			  "re-INVITE may count as an INVITE",
			  name, tally->torn, tally->torn == 1 ? " is" : "s are");
	if (tally->incomplete)
		log__info("%s: %llu message%s within %s headers, before To or CSeq; the first begins in line %llu; if "
			  "rsyslog cut what was longer than its $MaxMessageSize, raise that",
			  name, tally->incomplete, tally->incomplete == 1 ? " ends" : "s end",
			  tally->incomplete == 1 ? "its" : "their", tally->first_incomplete);
	if (tally->other_form)
		log__info("%s: from line %llu on, it looks like %s%s; split the log there and count the parts", name,
			  tally->first_other, tally->other_form->name, tally->other_manner);
	if (tally->untaken)
		log__info("%s: %llu line%s like the start of a message but begin%s none that was counted; the first is "
			  "line "
			  "%llu: %s",
			  name, tally->untaken, tally->untaken == 1 ? " looks" : "s look",
			  tally->untaken == 1 ? "s" : "", tally->first_untaken, tally->untaken_text);
	if (tally->cut_off)
		log__info("%s: lines of more than %d programs are mixed: %llu message%s cut off, the first one before "
			  "line "
			  "%llu; split the log by program and count the parts",
			  name, SOURCES_MAX, tally->cut_off, tally->cut_off == 1 ? " was" : "s were",
			  tally->first_cut_off);
	if (summary.cut)
		log__info("%s: %llu line%s longer than %d bytes, of which only the beginning was read; the first is "
			  "line %llu",
			  name, summary.cut, summary.cut == 1 ? " is" : "s are", LINES_LENGTH_MAX, summary.first_cut);
	if (tally->undated && !tally->dated)
		log__info("%s: its times have no date, so they are left out", name);
}

/* Whether somebody who reads the output would miss the time. In JSON, start and end are not there. */
static bool shows_time(const struct options *options)
{
	if (options->format == OUTPUT_CSV)
		return options->has_timestamps;
	return options->format == OUTPUT_TABLE && !options->title;
}

void log_report__all(const struct text_log *log, const struct options *options)
{
	const struct unusable *unusable = text_log__unusable(log);
	char text[DESCRIPTION_SIZE];
	struct text_log_summary summary;
	struct timespec start, end;
	int group;

	for (group = 0; group < PATTERN_USER_GROUPS; group++) {
		if (unusable__describe(unusable, group, text, sizeof(text)))
			log__info("%s%s", options->regex ? "--regex: " : "", text);
	}
	text_log__summary(log, &summary);
	text_log__times(log, &start, &end);
	if (!options->regex && shows_time(options) && !timestamp__is_known(&start) && !summary.tally->has_undated &&
	    summary.tally->messages)
		log__info("the log has no times");
}

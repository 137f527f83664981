/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of a form's lines is this one? Most lines are none, since they belong to messages. So there is a quick answer
 * too: whether a line may be one.
 */
#ifndef MATCHERS_H
#define MATCHERS_H

#include <stdbool.h>
#include <stddef.h>

#include "log/forms.h"
#include "log/literal.h"
#include "log/match_memory.h"
#include "log/pattern.h"

/* A line of a form, ready for use. */
struct matcher {
	const struct form_line *line;   /* NULL: the user's pattern */
	struct pattern *pattern, *more; /* more: NULL unless the line has it */
	struct literal literal;
	bool has_literal, shares_literal; /* with the matcher before it */
	/* where its literal is looked for, before the pattern is tried */
	enum {
		MATCHER_TEXT,    /* in the whole text, once */
		MATCHER_LINES,   /* in lines that begin with its bytes, which are few */
		MATCHER_NOWHERE, /* its bytes tell as much */
	} glance;
	bool has_direction; /* a group for it */
	bool suits_memory;  /* to which all digits are the same */
	/* offset in the log; before it and behind the last one asked for, no literal is. 0: it is not known */
	unsigned long long next;
};

#define MATCHERS_ROLES (1 << 3) /* sets of roles */

typedef uint16_t matchers_set; /* a bit for each matcher */

struct matchers {
	struct matcher list[FORMS_LINES_MAX];
	size_t count;
	matchers_set by_first[256], by_second[256]; /* those of lines with this first or second byte */
	matchers_set by_roles[MATCHERS_ROLES];      /* for each set of roles that is due */
	bool names[MATCHERS_ROLES][256];            /* whether one that is due names the first byte */
	matchers_set by_literal;                    /* those that do not share theirs with the one before */
	matchers_set named;                         /* those that name the first byte */
	struct match_memory memory;
	bool has_memory;
	/* for each set of roles that is due */
	struct matchers_quiet {
		unsigned long long until[256]; /* the offset up to which no line matches, by its first byte */
		unsigned long long unnamed;    /* the same for all lines that begin as no matcher names it */
	} quiet[MATCHERS_ROLES];
};

/* Lines that follow one another in memory and in the log. */
struct matchers_text {
	const char *text, *end;
	unsigned long long offset; /* of the text in the log */
};

/*
 * Makes matchers of a form's lines, or one of a user's pattern, which must outlive it; NULL: none. Returns 0, or a
 * negative errno. They must be freed in any case.
 */
int matchers__make(struct matchers *matchers, const struct form *form, struct pattern *users);
void matchers__free(struct matchers *matchers);

/* Returns what a line does that matches. */
static inline enum form_role matcher__role(const struct matcher *matcher)
{
	return matcher->line ? matcher->line->role : FORM_BEGINS;
}

/*
 * Finds the matcher of a line, among those whose role is due: a set of bits, one for each role. Returns 1 with the
 * matcher, 0 if there is none, or a negative errno.
 */
int matchers__match(struct matchers *matchers, unsigned int due, const char *line, size_t length,
		    const struct matcher **ret_matcher);

/* Returns whether a line, which is not empty, begins as a matcher names it. */
static inline bool matchers__name(const struct matchers *matchers, const char *line, const char *line_end)
{
	return matchers->by_first[(unsigned char)*line] & matchers->named &
	       (line_end - line == 1 ? matchers->named : matchers->by_second[(unsigned char)line[1]]);
}

/* Returns the place of a set of roles. */
static inline unsigned int matchers__roles(unsigned int due)
{
	return due >> FORM_BEGINS & (MATCHERS_ROLES - 1);
}

/*
 * Returns whether no line may match between two places of a text; true is certain. Places come in the order of the
 * log.
 */
bool matchers__are_idle(struct matchers *matchers, unsigned int due, const struct matchers_text *text, const char *from,
			const char *to);

/* Returns whether a line may match, for one that is in no text; false is certain. */
bool matchers__may_match_alone(struct matchers *matchers, unsigned int due, const char *line, size_t length);

/* Does the same as matchers__may_match(), for a line that is not empty. */
bool matchers__look(struct matchers *matchers, unsigned int due, const struct matchers_text *text, const char *line,
		    const char *line_end);

/*
 * Returns whether a line in the text, up to its end, may match; false is certain. Texts come in the order of the log,
 * and so do lines in them.
 */
static inline bool matchers__may_match(struct matchers *matchers, unsigned int due, const struct matchers_text *text,
				       const char *line, const char *line_end)
{
	const struct matchers_quiet *quiet = &matchers->quiet[matchers__roles(due)];
	unsigned long long offset = text->offset + (unsigned long long)(line_end - text->text);

	if (line == line_end || offset <= quiet->until[(unsigned char)*line] ||
	    (offset <= quiet->unnamed && !matchers__name(matchers, line, line_end)))
		return false;
	return matchers__look(matchers, due, text, line, line_end);
}

/* Returns the place in a text up to which no line matches that begins as no matcher of these roles names it. */
static inline const char *matchers__quiet_end(const struct matchers *matchers, unsigned int due,
					      const struct matchers_text *text)
{
	unsigned long long offset = matchers->quiet[matchers__roles(due)].unnamed;

	if (offset <= text->offset)
		return text->text;
	return offset - text->offset < (unsigned long long)(text->end - text->text)
		       ? text->text + (offset - text->offset)
		       : text->end;
}

#endif

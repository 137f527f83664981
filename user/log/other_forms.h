/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a log that look like those of another form, as where two logs have become one. */
#ifndef OTHER_FORMS_H
#define OTHER_FORMS_H

#include <stddef.h>

#include "log/forms.h"

struct other_forms;

/* Returns what the caller frees, or NULL if memory is short. other_forms__free(NULL) is fine. */
struct other_forms *other_forms__new(void);
void other_forms__free(struct other_forms *others);

/*
 * Finds the form, other than this one, in which a line tells an end or a direction. Forms that any text may resemble are
 * left out. Returns NULL if there is none.
 */
const struct form *other_forms__find(struct other_forms *others, const struct form *form, const char *line,
				     size_t length);

#endif

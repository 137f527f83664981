/* SPDX-License-Identifier: BSD-2-Clause */
#include "counts/type.h"

#include <string.h>

#include "base/suggestion.h"

static const char *const methods[SIP_TYPE_METHODS_END] = { [SIP_TYPE_UNKNOWN] = "UNKNOWN",
#define X(id, name) [SIP_TYPE_##id] = name,
							   SIP_METHOD_LIST(X)
#undef X
};

const char *type__text(__u32 type, char text[TYPE_TEXT_SIZE])
{
	if (type < SIP_TYPE_METHODS_END)
		return methods[type];
	if (type < SIP_TYPE_STATUS_MIN || type > SIP_TYPE_STATUS_MAX)
		return methods[SIP_TYPE_UNKNOWN];
	/*
	 * Not by snprintf(): the name is asked for with each message, and snprintf() would take longer than all the
	 * rest.
	 */
	text[0] = (char)('0' + type / 100);
	text[1] = (char)('0' + type / 10 % 10);
	text[2] = (char)('0' + type % 10);
	text[3] = '\0';
	return text;
}

bool type__is_known_method(const char *name)
{
	for (size_t i = 0; i < SIP_TYPE_METHODS_END; i++)
		if (strcmp(methods[i], name) == 0)
			return true;
	return false;
}

const char *type__suggest_method(const char *name)
{
	struct suggestion suggestion = suggestion__start(name);

	for (size_t i = 0; i < SIP_TYPE_METHODS_END; i++)
		suggestion__consider(&suggestion, methods[i]);
	return suggestion.best;
}

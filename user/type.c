/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "type.h"

const char *type__text(__u32 type, char text[TYPE_TEXT_SIZE])
{
	static const char *const methods[SIP_TYPE_METHODS_END] = { [SIP_TYPE_UNKNOWN] = "UNKNOWN",
#define X(id, name) [SIP_TYPE_##id] = name,
								   SIP_METHOD_LIST(X)
#undef X
	};

	if (type < SIP_TYPE_METHODS_END)
		return methods[type];
	if (type < SIP_TYPE_STATUS_MIN || type > SIP_TYPE_STATUS_MAX)
		return methods[SIP_TYPE_UNKNOWN];
	(void)snprintf(text, TYPE_TEXT_SIZE, "%u", type);
	return text;
}

// SPDX-License-Identifier: BSD-2-Clause
/* See message.h. */
#include <sys/cdefs.h>

#include "classify/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "counts/type.h"
#include "sip/sip.h"

static enum sip_verdict scan_text(const char *text, __u32 length, struct sip_scan *scan)
{
	const struct sip_view view = { .base = (const __u8 *)text, .bounds = &scan->bounds };
	enum sip_verdict verdict;

	sip__begin(scan, 0, length, 1, SIP_HEADERS_WITH_VIA);
	scan->effort_left = SIP_EFFORT_UNLIMITED; /* nobody sends a text to slow us down */
	scan->bounds.origin = 0;
	scan->bounds.limit = length;
	do
		verdict = sip__read(&view, scan);
	while (verdict == SIP_MORE);
	return verdict;
}

static void copy_name(__u16 type, const struct sipbpf_name *name, char ret_text[SIPBPF_NAME_SIZE])
{
	char text[TYPE_TEXT_SIZE];
	const char *from = type == SIP_TYPE_EXTENSION_MIN ? name->text : type__text(type, text);
	size_t length = strnlen(from, SIPBPF_NAME_SIZE - 1);

	memcpy(ret_text, from, length);
	ret_text[length] = '\0';
}

/* Parses a message that begins with the first byte. Returns the same as message__parse(). */
static int parse(const char *text, size_t length, struct message *ret_message)
{
	struct sip_scan scan;

	switch (scan_text(text, length > SIP_LENGTH_MAX ? SIP_LENGTH_MAX : (__u32)length, &scan)) {
	case SIP_MESSAGE:
		break;
	case SIP_MALFORMED:
	case SIP_TRUNCATED:
		return -EBADMSG;
	default:
		return -ENOMSG;
	}
	sip__finish(&scan);
	*ret_message = (struct message){ 0 };
	copy_name(scan.type, &scan.name, ret_message->type);
	copy_name(scan.method, &scan.cseq_name, ret_message->method);
	ret_message->via = scan.via_transport;
	return 0;
}

/*
 * Parses a text that is a first line without a line end. A packet that ends there would be truncated; a text is
 * complete, so it gets a line end.
 */
static int parse_line(const char *text, size_t length, struct message *ret_message)
{
	char *line = malloc(length + 1);
	int result;

	if (!line)
		return -ENOMEM;
	*(char *)mempcpy(line, text, length) = '\n';
	result = parse(line, length + 1, ret_message);
	free(line);
	return result;
}

int message__parse(const char *text, size_t length, struct message *ret_message)
{
	while (length && *text && strchr(" \t\r\n\v\f", *text)) {
		text++;
		length--;
	}
	if (!length)
		return -ENOMSG;
	if (!memchr(text, '\n', length))
		return parse_line(text, length, ret_message);
	return parse(text, length, ret_message);
}

void message__find_link(const struct link_rules *rules, const struct message_path *path, enum sip_transport via,
			struct link *ret_link, enum link_direction *ret_direction)
{
	struct link_rules by_via = *rules;

	*ret_direction = path->has_direction ? path->direction : LINK_BOTH;
	link__from_ends(rules, &path->ends, ret_link, ret_direction);
	by_via.transport = LINK_TRANSPORT_VIA;
	ret_link->transport =
		(__u8)(path->transport == SIP_TRANSPORT_NONE ? link__infer_transport(&by_via, SIP_TRANSPORT_NONE, via)
							     : link__infer_transport(rules, path->transport, via));
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/cdefs.h>

#include <uthash.h>

#include "filter_table.h"
#include "frame.h"
#include "stream.h"
#include "type.h"

/* An extension method that has a name of its own. */
struct extension {
	struct sipbpf_name name;
	UT_hash_handle hh;
};

struct frame_classifier {
	struct counters *counters;
	const struct link_rules *rules;
	const __u16 *ports;
	size_t ports_count;
	const struct filter *filter; /* NULL: everything is wanted */
	struct extension *extensions;
	unsigned int extensions_count;
};

struct frame_classifier *frame_classifier__new(struct counters *counters, const struct link_rules *rules)
{
	struct frame_classifier *classifier = calloc(1, sizeof(*classifier));

	if (!classifier)
		return NULL;
	classifier->counters = counters;
	classifier->rules = rules;
	return classifier;
}

void frame_classifier__free(struct frame_classifier *classifier)
{
	struct extension *extension, *next;

	if (!classifier)
		return;
	extension = classifier->extensions;
	HASH_CLEAR(hh, classifier->extensions);
	for (; extension; extension = next) {
		next = extension->hh.next;
		free(extension);
	}
	free(classifier);
}

void frame_classifier__set_ports(struct frame_classifier *classifier, const __u16 *ports, size_t count)
{
	classifier->ports = ports;
	classifier->ports_count = count;
}

/* The name under which an extension method counts: its own, or UNKNOWN when there are too many. */
static const char *extension_text(struct frame_classifier *classifier, const struct sipbpf_name *name)
{
	struct extension *extension;

	if (strcmp(name->text, "UNKNOWN") == 0)
		return "UNKNOWN";
	HASH_FIND(hh, classifier->extensions, name, sizeof(*name), extension);
	if (extension)
		return extension->name.text;
	if (classifier->extensions_count == SIPBPF_EXTENSION_METHODS_MAX)
		return "UNKNOWN";
	extension = calloc(1, sizeof(*extension));
	if (!extension)
		return NULL;
	extension->name = *name;
	HASH_ADD(hh, classifier->extensions, name, sizeof(extension->name), extension);
	classifier->extensions_count++;
	return extension->name.text;
}

/* Methods that the filter names have their own name from the start, as in the programs. */
int frame_classifier__set_filter(struct frame_classifier *classifier, const struct filter *filter)
{
	struct filter_table table;
	size_t i;

	classifier->filter = filter;
	if (filter_table__make(filter, &table))
		return 0;
	for (i = 0; i < table.names_count; i++)
		if (!extension_text(classifier, &table.names[i]))
			return -ENOMEM;
	return 0;
}

static const char *type_text(struct frame_classifier *classifier, __u16 type, const struct sipbpf_name *name,
			     char text[TYPE_TEXT_SIZE])
{
	return type == SIP_TYPE_EXTENSION_MIN ? extension_text(classifier, name) : type__text(type, text);
}

/* Counts a message if it is wanted. */
static int count_message(struct frame_classifier *classifier, const struct packet *packet, const struct sip_scan *scan,
			 struct stream *stream, enum sipbpf_hook hook)
{
	char type_buffer[TYPE_TEXT_SIZE], method_buffer[TYPE_TEXT_SIZE];
	const char *type, *method;
	enum link_direction direction;
	struct sipbpf_key key;
	struct link link;

	stream__key(packet, scan, (__u8)hook, &key);
	type = type_text(classifier, key.type, &scan->name, type_buffer);
	method = type_text(classifier, key.method, &scan->cseq_name, method_buffer);
	if (!type || !method)
		return -ENOMEM;
	link__from_key(classifier->rules, &key, &link, &direction);
	if (classifier->filter && !filter__wants(classifier->filter, &link, type, method))
		return 0;
	stream->counted++;
	return counters__add(classifier->counters, &link, direction, type, method, 1);
}

static enum sip_verdict read_message(const __u8 *bytes, struct sip_scan *scan)
{
	const struct sip_view view = { .base = bytes, .bounds = &scan->bounds };
	enum sip_verdict verdict;

	scan->bounds.origin = 0;
	scan->bounds.limit = scan->end;
	do
		verdict = sip__read(&view, scan);
	while (verdict == SIP_MORE);
	return verdict;
}

static int count_reason(struct frame_classifier *classifier, unsigned int reason)
{
	counters__packets(classifier->counters)->reasons[reason]++;
	return 0;
}

/* Counts the messages of a payload, or the reason why there is none. */
static int count_payload(struct frame_classifier *classifier, const __u8 *bytes, const struct packet *packet,
			 enum sipbpf_hook hook)
{
	struct sip_scan scan;
	struct stream stream;
	enum sip_verdict verdict;
	__u64 word = 0;
	int err;

	stream__begin(&stream, packet, packet->offset, packet->end);
	while (!stream.done && stream.messages < STREAM_MESSAGES_MAX) {
		stream__next(&stream, packet, &scan);
		verdict = read_message(bytes, &scan);
		if (verdict != SIP_MESSAGE) {
			stream__refused(&stream, verdict);
			break;
		}
		stream__found(&stream, &scan);
		err = count_message(classifier, packet, &scan, &stream, hook);
		if (err)
			return err;
	}
	if (stream.counted) {
		counters__packets(classifier->counters)->sip++;
		return 0;
	}
	if (packet->end - packet->offset >= sizeof(word))
		memcpy(&word, bytes + packet->offset, sizeof(word));
	if (stream.reason == SIPBPF_REASON_NOT_SIP && stream__is_stun(SIP_LITTLE(word)))
		stream.reason = SIPBPF_REASON_STUN;
	return count_reason(classifier, stream.reason);
}

static void find_payload(const struct frame *frame, struct packet *packet)
{
	__u8 header[PACKET_HEADER_SIZE];
	struct packet_plain plain;
	__u32 left;
	int i;

	if (frame->start == FRAME_ETHERNET &&
	    packet__plain(frame->bytes, frame->bytes + frame->length, frame->length, &plain)) {
		packet__from_plain(packet, frame->bytes, frame->bytes + frame->length, &plain);
		return;
	}
	packet__begin(packet, frame->length,
		      frame->start == FRAME_ETHERNET    ? PACKET_ETHERNET
		      : frame->start == FRAME_ETHERTYPE ? PACKET_ETHERTYPE
							: PACKET_IP,
		      frame->ethertype);
	for (i = 0; i < PACKET_LAYERS_MAX && packet->layer < PACKET_PAYLOAD; i++) {
		left = packet->end - packet->offset;
		memset(header, 0, sizeof(header));
		memcpy(header, frame->bytes + packet->offset, left < sizeof(header) ? left : sizeof(header));
		packet__layer(packet, header);
	}
}

static int port_wanted(const struct frame_classifier *classifier, const struct packet *packet)
{
	size_t i;

	for (i = 0; i < classifier->ports_count; i++)
		if (classifier->ports[i] == packet->ends.source_port ||
		    classifier->ports[i] == packet->ends.target_port)
			return 1;
	return classifier->ports_count == 0;
}

static bool hosts_wanted(const struct frame_classifier *classifier, const struct packet *packet)
{
	struct in6_addr source, target;

	if (!classifier->filter)
		return true;
	memcpy(&source, packet->ends.source.address, sizeof(source));
	memcpy(&target, packet->ends.target.address, sizeof(target));
	return filter__wants_hosts(classifier->filter, &source, &target);
}

int frame_classifier__add(struct frame_classifier *classifier, const struct frame *frame)
{
	struct packet packet;

	find_payload(frame, &packet);
	if (packet.layer == PACKET_REFUSED)
		return count_reason(classifier, packet.reason);
	if (packet.layer != PACKET_PAYLOAD)
		return count_reason(classifier, SIPBPF_REASON_TOO_DEEP);
	if (!port_wanted(classifier, &packet) || !hosts_wanted(classifier, &packet))
		return count_reason(classifier, SIPBPF_REASON_FILTERED);
	return count_payload(classifier, frame->bytes, &packet, frame->hook);
}

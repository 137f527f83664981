/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of counters, and of what is written of them, have in common: addresses, links, and text in memory. */
#ifndef FIXTURES_H
#define FIXTURES_H

#include <stdio.h>
#include <stdlib.h>

#include "snapshot/json.h"
#include "counts/link.h"

#define NEW_YEAR 1767225600 /* 2026-01-01T00:00:00Z */

static inline struct in6_addr fixture__address(const char *text)
{
	struct in6_addr address = { 0 };

	assert_int_equal(link__parse_address(text, &address), 0);
	return address;
}

/* A UDP link to port 5060. */
static inline struct link fixture__link(const char *server, const char *client, __u16 client_port)
{
	return (struct link){ .server = fixture__address(server),
			      .client = fixture__address(client),
			      .transport = SIP_TRANSPORT_UDP,
			      .server_port = 5060,
			      .client_port = client_port };
}

/* A stream whose text can be had once it is closed. */
struct fixture_stream {
	FILE *out;
	char *text;
	size_t size;
};

static inline FILE *fixture_stream__open(struct fixture_stream *stream)
{
	stream->out = open_memstream(&stream->text, &stream->size);
	assert_non_null(stream->out);
	return stream->out;
}

/* Returns the text, which the caller frees. */
static inline char *fixture_stream__close(struct fixture_stream *stream)
{
	assert_int_equal(fclose(stream->out), 0);
	return stream->text;
}

/* A snapshot as text, which the caller frees. */
static inline char *fixture__snapshot(const struct counters *counters, const struct json_options *options)
{
	struct fixture_stream stream;

	assert_int_equal(json__write_snapshot(fixture_stream__open(&stream), counters, options), 0);
	return fixture_stream__close(&stream);
}

#endif

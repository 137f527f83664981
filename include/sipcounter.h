/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libsipcounter: counts SIP messages by link, type and direction, and renders the counts. It knows no network and no
 * BPF: the application passes messages to it.
 *
 * A link is who talks with whom: the addresses of the server side and of the client side, the transport, and the ports
 * of both. A type is a request's method ("INVITE"; "ReINVITE" within a dialog) or a response's status code ("200"). The
 * direction is seen from the server side: in, out, or unknown.
 *
 * A counter holds up to 9223372036854775807 messages (2^63 - 1). It refuses any more with -EOVERFLOW, so no sum can
 * overflow and every snapshot can be read again.
 *
 * Functions that can fail return 0 or more on success and a negative errno on failure; -ENOMEM is always possible. On
 * failure, results returned through a pointer are untouched, and so are the counts. Numbers are in host byte order.
 * Texts that are passed in are copied. Only one thread at a time may use a counter; counters share nothing.
 *
 * The header needs C99 or later, or C++. <time.h> defines struct timespec since C11 and in POSIX.
 */
#ifndef SIPCOUNTER_H
#define SIPCOUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIPCOUNTER_API __attribute__((visibility("default")))

struct sipcounter;
struct timespec;

/* Returns an empty counter, which the caller frees, or NULL when memory is short. Freeing NULL is fine. */
SIPCOUNTER_API struct sipcounter *sipcounter__new(void);
SIPCOUNTER_API void sipcounter__free(struct sipcounter *counter);

/* ---- settings: they apply to messages that are added from then on ---- */

enum sipcounter_setting {
	SIPCOUNTER_NAME,           /* the name, any text; without it, the name in the snapshots that were read */
	SIPCOUNTER_TYPES,          /* count only these: methods, and first digits of status codes ("INVITE,4,503") */
	SIPCOUNTER_HOSTS,          /* count only messages from or to these addresses or networks ("10.0.0.0/8,::1") */
	SIPCOUNTER_EXCLUDED_HOSTS, /* do not count messages from or to these */
	SIPCOUNTER_SERVERS,        /* addresses or networks of known servers */
	SIPCOUNTER_SERVER_PORTS,   /* server ports besides 5060 and 5061 */
	SIPCOUNTER_TRANSPORT,      /* where the transport comes from: "auto" (default), "wire" or "via" */
	SIPCOUNTER_GREEDY, /* "no": responses count only if their status codes are among the types. Default: "yes" */
};

/*
 * Replaces a setting with what the text says. Elements of lists are separated by commas. NULL restores the value of a
 * new counter. Returns 0, or -EINVAL for an invalid text, which leaves the setting as it is.
 */
SIPCOUNTER_API int sipcounter__set(struct sipcounter *counter, enum sipcounter_setting setting, const char *text);

/*
 * Returns the name that was set. Without one, returns the name in all snapshots that were read, or "" if they differ or
 * there were none. The counter owns the text, which is valid until one of these changes.
 */
SIPCOUNTER_API const char *sipcounter__name(const struct sipcounter *counter);

/* ---- adding ---- */

enum sipcounter_direction {
	SIPCOUNTER_UNKNOWN, /* unknown; when adding, inferred from addresses and ports if all four are there */
	SIPCOUNTER_IN,      /* towards the server side */
	SIPCOUNTER_OUT,     /* from the server side */
};

/* The path of a message, as far as it is known. All zero: nothing is known. */
struct sipcounter_path {
	const char *source; /* IPv4 or IPv6 address; NULL or "": unknown */
	const char *target;
	uint16_t source_port; /* 0: unknown */
	uint16_t target_port;
	const char *transport; /* UDP, TCP, TLS, SCTP, WS or WSS; NULL or "": what the message says, else UDP */
	enum sipcounter_direction direction;
};

/*
 * Adds a message that is given as text. The text holds one message with all of its headers; the body may be missing.
 * path may be NULL. Returns 1 if the message counts, 0 if a setting leaves it out, -EBADMSG if the text is no SIP
 * message, -EINVAL if the path is invalid, or -EOVERFLOW.
 */
SIPCOUNTER_API int sipcounter__add_text(struct sipcounter *counter, const char *text, size_t length,
					const struct sipcounter_path *path);

/*
 * Adds count messages. type ("INVITE", "200") must not be empty. method is the method in their CSeq header (NULL or "":
 * unknown). path may be NULL. Returns 1, 0 if a setting leaves them out, -EINVAL if type or path is invalid, or
 * -EOVERFLOW.
 */
SIPCOUNTER_API int sipcounter__add(struct sipcounter *counter, const char *type, const char *method,
				   const struct sipcounter_path *path, uint64_t count);

/* ---- counters as a whole ---- */

/* Adds all counts of another counter, whatever the settings. Returns 0 or -EOVERFLOW. */
SIPCOUNTER_API int sipcounter__update(struct sipcounter *counter, const struct sipcounter *other);

/*
 * Subtracts all counts of another counter, by link, direction and type. No count falls below 0: 3 minus 5 is 0. (In
 * sipcounter's Python module counts may be negative.) If the CSeq method of a type and direction has too few messages,
 * the rest is subtracted from other methods, first from those that were added first. Returns 0.
 */
SIPCOUNTER_API int sipcounter__subtract(struct sipcounter *counter, const struct sipcounter *other);

/* Frees the memory of links and types that no longer have messages. Returns 0. */
SIPCOUNTER_API int sipcounter__compact(struct sipcounter *counter);

/* Removes all counts, and the times and the name of snapshots that were read. Keeps the settings. */
SIPCOUNTER_API void sipcounter__clear(struct sipcounter *counter);

/*
 * Groups the counts by links cut to a depth: 1 the server's address, 2 also the client's, 3 also the transport, 4 also
 * the server's port, 5 also the client's port. Returns 0 and a counter with the same settings that the caller frees, or
 * -EINVAL for any other depth.
 */
SIPCOUNTER_API int sipcounter__group(const struct sipcounter *counter, int depth, struct sipcounter **ret_counter);

/*
 * Compares the totals. Returns less than, equal to or greater than 0 if the total of a is less than, equal to or
 * greater than that of b.
 */
SIPCOUNTER_API int sipcounter__compare(const struct sipcounter *a, const struct sipcounter *b);

/* ---- reading the counts ---- */

/* Returns the number of all messages. */
SIPCOUNTER_API uint64_t sipcounter__total(const struct sipcounter *counter);

/* Returns the number of links that sipcounter__each_link() visits. */
SIPCOUNTER_API size_t sipcounter__links_count(const struct sipcounter *counter);

enum sipcounter_axis {
	SIPCOUNTER_ALL,       /* one number */
	SIPCOUNTER_BY_LINK,   /* one for each link, in the order of sipcounter__each_link() */
	SIPCOUNTER_BY_COLUMN, /* one for each type and direction, in the order of a table's columns */
};

/*
 * Computes the sum or the maximum of the numbers in a table of depth 5, along an axis. Returns 0 and an array of
 * *ret_count numbers that the caller frees with free(), or -EINVAL for an invalid axis. With SIPCOUNTER_ALL the array
 * has one number, which is 0 if nothing was counted.
 */
SIPCOUNTER_API int sipcounter__sum(const struct sipcounter *counter, enum sipcounter_axis axis, uint64_t **ret_numbers,
				   size_t *ret_count);
SIPCOUNTER_API int sipcounter__max(const struct sipcounter *counter, enum sipcounter_axis axis, uint64_t **ret_numbers,
				   size_t *ret_count);

/*
 * Lists the types that have messages, in the order of a table's columns. Returns 0 and an array that the caller frees
 * with free(). The counter owns the texts, which are valid until it is cleared, compacted or freed.
 */
SIPCOUNTER_API int sipcounter__types(const struct sipcounter *counter, const char ***ret_types, size_t *ret_count);

/* A link. The texts are valid during the call of the visitor. */
struct sipcounter_link {
	const char *server;    /* its address; "local" if unknown; "other" for messages without a link */
	const char *client;    /* its address; "remote" if unknown; "" if it was grouped away */
	const char *transport; /* "" if unknown */
	uint16_t server_port;  /* 0: unknown */
	uint16_t client_port;
	uint64_t total; /* of its messages */
};

/* The messages of a link with the same direction, type and CSeq method; count is never 0. */
struct sipcounter_count {
	enum sipcounter_direction direction;
	const char *type;
	const char *method; /* "UNKNOWN" if unknown */
	uint64_t count;
};

/*
 * Called with a link and its counts. Returns 0 to go on; any other value ends the visit. Must not change the counter.
 */
typedef int (*sipcounter_visitor)(void *context, const struct sipcounter_link *link,
				  const struct sipcounter_count *counts, size_t counts_count);

/*
 * Visits all links, in the order of a table of depth 5. Returns 0, or the value by which the visitor ended the visit.
 */
SIPCOUNTER_API int sipcounter__each_link(const struct sipcounter *counter, sipcounter_visitor visit, void *context);

/*
 * Groups a counter to a depth and visits the n links with the most messages (0: all), the busiest first. Of links with
 * equal numbers, the last in the order of links comes first. Returns the same as sipcounter__each_link(), or -EINVAL
 * for an invalid depth.
 */
SIPCOUNTER_API int sipcounter__most_common(const struct sipcounter *counter, int depth, size_t n,
					   sipcounter_visitor visit, void *context);

/* ---- writing and reading ---- */

/* How a table looks; all zero is the default. */
struct sipcounter_table {
	const char *title;     /* text of the first line; NULL: none */
	const char *separator; /* between the parts of a link; NULL: "-" */
	int depth;             /* 0: 4 */
	size_t top;            /* show only this number of rows, those with the most messages; 0: all */
	int link_margin;       /* spaces after the longest link; 0: one, negative: none */
	bool by_total;         /* busiest rows first */
	bool name_first;       /* name above the title */
	bool no_header, no_links, no_summary, no_zeros;
	bool no_name; /* blanks of the same width instead of the name */
};

/*
 * Writes a table (options may be NULL), CSV (depth 0: 5) or a JSON snapshot to a stream and flushes it. A table or CSV
 * without messages is empty. Returns 0, -EINVAL for an invalid depth, -ERANGE if a snapshot's times lie before the year
 * 0 or after 9999, or the error of the stream (-EIO: unknown).
 */
SIPCOUNTER_API int sipcounter__write_table(const struct sipcounter *counter, FILE *out,
					   const struct sipcounter_table *options);
SIPCOUNTER_API int sipcounter__write_csv(const struct sipcounter *counter, FILE *out, int depth, bool has_header);
SIPCOUNTER_API int sipcounter__write_snapshot(const struct sipcounter *counter, FILE *out);

/* Sets when counting began and ended (UTC), for snapshots. Reading snapshots widens the times. */
SIPCOUNTER_API void sipcounter__set_times(struct sipcounter *counter, const struct timespec *start,
					  const struct timespec *end);

#define SIPCOUNTER_ERROR_SIZE 2400

/*
 * Reads all JSON snapshots of a stream and adds what the settings want. Returns the number of snapshots, -EINVAL if one
 * is invalid, -EOVERFLOW, or another negative errno.
 *
 * On failure nothing has been added, and ret_error[SIPCOUNTER_ERROR_SIZE] (may be NULL) says what is wrong, after
 * `name`, which stands for the stream: "a.json:2: links[3].server_port: must be a whole number from 0 to 65535". The
 * text is one line that is fit for a terminal: control characters in the input appear as \x1b and the like.
 */
SIPCOUNTER_API int sipcounter__read_snapshots(struct sipcounter *counter, FILE *in, const char *name, char *ret_error);

#ifdef __cplusplus
}
#endif

#endif

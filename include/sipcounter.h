/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libsipcounter: counts SIP messages by link, type and direction, and renders the counts. It knows no network and no
 * BPF: messages are handed to it.
 *
 * A link is who talks with whom: the addresses of the server side and of the client side, the transport, the server's port
 * and the client's. A type is a request's method ("INVITE"; "ReINVITE" within a dialog) or a response's status code ("200").
 * A direction is seen from the server side: in, out, or unknown.
 *
 * A counter holds up to 9223372036854775807 messages (2^63 - 1). What would be more is refused with -EOVERFLOW, so that no
 * sum can overflow and every snapshot can be read again.
 *
 * Functions that can fail return 0 or more on success and a negative errno on failure; -ENOMEM is always possible. What a
 * function returns through a pointer stays untouched when it fails, and so do the counts. Numbers are in host byte order.
 * Texts that are passed in are copied. A counter may be used by one thread at a time; counters do not share anything.
 *
 * The header is for C99 and later, and C++. <time.h> defines struct timespec from C11 and POSIX on.
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

/* An empty counter, which the caller frees; NULL when memory is short. Freeing NULL is fine. */
SIPCOUNTER_API struct sipcounter *sipcounter__new(void);
SIPCOUNTER_API void sipcounter__free(struct sipcounter *counter);

/* ---- settings: they hold for messages that are added from then on ---- */

enum sipcounter_setting {
	SIPCOUNTER_NAME,           /* of the counter, any text; without it, that of the snapshots that were read */
	SIPCOUNTER_TYPES,          /* count only these: methods, and first digits of status codes ("INVITE,4,503") */
	SIPCOUNTER_HOSTS,          /* count only messages from or to these addresses or networks ("10.0.0.0/8,::1") */
	SIPCOUNTER_EXCLUDED_HOSTS, /* count no messages from or to these */
	SIPCOUNTER_SERVERS,        /* addresses or networks of known servers */
	SIPCOUNTER_SERVER_PORTS,   /* ports of servers, besides 5060 and 5061 */
	SIPCOUNTER_TRANSPORT,      /* what names the transport: "auto" (default), "wire" or "via" */
	SIPCOUNTER_GREEDY, /* "no": responses count only if their status codes are among the types. Default: "yes" */
};

/*
 * Sets what the text says, in place of what was set before; lists take commas. NULL: as it was in a new counter. Returns
 * 0, or -EINVAL when the text is not allowed (the old setting stays then).
 */
SIPCOUNTER_API int sipcounter__set(struct sipcounter *counter, enum sipcounter_setting setting, const char *text);

/*
 * The name that was set, or else that of all snapshots that were read; empty if they differ, or there were none. Owned by
 * the counter until one of these changes.
 */
SIPCOUNTER_API const char *sipcounter__name(const struct sipcounter *counter);

/* ---- adding ---- */

enum sipcounter_direction {
	SIPCOUNTER_UNKNOWN, /* not known: when adding, found from addresses and ports if all four are there */
	SIPCOUNTER_IN,      /* towards the server side */
	SIPCOUNTER_OUT,     /* from the server side */
};

/* The way of a message, as far as it is known. All zero: nothing is. */
struct sipcounter_path {
	const char *source; /* IPv4 or IPv6 address; NULL or "": not known */
	const char *target;
	uint16_t source_port; /* 0: not known */
	uint16_t target_port;
	const char *transport; /* UDP, TCP, TLS, SCTP, WS or WSS; NULL or "": as the message says, else UDP */
	enum sipcounter_direction direction;
};

/*
 * Adds a message that is given as text: one whole message, its headers at least. path may be NULL. Returns 1 when it
 * counts, 0 when a setting leaves it out, -EBADMSG when the text is no SIP message, -EINVAL when the path is wrong,
 * -EOVERFLOW.
 */
SIPCOUNTER_API int sipcounter__add_text(struct sipcounter *counter, const char *text, size_t length,
					const struct sipcounter_path *path);

/*
 * Adds count messages of a type ("INVITE", "200"; not empty) and the method that their CSeq header names (NULL or "": not
 * known). path may be NULL. Returns 1, 0 when a setting leaves them out, -EINVAL when type or path is wrong, -EOVERFLOW.
 */
SIPCOUNTER_API int sipcounter__add(struct sipcounter *counter, const char *type, const char *method,
				   const struct sipcounter_path *path, uint64_t count);

/* ---- counters as a whole ---- */

/* Adds all counts of another counter; settings leave nothing out. Returns 0 or -EOVERFLOW. */
SIPCOUNTER_API int sipcounter__update(struct sipcounter *counter, const struct sipcounter *other);

/*
 * Takes off all counts of another counter, by link, direction and type: 3 less 5 is 0. Unlike in sipcounter's Python
 * module no count ever is less than 0. CSeq methods do not matter for it: what one method of a type and direction lacks is
 * taken off the others, those that were added first before those that were added later. Returns 0.
 */
SIPCOUNTER_API int sipcounter__subtract(struct sipcounter *counter, const struct sipcounter *other);

/* Frees the room of links and types that have no messages any more. Returns 0. */
SIPCOUNTER_API int sipcounter__compact(struct sipcounter *counter);

/* Forgets all counts, the times and the name of snapshots that were read, keeps the settings. */
SIPCOUNTER_API void sipcounter__clear(struct sipcounter *counter);

/*
 * The same counts by links cut to a depth, from 1 to 5: the server's address, the client's too, the transport too, the
 * server's port too, the client's port too. Returns 0 and a counter with the same settings that the caller frees, or
 * -EINVAL for a depth that is none.
 */
SIPCOUNTER_API int sipcounter__group(const struct sipcounter *counter, int depth, struct sipcounter **ret_counter);

/* Compares the totals: less than, equal to or greater than 0 as the first is less than, equal to or greater. */
SIPCOUNTER_API int sipcounter__compare(const struct sipcounter *a, const struct sipcounter *b);

/* ---- asking ---- */

/* All messages. */
SIPCOUNTER_API uint64_t sipcounter__total(const struct sipcounter *counter);

/* Links with messages. */
SIPCOUNTER_API size_t sipcounter__links_count(const struct sipcounter *counter);

enum sipcounter_axis {
	SIPCOUNTER_ALL,       /* one number */
	SIPCOUNTER_BY_LINK,   /* one for each link, in the order of sipcounter__each_link() */
	SIPCOUNTER_BY_COLUMN, /* one for each type and direction, in the order of a table's columns */
};

/*
 * The sum, or the greatest, of the numbers that a table of depth 5 has. Returns 0 and an array of *ret_count numbers that
 * the caller frees with free(); with SIPCOUNTER_ALL it has one, 0 if nothing was counted. -EINVAL for an axis that is
 * none.
 */
SIPCOUNTER_API int sipcounter__sum(const struct sipcounter *counter, enum sipcounter_axis axis, uint64_t **ret_numbers,
				   size_t *ret_count);
SIPCOUNTER_API int sipcounter__max(const struct sipcounter *counter, enum sipcounter_axis axis, uint64_t **ret_numbers,
				   size_t *ret_count);

/*
 * The types of which there are messages, in the order of a table's columns. Returns 0 and an array that the caller frees
 * with free(); the texts are the counter's and stay until it is cleared, compacted or freed.
 */
SIPCOUNTER_API int sipcounter__types(const struct sipcounter *counter, const char ***ret_types, size_t *ret_count);

/* A link; texts are valid during the call that shows it. */
struct sipcounter_link {
	const char *server;    /* the address; "local" if it is not known; "other" for messages without a link */
	const char *client;    /* the address; "remote" if it is not known; "" if it was grouped away */
	const char *transport; /* "" if it is not known */
	uint16_t server_port;  /* 0: not known */
	uint16_t client_port;
	uint64_t total; /* of its messages */
};

/* Messages of a link with the same direction, type and CSeq method; count is never 0. */
struct sipcounter_count {
	enum sipcounter_direction direction;
	const char *type;
	const char *method; /* "UNKNOWN" if it is not known */
	uint64_t count;
};

/* Is shown a link and its counts. Any other value than 0 ends the visit. It must not change the counter. */
typedef int (*sipcounter_visitor)(void *context, const struct sipcounter_link *link,
				  const struct sipcounter_count *counts, size_t counts_count);

/*
 * Shows all links, in the order of a table of depth 5. Returns 0, or what the visitor returned to end the visit.
 */
SIPCOUNTER_API int sipcounter__each_link(const struct sipcounter *counter, sipcounter_visitor visit, void *context);

/*
 * Shows the n links with the most messages (0: all) of a counter that is grouped to this depth, the busiest first; of
 * equals the last by link comes first. Returns as sipcounter__each_link(), or -EINVAL for a depth that is none.
 */
SIPCOUNTER_API int sipcounter__most_common(const struct sipcounter *counter, int depth, size_t n,
					   sipcounter_visitor visit, void *context);

/* ---- writing and reading ---- */

/* How a table looks; all zero is the default. */
struct sipcounter_table {
	const char *title;     /* the first line's text; NULL: none */
	const char *separator; /* between the parts of a link; NULL: "-" */
	int depth;             /* 0: 4 */
	size_t top;            /* only the rows with the most messages; 0: all */
	int link_margin;       /* spaces after the longest link; 0: one, less than 0: none */
	bool by_total;         /* the busiest rows first */
	bool name_first;       /* the name above the title */
	bool no_header, no_links, no_summary, no_zeros;
	bool no_name; /* blanks instead of the name, as wide */
};

/*
 * Write a table (options may be NULL), CSV (depth 0: 5) and a JSON snapshot to a stream and flush it. A table or CSV
 * without messages is empty. Return 0, -EINVAL for a depth that is none, -ERANGE for a snapshot whose times are before the
 * year 0 or after 9999, or why the stream cannot be written (-EIO: not known).
 */
SIPCOUNTER_API int sipcounter__write_table(const struct sipcounter *counter, FILE *out,
					   const struct sipcounter_table *options);
SIPCOUNTER_API int sipcounter__write_csv(const struct sipcounter *counter, FILE *out, int depth, bool has_header);
SIPCOUNTER_API int sipcounter__write_snapshot(const struct sipcounter *counter, FILE *out);

/* When counting began and ended, for snapshots (UTC). What is read widens it. */
SIPCOUNTER_API void sipcounter__set_times(struct sipcounter *counter, const struct timespec *start,
					  const struct timespec *end);

#define SIPCOUNTER_ERROR_SIZE 2400

/*
 * Reads all JSON snapshots of a stream and adds them, as far as settings leave nothing out. Returns their number; or
 * -EINVAL when one is wrong, -EOVERFLOW, or another negative errno: then nothing was added, and
 * ret_error[SIPCOUNTER_ERROR_SIZE] (may be NULL) says what is wrong, after this name of the stream: "a.json:2:
 * links[3].server_port: must be a whole number from 0 to 65535". It is one line that is fit for a terminal: control
 * characters of what was read come as \x1b and the like.
 */
SIPCOUNTER_API int sipcounter__read_snapshots(struct sipcounter *counter, FILE *in, const char *name, char *ret_error);

#ifdef __cplusplus
}
#endif

#endif

// SPDX-License-Identifier: BSD-2-Clause
/*
 * The classifier over any bytes: one view, windows of any size, the short way and the reference classifier give the same
 * answer. With the effort that a datagram may take, windows of any size from the programs' on give the same answer, and
 * it is that of the others unless it is too complex. Of the input, the first byte says how the message came, the second
 * the size of the windows, the rest is the message.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "views.h"
#include "unit/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct answer *answer, const struct answer *expected, const char *what)
{
	char text[ANSWER_TEXT_SIZE], expected_text[ANSWER_TEXT_SIZE];

	if (memcmp(answer, expected, sizeof(*answer)) == 0)
		return;
	fprintf(stderr, "%s: \"%s\" (body at %u), one view: \"%s\" (body at %u)\n", what, answer__text(answer, text),
		answer->body, answer__text(expected, expected_text), expected->body);
	abort();
}

static void check_bounded(struct views_window *window, const uint8_t *bytes, size_t size, enum answer_carrier carrier,
			  unsigned int more, const struct answer *whole)
{
	struct answer bounded, other;

	window->size = VIEWS_PROGRAM_WINDOW;
	views__bounded(window, bytes, size, carrier, &bounded);
	window->size = VIEWS_PROGRAM_WINDOW + more;
	views__bounded(window, bytes, size, carrier, &other);
	check_same(&other, &bounded, "larger windows");
	if (strcmp(bounded.verdict, "too_complex") != 0)
		check_same(&bounded, whole, "with limited effort");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct views_window window;
	enum answer_carrier carrier;
	struct answer whole, other;
	uint8_t *bytes;

	if (size < 2)
		return 0;
	if (!window.guard.pages)
		window.guard = guard__new(VIEWS_WINDOW_MAX + VIEWS_SLACK);
	carrier = data[0] % CARRIERS;
	window.size = VIEWS_WINDOW_MIN + data[1] % 200;
	/* A block of its own, so that the sanitizer sees a read behind its end. */
	size -= 2;
	bytes = malloc(size + !size);
	if (!bytes)
		return 0;
	memcpy(bytes, data + 2, size);
	views__whole(bytes, size, carrier, &whole);
	views__windows(&window, bytes, size, carrier, &other);
	check_same(&other, &whole, "windows");
	if (views__skim(bytes, size, carrier, &other))
		check_same(&other, &whole, "the short way");
	reference__read(bytes, size, carrier, &other);
	check_same(&other, &whole, "reference");
	if (carrier == CARRIER_DATAGRAM || carrier == CARRIER_UDP)
		check_bounded(&window, bytes, size, carrier, data[1], &whole);
	free(bytes);
	return 0;
}

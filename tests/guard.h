/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory between two pages that cannot be touched: a read out of bounds ends the test, with or without sanitizers. */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
	unsigned char *pages; /* the first of size readable bytes, a forbidden page before and behind them */
	size_t size;
};

/* Room for at least `size` bytes; ends the program when there is no memory. Free with guard__free(). */
static inline struct guard guard__new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct guard guard = { .size = (size + page) / page * page };
	unsigned char *all;

	all = mmap(NULL, guard.size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED || mprotect(all + page, guard.size, PROT_READ | PROT_WRITE))
		abort();
	guard.pages = all + page;
	return guard;
}

static inline void guard__free(struct guard *guard)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (guard->pages)
		(void)munmap(guard->pages - page, guard->size + 2 * page);
	guard->pages = NULL;
}

/* A copy of the bytes, the last one directly before the forbidden page; length <= guard->size. */
static inline unsigned char *guard__at_end(const struct guard *guard, const void *bytes, size_t length)
{
	return memcpy(guard->pages + guard->size - length, bytes, length);
}

/* A copy of the bytes, the first one directly behind the forbidden page. */
static inline unsigned char *guard__at_start(const struct guard *guard, const void *bytes, size_t length)
{
	return memcpy(guard->pages, bytes, length);
}

#endif

// SPDX-License-Identifier: BSD-2-Clause
/*
 * See counter.h. Links live in chunks that never move, so the hash can point into them, and the i-th link needs no
 * index. Each name of a type is kept once; cells refer to it by number.
 */
#include "counts/counter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "counts/packet_counts.h"

#define CHUNK_LINKS 1024
#define FIRST_CELLS 2
#define TYPES_MAX 65536
#define TYPES_LATELY 64

#define UNKNOWN_NAME "UNKNOWN"
#define UNKNOWN_TYPE 0

struct link_entry {
	struct counter_link counter; /* hashed by counter.link */
	UT_hash_handle hh;
};

struct type_entry {
	char *name;
	__u16 number;
	UT_hash_handle hh;
};

struct settings {
	size_t links_max;
	const struct filter *filter;
};

struct counters {
	struct link_entry *links;   /* hash */
	struct link_entry *last;    /* the last one found, or NULL; consecutive messages are often of the same link */
	struct counter_place place; /* counters__last_place() */
	struct link_entry **chunks; /* of CHUNK_LINKS links each */
	size_t chunks_count;
	size_t links_count;
	struct type_entry *types; /* hash */
	struct type_entry **types_by_number;
	struct type_entry *types_lately[TYPES_LATELY]; /* found by cheap_hash_of(), or NULL */
	size_t types_count;
	size_t types_capacity;
	__u64 hash_seed;
	__u64 total;
	struct sipbpf_packets packets;
	struct unread unread;
	struct settings settings;
};

/* Anyone can forge addresses. The secret seed keeps an attacker from choosing links that collide. */
static unsigned int hash_of(const struct counters *counters, const void *key, size_t length)
{
	return (unsigned int)XXH3_64bits_withSeed(key, length, counters->hash_seed);
}

/* Returns the array with room for one more element than count, moved if need be, or NULL when memory is short. */
static void *grow(void *array, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 16;

	if (count < *capacity)
		return array;
	array = reallocarray(array, wanted, size);
	if (array)
		*capacity = wanted;
	return array;
}

static void free_type(struct type_entry *type)
{
	free(type->name);
	free(type);
}

static int add_type(struct counters *counters, const char *name, __u16 *ret_number)
{
	struct type_entry **by_number, *type;
	size_t length = strlen(name);

	by_number = grow(counters->types_by_number, counters->types_count, &counters->types_capacity,
			 sizeof(struct type_entry *));
	if (!by_number)
		return -ENOMEM;
	counters->types_by_number = by_number;
	type = calloc(1, sizeof(*type));
	if (!type)
		return -ENOMEM;
	type->number = (__u16)counters->types_count;
	type->name = strdup(name);
	if (type->name)
		HASH_ADD_KEYPTR_BYHASHVALUE(hh, counters->types, type->name, length, hash_of(counters, name, length),
					    type);
	if (!type->hh.tbl) {
		free_type(type);
		return -ENOMEM;
	}
	by_number[counters->types_count++] = type;
	*ret_number = type->number;
	return 0;
}

/* Few names are frequent, and they differ in these bytes. */
static unsigned int cheap_hash_of(const char *name, size_t length)
{
	unsigned int middle = (unsigned char)name[length / 2], last = length ? (unsigned char)name[length - 1] : 0;

	return ((unsigned char)name[0] * 5 + middle * 3 + last) % TYPES_LATELY;
}

static struct type_entry *find_type(struct counters *counters, const char *name)
{
	size_t length = strlen(name);
	struct type_entry **lately = &counters->types_lately[cheap_hash_of(name, length)], *type;

	if (*lately && !strcmp((*lately)->name, name))
		return *lately;
	HASH_FIND_BYHASHVALUE(hh, counters->types, name, length, hash_of(counters, name, length), type);
	if (type)
		*lately = type;
	return type;
}

/* Stores the number of a name, which gets one if it has none. Returns 0 or -ENOMEM. */
static int intern_type(struct counters *counters, const char *name, __u16 *ret_number)
{
	struct type_entry *type = find_type(counters, name);

	if (!type && counters->types_count < TYPES_MAX)
		return add_type(counters, name, ret_number);
	*ret_number = type ? type->number : UNKNOWN_TYPE;
	return 0;
}

/* Returns the place for one more link, or NULL when memory is short. */
static struct link_entry *next_entry(struct counters *counters)
{
	size_t chunk = counters->links_count / CHUNK_LINKS;
	struct link_entry **chunks;

	if (chunk == counters->chunks_count) {
		chunks = reallocarray(counters->chunks, chunk + 1, sizeof(*chunks));
		if (!chunks)
			return NULL;
		counters->chunks = chunks;
		chunks[chunk] = calloc(CHUNK_LINKS, sizeof(**chunks));
		if (!chunks[chunk])
			return NULL;
		counters->chunks_count++;
	}
	return &counters->chunks[chunk][counters->links_count % CHUNK_LINKS];
}

static struct link_entry *find_link(const struct counters *counters, const struct link *link)
{
	struct link_entry *entry;

	HASH_FIND_BYHASHVALUE(hh, counters->links, link, sizeof(*link), hash_of(counters, link, sizeof(*link)), entry);
	return entry;
}

/* Adds an entry for a link that has none. Returns it, or NULL when memory is short. */
static struct link_entry *add_link(struct counters *counters, const struct link *link)
{
	struct link_entry *entry = next_entry(counters);

	if (!entry)
		return NULL;
	memset(entry, 0, sizeof(*entry));
	entry->counter.link = *link;
	HASH_ADD_BYHASHVALUE(hh, counters->links, counter.link, sizeof(*link), hash_of(counters, link, sizeof(*link)),
			     entry);
	if (!entry->hh.tbl)
		return NULL;
	counters->links_count++;
	return entry;
}

/*
 * Returns the entry of a link, added if need be, or that of `other` if there is no room for it. NULL when memory is
 * short.
 */
static struct link_entry *find_or_add_link(struct counters *counters, const struct link *link)
{
	static const struct link other = { .is_other = 1 };
	struct link_entry *entry;

	entry = counters->last;
	if (entry && memcmp(&entry->counter.link, link, sizeof(*link)) == 0)
		return entry;
	entry = find_link(counters, link);
	if (!entry && counters->links_count >= counters->settings.links_max) {
		link = &other;
		entry = find_link(counters, link);
	}
	if (!entry)
		entry = add_link(counters, link);
	counters->last = entry;
	return entry;
}

/* Returns the link's cell with the type, method and direction of `wanted`, or NULL if it has none. */
static struct counter_cell *find_cell(const struct counter_link *link, const struct counter_cell *wanted)
{
	struct counter_cell *cell;
	__u32 i;

	for (i = 0; i < link->cells_count; i++) {
		cell = &link->cells[i];
		if (cell->type == wanted->type && cell->method == wanted->method &&
		    cell->direction == wanted->direction)
			return cell;
	}
	return NULL;
}

/* Adds a cell with a count of 0 to a link. Returns it, or NULL when memory is short. */
static struct counter_cell *add_cell(struct counter_link *link, const struct counter_cell *wanted)
{
	struct counter_cell *cell;
	__u32 capacity;

	if (link->cells_count == link->cells_capacity) {
		capacity = link->cells_capacity ? link->cells_capacity * 2 : FIRST_CELLS;
		cell = reallocarray(link->cells, capacity, sizeof(*cell));
		if (!cell)
			return NULL;
		link->cells = cell;
		link->cells_capacity = capacity;
	}
	cell = &link->cells[link->cells_count++];
	*cell = *wanted;
	cell->count = 0;
	return cell;
}

/*
 * Returns the link's cell, added with a count of 0 if need be, or NULL when memory is short. A cell of `other` has no
 * direction.
 */
static struct counter_cell *find_or_add_cell(struct counter_link *link, const struct counter_cell *wanted)
{
	struct counter_cell kind = *wanted, *cell;

	if (link->link.is_other)
		kind.direction = LINK_BOTH;
	cell = find_cell(link, &kind);
	return cell ? cell : add_cell(link, &kind);
}

/* Returns the cell, added if need be and with it its link, or NULL when memory is short. */
static struct counter_cell *find_or_add_link_and_cell(struct counters *counters, const struct link *link,
						      enum link_direction direction, const char *type,
						      const char *method)
{
	struct counter_cell wanted = { .direction = direction };
	struct link_entry *entry;

	if (intern_type(counters, type, &wanted.type) || intern_type(counters, method, &wanted.method))
		return NULL;
	entry = find_or_add_link(counters, link);
	return entry ? find_or_add_cell(&entry->counter, &wanted) : NULL;
}

bool counter_link__is_empty(const struct counter_link *link)
{
	__u32 i;

	for (i = 0; i < link->cells_count; i++) {
		if (link->cells[i].count)
			return false;
	}
	return true;
}

bool counter_link__is_visible(const struct counter_link *link)
{
	return link->is_marked_visible || !counter_link__is_empty(link);
}

struct counters *counters__new(void)
{
	struct counters *counters = calloc(1, sizeof(*counters));
	__u16 unknown;

	if (!counters)
		return NULL;
	counters->settings.links_max = SIZE_MAX;
	/*
	 * Early in boot the kernel may have no random bytes yet. The seed is 0 then, and links can be made to collide.
	 */
	if (getrandom(&counters->hash_seed, sizeof(counters->hash_seed), GRND_NONBLOCK) < 0)
		counters->hash_seed = 0;
	if (add_type(counters, UNKNOWN_NAME, &unknown) < 0) {
		counters__free(counters);
		return NULL;
	}
	return counters;
}

void counters__free(struct counters *counters)
{
	size_t i;

	if (!counters)
		return;
	counters__clear(counters);
	HASH_CLEAR(hh, counters->types);
	for (i = 0; i < counters->types_count; i++)
		free_type(counters->types_by_number[i]);
	free(counters->types_by_number);
	free(counters);
}

void counters__limit_links(struct counters *counters, size_t links_max)
{
	counters->settings.links_max = links_max;
}

void counters__clear(struct counters *counters)
{
	size_t i;

	HASH_CLEAR(hh, counters->links);
	for (i = 0; i < counters->links_count; i++)
		free(counters->chunks[i / CHUNK_LINKS][i % CHUNK_LINKS].counter.cells);
	for (i = 0; i < counters->chunks_count; i++)
		free(counters->chunks[i]);
	free(counters->chunks);
	counters->chunks = NULL;
	counters->chunks_count = 0;
	counters->links_count = 0;
	counters->last = NULL;
	counters->total = 0;
	memset(&counters->packets, 0, sizeof(counters->packets));
	counters->unread = (struct unread){};
}

void counters__set_filter(struct counters *counters, const struct filter *filter)
{
	counters->settings.filter = filter;
}

void counters__set_like(struct counters *counters, const struct counters *others)
{
	counters->settings.filter = others->settings.filter;
	counters->settings.links_max = others->settings.links_max;
}

static bool has_room_for(const struct counters *counters, __u64 count)
{
	return count <= COUNTERS_MAX - counters->total;
}

static void add_to_cell(struct counters *counters, struct counter_cell *cell, __u64 count)
{
	cell->count += count;
	counters->total += count;
}

/* The cell is of the link that was found last. */
static void note_place(struct counters *counters, const struct counter_cell *cell)
{
	struct counter_link *link = &counters->last->counter;

	counters->place = (struct counter_place){ .link = link, .cell = (__u32)(cell - link->cells) };
}

int counters__add(struct counters *counters, const struct link *link, enum link_direction direction, const char *type,
		  const char *method, __u64 count)
{
	const struct filter *filter = counters->settings.filter;

	counters->place.link = NULL;
	if (filter && !filter__wants(filter, link, type, method))
		return 0;
	return counters__add_wanted(counters, link, direction, type, method, count);
}

int counters__add_wanted(struct counters *counters, const struct link *link, enum link_direction direction,
			 const char *type, const char *method, __u64 count)
{
	struct counter_cell *cell;

	counters->place.link = NULL;
	if (!count)
		return 0;
	if (!has_room_for(counters, count))
		return -EOVERFLOW;
	cell = find_or_add_link_and_cell(counters, link, direction, type, method);
	if (!cell)
		return -ENOMEM;
	add_to_cell(counters, cell, count);
	note_place(counters, cell);
	return 0;
}

struct counter_place counters__last_place(const struct counters *counters)
{
	return counters->place;
}

int counters__add_at(struct counters *counters, const struct counter_place *place)
{
	if (!has_room_for(counters, 1))
		return -EOVERFLOW;
	add_to_cell(counters, &place->link->cells[place->cell], 1);
	return 0;
}

/* Returns whether the filter wants to see a link as such, whatever passes on it. */
static bool wants_link(const struct filter *filter, const struct link *link)
{
	return !filter || (!filter->types_count && filter__wants_hosts(filter, &link->server, &link->client));
}

int counters__mark_visible(struct counters *counters, const struct link *link)
{
	struct link_entry *entry;

	if (!wants_link(counters->settings.filter, link))
		return 0;
	entry = find_or_add_link(counters, link);
	if (!entry)
		return -ENOMEM;
	entry->counter.is_marked_visible = !entry->counter.link.is_other;
	return 0;
}

void counters__note_unread(struct counters *counters, const struct link *link, enum unread_cause cause, __u64 packets)
{
	const struct filter *filter = counters->settings.filter;

	if (filter && !filter__wants_hosts(filter, &link->server, &link->client))
		return;
	unread__add_link(&counters->unread, link, cause, packets);
}

void counters__note_tls_port(struct counters *counters, __u16 port, __u64 handshakes)
{
	unread__add_port(&counters->unread, port, handshakes);
}

const struct unread *counters__unread(const struct counters *counters)
{
	return &counters->unread;
}

void counters__merge_unread(struct counters *counters, const struct unread *unread)
{
	unread__merge(&counters->unread, unread);
}

/* Returns target's numbers for source's types, in an array that the caller frees, or NULL when memory is short. */
static __u16 *map_types(struct counters *target, const struct counters *source)
{
	__u16 *map = calloc(source->types_count, sizeof(*map));
	size_t i;

	for (i = 0; map && i < source->types_count; i++) {
		if (intern_type(target, source->types_by_number[i]->name, &map[i]) < 0) {
			free(map);
			return NULL;
		}
	}
	return map;
}

/* Adds a link's messages to target under the key, or, with only_room, only makes room for them. */
static int merge_link(struct counters *target, const struct link *key, const struct counter_link *link,
		      const __u16 *map, bool only_room)
{
	struct counter_cell wanted, *cell;
	struct link_entry *entry;
	__u64 count;
	__u32 i;

	if (!counter_link__is_visible(link))
		return 0;
	entry = find_or_add_link(target, key);
	if (entry && link->is_marked_visible)
		entry->counter.is_marked_visible = !entry->counter.link.is_other;

	for (i = 0; entry && i < link->cells_count; i++) {
		count = link->cells[i].count;
		if (!count)
			continue;
		wanted = link->cells[i];
		wanted.type = map[wanted.type];
		wanted.method = map[wanted.method];
		cell = find_or_add_cell(&entry->counter, &wanted);
		if (!cell)
			return -ENOMEM;
		if (only_room)
			continue;
		add_to_cell(target, cell, count);
	}
	return entry ? 0 : -ENOMEM;
}

int counters__add_packets(struct counters *counters, const struct sipbpf_packets *packets)
{
	if (!packet_counts__fit(&counters->packets, packets, COUNTERS_MAX))
		return -EOVERFLOW;
	packet_counts__add(&counters->packets, packets);
	return 0;
}

int counters__merge(struct counters *target, const struct counters *source)
{
	const struct counter_link *link;
	__u16 *map;
	size_t i;
	int error;

	if (!has_room_for(target, source->total) ||
	    !packet_counts__fit(&target->packets, &source->packets, COUNTERS_MAX))
		return -EOVERFLOW;
	map = map_types(target, source);
	error = map ? 0 : -ENOMEM;
	/* Make room for all messages first. Nothing can fail after that, so a merge is done entirely or not at all. */
	for (i = 0; !error && i < source->links_count; i++) {
		link = counters__link(source, i);
		error = merge_link(target, &link->link, link, map, true);
	}
	for (i = 0; !error && i < source->links_count; i++) {
		link = counters__link(source, i);
		error = merge_link(target, &link->link, link, map, false);
	}
	if (!error)
		error = counters__add_packets(target, &source->packets);
	if (!error)
		unread__merge(&target->unread, &source->unread);
	free(map);
	return error;
}

/* Exchanges everything but the settings. */
static void swap_counts(struct counters *a, struct counters *b)
{
	struct settings settings_of_a = a->settings, settings_of_b = b->settings;
	struct counters old = *a;

	*a = *b;
	*b = old;
	a->settings = settings_of_a;
	b->settings = settings_of_b;
}

static bool has_counts(const struct counters *counters)
{
	return counters->links_count || !packet_counts__are_none(&counters->packets) ||
	       !unread__is_empty(&counters->unread);
}

int counters__take_over(struct counters *target, struct counters *source)
{
	int error;

	if (!has_counts(target) && source->links_count <= target->settings.links_max) {
		swap_counts(target, source);
		return 0;
	}
	error = counters__merge(target, source);
	if (!error)
		counters__clear(source);
	return error;
}

static __u64 less(__u64 count, __u64 by)
{
	return count > by ? count - by : 0;
}

/* Subtracts up to count from a cell, down to 0. Returns what is left to subtract. */
static __u64 subtract_up_to(struct counters *counters, struct counter_cell *cell, __u64 count)
{
	__u64 left = less(count, cell->count);

	cell->count -= count - left;
	counters->total -= count - left;
	return left;
}

/*
 * Subtracts from the cell of the same CSeq method, and what that cell lacks from others of the same type and direction.
 * If several cells are subtracted, their order makes no difference.
 */
static void subtract_cell(struct counters *counters, struct counter_link *link, const struct counter_cell *by)
{
	struct counter_cell *cell = find_cell(link, by);
	__u64 left = cell ? subtract_up_to(counters, cell, by->count) : by->count;
	__u32 i;

	for (i = 0; left && i < link->cells_count; i++) {
		cell = &link->cells[i];
		if (cell->type == by->type && cell->direction == by->direction)
			left = subtract_up_to(counters, cell, left);
	}
}

static void subtract_link(struct counters *target, const struct counter_link *link, const __u16 *map)
{
	struct link_entry *entry = find_link(target, &link->link);
	struct counter_cell by;
	__u32 i;

	for (i = 0; entry && i < link->cells_count; i++) {
		by = link->cells[i];
		by.type = map[by.type];
		by.method = map[by.method];
		subtract_cell(target, &entry->counter, &by);
	}
}

int counters__subtract(struct counters *target, const struct counters *source)
{
	__u16 *map = map_types(target, source);
	size_t i;

	if (!map)
		return -ENOMEM;
	for (i = 0; i < source->links_count; i++)
		subtract_link(target, counters__link(source, i), map);
	packet_counts__subtract(&target->packets, &source->packets);
	unread__subtract(&target->unread, &source->unread);
	free(map);
	return 0;
}

int counters__compact(struct counters *counters)
{
	struct counters *compact = counters__new();
	int error = compact ? counters__merge(compact, counters) : -ENOMEM;

	if (!error)
		swap_counts(counters, compact);
	counters__free(compact);
	return error;
}

int counters__group(const struct counters *counters, int depth, struct counters **ret_counters)
{
	struct counters *grouped;
	const struct counter_link *link;
	struct link key;
	__u16 *map;
	int error = 0;
	size_t i;

	if (depth < 1 || depth > 5)
		return -EINVAL;
	grouped = counters__new();
	map = grouped ? map_types(grouped, counters) : NULL;
	for (i = 0; map && !error && i < counters->links_count; i++) {
		link = counters__link(counters, i);
		key = link__at_depth(&link->link, depth);
		error = merge_link(grouped, &key, link, map, false);
	}
	if (!map || error) {
		counters__free(grouped);
		free(map);
		return -ENOMEM;
	}
	grouped->packets = counters->packets;
	grouped->unread = counters->unread;
	free(map);
	*ret_counters = grouped;
	return 0;
}

struct sipbpf_packets *counters__packets(struct counters *counters)
{
	return &counters->packets;
}

const struct sipbpf_packets *counters__packets_const(const struct counters *counters)
{
	return &counters->packets;
}

__u64 counters__packets_seen(const struct counters *counters)
{
	return packet_counts__seen(&counters->packets);
}

__u64 counters__total(const struct counters *counters)
{
	return counters->total;
}

bool counters__has_links(const struct counters *counters)
{
	size_t i;

	for (i = 0; i < counters->links_count; i++) {
		if (counter_link__is_visible(counters__link(counters, i)))
			return true;
	}
	return false;
}

size_t counters__links_count(const struct counters *counters)
{
	return counters->links_count;
}

const struct counter_link *counters__link(const struct counters *counters, size_t i)
{
	return &counters->chunks[i / CHUNK_LINKS][i % CHUNK_LINKS].counter;
}

const char *counters__type_name(const struct counters *counters, __u16 type)
{
	return counters->types_by_number[type]->name;
}

size_t counters__types_count(const struct counters *counters)
{
	return counters->types_count;
}

// SPDX-License-Identifier: BSD-2-Clause
/* See memory_limit.h. */
#include "base/memory_limit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Version 1 writes the greatest number of pages for "no limit"; no limit that matters is so great. */
#define LIMIT_MAX (1ULL << 62)
#define LIMIT_TEXT_SIZE 32

/* The limit in a file, LIMIT_MAX if it has none or cannot be read. */
static __u64 read_limit(const char *folder, const char *name)
{
	char path[2 * PATH_MAX], text[LIMIT_TEXT_SIZE] = "", *end = text;
	__u64 limit = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file)
		return LIMIT_MAX;
	if (fgets(text, sizeof(text), file))
		limit = strtoull(text, &end, 10);
	(void)fclose(file);
	return end == text || limit > LIMIT_MAX ? LIMIT_MAX : limit;
}

/* The lowest limit of a group and of those above it, up to the root. */
static __u64 lowest_limit(const char *root, const char *group, const char *name)
{
	char folder[PATH_MAX];
	size_t root_length = strlen(root);
	__u64 lowest = LIMIT_MAX, limit;
	char *slash;

	snprintf(folder, sizeof(folder), "%s%s", root, strcmp(group, "/") == 0 ? "" : group);
	do {
		limit = read_limit(folder, name);
		lowest = limit < lowest ? limit : lowest;
		slash = strrchr(folder, '/');
		if (slash && strlen(folder) > root_length)
			*slash = '\0';
		else
			slash = NULL;
	} while (slash && strlen(folder) >= root_length);
	return lowest;
}

/* A line is "hierarchy:controllers:group". Version 2 is hierarchy 0 and names no controllers. */
static __u64 limit_of_line(char *line, const char *root)
{
	char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
	char memory_root[PATH_MAX];

	if (!group)
		return LIMIT_MAX;
	*controllers++ = '\0';
	*group++ = '\0';
	group[strcspn(group, "\n")] = '\0';
	if (!*controllers)
		return lowest_limit(root, group, "memory.max");
	if (strcmp(controllers, "memory") != 0)
		return LIMIT_MAX;
	snprintf(memory_root, sizeof(memory_root), "%s/memory", root);
	return lowest_limit(memory_root, group, "memory.limit_in_bytes");
}

__u64 memory_limit__read(const char *groups, const char *root)
{
	FILE *file = fopen(groups, "re");
	__u64 lowest = LIMIT_MAX, limit;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return 0;
	while (getline(&line, &size, file) > 0) {
		limit = limit_of_line(line, root);
		lowest = limit < lowest ? limit : lowest;
	}
	free(line);
	(void)fclose(file);
	return lowest < LIMIT_MAX ? lowest : 0;
}

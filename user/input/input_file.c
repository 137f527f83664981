// SPDX-License-Identifier: BSD-2-Clause
/*
 * The stream counts its bytes, so that ftello() tells the position in a pipe too. It has a buffer: glibc reads
 * unbuffered streams with a cookie byte by byte.
 */
#include "input/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BUFFER_SIZE (256 * 1024)
#define PROBLEM_SIZE 160
#define GZIP_FIRST 0x1f /* RFC 1952 2.3.1 */
#define GZIP_SECOND 0x8b
#define GZIP_MAGIC_SIZE 2
#define WINDOW_BITS_GZIP (MAX_WBITS + 16) /* inflateInit2(): gzip alone */

/* Compressed data: members of gzip, one behind the other. */
struct gzip {
	z_stream inflater;
	bool is_at_end;        /* of the file */
	bool is_between;       /* two members, or behind the last one */
	Bytef in[BUFFER_SIZE]; /* what was read of the file */
};

struct input_file {
	FILE *stream; /* NULL: it belongs to somebody else */
	int fd;
	const char *name;
	__u64 size;        /* of the file; 0: unknown */
	__u64 offset;      /* bytes read of the file */
	__u64 delivered;   /* bytes given to the stream */
	bool is_begun;     /* the first bytes have told the format */
	struct gzip *gzip; /* NULL: the file is not compressed, or not begun */
	char problem[PROBLEM_SIZE];
	char buffer[BUFFER_SIZE]; /* of the stream */
};

static ssize_t read_some(struct input_file *file, void *target, size_t size)
{
	ssize_t length;

	do
		length = read(file->fd, target, size);
	while (length < 0 && errno == EINTR);
	if (length > 0)
		file->offset += (__u64)length;
	return length;
}

/* ---- gzip ---- */

static ssize_t fail(struct input_file *file, const char *what)
{
	snprintf(file->problem, sizeof(file->problem), "the compressed data is cut or corrupt at byte %llu: %s",
		 (unsigned long long)(file->offset - file->gzip->inflater.avail_in), what);
	errno = EBADMSG;
	return -1;
}

static int start_gzip(struct input_file *file, const char *bytes, size_t length)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (!gzip || inflateInit2(&gzip->inflater, WINDOW_BITS_GZIP) != Z_OK) {
		free(gzip);
		errno = ENOMEM;
		return -1;
	}
	memcpy(gzip->in, bytes, length);
	gzip->inflater.next_in = gzip->in;
	gzip->inflater.avail_in = (uInt)length;
	file->gzip = gzip;
	return 0;
}

static int refill(struct input_file *file)
{
	struct gzip *gzip = file->gzip;
	ssize_t length;

	if (gzip->inflater.avail_in || gzip->is_at_end)
		return 0;
	length = read_some(file, gzip->in, sizeof(gzip->in));
	if (length < 0)
		return -1;
	gzip->is_at_end = length == 0;
	gzip->inflater.next_in = gzip->in;
	gzip->inflater.avail_in = (uInt)length;
	return 0;
}

/* Goes to the next member and skips zeros, which tapes use as padding. */
static void skip_to_member(struct gzip *gzip)
{
	z_stream *inflater = &gzip->inflater;

	for (; inflater->avail_in && !*inflater->next_in; inflater->next_in++)
		inflater->avail_in--;
	if (!inflater->avail_in)
		return;
	inflateReset(inflater);
	gzip->is_between = false;
}

/* Takes one step, with some input or at the end of the file. Returns the number of bytes (0: none yet), or -1. */
static ssize_t inflate_once(struct input_file *file, char *target, size_t size)
{
	struct gzip *gzip = file->gzip;
	size_t length;
	int result;

	gzip->inflater.next_out = (Bytef *)target;
	gzip->inflater.avail_out = (uInt)size;
	result = inflate(&gzip->inflater, Z_NO_FLUSH);
	length = size - gzip->inflater.avail_out;
	gzip->is_between = result == Z_STREAM_END;
	if (length || result == Z_OK || result == Z_STREAM_END)
		return (ssize_t)length; /* the next call meets an error behind it again */
	if (result != Z_BUF_ERROR)
		return fail(file, gzip->inflater.msg ? gzip->inflater.msg : zError(result));
	return gzip->is_at_end ? fail(file, "the file ends within it") : 0;
}

static ssize_t read_gzip(struct input_file *file, char *target, size_t size)
{
	struct gzip *gzip = file->gzip;
	ssize_t length = 0;

	while (!length) {
		if (refill(file) < 0)
			return -1;
		if (gzip->is_between)
			skip_to_member(gzip);
		if (!gzip->is_between)
			length = inflate_once(file, target, size);
		else if (gzip->is_at_end)
			break;
	}
	return length;
}

/* ---- the stream ---- */

/* Reads at least the bytes that tell the format, unless the file ends before. */
static ssize_t read_beginning(struct input_file *file, char *target, size_t size)
{
	size_t length = 0;
	ssize_t result;

	while (length < GZIP_MAGIC_SIZE && length < size) {
		result = read_some(file, target + length, size - length);
		if (result < 0)
			return -1;
		if (result == 0)
			break;
		length += (size_t)result;
	}
	return (ssize_t)length;
}

static bool is_gzip(const char *bytes, ssize_t length)
{
	return length >= GZIP_MAGIC_SIZE && (__u8)bytes[0] == GZIP_FIRST && (__u8)bytes[1] == GZIP_SECOND;
}

static ssize_t begin(struct input_file *file, char *target, size_t size)
{
	ssize_t length = read_beginning(file, target, size < BUFFER_SIZE ? size : BUFFER_SIZE);

	file->is_begun = true;
	if (!is_gzip(target, length))
		return length;
	return start_gzip(file, target, (size_t)length) < 0 ? -1 : read_gzip(file, target, size);
}

static ssize_t stream_read(void *cookie, char *target, size_t size)
{
	struct input_file *file = cookie;
	ssize_t length;

	if (!file->is_begun)
		length = begin(file, target, size);
	else if (file->gzip)
		length = read_gzip(file, target, size);
	else
		length = read_some(file, target, size);
	if (length > 0)
		file->delivered += (__u64)length;
	return length;
}

/* Only tells the position; ftello() needs nothing else. */
static int stream_tell(void *cookie, off64_t *offset, int whence)
{
	const struct input_file *file = cookie;

	if (whence != SEEK_CUR || *offset != 0) {
		errno = ESPIPE;
		return -1;
	}
	*offset = (off64_t)file->delivered;
	return 0;
}

/* ---- the file ---- */

static int open_path(struct input_file *file, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat status;

	file->name = is_stdin ? "standard input" : *path ? path : "''";
	/* A descriptor of our own also for stdin, so that closing is the same for all. */
	file->fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0 || fstat(file->fd, &status))
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	file->size = S_ISREG(status.st_mode) ? (__u64)status.st_size : 0;
	return 0;
}

static int open_stream(struct input_file *file)
{
	static const cookie_io_functions_t functions = { .read = stream_read, .seek = stream_tell };

	file->stream = fopencookie(file, "r", functions);
	if (!file->stream || setvbuf(file->stream, file->buffer, _IOFBF, sizeof(file->buffer)))
		return -ENOMEM;
	__fsetlocking(file->stream, FSETLOCKING_BYCALLER); /* one thread: no lock for every record */
	return 0;
}

int input_file__open(const char *path, struct input_file **ret_file, char *ret_error)
{
	struct input_file *file = calloc(1, sizeof(*file));
	int error = file ? open_path(file, path) : -ENOMEM;

	if (!error)
		error = open_stream(file);
	if (error) {
		snprintf(ret_error, INPUT_FILE_ERROR_SIZE, "%s: %s%s", file ? file->name : path, strerror(-error),
			 error == -EISDIR ? "; name the files in it" : "");
		input_file__close(file);
		return error;
	}
	*ret_file = file;
	return 0;
}

void input_file__close(struct input_file *file)
{
	if (!file)
		return;
	if (file->stream)
		(void)fclose(file->stream);
	if (file->gzip)
		inflateEnd(&file->gzip->inflater);
	free(file->gzip);
	if (file->fd >= 0)
		close(file->fd);
	free(file);
}

FILE *input_file__stream(const struct input_file *file)
{
	return file->stream;
}

struct byte_source input_file__source(struct input_file *file)
{
	return (struct byte_source){ .read = stream_read, .cookie = file };
}

void input_file__disown_stream(struct input_file *file)
{
	file->stream = NULL;
}

const char *input_file__name(const struct input_file *file)
{
	return file->name;
}

const char *input_file__problem(const struct input_file *file)
{
	return *file->problem ? file->problem : NULL;
}

size_t input_file__beginning(const struct input_file *file, const char **ret_bytes)
{
	*ret_bytes = file->buffer;
	return file->delivered < BUFFER_SIZE ? (size_t)file->delivered : BUFFER_SIZE;
}

__u64 input_file__offset(const struct input_file *file)
{
	return file->offset;
}

__u64 input_file__size(const struct input_file *file)
{
	return file->size;
}

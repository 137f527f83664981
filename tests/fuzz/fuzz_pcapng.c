// SPDX-License-Identifier: BSD-2-Clause
/* Files of any bytes as pcapng: what is read lies within them, and reading comes to an end. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "input/pcapng.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(FILE *stream)
{
	struct pcapng_packet packet;
	struct pcapng *reader;
	const char *reason;
	uint8_t sum = 0;
	size_t i;

	if (pcapng__new(stream, &reader, &reason))
		return;
	while (pcapng__next(reader, &packet, &reason) == 1) {
		for (i = 0; i < packet.length; i++)
			sum ^= packet.bytes[i];
		if (packet.time.tv_nsec < 0 || packet.time.tv_nsec > 999999999 || packet.time.tv_sec < 0)
			abort();
	}
	if (sum == 1) /* so that the bytes are read */
		(void)fputc('.', stderr);
	pcapng__free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *stream = size ? fmemopen((void *)data, size, "r") : NULL;

	if (!stream)
		return 0;
	read_all(stream);
	(void)fclose(stream);
	return 0;
}

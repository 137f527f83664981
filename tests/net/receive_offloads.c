// SPDX-License-Identifier: BSD-2-Clause
/*
 * To be preloaded: the kernel's answers, but with the features that RECEIVE_OFFLOADS lists ("rx-gro-hw rx-lro") as if an
 * interface had them on. RECEIVE_OFFLOADS_FIXED says that they cannot be switched. No software interface has them.
 */
#include <dlfcn.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define FEATURES_MAX 256

static int (*real_ioctl)(int fd, unsigned long request, ...);

static void switch_on(int fd, struct ifreq ifreq, struct ethtool_gfeatures *features)
{
	struct ethtool_gstrings *strings = calloc(1, sizeof(*strings) + (size_t)FEATURES_MAX * ETH_GSTRING_LEN);
	const char *wanted = getenv("RECEIVE_OFFLOADS");

	if (!strings || !wanted)
		abort();
	*strings = (struct ethtool_gstrings){ .cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES };
	ifreq.ifr_data = (char *)strings;
	if (real_ioctl(fd, SIOCETHTOOL, &ifreq))
		abort();
	for (unsigned int i = 0; i < strings->len && i / 32 < features->size; i++) {
		const char *name = (const char *)strings->data + (size_t)i * ETH_GSTRING_LEN;
		unsigned int bit = 1U << i % 32;

		if (!*name || !strstr(wanted, name))
			continue;
		features->features[i / 32].active |= bit;
		if (!getenv("RECEIVE_OFFLOADS_FIXED"))
			features->features[i / 32].available |= bit;
	}
	free(strings);
}

int ioctl(int fd, unsigned long request, ...)
{
	struct ifreq *argument;
	va_list arguments;
	int result;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (!real_ioctl)
		real_ioctl = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	result = real_ioctl(fd, request, argument);
	if (result == 0 && request == SIOCETHTOOL && *(unsigned int *)argument->ifr_data == ETHTOOL_GFEATURES)
		switch_on(fd, *argument, (struct ethtool_gfeatures *)argument->ifr_data);
	return result;
}

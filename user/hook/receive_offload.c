// SPDX-License-Identifier: BSD-2-Clause
/* See receive_offload.h. Tested by tests/net/test_unseen.sh. */
#include "hook/receive_offload.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <stdlib.h>
#include <string.h>

#include "hook/ethtool.h"

#define BLOCK_BITS 32

/* A feature's number differs between kernels, its name does not. */
static int read_names(const char *interface, struct ethtool_gstrings **ret_names)
{
	struct {
		struct ethtool_sset_info info;
		__u32 count;
	} request = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES } };
	int error = ethtool__ask(interface, &request);
	struct ethtool_gstrings *names;

	if (error)
		return error;
	names = calloc(1, sizeof(*names) + (size_t)request.count * ETH_GSTRING_LEN);
	if (!names)
		return -ENOMEM;
	*names = (struct ethtool_gstrings){ .cmd = ETHTOOL_GSTRINGS,
					    .string_set = ETH_SS_FEATURES,
					    .len = request.count };
	error = ethtool__ask(interface, names);
	if (error) {
		free(names);
		return error;
	}
	*ret_names = names;
	return 0;
}

static int read_features(const char *interface, __u32 count, struct ethtool_gfeatures **ret_features)
{
	__u32 blocks = (count + BLOCK_BITS - 1) / BLOCK_BITS;
	struct ethtool_gfeatures *features =
		calloc(1, sizeof(*features) + blocks * sizeof(struct ethtool_get_features_block));
	int error;

	if (!features)
		return -ENOMEM;
	*features = (struct ethtool_gfeatures){ .cmd = ETHTOOL_GFEATURES, .size = blocks };
	error = ethtool__ask(interface, features);
	if (error) {
		free(features);
		return error;
	}
	*ret_features = features;
	return 0;
}

static __u32 find_offload(const char *name)
{
	for (int i = 0; i < RECEIVE_OFFLOADS; i++)
		if (strncmp(name, receive_offload__name(i), ETH_GSTRING_LEN) == 0)
			return 1U << i;
	return 0;
}

__u32 receive_offload__read(const char *interface)
{
	struct ethtool_gstrings *names = NULL;
	struct ethtool_gfeatures *features = NULL;
	__u32 found = 0;

	if (!read_names(interface, &names) && !read_features(interface, names->len, &features)) {
		for (__u32 i = 0; i < names->len && i / BLOCK_BITS < features->size; i++) {
			const struct ethtool_get_features_block *block = &features->features[i / BLOCK_BITS];

			if (block->available & block->active & (1U << i % BLOCK_BITS))
				found |= find_offload((const char *)names->data + (size_t)i * ETH_GSTRING_LEN);
		}
	}
	free(features);
	free(names);
	return found;
}

const char *receive_offload__name(enum receive_offload offload)
{
	static const char *const names[RECEIVE_OFFLOADS] = {
		[RECEIVE_OFFLOAD_GRO_HW] = "rx-gro-hw", [RECEIVE_OFFLOAD_LRO] = "rx-lro"
	};

	return names[offload];
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a link carries with sipbpf attached, against the same link with an empty program: a veth pair in a network
 * namespace that ends with this process, one core that makes the frames and receives them, up to a UDP socket. The two
 * take turns many times within one run; the figure is the median of the ratios.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench.skel.h"
#include "kernel/probe.h"
#include "traffic.h"

#define ROUNDS 15
#define FRAMES 100000

/* The addresses that the packets have. */
static const char links[] = "ip link add va type veth peer name vb && ip link set vb address 02:00:00:00:00:02 && "
			    "ip addr add 10.0.0.2/8 dev vb && ip link set va up && ip link set vb up";

struct live {
	struct bench_bpf *bench;
	struct probe *probe;
	int socket;
	struct packet_builder packet;
};

static int make_links(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(0, sizeof(one), &one) || unshare(CLONE_NEWNET))
		return -errno;
	return system(links) == 0 ? 0 : -ENODEV; /* NOLINT: a constant */
}

/* A receiver that does not read: the frames go all the way to its buffer, which is soon full. */
static int open_socket(struct live *live)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(5060) };

	live->socket = socket(AF_INET, SOCK_DGRAM, 0);
	return live->socket >= 0 && bind(live->socket, (struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : -errno;
}

static int load(struct live *live)
{
	const struct probe_options options = { 0 };

	live->bench = bench_bpf__open();
	if (!live->bench)
		return -errno;
	live->bench->rodata->out_ifindex = if_nametoindex("va");
	if (bench_bpf__load(live->bench))
		return -errno;
	return probe__load(&options, &live->probe);
}

static void set_checksum(struct packet_builder *packet)
{
	unsigned int sum = 0, i;

	for (i = 0; i < 20; i += 2)
		sum += (unsigned int)packet->bytes[packet->ip + i] << 8 | packet->bytes[packet->ip + i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	packets__set16(packet, packet->ip + 10, ~(sum + (sum >> 16)) & 0xffff);
}

/* Frames that vb has received. */
static __u64 received(void)
{
	struct ifaddrs *all, *one;
	__u64 count = 0;

	if (getifaddrs(&all))
		return 0;
	for (one = all; one; one = one->ifa_next)
		if (strcmp(one->ifa_name, "vb") == 0 && one->ifa_addr && one->ifa_addr->sa_family == AF_PACKET)
			count = ((struct rtnl_link_stats *)one->ifa_data)->rx_packets;
	freeifaddrs(all);
	return count;
}

/* Frames per second that the link carries with this program; negative: an errno. */
static double measure(struct live *live, int program)
{
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = live->packet.bytes,
		    .data_size_in = (__u32)live->packet.length, .repeat = FRAMES, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
	int link = bpf_link_create(program, (int)if_nametoindex("vb"), BPF_XDP, &native), error;
	struct timespec start, end;
	__u64 before;

	if (link < 0)
		return link;
	before = received();
	clock_gettime(CLOCK_MONOTONIC, &start);
	error = bpf_prog_test_run_opts(bpf_program__fd(live->bench->progs.generate), &options) ? -errno : 0;
	clock_gettime(CLOCK_MONOTONIC, &end);
	close(link);
	if (error)
		return error;
	return (double)(received() - before) /
	       ((double)(end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int run(struct live *live, const char *name, const char *target)
{
	double empty[ROUNDS], ours[ROUNDS], ratios[ROUNDS];
	int i;

	set_checksum(&live->packet);
	for (i = 0; i < ROUNDS; i++) {
		empty[i] = measure(live, bpf_program__fd(live->bench->progs.empty));
		ours[i] = measure(live, probe__program_fd(live->probe, PROBE_XDP));
		if (empty[i] <= 0 || ours[i] <= 0)
			return empty[i] <= 0 ? (int)empty[i] : (int)ours[i];
		ratios[i] = ours[i] / empty[i];
	}
	qsort(empty, ROUNDS, sizeof(*empty), compare);
	qsort(ours, ROUNDS, sizeof(*ours), compare);
	qsort(ratios, ROUNDS, sizeof(*ratios), compare);
	printf("%-44s %8.0f %10.0f %15.0f%%   target: %s\n", name, ours[ROUNDS / 2] / 1000, empty[ROUNDS / 2] / 1000,
	       ratios[ROUNDS / 2] * 100, target);
	return 0;
}

int main(void)
{
	struct live live = { .socket = -1 };
	int error = make_links();

	if (!error)
		error = open_socket(&live);
	if (!error)
		error = load(&live);
	if (!error) {
		printf("%-44s %8s %10s %16s\n", "live veth, one core, thousands of frames/s", "sipbpf", "empty",
		       "ratio");
		traffic__invite(&live.packet);
		error = run(&live, "INVITE, 744 bytes", "at least 70%");
	}
	if (!error) {
		traffic__rtp(&live.packet);
		error = run(&live, "RTP, 172 bytes", "at least 95%");
	}
	if (error)
		fprintf(stderr, "bench: live: %s\n", strerror(-error));
	probe__free(live.probe);
	bench_bpf__destroy(live.bench);
	if (live.socket >= 0)
		close(live.socket);
	return error ? 1 : 0;
}

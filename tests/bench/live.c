// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a link carries with sipbpf attached, against the same link with an empty program: a veth pair in a network
 * namespace that ends with this process, one core that makes the frames and receives them, up to a UDP socket. The two
 * take turns many times within one run; the figure is the median of the ratios. The same for SIP over TCP, against the
 * link with nothing attached.
 *
 * usage: live [--json]
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.skel.h"
#include "hook/attach.h"
#include "kernel/probe.h"
#include "report.h"
#include "traffic.h"

#define ROUNDS 15
#define FRAMES 100000
#define MESSAGES 20000

/* The addresses that the packets have. */
static const char links[] = "ip link add va type veth peer name vb && ip link set vb address 02:00:00:00:00:02 && "
			    "ip addr add 10.0.0.2/8 dev vb && ip link set va up && ip link set vb up";

struct live {
	struct bench_bpf *bench;
	struct probe *probe;
	int socket;
	struct packet_builder packet;
	unsigned char message[TRAFFIC_SEGMENT_LENGTH];
	bool as_json;
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

/* One row: the medians of the ratios, and of what the link carries with sipbpf. target: of the ratio, in percent. */
static void print(const struct live *live, const char *name, const char *unit, double *ours, double *ratios,
		  double target)
{
	struct report_row row = { .name = name, .unit = unit, .ratio_unit = "% of empty", .target = -target };

	qsort(ratios, ROUNDS, sizeof(*ratios), report__compare);
	qsort(ours, ROUNDS, sizeof(*ours), report__compare);
	row.figure.value = ours[ROUNDS / 2];
	row.figure.spread = ours[3 * ROUNDS / 4] - ours[ROUNDS / 4];
	row.ratio = ratios[ROUNDS / 2] * 100;
	report__print(&row, live->as_json);
}

static int run_frames(struct live *live, const char *name, double target)
{
	double ours[ROUNDS], ratios[ROUNDS], empty;
	int i;

	set_checksum(&live->packet);
	for (i = 0; i < ROUNDS; i++) {
		empty = measure(live, bpf_program__fd(live->bench->progs.empty));
		ours[i] = measure(live, probe__program_fd(live->probe, PROBE_XDP));
		if (empty <= 0 || ours[i] <= 0)
			return empty <= 0 ? (int)empty : (int)ours[i];
		ratios[i] = ours[i] / empty;
		ours[i] /= 1000;
	}
	print(live, name, "k/s", ours, ratios, target);
	return 0;
}

/* ---- SIP over TCP ---- */

/*
 * The peer: a process in a network namespace of its own, on the same processor, that reads connections to their ends and
 * tells each end by a byte.
 */
static const char peer_links[] = "ip addr add 10.9.0.2/24 dev tb && ip link set tb up";

static void serve(int go, int told)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(5060) };
	int listener, connection;
	char bytes[65536];

	if (unshare(CLONE_NEWNET) || write(told, "n", 1) != 1 || read(go, bytes, 1) != 1 ||
	    system(peer_links)) /* NOLINT: a constant */
		_exit(1);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 1) ||
	    write(told, "l", 1) != 1)
		_exit(1);
	while ((connection = accept(listener, NULL, NULL)) >= 0) {
		while (read(connection, bytes, sizeof(bytes)) > 0)
			;
		close(connection);
		if (write(told, "e", 1) != 1)
			break;
	}
	_exit(0);
}

struct peer {
	pid_t pid;
	int go, told;
};

static bool is_told(const struct peer *peer)
{
	char byte;

	return read(peer->told, &byte, 1) == 1;
}

static int start_peer(struct peer *peer)
{
	char command[256];
	int go[2], told[2];

	if (pipe2(go, O_CLOEXEC) || pipe2(told, O_CLOEXEC))
		return -errno;
	peer->pid = fork();
	if (peer->pid < 0)
		return -errno;
	if (!peer->pid) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(go[1]);
		close(told[0]);
		serve(go[0], told[1]);
	}
	close(go[0]);
	close(told[1]);
	peer->go = go[1];
	peer->told = told[0];
	if (!is_told(peer))
		return -ECHILD;
	(void)snprintf(command, sizeof(command),
		       "ip link add ta type veth peer name tb netns %d && ip addr add 10.9.0.1/24 dev ta && "
		       "ip link set ta up",
		       (int)peer->pid);
	if (system(command) || write(peer->go, "g", 1) != 1) /* NOLINT: a constant and a number */
		return -ENODEV;
	return is_told(peer) ? 0 : -ECHILD;
}

static void end_peer(struct peer *peer)
{
	if (peer->pid <= 0)
		return;
	kill(peer->pid, SIGKILL);
	(void)waitpid(peer->pid, NULL, 0);
	close(peer->go);
	close(peer->told);
}

/* Messages per second over one connection, each written alone; negative: an errno. */
static double measure_messages(const struct peer *peer, const unsigned char *message, size_t length)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(5060) };
	int connection = socket(AF_INET, SOCK_STREAM, 0), yes = 1, i;
	struct timespec start, end;

	address.sin_addr.s_addr = htonl(0x0a090002);
	if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	(void)setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (i = 0; i < MESSAGES; i++)
		if (write(connection, message, length) != (ssize_t)length)
			return -errno;
	close(connection);
	if (!is_told(peer))
		return -ECHILD;
	clock_gettime(CLOCK_MONOTONIC, &end);
	return MESSAGES / ((double)(end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9);
}

static int run_rounds(struct live *live, const struct peer *peer)
{
	double ours[ROUNDS], ratios[ROUNDS], plain;
	char text[ATTACH_TEXT_SIZE];
	struct attach *attach;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		plain = measure_messages(peer, live->message, sizeof(live->message));
		if (attach__new(probe__hooks(live->probe), "ta", ATTACH_TC, &attach, text))
			return -ENODEV;
		ours[i] = measure_messages(peer, live->message, sizeof(live->message));
		attach__free(attach);
		if (plain <= 0 || ours[i] <= 0)
			return plain <= 0 ? (int)plain : (int)ours[i];
		ratios[i] = ours[i] / plain;
		ours[i] /= 1000;
	}
	print(live, "live veth, tc; SIP over TCP, INVITEs of 480 bytes", "k/s", ours, ratios, 0);
	return 0;
}

static int run_tcp(struct live *live)
{
	struct peer peer = {};
	int error = start_peer(&peer);

	if (!error)
		error = run_rounds(live, &peer);
	end_peer(&peer);
	return error;
}

/* ---- all ---- */

static int run(struct live *live)
{
	unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH];
	int error;

	traffic__invite(&live->packet);
	error = run_frames(live, "live veth, native XDP; INVITE, 744 bytes", 92);
	if (error)
		return error;
	traffic__rtp(&live->packet);
	error = run_frames(live, "live veth, native XDP; RTP, 172 bytes", 95);
	if (error)
		return error;
	traffic__whole_messages(segments);
	memcpy(live->message, segments[0], sizeof(live->message));
	return run_tcp(live);
}

int main(int argc, char **argv)
{
	struct live live = { .socket = -1, .as_json = report__wants_json(argc, argv) };
	int error = make_links();

	if (!error)
		error = open_socket(&live);
	if (!error)
		error = load(&live);
	if (!error)
		error = run(&live);
	if (error)
		fprintf(stderr, "bench: live: %s\n", strerror(-error));
	probe__free(live.probe);
	bench_bpf__destroy(live.bench);
	if (live.socket >= 0)
		close(live.socket);
	return error ? 1 : 0;
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * Two ends of SIP over UDP and TCP, and a tunnel through TUN devices. Statically linked: needs no library, so that it also
 * runs in the guests of tests/kernels.
 *
 * usage: peer answer PORT                         answers each request, at any address, until it is ended
 *        peer ask udp|tcp FROM TO PORT COUNT      sends so many INVITEs, each after the answer to the one before
 *        peer tell ADDRESS GROUP PORT TTL COUNT   sends so many REGISTERs to a group or to all, and awaits its own copies
 *        peer tunnel DEVICE LOCAL REMOTE PORT     takes a TUN device's packets to the other end's, until it is ended
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_SECONDS 300 /* for what takes none, unless it fails */
#define TEXT_SIZE 2048
#define PACKET_SIZE 65536
#define CONNECTIONS_MAX 32

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int add_request(char *text, const char *method, const char *from, const char *to, const char *transport,
		       int number)
{
	return snprintf(
		text, TEXT_SIZE,
		"%s sip:callee@%s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK%d\r\nFrom: <sip:caller@%s>;tag=1\r\n"
		"To: <sip:callee@%s>\r\nCall-ID: %d@%s\r\nCSeq: %d %s\r\nContent-Length: 0\r\n\r\n",
		method, to, transport, from, number, from, to, number, from, number, method);
}

/* A 200 with the headers of the request. */
static size_t make_answer(const char *request, char *answer)
{
	const char *headers = strstr(request, "\r\n");

	return headers ? (size_t)snprintf(answer, TEXT_SIZE, "SIP/2.0 200 OK%s", headers) : 0;
}

/* Reads an address of IPv4, or of IPv6 with or without an interface behind a %. Returns the length of ret_address. */
static socklen_t resolve(const char *text, const char *port, struct sockaddr_storage *ret_address)
{
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)ret_address;
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)ret_address;
	const char *interface = strchr(text, '%');
	char address[INET6_ADDRSTRLEN];

	memset(ret_address, 0, sizeof(*ret_address));
	snprintf(address, sizeof(address), "%.*s", interface ? (int)(interface - text) : (int)strlen(text), text);
	if (inet_pton(AF_INET, address, &ipv4->sin_addr) == 1) {
		ipv4->sin_family = AF_INET;
		ipv4->sin_port = htons((unsigned short)atoi(port));
		return sizeof(*ipv4);
	}
	if (inet_pton(AF_INET6, address, &ipv6->sin6_addr) == 1) {
		ipv6->sin6_family = AF_INET6;
		ipv6->sin6_port = htons((unsigned short)atoi(port));
		ipv6->sin6_scope_id = interface ? if_nametoindex(interface + 1) : 0;
		return sizeof(*ipv6);
	}
	fprintf(stderr, "peer: no address: %s\n", text);
	exit(2);
}

static int bound_socket(int type, const char *address, const char *port)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	struct sockaddr_storage own;
	socklen_t length = resolve(address, port, &own);
	int fd = socket(own.ss_family, type | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (bind(fd, (struct sockaddr *)&own, length))
		die(address);
	return fd;
}

/* ---- answering ---- */

static void answer_datagram(int fd)
{
	char request[TEXT_SIZE], answer[TEXT_SIZE];
	struct sockaddr_storage from;
	socklen_t from_length = sizeof(from);
	ssize_t length = recvfrom(fd, request, sizeof(request) - 1, 0, (struct sockaddr *)&from, &from_length);

	if (length <= 0)
		return;
	request[length] = '\0';
	sendto(fd, answer, make_answer(request, answer), 0, (struct sockaddr *)&from, from_length);
}

/* A request is in a segment of its own, because the next one awaits the answer. Returns false when the other end closes. */
static bool answer_segment(int fd)
{
	char request[TEXT_SIZE], answer[TEXT_SIZE];
	ssize_t length = recv(fd, request, sizeof(request) - 1, 0);

	if (length <= 0)
		return false;
	request[length] = '\0';
	return send(fd, answer, make_answer(request, answer), 0) > 0;
}

static void accept_connection(int listener, struct pollfd *connections)
{
	int fd = accept(listener, NULL, NULL);

	for (int i = 0; fd >= 0 && i < CONNECTIONS_MAX; i++) {
		if (connections[i].fd >= 0)
			continue;
		connections[i].fd = fd;
		return;
	}
	close(fd);
}

static void answer(const char *port)
{
	struct pollfd fds[2 + CONNECTIONS_MAX];

	fds[0].fd = bound_socket(SOCK_DGRAM, "::", port);
	fds[1].fd = bound_socket(SOCK_STREAM, "::", port);
	if (listen(fds[1].fd, CONNECTIONS_MAX))
		die("listen");
	for (int i = 0; i < 2 + CONNECTIONS_MAX; i++) {
		fds[i].events = POLLIN;
		if (i >= 2)
			fds[i].fd = -1;
	}
	puts("listening");
	fflush(stdout);
	while (poll(fds, 2 + CONNECTIONS_MAX, -1) > 0) {
		if (fds[0].revents)
			answer_datagram(fds[0].fd);
		if (fds[1].revents)
			accept_connection(fds[1].fd, fds + 2);
		for (int i = 2; i < 2 + CONNECTIONS_MAX; i++) {
			if (fds[i].fd < 0 || !fds[i].revents || answer_segment(fds[i].fd))
				continue;
			close(fds[i].fd);
			fds[i].fd = -1;
		}
	}
}

/* ---- asking ---- */

static void ask(const char *transport, const char *from, const char *to, const char *port, int count)
{
	bool is_udp = strcmp(transport, "udp") == 0;
	int fd = bound_socket(is_udp ? SOCK_DGRAM : SOCK_STREAM, from, "0");
	struct sockaddr_storage target;
	socklen_t length = resolve(to, port, &target);
	char text[TEXT_SIZE];

	if (connect(fd, (struct sockaddr *)&target, length))
		die(to);
	for (int i = 1; i <= count; i++) {
		int size = add_request(text, "INVITE", from, to, is_udp ? "UDP" : "TCP", i);

		if (send(fd, text, (size_t)size, 0) != size)
			die("send");
		if (recv(fd, text, sizeof(text), 0) <= 0)
			die("no answer");
	}
	close(fd);
}

/* ---- telling a group ---- */

static bool is_group(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)address;

	return address->ss_family == AF_INET6 || IN_MULTICAST(ntohl(ipv4->sin_addr.s_addr));
}

/* Joins the group, so that the kernel makes copies, on the interface of the address. */
static int join(const struct sockaddr_storage *own, const struct sockaddr_storage *group, const char *port)
{
	int fd = bound_socket(SOCK_DGRAM, group->ss_family == AF_INET ? "0.0.0.0" : "::", port);

	if (group->ss_family == AF_INET) {
		struct ip_mreq request = { ((const struct sockaddr_in *)group)->sin_addr,
					   ((const struct sockaddr_in *)own)->sin_addr };

		if (is_group(group) && setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)))
			die("IP_ADD_MEMBERSHIP");
	} else {
		struct ipv6_mreq request = { ((const struct sockaddr_in6 *)group)->sin6_addr,
					     ((const struct sockaddr_in6 *)group)->sin6_scope_id };

		if (setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof(request)))
			die("IPV6_ADD_MEMBERSHIP");
	}
	return fd;
}

static void set_limit(int fd, const struct sockaddr_storage *own, int limit)
{
	int yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof(yes));
	if (own->ss_family == AF_INET6) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &limit, sizeof(limit));
		return;
	}
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &limit, sizeof(limit));
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &((const struct sockaddr_in *)own)->sin_addr,
		   sizeof(struct in_addr));
}

static void tell(const char *address, const char *group, const char *port, int limit, int count)
{
	struct sockaddr_storage own, target;
	socklen_t length = resolve(group, port, &target);
	int receiver, fd = bound_socket(SOCK_DGRAM, address, "0");
	char text[TEXT_SIZE];

	resolve(address, "0", &own);
	receiver = join(&own, &target, port);
	set_limit(fd, &own, limit);
	for (int i = 1; i <= count; i++) {
		int size = add_request(text, "REGISTER", address, "example.com", "UDP", i);

		if (sendto(fd, text, (size_t)size, 0, (struct sockaddr *)&target, length) != size)
			die("sendto");
		if (recv(receiver, text, sizeof(text), 0) <= 0)
			die("no copy");
	}
}

/* ---- a tunnel ---- */

static int open_device(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("/dev/net/tun");
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &request))
		die(name);
	return fd;
}

static void tunnel(const char *name, const char *local, const char *remote, const char *port)
{
	struct sockaddr_storage target;
	socklen_t length = resolve(remote, port, &target);
	int outside = bound_socket(SOCK_DGRAM, local, port);
	struct pollfd fds[] = { { .fd = open_device(name), .events = POLLIN }, { .fd = outside, .events = POLLIN } };
	static char packet[PACKET_SIZE];

	if (connect(outside, (struct sockaddr *)&target, length))
		die(remote);
	puts("listening");
	fflush(stdout);
	while (poll(fds, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			ssize_t size = fds[i].revents ? read(fds[i].fd, packet, sizeof(packet)) : 0;

			if (size > 0 && write(fds[!i].fd, packet, (size_t)size) < 0 && errno == EBADF)
				die(name);
		}
	}
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "answer") == 0)
		answer(argv[2]);
	else if (argc == 7 && strcmp(argv[1], "ask") == 0)
		ask(argv[2], argv[3], argv[4], argv[5], atoi(argv[6]));
	else if (argc == 7 && strcmp(argv[1], "tell") == 0)
		tell(argv[2], argv[3], argv[4], atoi(argv[5]), atoi(argv[6]));
	else if (argc == 6 && strcmp(argv[1], "tunnel") == 0)
		tunnel(argv[2], argv[3], argv[4], argv[5]);
	else
		fprintf(stderr, "usage: peer answer|ask|tell|tunnel ...\n");
	return 0;
}

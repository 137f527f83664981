// SPDX-License-Identifier: BSD-2-Clause
/*
 * Two ends of SIP over UDP and TCP, and a tunnel through TUN devices. Statically linked: needs no library, so that it also
 * runs in the guests of tests/kernels.
 *
 * usage: peer answer PORT [mptcp]                 answers each request, at any address, until it is ended
 *        peer ask udp|tcp|mptcp FROM TO PORT COUNT [STOP]
 *                                                 sends so many INVITEs, each after the answer to the one before; after
 *                                                 so many answers it stops itself (SIGSTOP)
 *        peer pour FROM TO PORT COUNT             sends so many INVITEs over TCP at once, and awaits the answers
 *        peer bypass INTERFACE FROM TO PORT COUNT sends so many INVITEs over UDP past the queueing discipline, to all
 *        peer tell ADDRESS GROUP PORT TTL COUNT   sends so many REGISTERs to a group or to all, and awaits its own copies
 *        peer redirect FROM TO                    has an XDP program send all that one interface receives out of another one,
 *                                                 until it is ended
 *        peer lengthen INTERFACE BYTES            lets frames of IPv4 become so long (BIG TCP)
 *        peer tunnel DEVICE LOCAL REMOTE PORT     takes a TUN device's packets to the other end's, until it is ended
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_SECONDS 300 /* for what takes none, unless it fails */
#define TEXT_SIZE 2048
#define PACKET_SIZE 65536
#define END_SIZE (INET6_ADDRSTRLEN + sizeof("[]:65535"))
#define MESSAGE_END "\r\n\r\n"
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

static int bound_socket(int type, int protocol, const char *address, const char *port)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	struct sockaddr_storage own;
	socklen_t length = resolve(address, port, &own);
	int fd = socket(own.ss_family, type | SOCK_CLOEXEC, protocol), yes = 1;

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

struct connection {
	char text[2 * TEXT_SIZE];
	size_t length;
};

/* Answers the requests that are complete, and keeps the rest. Returns false when the other end closes. */
static bool answer_stream(int fd, struct connection *connection)
{
	char request[2 * TEXT_SIZE], answer[2 * TEXT_SIZE];
	size_t room = sizeof(connection->text) - 1 - connection->length, size;
	ssize_t length = recv(fd, connection->text + connection->length, room, 0);
	const char *end;

	if (length <= 0)
		return false;
	connection->length += (size_t)length;
	connection->text[connection->length] = '\0';
	while ((end = strstr(connection->text, MESSAGE_END))) {
		size = (size_t)(end - connection->text) + strlen(MESSAGE_END);
		snprintf(request, sizeof(request), "%.*s", (int)size, connection->text);
		connection->length -= size;
		memmove(connection->text, connection->text + size, connection->length + 1);
		if (send(fd, answer, make_answer(request, answer), 0) <= 0)
			return false;
	}
	return true;
}

static void accept_connection(int listener, struct pollfd *fds, struct connection *connections)
{
	int fd = accept(listener, NULL, NULL);

	for (int i = 0; fd >= 0 && i < CONNECTIONS_MAX; i++) {
		if (fds[i].fd >= 0)
			continue;
		fds[i].fd = fd;
		connections[i].length = 0;
		return;
	}
	close(fd);
}

static void answer(const char *port, int stream_protocol)
{
	static struct connection connections[CONNECTIONS_MAX];
	struct pollfd fds[2 + CONNECTIONS_MAX];

	fds[0].fd = bound_socket(SOCK_DGRAM, 0, "::", port);
	fds[1].fd = bound_socket(SOCK_STREAM, stream_protocol, "::", port);
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
			accept_connection(fds[1].fd, fds + 2, connections);
		for (int i = 2; i < 2 + CONNECTIONS_MAX; i++) {
			if (fds[i].fd < 0 || !fds[i].revents || answer_stream(fds[i].fd, &connections[i - 2]))
				continue;
			close(fds[i].fd);
			fds[i].fd = -1;
		}
	}
}

/* ---- asking ---- */

static void connect_to(int fd, const char *to, const char *port)
{
	struct sockaddr_storage target;
	socklen_t length = resolve(to, port, &target);

	if (connect(fd, (struct sockaddr *)&target, length))
		die(to);
}

/* Where the answer goes, as Via says it: address and port. */
static void write_own_end(int fd, const char *from, char *ret_text)
{
	struct sockaddr_in6 own = {}; /* the port is where it is in IPv4 */
	socklen_t length = sizeof(own);

	getsockname(fd, (struct sockaddr *)&own, &length);
	snprintf(ret_text, END_SIZE, own.sin6_family == AF_INET6 ? "[%s]:%d" : "%s:%d", from, ntohs(own.sin6_port));
}

static void ask(const char *transport, const char *const ends[3], int count, int stop)
{
	bool is_udp = strcmp(transport, "udp") == 0;
	int fd = bound_socket(is_udp ? SOCK_DGRAM : SOCK_STREAM, strcmp(transport, "mptcp") == 0 ? IPPROTO_MPTCP : 0,
			      ends[0], "0");
	char text[TEXT_SIZE], own[END_SIZE];

	connect_to(fd, ends[1], ends[2]);
	write_own_end(fd, ends[0], own);
	for (int i = 1; i <= count; i++) {
		int size = add_request(text, "INVITE", own, ends[1], is_udp ? "UDP" : "TCP", i);

		if (send(fd, text, (size_t)size, 0) != size)
			die("send");
		if (recv(fd, text, sizeof(text), 0) <= 0)
			die("no answer");
		if (i == stop)
			raise(SIGSTOP);
	}
	close(fd);
}

/* ---- asking much at once ---- */

/* Sends the requests from this number on, up to the last one, by as few calls as the kernel allows. */
static void send_requests(int fd, const char *own, const char *to, int first, int last)
{
	char *text = malloc((size_t)(last - first + 1) * TEXT_SIZE);
	size_t size = 0;

	for (int i = first; text && i <= last; i++)
		size += (size_t)add_request(text + size, "INVITE", own, to, "TCP", i);
	for (size_t sent = 0; sent < size;) {
		ssize_t length = send(fd, text + sent, size - sent, 0);

		if (length <= 0)
			die("send");
		sent += (size_t)length;
	}
	free(text);
}

/* Answers end with the only empty line in them. */
static void receive_answers(int fd, int count)
{
	const char end[] = MESSAGE_END;
	char text[PACKET_SIZE];
	size_t matched = 0;

	while (count > 0) {
		ssize_t length = recv(fd, text, sizeof(text), 0);

		if (length <= 0)
			die("no answer");
		for (ssize_t i = 0; i < length; i++) {
			matched = text[i] == end[matched] ? matched + 1 : text[i] == end[0];
			if (matched < strlen(end))
				continue;
			matched = 0;
			count--;
		}
	}
}

static void pour(const char *from, const char *to, const char *port, int count)
{
	int fd = bound_socket(SOCK_STREAM, 0, from, "0");
	char own[END_SIZE];

	connect_to(fd, to, port);
	write_own_end(fd, from, own);
	/* With the first answer, the kernel learns how much it may send at once. */
	send_requests(fd, own, to, 1, 1);
	receive_answers(fd, 1);
	if (fork() == 0) {
		send_requests(fd, own, to, 2, count);
		_exit(0);
	}
	receive_answers(fd, count - 1);
	wait(NULL);
}

/* ---- past the queueing discipline ---- */

static unsigned short checksum(const void *header, size_t size)
{
	const unsigned char *bytes = header;
	unsigned int sum = 0;

	for (size_t i = 0; i < size; i += 2)
		sum += (unsigned int)(bytes[i] << 8 | bytes[i + 1]);
	return htons((unsigned short)~(sum + (sum >> 16)));
}

/* Puts headers of IPv4 and UDP in front of the text. Returns the length of the packet. */
static size_t make_packet(const char *from, const char *to, const char *port, const char *text, char *packet)
{
	struct iphdr ip = { .version = 4, .ihl = sizeof(ip) / 4, .ttl = 64, .protocol = IPPROTO_UDP };
	struct udphdr udp = { .source = htons(5060), .dest = htons((unsigned short)atoi(port)) };
	size_t length = strlen(text), size = sizeof(ip) + sizeof(udp) + length;

	inet_pton(AF_INET, from, &ip.saddr);
	inet_pton(AF_INET, to, &ip.daddr);
	ip.tot_len = htons((unsigned short)size);
	ip.check = checksum(&ip, sizeof(ip));
	udp.len = htons((unsigned short)(sizeof(udp) + length));
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), &udp, sizeof(udp));
	memcpy(packet + sizeof(ip) + sizeof(udp), text, length);
	return size;
}

static void bypass(const char *interface, const char *const ends[3], int count)
{
	struct sockaddr_ll target = { .sll_family = AF_PACKET,
				      .sll_protocol = htons(ETH_P_IP),
				      .sll_ifindex = (int)if_nametoindex(interface),
				      .sll_halen = ETH_ALEN,
				      .sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;
	char text[TEXT_SIZE], packet[2 * TEXT_SIZE];

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)))
		die("PACKET_QDISC_BYPASS");
	for (int i = 1; i <= count; i++) {
		size_t size;

		add_request(text, "INVITE", ends[0], ends[1], "UDP", i);
		size = make_packet(ends[0], ends[1], ends[2], text, packet);
		if (sendto(fd, packet, size, 0, (struct sockaddr *)&target, sizeof(target)) != (ssize_t)size)
			die(interface);
	}
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
	int fd = bound_socket(SOCK_DGRAM, 0, group->ss_family == AF_INET ? "0.0.0.0" : "::", port);

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
	int receiver, fd = bound_socket(SOCK_DGRAM, 0, address, "0");
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

/* ---- XDP ---- */

static int bpf(int command, union bpf_attr *attributes)
{
	int result = (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));

	if (result < 0)
		die("bpf");
	return result;
}

static int interface_index(const char *name)
{
	int ifindex = (int)if_nametoindex(name);

	if (!ifindex)
		die(name);
	return ifindex;
}

static void redirect(const char *from, const char *to)
{
	/* return bpf_redirect(to, 0); */
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1, .imm = interface_index(to) },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr program = { .prog_type = BPF_PROG_TYPE_XDP,
				   .insn_cnt = sizeof(code) / sizeof(*code),
				   .insns = (__u64)(unsigned long)code,
				   .license = (__u64)(unsigned long)"GPL" };
	union bpf_attr link = {};

	link.link_create.prog_fd = (__u32)bpf(BPF_PROG_LOAD, &program);
	link.link_create.target_ifindex = (__u32)interface_index(from);
	link.link_create.attach_type = BPF_XDP;
	link.link_create.flags = 1 << 1; /* generic XDP */
	bpf(BPF_LINK_CREATE, &link);
	puts("listening");
	fflush(stdout);
	pause();
}

/* ---- long frames ---- */

#define GSO_IPV4_MAX_SIZE 63 /* IFLA_GSO_IPV4_MAX_SIZE, since Linux 6.3 */
#define GRO_IPV4_MAX_SIZE 64

struct link_request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char attributes[64];
};

static void add_number(struct link_request *request, unsigned short type, __u32 number)
{
	struct rtattr *attribute = (struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(sizeof(number));
	memcpy(RTA_DATA(attribute), &number, sizeof(number));
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_SPACE(sizeof(number));
}

/* The number that the kernel tells of a link; 0 if it tells none. */
static __u32 link_number(const struct nlmsghdr *answer, unsigned short type)
{
	const struct ifinfomsg *link = NLMSG_DATA(answer);
	const struct rtattr *attribute = IFLA_RTA(link);
	__u32 number = 0;

	for (int left = (int)IFLA_PAYLOAD(answer); RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == type)
			memcpy(&number, RTA_DATA(attribute), sizeof(number));
	return number;
}

/* Sends the request. Returns the answer, which is valid until the next one. */
static const struct nlmsghdr *ask_kernel(int fd, const struct link_request *request)
{
	static char buffer[PACKET_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *answer = (const struct nlmsghdr *)buffer;
	const struct nlmsgerr *error = NLMSG_DATA(answer);

	if (send(fd, request, request->header.nlmsg_len, 0) < 0 || recv(fd, buffer, sizeof(buffer), 0) < 0)
		die("rtnetlink");
	if (answer->nlmsg_type == NLMSG_ERROR && error->error) {
		errno = -error->error;
		die("rtnetlink");
	}
	return answer;
}

/* A kernel that does not know the attributes ignores them. */
static void lengthen(const char *interface, __u32 bytes)
{
	struct link_request request = { .header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
						    .nlmsg_type = RTM_NEWLINK,
						    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
					.link = { .ifi_index = interface_index(interface) } };
	struct link_request question = request;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	add_number(&request, GSO_IPV4_MAX_SIZE, bytes);
	add_number(&request, GRO_IPV4_MAX_SIZE, bytes);
	ask_kernel(fd, &request);
	question.header.nlmsg_type = RTM_GETLINK;
	question.header.nlmsg_flags = NLM_F_REQUEST;
	if (link_number(ask_kernel(fd, &question), GSO_IPV4_MAX_SIZE) == bytes)
		return;
	fprintf(stderr, "peer: this kernel has no BIG TCP over IPv4\n");
	exit(1);
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
	int outside = bound_socket(SOCK_DGRAM, 0, local, port);
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
	const char *const *ends = (const char *const *)argv + 3;

	signal(SIGPIPE, SIG_IGN);
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "answer") == 0)
		answer(argv[2], argc == 4 ? IPPROTO_MPTCP : 0);
	else if ((argc == 7 || argc == 8) && strcmp(argv[1], "ask") == 0)
		ask(argv[2], ends, atoi(argv[6]), argc == 8 ? atoi(argv[7]) : 0);
	else if (argc == 6 && strcmp(argv[1], "pour") == 0)
		pour(argv[2], argv[3], argv[4], atoi(argv[5]));
	else if (argc == 7 && strcmp(argv[1], "bypass") == 0)
		bypass(argv[2], ends, atoi(argv[6]));
	else if (argc == 7 && strcmp(argv[1], "tell") == 0)
		tell(argv[2], argv[3], argv[4], atoi(argv[5]), atoi(argv[6]));
	else if (argc == 4 && strcmp(argv[1], "redirect") == 0)
		redirect(argv[2], argv[3]);
	else if (argc == 4 && strcmp(argv[1], "lengthen") == 0)
		lengthen(argv[2], (__u32)atoi(argv[3]));
	else if (argc == 6 && strcmp(argv[1], "tunnel") == 0)
		tunnel(argv[2], argv[3], argv[4], argv[5]);
	else
		fprintf(stderr, "usage: peer answer|ask|pour|bypass|tell|redirect|lengthen|tunnel ...\n");
	return 0;
}

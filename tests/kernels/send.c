// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sends SIP over UDP as whole Ethernet frames out of an interface, so that nothing but the interface is needed: no
 * addresses, no routes, no namespaces. Statically linked; runs in the guest of tests/kernels.
 *
 * usage: send INTERFACE request|response COUNT
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER 0x0a4d0002 /* 10.77.0.2 */
#define CLIENT 0x0a4d0001 /* 10.77.0.1 */
#define SERVER_PORT 5060
#define CLIENT_PORT 40000

static const char REQUEST[] = "INVITE sip:callee@10.77.0.2 SIP/2.0\r\n"
			      "Via: SIP/2.0/UDP 10.77.0.1:40000;branch=z9hG4bK1\r\n"
			      "From: <sip:caller@10.77.0.1>;tag=1\r\nTo: <sip:callee@10.77.0.2>\r\n"
			      "Call-ID: 1@10.77.0.1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
static const char RESPONSE[] = "SIP/2.0 200 OK\r\n"
			       "Via: SIP/2.0/UDP 10.77.0.1:40000;branch=z9hG4bK1\r\n"
			       "From: <sip:caller@10.77.0.1>;tag=1\r\nTo: <sip:callee@10.77.0.2>;tag=2\r\n"
			       "Call-ID: 1@10.77.0.1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";

struct frame {
	struct ether_header ethernet;
	struct iphdr ip;
	struct udphdr udp;
	char payload[1024];
} __attribute__((packed));

static __u16 ip_checksum(const unsigned char *header)
{
	__u32 sum = 0;

	for (size_t i = 0; i < sizeof(struct iphdr); i += 2)
		sum += (__u32)(header[i] << 8 | header[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((__u16)~sum);
}

/* Returns the length of the frame. */
static size_t build(struct frame *frame, int is_request)
{
	const char *text = is_request ? REQUEST : RESPONSE;
	size_t length = strlen(text);

	memset(frame, 0, sizeof(*frame));
	memset(frame->ethernet.ether_dhost, 0xff, ETH_ALEN);
	frame->ethernet.ether_shost[0] = 2;
	frame->ethernet.ether_type = htons(ETHERTYPE_IP);
	frame->ip.version = 4;
	frame->ip.ihl = 5;
	frame->ip.ttl = 64;
	frame->ip.protocol = IPPROTO_UDP;
	frame->ip.tot_len = htons((__u16)(sizeof(frame->ip) + sizeof(frame->udp) + length));
	frame->ip.saddr = htonl(is_request ? CLIENT : SERVER);
	frame->ip.daddr = htonl(is_request ? SERVER : CLIENT);
	frame->ip.check = ip_checksum((const unsigned char *)frame + offsetof(struct frame, ip));
	frame->udp.source = htons(is_request ? CLIENT_PORT : SERVER_PORT);
	frame->udp.dest = htons(is_request ? SERVER_PORT : CLIENT_PORT);
	frame->udp.len = htons((__u16)(sizeof(frame->udp) + length));
	memcpy(frame->payload, text, length);
	return offsetof(struct frame, payload) + length;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_halen = ETH_ALEN };
	struct frame frame;
	size_t length;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: send INTERFACE request|response COUNT\n");
		return 2;
	}
	length = build(&frame, !strcmp(argv[2], "request"));
	to.sll_ifindex = (int)if_nametoindex(argv[1]);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || !to.sll_ifindex) {
		perror(argv[1]);
		return 1;
	}
	for (int i = atoi(argv[3]); i > 0; i--) {
		if (sendto(fd, &frame, length, 0, (struct sockaddr *)&to, sizeof(to)) != (ssize_t)length) {
			perror("sendto");
			return 1;
		}
	}
	close(fd);
	return 0;
}

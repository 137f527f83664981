// SPDX-License-Identifier: BSD-2-Clause
/*
 * Tests of beginning.h: what frames look like that begin with IP, a named line each; and the short way for such frames, which
 * must find what it finds behind Ethernet.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "guard.h"
#include "layers.h"
#include "packet/beginning.h"
#include "packet/plain.h"
#include "packets.h"

/* A header with the given bytes at its beginning, then zeros. */
#define HEADER(text) ((const __u8[PACKET_HEADER_SIZE + 1]){ text })

#define IPV4_OF(length, ttl, protocol, checksum, source, target) \
	"\x45\0" length "\0\x01\0\0" ttl protocol checksum source target
#define A "\x0a\0\0\x01"
#define B "\x0a\0\0\x02"

/* ---- single functions ---- */

static void versions(void **state)
{
	__u32 first;

	for (first = 0; first < 256; first++)
		assert_int_equal(packet__has_ip_version(first), first >> 4 == 4 || first >> 4 == 6);
}

static void lengths(void **state)
{
	assert_true(packet__fits_ip(HEADER("\x45\0\0\x1c"), 28));
	assert_true(packet__fits_ip(HEADER("\x45\0\0\x1c"), 60)); /* padding */
	assert_false(packet__fits_ip(HEADER("\x45\0\0\x1c"), 27));
	assert_true(packet__fits_ip(HEADER("\x45\0\0\0"), 28)); /* not yet known */
	assert_true(packet__fits_ip(HEADER("\x60\0\0\0\0\x08"), 48));
	assert_false(packet__fits_ip(HEADER("\x60\0\0\0\0\x08"), 47));
	assert_true(packet__fits_ip(HEADER("\x60\0\0\0\0\0"), 100000)); /* BIG TCP */
	assert_false(packet__fits_ip(HEADER("\x6f\xff\xff\xff\xff\xff"), 0xffff));
}

/* Whether an IPv4 header of this length and one byte changed looks like IP. */
static int looks_like_ipv4(const char *length, int changed, __u32 frame_length)
{
	__u8 header[PACKET_HEADER_SIZE] = IPV4_OF("\0\0", "\x40", "\x11", "\0\0", A, B);

	memcpy(header + 2, length, 2);
	packets__set_ipv4_checksum(header);
	if (changed >= 0)
		header[changed] ^= 1;
	return packet__looks_like_ip(header, frame_length);
}

static void looks_of_ipv4(void **state)
{
	int i;

	assert_true(looks_like_ipv4("\0\x1c", -1, 28));
	assert_true(looks_like_ipv4("\0\x1c", -1, 60));
	assert_false(looks_like_ipv4("\0\x1c", -1, 27));
	assert_true(looks_like_ipv4("\0\0", -1, 70000));
	assert_false(looks_like_ipv4("\0\x13", -1, 28)); /* shorter than its header */
	for (i = 0; i < 20; i++)
		assert_false(looks_like_ipv4("\0\x1c", i, 28));
	assert_false(packet__looks_like_ip(HEADER("\x44\0\0\x1c"), 28)); /* too short for a header */
	/* With options, whose checksum is not at hand, the length decides. */
	assert_true(packet__looks_like_ip(HEADER("\x46\0\0\x20"), 32));
	assert_false(packet__looks_like_ip(HEADER("\x46\0\0\x20"), 33));
	assert_false(packet__looks_like_ip(HEADER("\x55\0\0\x20"), 32));
}

static void looks_of_ipv6(void **state)
{
	assert_true(packet__looks_like_ip(HEADER("\x60\0\0\0\0\x08"), 48));
	assert_true(packet__looks_like_ip(HEADER("\x6f\xff\xff\xff\0\x08"), 48));
	assert_false(packet__looks_like_ip(HEADER("\x60\0\0\0\0\x08"), 49));
	assert_false(packet__looks_like_ip(HEADER("\x60\0\0\0\0\x08"), 47));
	assert_false(packet__looks_like_ip(HEADER("\x50\0\0\0\0\x08"), 48));
}

static void own_copies(void **state)
{
	/* Ethernet to 45:..., with an IPv4 packet in it */
	static const __u8 ethernet[PACKET_HEADER_SIZE] = "\x45\0\0\x2a\0\0\x02\0\0\0\0\x01" T_IPV4 "\x45";

	assert_false(packet__may_be_own_copy(ethernet));
	assert_true(packet__may_be_own_copy(HEADER(IPV4_OF("\0\x1c", "\x01", "\x11", "\0\0", A, "\xe0\0\x01\x4b"))));
	assert_true(packet__may_be_own_copy(
		HEADER("\x60\0\0\0\0\x08\x11\x01\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\xff\x02")));
	assert_false(packet__may_be_own_copy(
		HEADER("\x60\0\0\0\0\x08\x11\x01\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\xfe\x80")));
}

static void headers_of_gre(void **state)
{
	static const __u8 ipv4[PACKET_HEADER_SIZE] = IPV4_OF("\0\0", "\x40", "\x2f", "\0\0", A, B) "\x20\0" T_IPV4;

	assert_true(packet__is_gre_header(ipv4, 0x0800));
	assert_false(packet__is_gre_header(ipv4, 0x86dd));
	assert_false(
		packet__is_gre_header(HEADER(IPV4_OF("\0\0", "\x40", "\x11", "\0\0", A, B) "\x20\0" T_IPV4), 0x0800));
	assert_true(packet__is_gre_header(HEADER("\x60\0\0\0\0\0\x2f"), 0x86dd));
	assert_false(packet__is_gre_header(HEADER("\x60\0\0\0\0\0\x11"), 0x86dd));
	assert_false(packet__is_gre_header(HEADER("\0\0\0\0\0\0\x2f\0\0\x2f"), 0));
}

static void bare_layers(void **state)
{
	assert_int_equal(packet__bare_layer(0x0800), PACKET_IP);
	assert_int_equal(packet__bare_layer(0x86dd), PACKET_IP);
	assert_int_equal(packet__bare_layer(0x8847), PACKET_MPLS);
	assert_int_equal(packet__bare_layer(0x8100), PACKET_VLAN);
	assert_int_equal(packet__bare_layer(0x8864), PACKET_PPPOE);
	assert_int_equal(packet__bare_layer(0x0004), PACKET_LLC);
	/* Whoever sent it may not have said what it is. */
	assert_int_equal(packet__bare_layer(0), PACKET_IP);
	assert_int_equal(packet__bare_layer(0x0003), PACKET_IP);
	assert_int_equal(packet__bare_layer(0x0806), PACKET_IP);
}

static void leaving_the_host(void **state)
{
	static const __u8 ipv6[] = "\x60\0\0\0\0\x08\x11\x01\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\xff\x02";
	__u8 header[PACKET_HEADER_SIZE] = { 0 };

	assert_true(packet__may_leave_host(HEADER(IPV4_OF("\0\x1c", "\x01", "\x11", "\0\0", A, B))));
	assert_false(packet__may_leave_host(HEADER(IPV4_OF("\0\x1c", "\0", "\x11", "\0\0", A, B))));
	memcpy(header, ipv6, sizeof(ipv6));
	assert_true(packet__may_leave_host(header));
	header[25] = 0x01;
	assert_false(packet__may_leave_host(header));
	header[25] = 0x31; /* flags before the scope */
	assert_false(packet__may_leave_host(header));
	header[24] = 0xfe;
	assert_true(packet__may_leave_host(header));
	header[7] = 0;
	assert_false(packet__may_leave_host(header));
}

/* ---- the short way ---- */

static struct guard guard;

static bool is_same(const struct packet_plain *one, const struct packet_plain *other)
{
	return one->transport == other->transport && one->payload == other->payload && one->end == other->end &&
	       one->version == other->version && one->protocol == other->protocol &&
	       (one->protocol != PACKET_PROTOCOL_TCP || one->flags == other->flags);
}

/* Behind Ethernet, and without it, the first bytes of a frame are found to be the same. */
static void check_short_way(const unsigned char *bytes, unsigned int length)
{
	const unsigned char *frame = guard__at_end(&guard, bytes, length), *ip = frame + PACKET_ETHERNET_SIZE;
	struct packet_plain plain = { 0 }, bare = { 0 };
	unsigned int linear;
	int is_plain;

	for (linear = PACKET_ETHERNET_SIZE; linear <= length; linear++) {
		is_plain = packet__find_plain(frame, frame + linear, length, &plain);
		if (!is_plain && words__be16(frame + 12) != (ip[0] >> 4 == 4 ? 0x0800 : 0x86dd))
			continue;
		assert_int_equal(packet__find_plain_ip(ip, frame + linear, length - PACKET_ETHERNET_SIZE, &bare),
				 is_plain);
		assert_true(!is_plain || is_same(&bare, &plain));
	}
}

static void short_way(void **state)
{
	unsigned char bytes[LAYERS_LENGTH_MAX];
	unsigned int length, plain = 0;
	struct packet_plain found;
	size_t i;

	for (i = 0; i < LAYERS_CASES; i++) {
		if (layers_cases[i].first != PACKET_ETHERNET)
			continue;
		layers__build(&layers_cases[i], bytes);
		for (length = PACKET_ETHERNET_SIZE + 1; length <= layers_cases[i].size; length++)
			check_short_way(bytes, length);
		plain += (unsigned int)packet__find_plain_ip(bytes + PACKET_ETHERNET_SIZE, bytes + layers_cases[i].size,
							     layers_cases[i].size - PACKET_ETHERNET_SIZE, &found);
	}
	assert_true(plain >= 4);
}

static int set_up(void **state)
{
	guard = guard__new(LAYERS_LENGTH_MAX);
	return 0;
}

static int tear_down(void **state)
{
	guard__free(&guard);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),      cmocka_unit_test(lengths),          cmocka_unit_test(looks_of_ipv4),
		cmocka_unit_test(looks_of_ipv6), cmocka_unit_test(own_copies),       cmocka_unit_test(headers_of_gre),
		cmocka_unit_test(bare_layers),   cmocka_unit_test(leaving_the_host), cmocka_unit_test(short_way),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

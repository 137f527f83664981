/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>

#include "classify/frame.h"
#include "stream/sightings.h"

#define LIFETIME 50

enum { CLIENT = 1, SERVER, NAT };
enum { ETH0 = 10, ETH1, TUNNEL };

static struct sipbpf_ends ends_of(int source, int target)
{
	struct sipbpf_ends ends = { .source_port = 5060, .target_port = 5060 };

	ends.source.address[15] = (__u8)source;
	ends.target.address[15] = (__u8)target;
	return ends;
}

/* What XDP or tc sees of a request from the client to the server when it arrives at ETH0. */
static struct sighting received(void)
{
	return (struct sighting){ .content = 7,
				  .tick = 1000,
				  .ifindex = ETH0,
				  .ends = ends_of(CLIENT, SERVER),
				  .protocol = 17,
				  .hook = SIPBPF_RECEIVED };
}

static struct sighting sent(__u32 ifindex, __u8 is_forwarded)
{
	struct sighting sighting = received();

	sighting.hook = SIPBPF_SENT;
	sighting.ifindex = ifindex;
	sighting.is_forwarded = is_forwarded;
	return sighting;
}

static void what_is_forwarded_was_received(void **state)
{
	struct sighting first = received(), next = sent(ETH1, 1);

	assert_true(sighting__is_same_packet(&first, &next));
	next.ends = ends_of(NAT, SERVER);
	assert_true(sighting__is_same_packet(&first, &next));
	next.is_forwarded = 0; /* a program sends on the same text */
	assert_false(sighting__is_same_packet(&first, &next));
	next = sent(ETH1, 1);
	next.protocol = 6;
	assert_false(sighting__is_same_packet(&first, &next));
}

static void nothing_passes_a_hook_twice(void **state)
{
	struct sighting first = received(), next = received();

	assert_false(sighting__is_same_packet(&first, &next));
	first = sent(ETH1, 1);
	assert_false(sighting__is_same_packet(&first, &first));
	next = sent(ETH0, 1);
	assert_true(sighting__is_same_packet(&first, &next));
}

/* From one interface to the one above or below it, from one end of a veth pair to the other, or by a program. */
static void check_same_ends(struct sighting first, struct sighting next)
{
	assert_true(sighting__is_same_packet(&first, &next));
	next.ends = ends_of(NAT, SERVER);
	assert_false(sighting__is_same_packet(&first, &next));
}

static void same_ends_are_the_same_packet(void **state)
{
	struct sighting above = received();

	above.ifindex = TUNNEL;
	check_same_ends(received(), above);
	check_same_ends(received(), sent(ETH1, 0));
	check_same_ends(sent(TUNNEL, 0), sent(ETH1, 0));
	check_same_ends(sent(ETH1, 0), received());
}

/* Whether a packet with `first` may be sent with `next`. */
static int may_be_forwarded(struct packet_identity first, struct packet_identity next)
{
	struct sighting before = received(), after = sent(ETH1, 1);

	before.identity = first;
	after.identity = next;
	return sighting__is_same_packet(&before, &after);
}

static struct packet_identity ipv4(__u16 identification, __u8 hop_limit)
{
	return (struct packet_identity){ identification, 4, hop_limit };
}

static struct packet_identity ipv6(__u16 flow_label, __u8 hop_limit)
{
	return (struct packet_identity){ flow_label, 6, hop_limit };
}

static void headers_tell_packets_apart(void **state)
{
	static const struct packet_identity unknown;

	assert_true(may_be_forwarded(ipv4(7, 64), ipv4(7, 63)));
	assert_true(may_be_forwarded(ipv4(7, 64), ipv4(7, 255))); /* as a rule of the host says */
	assert_false(may_be_forwarded(ipv4(7, 64), ipv4(8, 63)));
	assert_false(may_be_forwarded(ipv4(7, 64), ipv4(0, 63)));
	assert_false(may_be_forwarded(ipv4(0, 64), ipv4(7, 63)));
	assert_true(may_be_forwarded(ipv4(0, 64), ipv4(0, 64))); /* bridged */
	assert_true(may_be_forwarded(ipv4(0, 64), ipv4(0, 63)));
	assert_false(may_be_forwarded(ipv4(0, 60), ipv4(0, 63)));
	assert_true(may_be_forwarded(ipv6(7, 64), ipv6(7, 63)));
	assert_false(may_be_forwarded(ipv6(7, 64), ipv6(8, 63)));
	assert_true(may_be_forwarded(ipv6(0, 64), ipv6(0, 63)));
	assert_false(may_be_forwarded(ipv6(0, 60), ipv6(0, 63)));
	assert_true(may_be_forwarded(ipv4(7, 64), ipv6(8, 63))); /* translated */
	assert_true(may_be_forwarded(ipv6(8, 64), ipv4(7, 63)));
	assert_true(may_be_forwarded(unknown, ipv4(7, 63)));
	assert_true(may_be_forwarded(ipv4(7, 64), unknown));
}

/* Ends of an address and a port each, of IPv4 or IPv6. */
static struct sipbpf_ends between(const char *source, const char *target)
{
	struct sipbpf_ends ends = { .source_port = 5060, .target_port = 5060 };
	const char *const texts[] = { source, target };
	struct sipbpf_endpoint *const addresses[] = { &ends.source, &ends.target };

	for (int i = 0; i < 2; i++) {
		char mapped[INET6_ADDRSTRLEN + 8] = "::ffff:";

		assert_int_equal(
			inet_pton(AF_INET6,
				  strchr(texts[i], ':') ? texts[i] : strncat(mapped, texts[i], INET6_ADDRSTRLEN),
				  addresses[i]->address),
			1);
	}
	return ends;
}

/* Whether a packet between these ends may be sent between the others, in any direction. */
static int may_be_translated(struct sipbpf_ends one, struct sipbpf_ends other)
{
	int forth = sighting__may_be_translated(&one, &other);
	struct sipbpf_ends one_back, other_back;

	flow_table__reverse_ends(&one_back, &one);
	flow_table__reverse_ends(&other_back, &other);
	assert_int_equal(sighting__may_be_translated(&other, &one), forth);
	assert_int_equal(sighting__may_be_translated(&one_back, &other_back), forth);
	return forth;
}

/* Between IPv6 and IPv4, addresses are made of addresses: RFC 6052 2.2 and 2.4. */
static void versions_are_translated_by_addresses(void **state)
{
	static const char *const embedded[] = {
		"2001:db8:c000:221::",      "2001:db8:1c0:2:21::",          "2001:db8:122:c000:2:2100::",
		"2001:db8:122:3c0:0:221::", "2001:db8:122:344:c0:2:2100:0", "2001:db8:122:344::192.0.2.33",
		"64:ff9b::192.0.2.33",
	};
	static const char *const others[] = {
		"2001:db8:c000:222::",
		"2001:db8:122:344::192.0.2.34",
		"64:ff9b::",
		"2001:db8::1",
	};
	const char *phone = "2001:db8::5", *nat = "203.0.113.2", *server = "192.0.2.33";
	size_t i;

	for (i = 0; i < sizeof(embedded) / sizeof(*embedded); i++)
		assert_true(may_be_translated(between(phone, embedded[i]), between(nat, server)));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(may_be_translated(between(phone, others[i]), between(nat, server)));
	assert_true(may_be_translated(between("192.0.2.1", server), between(nat, server)));
	assert_true(may_be_translated(between(phone, "2001:db8::9"), between("2001:db8:1::2", "2001:db8::9")));
}

static int rank(const struct sighting *first, const struct sighting *next, int is_known)
{
	int rank = sighting__rank(first, next, is_known);

	assert_true(rank > 0);
	return rank;
}

/* The translated packet of one of two phones with equal packets, of which the headers do not tell. */
static void best_fits_best(void **state)
{
	struct sighting next = sent(ETH1, 1), phone = received(), other;

	phone.ends = between("192.0.2.1", "192.0.2.33");
	next.ends = between("203.0.113.2", "192.0.2.33");
	next.tick += LIFETIME;
	other = phone;
	assert_int_equal(rank(&phone, &next, 0), rank(&other, &next, 0));
	/* the oldest */
	other.tick++;
	assert_true(rank(&phone, &next, 0) > rank(&other, &next, 0));
	/* that has not been sent there */
	phone.tick += LIFETIME;
	phone.translated_at = ~sighting__translation_bit(&next);
	other.translated_at = sighting__translation_bit(&next);
	assert_true(rank(&phone, &next, 0) > rank(&other, &next, 0));
	/* of the same version */
	phone.translated_at = ~0U;
	other.translated_at = 0;
	other.ends = between("2001:db8::5", "64:ff9b::192.0.2.33");
	assert_true(rank(&phone, &next, 0) > rank(&other, &next, 0));
	/* that is known */
	assert_true(rank(&other, &next, 1) > rank(&phone, &next, 0));
	assert_true(rank(&phone, &next, 1) > rank(&other, &next, 1));
}

static void clock_that_wraps_fits(void **state)
{
	struct sighting next = sent(ETH1, 1), phone = received(), other = received();

	next.ends = ends_of(NAT, SERVER);
	next.tick = 2;
	phone.tick = 1;
	other.tick = (__u32)-2;
	assert_true(rank(&other, &next, 0) > rank(&phone, &next, 0));
}

static void places_of_bits(void **state)
{
	__u32 i;

	for (i = 0; i < SIGHTING_WAYS; i++) {
		assert_int_equal(sightings__place(1U << i), i);
		assert_false(sightings__are_several(1U << i));
		assert_true(sightings__are_several(1U << i | 1U << (i + 1) % SIGHTING_WAYS));
	}
	assert_false(sightings__are_several(0));
}

static void set_remembers(void **state)
{
	struct sighting ways[SIGHTING_WAYS] = { { 0 } }, first = received(), next = sent(ETH1, 1);
	__u32 i;

	assert_int_equal(sightings__find(ways, &first, LIFETIME, 0), 0);
	ways[2] = first;
	assert_int_equal(sightings__find(ways, &next, LIFETIME, 0), 1 << 2);
	next.content++;
	assert_int_equal(sightings__find(ways, &next, LIFETIME, 0), 0);
	next.content--;
	next.tick += LIFETIME;
	assert_int_equal(sightings__find(ways, &next, LIFETIME, 0), 1 << 2);
	next.tick++;
	assert_int_equal(sightings__find(ways, &next, LIFETIME, 0), 0);
	/* The clock wraps. */
	ways[2].tick = (__u32)-1;
	next.tick = LIFETIME - 2;
	assert_int_equal(sightings__find(ways, &next, LIFETIME, 0), 1 << 2);
	/* Two phones with equal packets are remembered apart. */
	ways[2] = first;
	first.ends = ends_of(NAT, SERVER);
	ways[0] = first;
	first.ifindex = TUNNEL;
	assert_int_equal(sightings__find(ways, &first, LIFETIME, 0), 1 << 0);
	first.ends = ends_of(CLIENT, SERVER);
	assert_int_equal(sightings__find(ways, &first, LIFETIME, 0), 1 << 2);
	for (i = 0; i < SIGHTING_WAYS; i++)
		ways[i].content = 0;
	assert_int_equal(sightings__find(ways, &first, LIFETIME, 0), 0);
}

/* Two phones with equal packets, both of which are forwarded: neither of them is taken for the other one, translated. */
static void own_ends_come_first(void **state)
{
	struct sighting ways[SIGHTING_WAYS] = { { 0 } }, next = sent(ETH1, 1);

	ways[1] = received();
	ways[0] = ways[2] = received();
	ways[0].ends = ways[2].ends = ends_of(NAT, SERVER);
	assert_int_equal(sightings__find(ways, &next, LIFETIME, 0), 1 << 1);
	ways[1].content = 0;
	assert_int_equal(sightings__find(ways, &next, LIFETIME, 0), 1 << 0 | 1 << 2);
}

static void oldest_gives_way(void **state)
{
	struct sighting ways[SIGHTING_WAYS], next = received();
	__u32 i;

	for (i = 0; i < SIGHTING_WAYS; i++) {
		ways[i] = received();
		ways[i].content = 100 + i;
		ways[i].tick = next.tick - (i == 1 ? 30 : 20);
	}
	assert_int_equal(sightings__victim(ways, &next, 0), 1);
	ways[3].content = next.content; /* the same text before */
	assert_int_equal(sightings__victim(ways, &next, 0), 3);
	ways[3].ends = ends_of(NAT, SERVER);
	assert_int_equal(sightings__victim(ways, &next, 0), 1);
	ways[2].content = 0;
	assert_int_equal(sightings__victim(ways, &next, 0), 2);
}

/* Any byte of the sample makes a difference, and a hash is never that of an empty place. */
static void hash_of_a_sample(void **state)
{
	__u8 sample[SIGHTING_SAMPLE_SIZE] __attribute__((aligned(8))) = { 0 };
	__u64 before = sighting__hash_sample(sample), after;
	size_t i, bit;

	assert_true(before != 0);
	for (i = 0; i < sizeof(sample); i++) {
		for (bit = 0; bit < 8; bit++) {
			sample[i] ^= (__u8)(1 << bit);
			after = sighting__hash_sample(sample);
			assert_true(after != before && after != 0);
			assert_true(sighting__mix(after, i) != 0);
			sample[i] ^= (__u8)(1 << bit);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_forwarded_was_received),
		cmocka_unit_test(nothing_passes_a_hook_twice),
		cmocka_unit_test(same_ends_are_the_same_packet),
		cmocka_unit_test(headers_tell_packets_apart),
		cmocka_unit_test(versions_are_translated_by_addresses),
		cmocka_unit_test(best_fits_best),
		cmocka_unit_test(clock_that_wraps_fits),
		cmocka_unit_test(places_of_bits),
		cmocka_unit_test(set_remembers),
		cmocka_unit_test(own_ends_come_first),
		cmocka_unit_test(oldest_gives_way),
		cmocka_unit_test(hash_of_a_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: BSD-2-Clause
/*
 * The interface watch, against real interfaces in a network namespace of the test's own (of a user namespace too when
 * not root); skipped where no namespace can be made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "hook/interface.h"

#define LOOK_MICROSECONDS 50000
#define LOOKS_MAX 1200
#define PATIENCE_MILLISECONDS 60000 /* with the kernel: only a failure takes so long */

static int namespace_error;

/* Runs ip(8) with these arguments. */
static void ip(const char *arguments)
{
	char command[512];

	snprintf(command, sizeof(command), "ip %s", arguments);
	assert_int_equal(system(command), 0);
}

static int make_namespace(void **state)
{
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		namespace_error = errno;
	return 0;
}

static int make_interfaces(void **state)
{
	if (namespace_error)
		return 0;
	ip("link add left type veth peer name right");
	ip("link set left up");
	ip("link set right up");
	/* The kernel sees to carriers later, at its own time. */
	for (int i = 0; i < LOOKS_MAX && system("ip -o link show left | grep -q 'state UP'"); i++)
		usleep(LOOK_MICROSECONDS);
	return 0;
}

static int remove_interfaces(void **state)
{
	return namespace_error ? 0 : system("ip link del left 2>/dev/null || ip link del lef2 2>/dev/null || true");
}

static void need_namespace(void)
{
	if (!namespace_error)
		return;
	print_message("no network namespace: %s\n", strerror(namespace_error));
	skip();
}

static struct interface_watch *watch_left(unsigned int *ret_ifindex)
{
	struct interface_watch *watch;

	need_namespace();
	*ret_ifindex = if_nametoindex("left");
	assert_int_equal(interface_watch__new(ret_ifindex, 1, &watch), 0);
	return watch;
}

/* Waits for the next event. */
static int next_event(struct interface_watch *watch, struct interface_event *ret_event)
{
	struct pollfd message = { .fd = interface_watch__fd(watch), .events = POLLIN };
	int result;

	do
		result = interface_watch__next(watch, ret_event);
	while (result == 0 && poll(&message, 1, PATIENCE_MILLISECONDS) > 0);
	return result;
}

static void expect(struct interface_watch *watch, enum interface_event_kind kind, unsigned int ifindex,
		   const char *old_name, const char *name)
{
	struct interface_event event;

	assert_int_equal(next_event(watch, &event), 1);
	assert_int_equal(event.kind, kind);
	assert_int_equal(event.ifindex, ifindex);
	assert_string_equal(event.old_name, old_name);
	assert_string_equal(event.name, name);
}

static void expect_none(struct interface_watch *watch)
{
	struct interface_event event;

	assert_int_equal(interface_watch__next(watch, &event), 0);
}

static void nothing_happens(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch = watch_left(&ifindex);

	expect_none(watch);
	ip("link set left mtu 1400");
	ip("link add other type veth peer name rehto");
	ip("link del other");
	expect_none(watch);
	interface_watch__free(watch);
}

static void down_and_up_are_told_once(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch = watch_left(&ifindex);

	ip("link set left down");
	expect(watch, INTERFACE_DOWN, ifindex, "left", "left");
	expect_none(watch);
	ip("link set left up");
	expect(watch, INTERFACE_UP, ifindex, "left", "left");
	expect_none(watch);
	interface_watch__free(watch);
}

static void carrier_loss_is_down(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch = watch_left(&ifindex);

	ip("link set right down");
	expect(watch, INTERFACE_DOWN, ifindex, "left", "left");
	expect_none(watch);
	interface_watch__free(watch);
}

static void rename_has_both_names(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch = watch_left(&ifindex);

	ip("link set left name lef2");
	expect(watch, INTERFACE_RENAMED, ifindex, "left", "lef2");
	expect_none(watch);
	interface_watch__free(watch);
}

static void deletion_is_the_last_event(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch = watch_left(&ifindex);
	struct interface_event event = {};

	ip("link del left");
	while (next_event(watch, &event) == 1 && event.kind != INTERFACE_GONE)
		assert_int_equal(event.kind, INTERFACE_DOWN);
	assert_int_equal(event.kind, INTERFACE_GONE);
	assert_string_equal(event.name, "left");
	ip("link add left type veth peer name right");
	expect_none(watch);
	interface_watch__free(watch);
}

/* What is said of the one that has gone does not touch the other, of whatever number. */
static void another_one_takes_its_place(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch = watch_left(&ifindex);
	struct interface_event event = {};

	ip("link del left");
	while (next_event(watch, &event) == 1 && event.kind != INTERFACE_GONE)
		;
	assert_int_equal(event.kind, INTERFACE_GONE);
	ip("link add left type veth peer name right");
	assert_int_equal(interface_watch__replace(watch, 0, if_nametoindex("left")), 0);
	expect_none(watch); /* that it is down */
	ip("link set right up");
	ip("link set left up");
	expect(watch, INTERFACE_UP, if_nametoindex("left"), "left", "left");
	ip("link set left down");
	expect(watch, INTERFACE_DOWN, if_nametoindex("left"), "left", "left");
	ifindex = if_nametoindex("left");
	ip("link del left");
	expect(watch, INTERFACE_GONE, ifindex, "left", "left");
	ip("link add left type veth peer name right");
	assert_int_equal(interface_watch__replace(watch, 0, ifindex), 0);
	expect(watch, INTERFACE_GONE, ifindex, "", "");
	interface_watch__free(watch);
}

static void leaving_a_bridge_is_not_deletion(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch;

	need_namespace();
	if (system("ip link add name bridge0 type bridge")) {
		print_message("no bridges in this kernel\n");
		skip();
	}
	watch = watch_left(&ifindex);
	ip("link set left master bridge0");
	ip("link set left nomaster");
	expect_none(watch);
	interface_watch__free(watch);
	ip("link del bridge0");
}

static void what_is_down_from_the_beginning_is_told(void **state)
{
	struct interface_watch *watch;
	struct interface_event event;
	unsigned int ifindex;

	need_namespace();
	ip("link set left down");
	watch = watch_left(&ifindex);
	assert_int_equal(next_event(watch, &event), 1);
	assert_int_equal(event.kind, INTERFACE_DOWN);
	assert_true(event.is_first);
	expect_none(watch);
	ip("link set left up");
	assert_int_equal(next_event(watch, &event), 1);
	assert_int_equal(event.kind, INTERFACE_UP);
	assert_true(event.is_first);
	ip("link set left down");
	assert_int_equal(next_event(watch, &event), 1);
	assert_int_equal(event.kind, INTERFACE_DOWN);
	assert_false(event.is_first);
	interface_watch__free(watch);
}

static void changes_of_others_are_noticed(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch = watch_left(&ifindex);

	expect_none(watch);
	assert_true(interface_watch__take_changed(watch));
	expect_none(watch);
	assert_false(interface_watch__take_changed(watch));
	ip("link add other type veth peer name rehto");
	expect_none(watch);
	assert_true(interface_watch__take_changed(watch));
	ip("link del other");
	expect_none(watch);
	assert_true(interface_watch__take_changed(watch));
	assert_false(interface_watch__take_changed(watch));
	interface_watch__free(watch);
}

static void names_of_all_kinds_are_found(void **state)
{
	static const char longest[] = "an-alternative-name-of-the-longest-kind-0123456789-0123456789-0123456789-"
				      "0123456789-0123456789-0123456789-0123456789-0123456789";
	static const char *const forms[] = { "%ux", "0%u", "+%u", "-%u", " %u", "%u ", "0x%x" };
	char command[256], number[24];

	need_namespace();
	assert_int_equal(interface__find("left"), if_nametoindex("left"));
	assert_int_equal(interface__find("nobody"), 0);
	assert_int_equal(interface__find("nobody@left"), 0);
	assert_int_equal(interface__find("@left"), 0);
	snprintf(number, sizeof(number), "%u", if_nametoindex("right"));
	assert_int_equal(interface__find(number), if_nametoindex("right"));
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		snprintf(number, sizeof(number), forms[i], if_nametoindex("right"));
		assert_int_equal(interface__find(number), 0);
	}
	assert_int_equal(interface__find("4294967297"), 0);
	assert_int_equal(interface__find("99999999999999999999999"), 0);
	assert_int_equal(interface__find("0"), 0);
	assert_int_equal(interface__find(""), 0);
	assert_int_equal(interface__find(longest), 0);
	assert_int_equal(strlen(longest), 127);
	snprintf(command, sizeof(command), "link property add dev left altname %s altname short", longest);
	ip(command);
	assert_int_equal(interface__find("short"), if_nametoindex("left"));
	assert_int_equal(interface__find(longest), if_nametoindex("left"));
	ip("link property add dev right altname left@right");
	assert_int_equal(interface__find("left@right"), if_nametoindex("right"));
	snprintf(command, sizeof(command), "%s-more", longest);
	assert_int_equal(interface__find(command), 0);
}

static void assert_missing(const char *name, const char *wanted)
{
	char text[INTERFACE_MISSING_SIZE];

	assert_int_equal(interface__find(name), 0);
	interface__describe_missing(name, text);
	assert_string_equal(text, wanted);
}

/* Only as `ip link` prints them: behind the `@` is the interface that the name is linked to. */
static void names_are_found_as_they_are_printed(void **state)
{
	char text[64];

	need_namespace();
	assert_int_equal(interface__find("left@right"), if_nametoindex("left"));
	snprintf(text, sizeof(text), "left@if%u", if_nametoindex("right"));
	assert_int_equal(interface__find(text), if_nametoindex("left"));
	assert_missing("left@", "left@: no such interface; `ip link` prints it as left@right");
	assert_missing("left@left", "left@left: no such interface; `ip link` prints it as left@right");
	assert_missing("left@NONE", "left@NONE: no such interface; `ip link` prints it as left@right");
	assert_missing("left@nonsense", "left@nonsense: no such interface; `ip link` prints it as left@right");
	assert_missing("left@if0", "left@if0: no such interface; `ip link` prints it as left@right");
	assert_missing("lo@left", "lo@left: no such interface; `ip link` prints it as lo");
	assert_missing("@left", "@left: no such interface; did you mean 'left'? `ip -br link` lists all");
	ip("link set left name lef@2");
	assert_int_equal(interface__find("lef@2"), if_nametoindex("lef@2"));
	assert_int_equal(interface__find("lef@2@right"), if_nametoindex("lef@2"));
	assert_int_equal(interface__find("right@lef@2"), if_nametoindex("right"));
	assert_missing("lef@2@left", "lef@2@left: no such interface; `ip link` prints it as lef@2@right");
	ip("link del right");
}

static bool leave_namespace(void *context)
{
	return unshare(CLONE_NEWNET) == 0;
}

/* Of an interface in another network namespace, only the number is known. */
static void a_link_to_another_namespace_is_a_number(void **state)
{
	unsigned int number;
	char text[128];
	pid_t other;

	need_namespace();
	number = if_nametoindex("right");
	other = child__start(leave_namespace, NULL);
	snprintf(text, sizeof(text), "link set right netns %d", (int)other);
	ip(text);
	snprintf(text, sizeof(text), "left@if%u", number);
	assert_int_equal(interface__find(text), if_nametoindex("left"));
	snprintf(text, sizeof(text), "left@right: no such interface; `ip link` prints it as left@if%u", number);
	assert_missing("left@right", text);
	child__end(other, SIGKILL);
}

static void unknown_interface_is_gone(void **state)
{
	const unsigned int ifindex = 123456;
	struct interface_watch *watch;

	need_namespace();
	assert_int_equal(interface_watch__new(&ifindex, 1, &watch), 0);
	expect(watch, INTERFACE_GONE, ifindex, "", "");
	expect_none(watch);
	interface_watch__free(watch);
}

/* More changes than the socket holds: the kernel says ENOBUFS once, and the last state still comes through. */
static void lost_messages_lose_no_state(void **state)
{
	unsigned int ifindex;
	struct interface_watch *watch = watch_left(&ifindex);
	struct interface_event event;
	const int size = 2048;
	int result, events = 0;

	assert_int_equal(setsockopt(interface_watch__fd(watch), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)), 0);
	for (int i = 0; i < 8; i++) {
		ip("link set left down");
		ip("link set left up");
	}
	ip("link set left down");
	ip("link set left name lef2");
	while ((result = interface_watch__next(watch, &event)) == 1)
		events++;
	assert_int_equal(result, 0);
	assert_in_range(events, 2, 12);
	assert_string_equal(event.name, "lef2");
	ip("link set lef2 up");
	expect(watch, INTERFACE_UP, ifindex, "lef2", "lef2");
	interface_watch__free(watch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_interfaces, remove_interfaces)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_happens),
		TEST(down_and_up_are_told_once),
		TEST(carrier_loss_is_down),
		TEST(rename_has_both_names),
		TEST(deletion_is_the_last_event),
		TEST(another_one_takes_its_place),
		TEST(leaving_a_bridge_is_not_deletion),
		TEST(what_is_down_from_the_beginning_is_told),
		TEST(changes_of_others_are_noticed),
		TEST(names_of_all_kinds_are_found),
		TEST(names_are_found_as_they_are_printed),
		TEST(a_link_to_another_namespace_is_a_number),
		TEST(unknown_interface_is_gone),
		TEST(lost_messages_lose_no_state),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}

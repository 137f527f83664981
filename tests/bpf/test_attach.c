// SPDX-License-Identifier: BSD-2-Clause
/*
 * Hooks that the command line cannot ask for on a kernel with tcx: clsact filters, their guardian and the qdisc, alone
 * and side by side with those of others. In a network namespace of the test's own, on a veth pair.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook/attach.h"
#include "hook/guardian.h"
#include "hook/lookout.h"
#include "base/privileges.h"
#include "child.h"
#include "patience.h"

#define STEP_MICROSECONDS 50000
#define STEPS_MAX (PATIENCE_MILLISECONDS * 1000 / STEP_MICROSECONDS)

static struct probe *probe;
static const char *skip_reason;

static int run(const char *command)
{
	int status = system(command);

	return status < 0 ? -1 : WEXITSTATUS(status);
}

static bool has_qdisc(void)
{
	return run("tc qdisc show dev left clsact | grep -q clsact") == 0;
}

static bool has_filters(const char *direction)
{
	char command[128];

	snprintf(command, sizeof(command), "tc filter show dev left %s 2>/dev/null | grep -q sipbpf", direction);
	return run(command) == 0;
}

/* The guardian of a killed process works on its own time. */
static bool becomes_clean(void)
{
	for (int i = 0; i < STEPS_MAX; i++) {
		if (!has_qdisc())
			return true;
		usleep(STEP_MICROSECONDS);
	}
	return false;
}

static int setup_group(void **state)
{
	const struct probe_options options = { .programs = attach__programs(ATTACH_CLSACT, NULL, 0), .rows_max = 1024 };
	char missing[128];

	libbpf_set_print(NULL);
	if (privileges__missing(missing, sizeof(missing)) > 0 || unshare(CLONE_NEWNET))
		skip_reason = "needs the capabilities to load, and a network namespace";
	else if (run("ip link add left type veth peer name right && ip link set left up && ip link set right up"))
		skip_reason = "needs veth";
	else if (probe__load(&options, &probe))
		return -1;
	return 0;
}

static int teardown_group(void **state)
{
	probe__free(probe);
	return 0;
}

static int clean(void **state)
{
	return run("tc qdisc del dev left clsact 2>/dev/null; tc qdisc del dev left ingress 2>/dev/null; true");
}

static void need_namespace(void)
{
	if (!skip_reason)
		return;
	print_message("%s\n", skip_reason);
	skip();
}

static struct attach *attach_clsact(void)
{
	char text[ATTACH_TEXT_SIZE] = "";
	struct attach *attach = NULL;
	int error = attach__new(probe__hooks(probe), "left", ATTACH_CLSACT, &attach, text);

	if (error == -ENOENT || error == -EOPNOTSUPP) {
		print_message("no clsact in this kernel: %s\n", text);
		skip();
	}
	assert_int_equal(error, 0);
	assert_string_equal(text, "left: received by clsact (as asked for), sent by clsact");
	return attach;
}

static void both_directions_come_and_go(void **state)
{
	struct attach *attach;

	need_namespace();
	attach = attach_clsact();
	assert_true(has_filters("ingress"));
	assert_true(has_filters("egress"));
	attach__free(attach);
	assert_false(has_qdisc());
}

static void the_last_of_several_removes_the_qdisc(void **state)
{
	struct attach *first, *second;

	need_namespace();
	first = attach_clsact();
	second = attach_clsact();
	assert_int_equal(run("test $(tc filter show dev left ingress | grep -c sipbpf_received) = 2"), 0);
	attach__free(first);
	assert_int_equal(run("test $(tc filter show dev left ingress | grep -c sipbpf_received) = 1"), 0);
	assert_true(has_filters("egress"));
	attach__free(second);
	assert_false(has_qdisc());
}

static void a_qdisc_of_others_stays(void **state)
{
	struct attach *attach;

	need_namespace();
	if (run("tc qdisc add dev left clsact 2>/dev/null"))
		skip();
	attach = attach_clsact();
	attach__free(attach);
	assert_true(has_qdisc());
	assert_false(has_filters("ingress"));
	assert_false(has_filters("egress"));
}

/* Puts one more filter there, as somebody else would: of the lowest priority. */
static void add_foreign_filter(void)
{
	DECLARE_LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)if_nametoindex("left"), .attach_point = BPF_TC_INGRESS);
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = 7, .priority = 9,
			    .prog_fd = probe__program_fd(probe, PROBE_TC_RECEIVED));

	assert_int_equal(bpf_tc_attach(&hook, &opts), 0);
}

static void a_filter_of_others_stays_and_keeps_the_qdisc(void **state)
{
	struct attach *attach;

	need_namespace();
	attach = attach_clsact();
	add_foreign_filter();
	attach__free(attach);
	assert_int_equal(run("test $(tc filter show dev left ingress | grep -c sipbpf_received) = 1"), 0);
	assert_int_equal(run("tc filter show dev left ingress | grep -q 'pref 9.*handle 0x7'"), 0);
	assert_false(has_filters("egress"));
}

static bool attach_filters(void *drops_privileges)
{
	struct attach *attach = NULL;
	char text[ATTACH_TEXT_SIZE];

	return !attach__new(probe__hooks(probe), "left", ATTACH_CLSACT, &attach, text) &&
	       !(*(bool *)drops_privileges && privileges__drop());
}

/* Attaches in a child that waits to be killed; returns when it has attached. */
static pid_t start_victim(bool drops_privileges)
{
	return child__start(attach_filters, &drops_privileges);
}

static void a_kill_leaves_nothing(void **state)
{
	pid_t pid;

	need_namespace();
	attach__free(attach_clsact());
	pid = start_victim(true);
	assert_true(has_filters("ingress"));
	child__end(pid, SIGKILL);
	assert_true(becomes_clean());
}

static void a_kill_of_one_leaves_the_other(void **state)
{
	struct attach *attach;
	pid_t pid;

	need_namespace();
	attach = attach_clsact();
	pid = start_victim(false);
	child__end(pid, SIGKILL);
	for (int i = 0; i < STEPS_MAX && run("test $(tc filter show dev left egress | grep -c sipbpf_sent) = 1"); i++)
		usleep(STEP_MICROSECONDS);
	assert_true(has_filters("ingress"));
	assert_true(has_filters("egress"));
	attach__free(attach);
	assert_false(has_qdisc());
}

/* A signal to the process group, as Ctrl-C sends, is not for the guardian. */
static void the_guardian_outlives_signals_to_the_group(void **state)
{
	pid_t pid;

	need_namespace();
	attach__free(attach_clsact());
	pid = fork();
	if (pid == 0) {
		char text[ATTACH_TEXT_SIZE];
		struct attach *attach;

		setpgid(0, 0);
		if (attach__new(probe__hooks(probe), "left", ATTACH_CLSACT, &attach, text) == 0)
			kill(0, SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(becomes_clean());
}

/* The child of a process; 0: none. */
static pid_t child_of(pid_t parent)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	char path[300];
	int pid, its_parent;
	pid_t child = 0;

	assert_non_null(proc);
	while (!child && (entry = readdir(proc))) {
		FILE *stat;

		if (!isdigit(entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		stat = fopen(path, "re");
		if (!stat)
			continue;
		if (fscanf(stat, "%d (%*[^)]) %*c %d", &pid, &its_parent) == 2 && its_parent == parent)
			child = pid;
		(void)fclose(stat);
	}
	(void)closedir(proc);
	return child;
}

/* Whether a process has ended, and has nothing open any more, if perhaps nobody has waited for it. */
static bool has_ended(pid_t pid)
{
	char path[64], state = 'X';
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return true;
	if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	(void)fclose(stat);
	return state == 'Z' || state == 'X';
}

/* Kills a guardian and waits until its filters have nobody any more. */
static void kill_guardian(pid_t guardian)
{
	assert_true(guardian > 0);
	assert_int_equal(kill(guardian, SIGKILL), 0);
	for (int i = 0; i < STEPS_MAX && !has_ended(guardian); i++)
		usleep(STEP_MICROSECONDS);
	assert_true(has_ended(guardian));
}

static bool has_filters_of(int count)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "test $(tc filter show dev left ingress | grep -c sipbpf_received) = %d && "
		 "test $(tc filter show dev left egress | grep -c sipbpf_sent) = %d",
		 count, count);
	return run(command) == 0;
}

/* As a kill of all processes of a service does. */
static void what_was_left_with_nobody_is_removed_by_the_next(void **state)
{
	struct attach *attach;
	pid_t pid;

	need_namespace();
	attach__free(attach_clsact());
	pid = start_victim(true);
	kill_guardian(child_of(pid));
	child__end(pid, SIGKILL);
	assert_true(has_filters_of(1));
	attach = attach_clsact();
	assert_true(has_filters_of(1));
	attach__free(attach);
	assert_false(has_qdisc());
}

static void a_lost_guardian_is_told_with_what_helps(void **state)
{
	char text[ATTACH_TEXT_SIZE] = "", command[ATTACH_TEXT_SIZE];
	struct attach *attach;
	const char *begin, *end;

	need_namespace();
	attach = attach_clsact();
	assert_false(attach__has_leftovers(attach, text));
	kill_guardian(child_of(getpid()));
	assert_true(attach__has_leftovers(attach, text));
	assert_int_equal(attach__guardian_fd(attach), -1);
	assert_non_null(strstr(text, "left: the process sipbpf-guardian has been killed"));
	attach__free(attach);
	assert_true(has_filters_of(1));
	for (begin = strstr(text, "`tc "); begin; begin = strstr(end, "`tc ")) {
		end = strchr(begin + 1, '`');
		snprintf(command, sizeof(command), "%.*s", (int)(end - begin - 1), begin + 1);
		assert_int_equal(run(command), 0);
	}
	assert_true(has_filters_of(0));
}

/* It still counts, so its filters are not for others to remove. */
static void a_lost_guardian_leaves_its_filters_in_use(void **state)
{
	struct attach *first, *second;

	need_namespace();
	first = attach_clsact();
	kill_guardian(child_of(getpid()));
	second = attach_clsact();
	assert_true(has_filters_of(2));
	attach__free(second);
	assert_true(has_filters_of(1));
	attach__free(first);
	second = attach_clsact();
	assert_true(has_filters_of(1));
	attach__free(second);
	assert_false(has_qdisc());
}

static void an_ingress_qdisc_is_refused(void **state)
{
	char text[ATTACH_TEXT_SIZE] = "";
	struct attach *attach = NULL;

	need_namespace();
	attach__free(attach_clsact());
	assert_int_equal(run("tc qdisc add dev left ingress"), 0);
	assert_int_equal(attach__new(probe__hooks(probe), "left", ATTACH_CLSACT, &attach, text), -EBUSY);
	assert_null(attach);
	assert_non_null(strstr(text, "`tc qdisc del dev left ingress; tc qdisc add dev left clsact`"));
	assert_false(has_filters("ingress"));
	assert_int_equal(run("tc qdisc show dev left ingress | grep -q 'qdisc ingress'"), 0);
}

/* What stands before the filters of others, as unseen__look() finds it at the place that has or will have our filter. */
static size_t look_at_received(const struct attach *attach, struct unseen *ret_list)
{
	struct unseen_place places[ATTACH_PLACES_MAX];
	char text[ATTACH_TEXT_SIZE];
	size_t count = 0;

	if (attach)
		count = attach__places(attach, places);
	else
		assert_int_equal(attach__foresee("left", ATTACH_CLSACT, places, &count, text), 0);
	assert_int_equal(count, 2);
	assert_int_equal(places[0].hook, UNSEEN_BY_CLSACT);
	return unseen__look(&places[0], ret_list);
}

/* A filter of another kind holds the first priority, and one of BPF comes behind ours. */
static void filters_of_others_in_front_are_found(void **state)
{
	struct unseen list[UNSEEN_MAX];
	struct attach *attach;

	need_namespace();
	if (run("tc qdisc add dev left clsact 2>/dev/null") ||
	    run("tc filter add dev left ingress pref 1 protocol ip u32 match u32 0 0 flowid 1:1 2>/dev/null"))
		skip();
	add_foreign_filter();
	for (int i = 0; i < 2; i++) {
		attach = i ? attach_clsact() : NULL;
		assert_int_equal(look_at_received(attach, list), 1);
		assert_int_equal(list[0].kind, UNSEEN_CLSACT_FILTER);
		assert_string_equal(list[0].name, "u32");
		assert_int_equal(list[0].program, 0);
		attach__free(attach);
	}
	assert_int_equal(run("tc filter del dev left ingress pref 1"), 0);
	attach = attach_clsact();
	assert_int_equal(look_at_received(attach, list), 0);
	attach__free(attach);
}

/* A filter of BPF that is put before ours later, and another sipbpf's, which passes everything on. */
static void a_program_in_front_of_ours_is_found(void **state)
{
	DECLARE_LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)if_nametoindex("left"), .attach_point = BPF_TC_INGRESS);
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = 7, .priority = 1);
	struct attach *first, *second;
	struct unseen list[UNSEEN_MAX];

	need_namespace();
	opts.prog_fd = probe__program_fd(probe, PROBE_TC_RECEIVED);
	first = attach_clsact();
	second = attach_clsact();
	assert_int_equal(look_at_received(first, list), 0);
	attach__free(second);
	assert_int_equal(bpf_tc_attach(&hook, &opts), 0);
	assert_int_equal(look_at_received(first, list), 1);
	assert_int_equal(list[0].program, opts.prog_id);
	assert_non_null(strstr(list[0].name, "sipbpf_received"));
	attach__free(first);
}

static void a_failed_attach_leaves_nothing(void **state)
{
	int fds[CLSACT_DIRECTIONS];
	struct guardian *guardian = NULL;

	need_namespace();
	attach__free(attach_clsact());
	fds[CLSACT_RECEIVED] = probe__program_fd(probe, PROBE_TC_RECEIVED);
	fds[CLSACT_SENT] = probe__maps(probe)->packets;
	assert_true(guardian__new(if_nametoindex("left"), fds, &guardian) < 0);
	assert_null(guardian);
	assert_false(has_qdisc());
}

static void a_deleted_interface_is_no_error(void **state)
{
	struct attach *attach;

	need_namespace();
	attach = attach_clsact();
	assert_int_equal(run("ip link del left"), 0);
	attach__free(attach);
	assert_int_equal(run("ip link add left type veth peer name right"), 0);
	assert_false(has_qdisc());
}

/* Attaches by a lookout, which is in *ret_lookout then. */
static struct attach *attach_by_lookout(struct lookout **ret_lookout)
{
	char text[ATTACH_TEXT_SIZE] = "";
	struct attach *attach = NULL;

	attach__free(attach_clsact());
	assert_int_equal(lookout__new(ret_lookout), 0);
	assert_int_equal(lookout__attach(*ret_lookout, probe__hooks(probe), "left", ATTACH_CLSACT, &attach, text), 0);
	assert_string_equal(text, "left: received by clsact (as asked for), sent by clsact");
	return attach;
}

/* The lookout may end before it, or after it. */
static void what_the_lookout_attaches_is_the_callers(void **state)
{
	for (int ends_first = 0; ends_first < 2; ends_first++) {
		struct unseen_place places[ATTACH_PLACES_MAX];
		struct lookout *lookout = NULL;
		struct attach *attach;
		char text[ATTACH_TEXT_SIZE];

		need_namespace();
		attach = attach_by_lookout(&lookout);
		assert_true(has_filters("ingress"));
		assert_true(has_filters("egress"));
		assert_int_equal(attach__ifindex(attach), if_nametoindex("left"));
		assert_string_equal(attach__interface(attach), "left");
		assert_int_equal(attach__places(attach, places), 2);
		assert_int_equal(places[1].program, probe__program_id(probe, PROBE_TC_SENT));
		if (ends_first)
			lookout__free(lookout);
		assert_true(attach__guardian_fd(attach) >= 0);
		assert_false(attach__has_leftovers(attach, text));
		assert_true(has_filters("egress"));
		attach__free(attach);
		assert_false(has_qdisc());
		if (!ends_first)
			lookout__free(lookout);
	}
}

static void the_lookout_says_what_fails(void **state)
{
	char text[ATTACH_TEXT_SIZE] = "";
	struct lookout *lookout = NULL;
	struct attach *attach = NULL;

	need_namespace();
	assert_int_equal(lookout__new(&lookout), 0);
	assert_int_equal(lookout__attach(lookout, probe__hooks(probe), "nobody", ATTACH_CLSACT, &attach, text),
			 -ENODEV);
	assert_string_equal(text, "nobody: no such interface; `ip -br link` lists all");
	assert_int_equal(lookout__attach(lookout, probe__hooks(probe), "left", ATTACH_NATIVE, &attach, text), -EBADF);
	assert_non_null(strstr(text, "left: native XDP failed: "));
	assert_null(attach);
	lookout__free(lookout);
}

static bool attach_beside_lookout(void *context)
{
	struct lookout *lookout = NULL;
	struct attach *attach = NULL;
	char text[ATTACH_TEXT_SIZE];

	return !lookout__new(&lookout) && !privileges__drop() &&
	       !lookout__attach(lookout, probe__hooks(probe), "left", ATTACH_CLSACT, &attach, text);
}

/* Both, at once: neither the lookout nor what it attached stays. */
static void a_kill_leaves_nothing_of_what_the_lookout_attached(void **state)
{
	pid_t pid;

	need_namespace();
	attach__free(attach_clsact());
	pid = child__start(attach_beside_lookout, NULL);
	assert_true(has_filters("ingress"));
	child__end(pid, SIGKILL);
	assert_true(becomes_clean());
}

static void only_its_programs_are_loaded(void **state)
{
	need_namespace();
	assert_true(probe__program_fd(probe, PROBE_XDP) < 0);
	assert_true(probe__program_fd(probe, PROBE_TC_RECEIVED) >= 0);
	assert_true(probe__program_fd(probe, PROBE_TC_SENT) >= 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_its_programs_are_loaded),
		TEST(both_directions_come_and_go),
		TEST(the_last_of_several_removes_the_qdisc),
		TEST(a_qdisc_of_others_stays),
		TEST(a_filter_of_others_stays_and_keeps_the_qdisc),
		TEST(a_kill_leaves_nothing),
		TEST(a_kill_of_one_leaves_the_other),
		TEST(the_guardian_outlives_signals_to_the_group),
		TEST(what_was_left_with_nobody_is_removed_by_the_next),
		TEST(a_lost_guardian_is_told_with_what_helps),
		TEST(a_lost_guardian_leaves_its_filters_in_use),
		TEST(filters_of_others_in_front_are_found),
		TEST(a_program_in_front_of_ours_is_found),
		TEST(an_ingress_qdisc_is_refused),
		TEST(a_failed_attach_leaves_nothing),
		TEST(a_deleted_interface_is_no_error),
		TEST(what_the_lookout_attaches_is_the_callers),
		TEST(the_lookout_says_what_fails),
		TEST(a_kill_leaves_nothing_of_what_the_lookout_attached),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}

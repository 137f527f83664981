// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is found of instances, in a process that is one itself: counts after known packets, clsact filters, which the command
 * line cannot ask for on a kernel with tcx, and programs that only look like ours. Others may run on the host.
 */
#include "counts.h"
#include "probe_fixture.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook/attach.h"
#include "base/privileges.h"
#include "inspect/status_report.h"
#include "kernel/kernel_object.h"
#include "stream/table.h"

#define INVITE "INVITE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n"
#define OK "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\nTo: <sip:b>;tag=1\r\nCSeq: 1 INVITE\r\n\r\n"

#define LINKS 200

/* Loaded once for all tests: what is counted since the start is what a test before has left, and more. */
static struct probe_fixture fixture;
static struct status_report report;
static struct timespec opening; /* when it began */

static __u32 id_of(int program_fd)
{
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(program_fd, &info, &length), 0);
	return info.id;
}

/* The instance in a new report that has this XDP program; NULL: it is not found. */
static const struct status_instance *find(int program_fd)
{
	__u32 id = id_of(program_fd);

	status_report__free(&report);
	assert_int_equal(status_report__make(NULL, 0, 0, &report), 0);
	for (size_t i = 0; i < report.instances_count; i++)
		if (report.instances[i].programs[PROBE_XDP].id == id)
			return &report.instances[i];
	return NULL;
}

static const struct status_instance *find_own(void)
{
	const struct status_instance *own = find(probe__program_fd(fixture.probe, PROBE_XDP));

	assert_non_null(own);
	assert_true(own->has_reading);
	return own;
}

static int open_probe(void **state)
{
	const struct probe_options options = { .rows_max = 16 };

	clock_gettime(CLOCK_REALTIME, &opening);
	probe_fixture__open(&fixture, &options);
	return 0;
}

static int close_probe(void **state)
{
	status_report__free(&report);
	probe_fixture__close(&fixture);
	return 0;
}

static void run_packet(const struct packet_builder *packet)
{
	probe_fixture__run(&fixture, PROBE_XDP, packet->bytes, packet->length, 0);
}

static void run_udp(const char *payload, unsigned int source)
{
	struct packet_builder packet;

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0, 0);
	packets__udp(&packet, source, 5060);
	packets__text(&packet, payload);
	packets__finish(&packet);
	run_packet(&packet);
}

static void run_tcp(const char *payload)
{
	struct packet_builder packet;

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 6, 0, 0);
	packets__tcp(&packet, 40000, 5060, 0);
	packets__text(&packet, payload);
	packets__finish(&packet);
	run_packet(&packet);
}

/* Packets are counted since the start; rows and messages are there until they are collected. The first test. */
static void what_is_counted(void **state)
{
	const struct reading *reading;

	run_udp(INVITE, 1000);
	run_udp(INVITE, 1000);
	run_udp(OK, 1000);
	run_udp("\x80no message", 1000);
	run_tcp(INVITE);
	reading = &find_own()->reading;
	assert_int_equal(reading->seen, 5);
	assert_int_equal(reading->packets.sip, 4);
	assert_int_equal(reading->packets.reasons[SIPBPF_REASON_NOT_SIP], 1);
	assert_int_equal(reading->rows, 3);
	assert_int_equal(reading->rows_max, 16);
	assert_int_equal(reading->messages, 4);
	assert_int_equal(reading->flows, 1);
	assert_int_equal(reading->flows_max, FLOW_SETS * FLOW_WAYS);
	probe_fixture__collect(&fixture);
	reading = &find_own()->reading;
	assert_int_equal(reading->seen, 5);
	assert_int_equal(reading->rows, 0);
	assert_int_equal(reading->messages, 0);
	run_udp(INVITE, 1000);
	reading = &find_own()->reading;
	assert_int_equal(reading->seen, 6);
	assert_int_equal(reading->rows, 1);
}

/* Reading takes nothing away. */
static void what_is_read_can_be_collected(void **state)
{
	probe_fixture__collect(&fixture);
	counters__clear(fixture.counters);
	run_udp(INVITE, 1000);
	find_own();
	find_own();
	probe_fixture__collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "INVITE", NULL), 1);
}

static void a_bank_that_is_full(void **state)
{
	const struct reading *reading;
	struct sipbpf_packets before;

	probe_fixture__collect(&fixture);
	before = find_own()->reading.packets;
	for (unsigned int i = 0; i < 20; i++)
		run_udp(INVITE, 1000 + i);
	reading = &find_own()->reading;
	assert_int_equal(reading->rows, 16);
	assert_int_equal(reading->messages, 16);
	assert_int_equal(reading->packets.other - before.other, 4);
	assert_int_equal(reading->packets.sip - before.sip, 20);
}

/* An instance's own process is not one that holds it for others to see, and its programs are on no interface. */
static void on_no_interface(void **state)
{
	const struct status_instance *own;
	struct timespec now;

	own = find_own();
	clock_gettime(CLOCK_REALTIME, &now);
	assert_int_equal(own->processes_count, 0);
	assert_int_equal(own->attachments_count, 0);
	assert_in_range(own->start.tv_sec, opening.tv_sec - 1, now.tv_sec + 1);
	assert_string_equal(own->programs[PROBE_XDP].name, "sipbpf_xdp");
	assert_string_equal(own->programs[PROBE_TC_RECEIVED].name, "sipbpf_received");
	assert_string_equal(own->programs[PROBE_TC_SENT].name, "sipbpf_sent");
}

static void assert_clsact(const struct attachment *attachment, bool is_sent)
{
	assert_int_equal(attachment->kind, ATTACHMENT_CLSACT);
	assert_int_equal(attachment->is_sent, is_sent);
	assert_int_equal(attachment->ifindex, if_nametoindex("left"));
	assert_int_equal(attachment->namespace, report.own_namespace);
	assert_string_equal(attachment->interface, "left");
}

static struct attach *attach_clsact(void)
{
	char text[ATTACH_TEXT_SIZE] = "";
	struct attach *attach = NULL;

	if (unshare(CLONE_NEWNET) || system("ip link add left type veth peer name right")) {
		print_message("needs a network namespace and veth\n");
		skip();
	}
	if (attach__new(probe__hooks(fixture.probe), "left", ATTACH_CLSACT, &attach, text)) {
		print_message("no clsact in this kernel: %s\n", text);
		skip();
	}
	return attach;
}

static void clsact_filters(void **state)
{
	const struct status_instance *own;
	struct attach *attach;

	attach = attach_clsact();
	own = find_own();
	assert_int_equal(own->attachments_count, 2);
	assert_clsact(&own->attachments[0], false);
	assert_clsact(&own->attachments[1], true);
	assert_true(status_report__has_interface(&report, if_nametoindex("left")));
	assert_false(status_report__has_interface(&report, if_nametoindex("right")));
	attach__free(attach);
	assert_int_equal(find_own()->attachments_count, 0);
}

static void interfaces_that_have_gone(void **state)
{
	const struct reading_interface *interface;

	assert_int_equal(probe__number_interface(fixture.probe, 77, 0), 0);
	interface = &find_own()->reading.interfaces[0];
	assert_int_equal(interface->interface.ifindex, 77);
	assert_string_equal(interface->interface.name, "");
	assert_int_equal(probe__note_gone(fixture.probe, "a-name-of-15-by", 0), 0);
	interface = &find_own()->reading.interfaces[0];
	assert_int_equal(interface->interface.ifindex, 0);
	assert_string_equal(interface->interface.name, "a-name-of-15-by");
}

static void what_the_collector_tells(void **state)
{
	char *texts[] = { "TLS on 8443: --server-port 8443", "eth0: no packet for 10m" };
	const struct notices notices = { texts, 2 };
	struct sipbpf_told told = { .unread = "{\"links\": []}" };
	const struct reading *reading;

	assert_int_equal(find_own()->reading.notices.count, 0);
	assert_null(find_own()->reading.unread);
	notices__join(&notices, told.notices, sizeof(told.notices));
	assert_int_equal(probe__tell(fixture.probe, &told), 0);
	reading = &find_own()->reading;
	assert_string_equal(reading->unread, told.unread);
	assert_int_equal(reading->notices.count, 2);
	assert_string_equal(reading->notices.list[0], texts[0]);
	assert_string_equal(reading->notices.list[1], texts[1]);
}

/* ---- programs that look like ours ---- */

#define LOAD_MAP(map)                                                                                    \
	{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = (map) }, \
	{                                                                                                \
	}

enum { PACKETS, ACTIVE_BANK, STREAMS, INTERFACES, NOTICES, MAPS };

/* An XDP program of that name which uses the maps and does nothing with them. */
static int load_program(const char *name, const int maps[MAPS])
{
	const struct bpf_insn instructions[] = {
		LOAD_MAP(maps[PACKETS]),        LOAD_MAP(maps[ACTIVE_BANK]),
		LOAD_MAP(maps[STREAMS]),        LOAD_MAP(maps[INTERFACES]),
		LOAD_MAP(maps[NOTICES]),        { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 2 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int program = bpf_prog_load(BPF_PROG_TYPE_XDP, name, "GPL", instructions,
				    sizeof(instructions) / sizeof(*instructions), NULL);

	assert_true(program >= 0);
	return program;
}

/* Maps as a sipbpf has them, but for the size of what is counted. */
static void create_maps(__u32 packets_size, int ret_maps[MAPS])
{
	int bank = bpf_map_create(BPF_MAP_TYPE_HASH, "bank_a", sizeof(struct sipbpf_key), sizeof(__u64), 16, NULL);
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = (__u32)bank);
	__u32 zero = 0;

	ret_maps[PACKETS] = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "packets", 4, packets_size, SIPBPF_HOOKS, NULL);
	ret_maps[INTERFACES] =
		bpf_map_create(BPF_MAP_TYPE_ARRAY, "interfaces", 4, sizeof(struct sipbpf_interface), 1, NULL);
	ret_maps[NOTICES] = bpf_map_create(BPF_MAP_TYPE_ARRAY, "notices", 4, sizeof(struct sipbpf_told), 1, NULL);
	ret_maps[ACTIVE_BANK] = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "active_bank", 4, 4, 1, &options);
	ret_maps[STREAMS] =
		bpf_map_create(BPF_MAP_TYPE_ARRAY, "flows", 4, sizeof(struct flow_set), FLOW_SETS_ALL, NULL);
	for (int i = 0; i < MAPS; i++)
		assert_true(ret_maps[i] >= 0);
	assert_int_equal(bpf_map_update_elem(ret_maps[ACTIVE_BANK], &zero, &bank, BPF_ANY), 0);
	close(bank);
}

/* What is found of a program with such maps: whether it is an instance, and whether it can be read. */
static void assert_found(const char *name, const int maps[MAPS], bool is_instance, bool has_reading)
{
	int program = load_program(name, maps);
	const struct status_instance *instance = find(program);

	assert_int_equal(instance != NULL, is_instance);
	if (instance)
		assert_int_equal(instance->has_reading, has_reading);
	close(program);
	for (int i = 0; i < MAPS; i++)
		close(maps[i]);
}

static void a_namesake_is_not_ours(void **state)
{
	int maps[MAPS];

	for (int i = 0; i < MAPS; i++)
		maps[i] = bpf_map_create(BPF_MAP_TYPE_ARRAY, "packets", 4, 8, 1, NULL);
	assert_found("sipbpf_xdp", maps, false, false);
}

static void other_names_are_not_ours(void **state)
{
	int maps[MAPS];

	create_maps(sizeof(struct sipbpf_packets), maps);
	assert_found("sipbpf_sent", maps, false, false); /* which is no XDP program of ours */
}

static void the_same_version_is_read(void **state)
{
	int maps[MAPS];

	create_maps(sizeof(struct sipbpf_packets), maps);
	assert_found("sipbpf_xdp", maps, true, true);
}

/* Fewer numbers of interfaces than places of packets. */
static void maps_that_do_not_fit_are_not_read(void **state)
{
	int maps[MAPS];

	create_maps(sizeof(struct sipbpf_packets), maps);
	close(maps[PACKETS]);
	maps[PACKETS] = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "packets", 4, sizeof(struct sipbpf_packets),
				       SIPBPF_PLACE(2, 0), NULL);
	assert_true(maps[PACKETS] >= 0);
	assert_found("sipbpf_xdp", maps, true, false);
}

static void another_version_is_found_and_not_read(void **state)
{
	int maps[MAPS];

	create_maps(sizeof(struct sipbpf_packets) + 8, maps);
	assert_found("sipbpf_xdp", maps, true, false);
}

/* ---- the capability ---- */

static int refuse_without_capabilities(void)
{
	if (privileges__drop())
		return 1;
	return status_report__make(NULL, 0, 0, &report) == -EPERM ? 0 : 2;
}

static void nothing_without_the_capability(void **state)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(refuse_without_capabilities());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/*
 * Makes and removes a link again and again. The kernel takes its time with links of this type, and a slow one may refuse
 * some of them.
 */
static void make_links(int program_fd)
{
	int made = 0;

	for (int i = 0; i < LINKS; i++) {
		int link = bpf_raw_tracepoint_open("sched_kthread_stop", program_fd);

		if (link < 0)
			continue;
		made++;
		close(link);
	}
	_exit(made ? 0 : 1);
}

static void links_come_and_go(void **state)
{
	const struct bpf_insn instructions[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "nothing", "GPL", instructions, 2, NULL), status;
	struct bpf_link_info info;
	pid_t pid;
	__u32 id;

	assert_true(fd >= 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		make_links(fd);
	close(fd);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		int result;

		for (id = 0; (result = kernel_object__next_link(&id, &info)) == 1;)
			;
		assert_int_equal(result, 0);
	}
	assert_int_equal(status, 0);
}

/* With the capabilities that attaching needs, and no more, there is nothing else to test. */
int main(void)
{
	const struct CMUnitTest refusal[] = {
		cmocka_unit_test(nothing_without_the_capability),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_come_and_go),
		cmocka_unit_test(what_is_counted),
		cmocka_unit_test(what_is_read_can_be_collected),
		cmocka_unit_test(a_bank_that_is_full),
		cmocka_unit_test(on_no_interface),
		cmocka_unit_test(interfaces_that_have_gone),
		cmocka_unit_test(what_the_collector_tells),
		cmocka_unit_test(clsact_filters),
		cmocka_unit_test(a_namesake_is_not_ours),
		cmocka_unit_test(other_names_are_not_ours),
		cmocka_unit_test(the_same_version_is_read),
		cmocka_unit_test(maps_that_do_not_fit_are_not_read),
		cmocka_unit_test(another_version_is_found_and_not_read),
	};

	int failed = cmocka_run_group_tests(refusal, NULL, NULL);

	if (status_report__make(NULL, 0, 0, &report) == -EPERM)
		return failed;
	return failed + cmocka_run_group_tests(tests, open_probe, close_probe);
}

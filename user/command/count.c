// SPDX-License-Identifier: BSD-2-Clause
/*
 * The `count` command. Logs are read as text. Frames go through the classifier of this process or, with --engine, through the BPF programs;
 * either way each frame gets exactly one fate.
 * Tested by tests/cli/test_captures.py.
 */
#include "command/count.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/privileges.h"
#include "base/timestamp.h"
#include "classify/frame.h"
#include "command/filter_warning.h"
#include "command/log_report.h"
#include "command/output.h"
#include "command/packet_summary.h"
#include "command/progress.h"
#include "command/wide_table.h"
#include "input/capture.h"
#include "input/input_file.h"
#include "kernel/drain.h"
#include "kernel/probe.h"
#include "kernel/waiting.h"
#include "log/text_log.h"

/*
 * Lengths that any test run takes. Kernels differ in what they do with frames that are shorter than Ethernet sends them
 * or longer than a page less the kernel's own room in it.
 */
#define TEST_RUN_SURE_MIN ETH_ZLEN
#define TEST_RUN_SURE_MAX 3000
#define TEST_RUN_MAX (256 * 1024)

struct count {
	const struct options *options;
	struct counters *counters;
	struct frame_classifier *classifier; /* with a probe: for what its test run does not take */
	struct probe *probe;                 /* NULL: not loaded, or the engine is the classifier alone */
	struct drain *drain;
	struct text_log *log;       /* NULL: the files are captures */
	__u8 *ethernet;             /* room for a frame with a header of ours; TEST_RUN_MAX bytes */
	__u64 refused;              /* frames for the probe that were given to the classifier instead */
	struct timespec start, end; /* of all frames; zero: none yet */
	size_t files_read;          /* in full or in part */
	bool has_failed;            /* something was logged as an error */
	bool is_misused;            /* and the command line is to blame */
};

static void fail(struct count *count, const char *what, int error)
{
	log__error("%s: %s", what, strerror(-error));
	count->has_failed = true;
}

static void report_error(struct count *count, const char *message)
{
	log__error("%s", message);
	count->has_failed = true;
}

/* ---- the BPF engine ---- */

static void log_load_error(int error)
{
	char missing[128];

	if (privileges__missing(missing, sizeof(missing)) > 0)
		log__error("--engine: loading BPF programs needs %s, which root has, unless a container or sandbox "
			   "takes that away; run it as root or use --engine user",
			   missing);
	else if (error == -EPERM && privileges__are_namespaced())
		log__error(
			"--engine: loading BPF programs needs capabilities of the initial user namespace; run it there "
			"or use --engine user");
	else
		log__error("--engine: cannot load the BPF programs: %s; -vv shows why", strerror(-error));
}

/* Those that add_to_probe() runs. */
static __u32 choose_programs(const struct count *count)
{
	__u32 programs = PROBE_BIT(PROBE_XDP) | PROBE_BIT(PROBE_TC_SENT);

	return count->options->engine == COUNT_TC ? programs | PROBE_BIT(PROBE_TC_RECEIVED) : programs;
}

static int load_probe(struct count *count)
{
	const struct probe_options probe_options = {
		.programs = choose_programs(count),
		.ports = count->options->ports,
		.ports_count = count->options->ports_count,
		.reads_hep = count->options->reads_hep,
		.hep_ports = count->options->hep_ports,
		.hep_ports_count = count->options->hep_ports_count,
		.rules = &count->options->rules,
		.filter = &count->options->filter,
	};
	int error;

	log__set_libbpf_quiet(true);
	error = probe__load(&probe_options, &count->probe);
	if (error) {
		log_load_error(error);
		return error;
	}
	count->ethernet = malloc(TEST_RUN_MAX);
	error = count->ethernet ? drain__new(count->probe, &count->drain) : -ENOMEM;
	if (error)
		log__error("--engine: %s", strerror(-error));
	return error;
}

static int collect(struct count *count)
{
	return drain__collect(count->drain, &count->options->rules, count->counters);
}

/* RFC 1701's reserved EtherType, which no protocol has. Smaller numbers than an EtherType's are lengths, before LLC. */
#define ETHERTYPE_NONE 0xffff

/* What stands in the place of the EtherType of a frame that is not Ethernet. */
static __u16 frame_ethertype(const struct frame *frame)
{
	int version = frame->length ? frame->bytes[0] >> 4 : 0;

	switch (frame->start) {
	case FRAME_ETHERTYPE:
		return frame->ethertype > ETH_DATA_LEN ? frame->ethertype : ETHERTYPE_NONE;
	case FRAME_IPV4:
		return ETH_P_IP;
	case FRAME_IPV6:
		return ETH_P_IPV6;
	case FRAME_LLC:
		return 0; /* a length that says nothing */
	default:
		return version == 4 ? ETH_P_IP : version == 6 ? ETH_P_IPV6 : ETHERTYPE_NONE;
	}
}

/* The frame as Ethernet. Returns its bytes, in count->ethernet if it had no such header, or NULL when there is no room. */
static const __u8 *ethernet_frame(struct count *count, const struct frame *frame, size_t *ret_length)
{
	struct ethhdr header = { .h_proto = htons(frame_ethertype(frame)) };

	if (frame->start == FRAME_ETHERNET) {
		*ret_length = frame->length;
		return frame->bytes;
	}
	if (frame->length > TEST_RUN_MAX - sizeof(header))
		return NULL;
	memcpy(count->ethernet, &header, sizeof(header));
	memcpy(count->ethernet + sizeof(header), frame->bytes, frame->length);
	*ret_length = sizeof(header) + frame->length;
	return count->ethernet;
}

/* What live traffic would meet: sent frames are seen by tc alone. */
static enum probe_program choose_program(const struct count *count, const struct frame *frame)
{
	if (frame->hook == SIPBPF_SENT)
		return PROBE_TC_SENT;
	return count->options->engine == COUNT_TC ? PROBE_TC_RECEIVED : PROBE_XDP;
}

/* Runs the program, which must let everything pass. */
static int run_program(struct count *count, enum probe_program program, const __u8 *bytes, size_t length)
{
	int verdict = 0, error = probe__test_run(count->probe, program, bytes, length, 0, &verdict);

	if (error)
		return error;
	return verdict == (probe__is_xdp(program) ? XDP_PASS : TC_ACT_UNSPEC) ? 0 : -EPROTO;
}

static int add_refused(struct count *count, const struct frame *frame)
{
	count->refused++;
	return frame_classifier__add(count->classifier, frame);
}

static bool is_sure(size_t length)
{
	return length >= TEST_RUN_SURE_MIN && length <= TEST_RUN_SURE_MAX;
}

static int add_to_probe(struct count *count, const struct frame *frame)
{
	enum probe_program program = choose_program(count, frame);
	size_t length = 0;
	const __u8 *bytes = ethernet_frame(count, frame, &length);
	int error;

	if (frame->start == FRAME_PAYLOAD || !bytes || length <= ETH_HLEN)
		return add_refused(count, frame);
	error = run_program(count, program, bytes, length);
	/* XDP takes longer ones, and what is read of a TCP flow stays in one place. */
	if (error && !is_sure(length) && program == PROBE_TC_RECEIVED)
		error = run_program(count, PROBE_XDP, bytes, length);
	if (error && !is_sure(length))
		return add_refused(count, frame);
	if (error)
		return error;
	return drain__is_due(count->drain) ? collect(count) : 0;
}

/* ---- files ---- */

static int add_frame(struct count *count, const struct frame *frame)
{
	return count->probe ? add_to_probe(count, frame) : frame_classifier__add(count->classifier, frame);
}

/* Counts the frames of an open capture. Returns 0, or a negative errno when no further file makes sense. */
static int count_frames(struct count *count, struct capture *capture, const char *path)
{
	struct progress progress = progress__start(capture__size(capture));
	char message[CAPTURE_ERROR_SIZE];
	struct timespec time;
	struct frame frame;
	int result, error = 0;

	while ((result = capture__next(capture, &frame, &time, message)) > 0) {
		/* Files may be given in any order, and frames without a time (pcapng simple packets) say nothing. */
		timestamp__widen(&count->start, &count->end, &time);
		error = add_frame(count, &frame);
		if (error)
			break;
		progress__update(&progress, capture__offset(capture));
	}
	progress__clear(&progress);
	if (error)
		fail(count, path, error);
	if (result < 0)
		report_error(count, message);
	if (capture__is_unreadable(capture, message))
		report_error(count, message);
	if (capture__has_obstacles(capture, message))
		log__info("%s", message);
	if (!capture__is_useless(capture))
		count->files_read++;
	return error;
}

/* Whether anything could be read of the file. */
static bool has_bytes(const struct input_file *file)
{
	const char *bytes;

	return input_file__beginning(file, &bytes) > 0;
}

static void report_log_error(struct count *count, const struct input_file *file, char message[INPUT_FILE_ERROR_SIZE])
{
	const char *problem = input_file__problem(file);

	if (problem)
		snprintf(message, INPUT_FILE_ERROR_SIZE, "%s: %s%s", input_file__name(file), problem,
			 has_bytes(file) ? "; all lines before were read" : "");
	report_error(count, message);
}

/* Counts the messages of a log. Returns 0, or a negative errno when no further file makes sense. */
static int count_log(struct count *count, const char *path)
{
	char message[INPUT_FILE_ERROR_SIZE];
	struct input_file *file;
	struct byte_source bytes;
	int error;

	if (input_file__open(path, &file, message)) {
		report_error(count, message);
		return 0;
	}
	bytes = input_file__source(file);
	error = text_log__read(count->log, &bytes, input_file__name(file), message);
	if (!error || has_bytes(file))
		count->files_read++;
	if (error)
		report_log_error(count, file, message);
	log_report__file(count->log, input_file__name(file), count->options);
	input_file__close(file);
	return error == -ENOMEM ? error : 0;
}

/* Loading takes seconds, so it waits for the first capture that can be opened. */
static int prepare_engine(struct count *count)
{
	int error = 0;

	if (count->options->engine != COUNT_USER && !count->probe)
		error = load_probe(count);
	if (error)
		count->has_failed = true;
	return error;
}

static int count_capture(struct count *count, const char *path)
{
	char message[CAPTURE_ERROR_SIZE];
	struct capture *capture;
	int error;

	if (capture__open(path, &capture, message)) {
		report_error(count, message);
		return 0;
	}
	error = prepare_engine(count);
	if (!error)
		error = count_frames(count, capture, path);
	capture__close(capture);
	return error;
}

static int count_file(struct count *count, const char *path)
{
	return count->log ? count_log(count, path) : count_capture(count, path);
}

/* ---- the command ---- */

static int start_log(struct count *count)
{
	const struct options *options = count->options;
	const struct text_log_options log_options = { .regex = options->regex,
						      .form = options->log_form,
						      .rules = &options->rules };
	char message[TEXT_LOG_ERROR_SIZE];
	int error = text_log__new(&log_options, count->counters, &count->log, message);

	if (error)
		log__error("--regex: %s", error == -EINVAL ? message : strerror(-error));
	count->is_misused = error == -EINVAL;
	return error;
}

/* What the logs say of themselves. */
static void finish_log(struct count *count)
{
	text_log__times(count->log, &count->start, &count->end);
	log_report__all(count->log, count->options);
}

static int start(struct count *count)
{
	const struct options *options = count->options;

	count->counters = counters__new();
	if (count->counters) {
		counters__set_filter(count->counters, &options->filter);
		count->classifier = frame_classifier__new(count->counters, &options->rules);
	}
	if (!count->classifier) {
		log__error("count: out of memory");
		return -ENOMEM;
	}
	if (options->ports_count)
		frame_classifier__set_ports(count->classifier, options->ports, options->ports_count);
	if (options->reads_hep)
		frame_classifier__read_hep(count->classifier, options->hep_ports, options->hep_ports_count);
	if (filter__is_active(&options->filter))
		frame_classifier__set_filter(count->classifier, &options->filter);
	if (options->input == COUNT_TEXT)
		return start_log(count);
	return 0;
}

static void count_files(struct count *count)
{
	int error = 0;

	for (size_t i = 0; !error && i < count->options->inputs_count; i++)
		error = count_file(count, count->options->inputs[i]);
	if (count->log)
		finish_log(count);
	if (!error && frame_classifier__flush(count->classifier))
		fail(count, "count", -ENOMEM);
	if (!count->drain)
		return;
	error = drain__end(count->drain, &count->options->rules, count->counters);
	if (!error)
		error = waiting__count(count->probe, &count->options->rules, &count->options->filter, count->counters);
	if (error)
		fail(count, "--engine: cannot read the counters", error);
	if (count->refused && count->options->verbosity)
		log__info("--engine: user space classified %llu frames that are too short or too long for a test run",
			  (unsigned long long)count->refused);
}

static void write_output(struct count *count)
{
	const struct options *options = count->options;
	const char *path = options->output_path;
	struct output_target target = {};
	int error = output__open(options, &target.stream), close_error;

	if (error) {
		fail(count, path, error);
		return;
	}
	target.width = output__terminal_width(target.stream);
	(void)wide_table__warn(options, count->counters);
	error = output__write(&target, options, count->counters, &count->start, &count->end);
	close_error = output__close(target.stream);
	if (!error)
		error = close_error;
	if (error)
		fail(count, target.stream == stdout ? "standard output" : path, error);
}

/* When no file could be read there is nothing to show, and the old content of --output stays. */
static void run(struct count *count)
{
	count_files(count);
	if (!count->files_read)
		return;
	filter_warning__after(&count->options->filter, count->counters, NULL);
	if (count->options->verbosity && !count->log)
		packet_summary__log(counters__packets(count->counters));
	write_output(count);
}

int count__run(const struct options *options)
{
	struct count count = { .options = options };

	if (start(&count))
		count.has_failed = true;
	else
		run(&count);
	drain__free(count.drain);
	probe__free(count.probe);
	free(count.ethernet);
	frame_classifier__free(count.classifier);
	text_log__free(count.log);
	counters__free(count.counters);
	if (count.is_misused)
		return EXIT_USAGE;
	return count.has_failed ? EXIT_FAILED : EXIT_DONE;
}

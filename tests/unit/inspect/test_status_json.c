// SPDX-License-Identifier: BSD-2-Clause
/* What `sipbpf status` says to programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/inspect/status_fixtures.h"
#include "inspect/status_json.h"
#include "inspect/status_number.h"

static json_t *write_and_read(const struct status_report *report)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *json;

	assert_non_null(out);
	assert_int_equal(status_json__write(out, report), 0);
	fclose(out);
	assert_int_equal(text[size - 1], '\n');
	assert_ptr_equal(strchr(text, '\n'), text + size - 1);
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	free(text);
	return json;
}

/* Compares what stands there with JSON text, in which ' is ". */
static void assert_value(const json_t *value, const char *wanted)
{
	char *copy = strdup(wanted), *got = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

	assert_non_null(copy);
	for (char *at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	assert_non_null(got);
	assert_string_equal(got, copy);
	free(got);
	free(copy);
}

static const json_t *instance_of(const json_t *json, size_t i)
{
	return json_array_get(json_object_get(json, "instances"), i);
}

static void the_whole(void **state)
{
	struct status_report report = fixture__report();
	json_t *json = write_and_read(&report);

	assert_value(json_object_get(json, "schema"), "'sipbpf.status.v1'");
	assert_value(json_object_get(json, "time"), "'2026-01-01T01:00:00Z'");
	assert_value(json_object_get(json, "statistics"), "false");
	assert_value(json_object_get(json, "cost_seconds"), "null");
	assert_value(json_object_get(json, "namespace"), "4026531833");
	assert_int_equal(json_array_size(json_object_get(json, "instances")), 2);
	json_decref(json);
	report.has_statistics = true;
	report.cost_seconds = 5;
	json = write_and_read(&report);
	assert_value(json_object_get(json, "statistics"), "true");
	assert_value(json_object_get(json, "cost_seconds"), "5");
	json_decref(json);
}

static void packets_by_interface(void **state)
{
	struct status_report report = fixture__report();
	json_t *json = write_and_read(&report);
	const json_t *interfaces = json_object_get(instance_of(json, 0), "interfaces");

	assert_value(json_array_get(interfaces, 0), "{'interface':'eth0','ifindex':2,'received':{'seen':17,'sip':7},"
						    "'sent':{'seen':3,'sip':1}}");
	assert_value(json_object_get(json_array_get(interfaces, 2), "interface"), "''");
	assert_value(json_array_get(interfaces, 3),
		     "{'interface':'wg\\\\x1b','ifindex':0,'received':{'seen':4,'sip':0},"
		     "'sent':{'seen':5,'sip':1}}");
	assert_value(json_object_get(instance_of(json, 1), "interfaces"), "[]");
	json_decref(json);
}

static void what_the_collector_tells(void **state)
{
	struct status_report report = fixture__report();
	json_t *json = write_and_read(&report);

	assert_value(json_object_get(instance_of(json, 0), "notices"),
		     "['TLS on 8443: --server-port 8443','eth\\\\x1b: no packet for 10m']");
	assert_value(json_object_get(instance_of(json, 1), "notices"), "[]");
	assert_value(json_object_get(instance_of(json, 0), "unread"),
		     "{'links':[],'more_links':false,'tls_ports':[{'port':8443,'handshakes':1}]}");
	assert_null(json_object_get(instance_of(json, 1), "unread"));
	json_decref(json);
}

static void what_is_not_seen(void **state)
{
	struct status_report report = fixture__report();
	json_t *json = write_and_read(&report);
	const json_t *unseen = json_object_get(instance_of(json, 0), "unseen");

	assert_int_equal(json_array_size(unseen), 2);
	assert_value(
		json_array_get(unseen, 1),
		"{'interface':'eth0','ifindex':2,'namespace':4026531833,'direction':'sent','kind':'tcx_program',"
		"'program':99,'name':'a\\\\x1b','text':'another tcx program (id 99, a\\\\x1b) runs before sipbpf on "
		"sent packets; those that it does not let pass on are not seen'}");
	assert_value(json_object_get(json_array_get(unseen, 0), "program"), "null");
	assert_value(json_object_get(json_array_get(unseen, 0), "kind"), "'clsact_filter'");
	assert_value(json_object_get(instance_of(json, 1), "unseen"), "[]");
	json_decref(json);
}

static void an_instance(void **state)
{
	struct status_report report = fixture__report();
	json_t *json = write_and_read(&report);
	const json_t *instance = instance_of(json, 0), *attachments = json_object_get(instance, "attachments");

	assert_value(json_object_get(instance, "start"), "'2026-01-01T00:00:00Z'");
	assert_value(json_object_get(instance, "processes"),
		     "[{'pid':4711,'command':'sipbpf'},{'pid':4712,'command':'sipbpf-guardian'}]");
	assert_value(json_array_get(attachments, 0),
		     "{'interface':'eth0','ifindex':2,'namespace':4026531833,'direction':'received','mode':'native',"
		     "'program':11}");
	assert_value(
		json_array_get(attachments, 1),
		"{'interface':'eth0','ifindex':2,'namespace':4026531833,'direction':'sent','mode':'tcx','program':13}");
	assert_value(json_array_get(attachments, 2),
		     "{'interface':'eth\\\\x1b','ifindex':2,'namespace':4026531834,'direction':'received',"
		     "'mode':'clsact','program':12}");
	assert_value(json_array_get(attachments, 3),
		     "{'interface':'','ifindex':7,'namespace':0,'direction':'received','mode':'xdp','program':11}");
	assert_value(json_object_get(instance, "programs"),
		     "[{'name':'sipbpf_xdp','id':11,'runs':1000,'nanoseconds':85500,'nanoseconds_per_run':85.5},"
		     "{'name':'sipbpf_sent','id':13,'runs':0,'nanoseconds':0,'nanoseconds_per_run':null}]");
	json_decref(json);
}

static void counters(void **state)
{
	struct status_report report = fixture__report();
	json_t *json = write_and_read(&report);
	const json_t *groups = json_object_get(instance_of(json, 0), "counters");

	assert_value(json_object_get(groups, "packets"), "{'seen':30,'sip':10}");
	assert_value(json_object_get(groups, "other"), "{'messages':3}");
	assert_value(json_object_get(groups, "tcp"), "{'gaps':4,'evicted':5}");
	assert_value(json_object_get(groups, "udp"), "{'truncated_headers':2}");
	assert_value(json_object_get(groups, "tls"),
		     "{'change_cipher_spec':0,'alert':0,'handshake':9,'application_data':0}");
	assert_value(json_object_get(groups, "encapsulations"),
		     "{'vlan':3,'vn_tag':0,'trustsec':0,'pbb':0,'llc':0,'pppoe':0,'mpls':0,'ip_in_ip':0,'gre':0,'"
		     "erspan':0,'ethernet_in_ip':0,'vxlan':0,'geneve':0,'gtp_u':4,'gue':0,'l2tp':0,'tzsp':0,'esp_null':"
		     "0,'hep':0}");
	assert_value(json_object_get(groups, "flows"), "{'known':8,'places':32768}");
	assert_value(json_object_get(groups, "bank"), "{'rows':6,'places':100,'messages':7}");
	json_decref(json);
}

/* Those of 0 packets too. */
static void every_reason_has_its_number(void **state)
{
	static const char *const names[] = {
#define X(id, name) [SIPBPF_REASON_##id] = name,
		SIPBPF_REASON_LIST(X)
#undef X
	};
	struct status_report report = fixture__report();
	struct status_instance instance = fixture_instances[0];
	const json_t *reasons;
	json_t *json;

	report.instances = &instance;
	report.instances_count = 1;
	for (int i = 0; i < SIPBPF_REASON_COUNT; i++)
		instance.reading.packets.reasons[i] = (__u64)i;
	json = write_and_read(&report);
	reasons = json_object_get(json_object_get(instance_of(json, 0), "counters"), "reasons");
	assert_int_equal(json_object_size(reasons), SIPBPF_REASON_COUNT);
	for (int i = 0; i < SIPBPF_REASON_COUNT; i++)
		assert_int_equal(json_integer_value(json_object_get(reasons, names[i])), i);
	json_decref(json);
}

static void counters_of_another_version(void **state)
{
	struct status_report report = fixture__report();
	json_t *json = write_and_read(&report);
	const json_t *instance = instance_of(json, 1);

	assert_value(json_object_get(instance, "counters"), "null");
	assert_value(json_object_get(instance, "processes"), "[]");
	assert_value(json_object_get(instance, "attachments"), "[]");
	json_decref(json);
}

static void a_stream_that_is_full(void **state)
{
	struct status_report report = fixture__report();
	FILE *out = fopen("/dev/full", "w");

	assert_non_null(out);
	setvbuf(out, NULL, _IONBF, 0);
	assert_int_equal(status_json__write(out, &report), -EIO);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole),
		cmocka_unit_test(an_instance),
		cmocka_unit_test(what_is_not_seen),
		cmocka_unit_test(what_the_collector_tells),
		cmocka_unit_test(packets_by_interface),
		cmocka_unit_test(counters),
		cmocka_unit_test(every_reason_has_its_number),
		cmocka_unit_test(counters_of_another_version),
		cmocka_unit_test(a_stream_that_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

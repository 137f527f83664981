#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Who may include whom. Dependencies point one way: the parsers know nobody, the counters know no BPF, the renderers
# know only counters, only attach knows hooks, only probe sees the skeleton. Prints TAP lines, one per rule.
#
# usage: check_includes.sh [ROOT]
#        check_includes.sh --self-test     plants a violation of each rule and expects it to be found
set -u
shopt -s nullglob

counters='user/(counter|link|filter|filter_table|group|column|sheet|text|packet_counts|packet_names)\.[ch]'
renderers='user/(table|json|json_path|json_quick|json_reader|json_stream|timestamp|csv|openmetrics)\.[ch]'
counter_headers='"(counter|link|filter|filter_table|group|column|sheet|text|type|packet_counts|packet_names|sipbpf|sip_list)\.h"|<(?!bpf/|linux/bpf|linux/if_link|linux/pkt)[^>]*>'
renderer_headers="$counter_headers|\"(table|json|json_path|json_quick|json_reader|json_stream|timestamp|csv|openmetrics)\\.h\""
library_headers="$renderer_headers|\"(sipcounter(_internal)?|message|sip|type)\\.h\""
status_headers='"(status_(text|json|number|report)|reading|packet_names|text|timestamp)\.h"|<(?!bpf/|linux/bpf)[^>]*>'
parser_headers='"(packet|packet_plain|sctp|stream|stream_[a-z]+|http|proxy|tls|websocket|sip|sip_[a-z]+|sipbpf|words)\.h"'
hook_calls='bpf_tc_(hook|attach|detach|query)|bpf_xdp_(attach|detach|query)|bpf_link_create|bpf_program__attach'

# name ~ files (regex) ~ only (what the includes may be) or never (what no line may hold) ~ regex ~ a violation
rules=(
	"sip_list.h includes nothing~include/sip_list\.h~only~nothing~include/sip_list.h:#include \"sipbpf.h\""
	"sipbpf.h includes only sip_list.h~include/sipbpf\.h~only~\"sip_list\.h\"~include/sipbpf.h:#include <linux/types.h>"
	"words.h includes nothing~include/words\.h~only~nothing~include/words.h:#include \"sipbpf.h\""
	"sip.h knows no packets and no streams~include/sip(_(?!list)[a-z]+)?\.h~only~\"(sip_[a-z]+|sipbpf|words)\.h\"~include/sip.h:#include \"stream.h\""
	"http.h, proxy.h, tls.h and websocket.h know no packets and no streams~include/(http|proxy|tls|websocket)\.h~only~\"(sip_[a-z]+|sipbpf)\.h\"~include/tls.h:#include \"stream.h\""
	"packet.h, sctp.h and stream.h know only parsers~include/(packet(_plain)?|sctp|stream(_[a-z]+)?)\.h~only~$parser_headers~include/packet.h:#include <string.h>"
	"bpf/ includes nothing from user/~bpf/.*\.[ch]~only~\"[a-z_]+\.bpf\.h\"|\"vmlinux\.h\"|<bpf/[a-z_]+\.h>|$parser_headers~bpf/x.bpf.h:#include \"counter.h\""
	"flows know only parsers~user/flows\.[ch]~only~\"(flows|stream_table)\.h\"|<(?!bpf/)[^>]*>~user/flows.c:#include \"counter.h\""
	"counters know no BPF~$counters~only~$counter_headers~user/link.h:#include <bpf/libbpf.h>"
	"renderers know only counters~$renderers~only~$renderer_headers~user/table.c:#include \"probe.h\""
	"sipcounter.h includes only the C library~include/sipcounter\.h~only~<[a-z]+\.h>~include/sipcounter.h:#include \"link.h\""
	"the library knows no BPF and no program~user/(sipcounter(_[a-z]+)?|message|type)\.[ch]~only~$library_headers~user/sipcounter.c:#include \"options.h\""
	"only attach and attachment know hooks~user/(?!(attach|attachment|clsact|guardian)\.).*\.[ch]~never~\b($hook_calls)~user/main.c:	bpf_xdp_attach(1, 2, 3, NULL);"
	"only attach and attachment know clsact~user/(?!(attach|attachment|clsact|guardian)\.).*\.[ch]~never~#include.*\"(clsact|guardian)\.h\"~user/main.c:#include \"clsact.h\""
	"attachment attaches nothing~user/attachment\.[ch]~never~\b(bpf_tc_(hook|attach|detach)|bpf_xdp_(attach|detach)|bpf_link_create|clsact__(attach|detach))~user/attachment.c:	clsact__detach(NULL);"
	"status is written without BPF~user/status_(text|json|number)\.[ch]~only~$status_headers~user/status_text.c:#include \"probe.h\""
	"only probe sees the skeleton~(user/(?!probe\.c)|tests/|include/).*\.[ch]~never~#include.*sipbpf\.skel\.h~user/drain.c:#include \"sipbpf.skel.h\""
)

split_rule() {
	IFS='~' read -r name files mode regex violation <<<"$1"
}

# The lines that break the current rule, in the tree at $1.
violations() {
	local root=$1 file

	for file in "$root"/{include,bpf,user}/*.[ch] "$root"/tests/*/*.[ch]; do
		grep -qP "^(?:$files)\$" <<<"${file#"$root"/}" || continue
		if [[ $mode == never ]]; then
			grep -HnP "$regex" "$file"
		else
			grep -HnP '^\s*#\s*include' "$file" | grep -vP "#\s*include\s*(?:$regex)\s*(?:/[/*].*)?\$"
		fi
	done
}

check_all() {
	local rule found failed=0

	for rule in "${rules[@]}"; do
		split_rule "$rule"
		found=$(violations "$1")
		if [[ -z $found ]]; then
			echo "ok - includes: $name"
		else
			echo "not ok - includes: $name: $(tr '\n' ';' <<<"$found")"
			failed=1
		fi
	done
	return $failed
}

self_test() {
	local rule root failed=0

	for rule in "${rules[@]}"; do
		split_rule "$rule"
		root=$(mktemp -d)
		mkdir -p "$root/"{include,bpf,user,tests/unit}
		printf '%s\n' "${violation#*:}" >"$root/${violation%%:*}"
		if [[ -n $(violations "$root") ]]; then
			echo "ok - includes, self-test: $name"
		else
			echo "not ok - includes, self-test: $name: a violation was not found"
			failed=1
		fi
		rm -rf "$root"
	done
	return $failed
}

if [[ ${1:-} == --self-test ]]; then
	self_test
else
	check_all "${1:-.}"
fi

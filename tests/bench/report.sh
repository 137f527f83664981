#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# To be sourced by the benchmarks in shell: what report.h is for those in C.

# report NAME UNIT VALUE SPREAD [RATIO UNIT [TARGET]]: prints one row; the target is of the ratio, at least.
report() {
	local name=$1 unit=$2 value=$3 spread=$4 ratio=${5:-} ratio_unit=${6:-} target=${7:-} met=

	[[ -z $target ]] || met=$(awk -v a="$ratio" -v b="$target" 'BEGIN { print a >= b ? "true" : "false" }')
	if [[ ${as_json:-} == --json ]]; then
		printf '{"name":"%s","unit":"%s","value":%.4g,"spread":%.3g' "$name" "$unit" "$value" "$spread"
		[[ -z $ratio ]] || printf ',"ratio":%.4g,"ratio_unit":"%s"' "$ratio" "$ratio_unit"
		[[ -z $target ]] || printf ',"at_least":%.4g,"met":%s' "$target" "$met"
		printf '}\n'
		return
	fi
	printf '%-50s %9.4g %-4s +-%6.2g %14s   %s\n' "$name" "$value" "$unit" "$spread" \
		"${ratio:+$(printf '%.2f %s' "$ratio" "$ratio_unit")}" \
		"${target:+at least $target$([[ $met == true ]] || echo ', MISSED')}"
}

# figure: "VALUE SPREAD" of the numbers on standard input: the median of the lower half, and between its quartiles.
figure() {
	sort -g | awk '{ v[n++] = $1 } END { h = int((n + 1) / 2); print v[int(h / 2)], v[int(3 * h / 4)] - v[int(h / 4)] }'
}

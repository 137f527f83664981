#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# For tests of `sipbpf attach`, which source this after lib.sh: runs it in B, sends it messages from A, makes its calls of
# the system fail, and looks at what it has written and left. A test sets $sipbpf.
# Everything is called through net__check() and net__want(), with expressions that are evaluated there.
# shellcheck disable=SC2317,SC2016,SC2154

# Before `sipbpf attach`, as words of the command; see make_faults().
wrapper=()
attach_pid=0

# ---- looking ----

# The number of tcx programs on an interface of namespace $1, both directions (BPF_PROG_QUERY, attach types 46 and 47).
# Not by bpftool: versions before 7.3 do not know tcx.
tcx_count() {
	ip netns exec "$1" python3 - "$2" <<-'PYTHON'
		import ctypes, platform, socket, struct, sys
		number = {"x86_64": 321, "aarch64": 280}[platform.machine()]
		libc, total = ctypes.CDLL(None, use_errno=True), 0
		for attach_type in 46, 47:
		    attr = ctypes.create_string_buffer(struct.pack("IIIIQI", socket.if_nametoindex(sys.argv[1]), attach_type, 0, 0, 0, 0), 64)
		    if libc.syscall(number, 16, attr, 64) == 0:
		        total += struct.unpack_from("I", attr, 24)[0]
		print(total)
	PYTHON
}

# is_bare [INTERFACE]: nothing of ours is left on it, nor a qdisc.
is_bare() {
	local interface=${1:-$NET_B_IF}

	net__is_bare "$NET_B" "$interface" && [[ $(tcx_count "$NET_B" "$interface") == 0 ]] &&
		[[ -z $(tc -n "$NET_B" qdisc show dev "$interface" clsact 2>/dev/null) ]]
}

# messages FILE: the sum of all messages in its snapshots; lines that are torn are left out.
messages() {
	jq -Rn '[inputs | fromjson? | .links[].messages[].count] | add // 0' "$1"
}

has_messages() {
	[[ $(messages "$1") == "$2" ]]
}

# says WORDS: stderr of the last start has them on a line.
says() {
	grep -qF -- "$1" "$NET_TMP/stderr"
}

# says_once WORDS: stderr of the last start has them on one line.
says_once() {
	[[ $(grep -cF -- "$1" "$NET_TMP/stderr") == 1 ]]
}

# is_gone: the last start has ended.
is_gone() {
	net__has_ended "$attach_pid"
}

# ---- doing ----

# send COUNT [ADDRESS]: requests from A to B, one datagram each, to a port where nobody listens; until B has had them.
send() {
	local before

	before=$(net__arrived)
	ip netns exec "$NET_A" python3 - "$1" "${2:-$NET_B4}" <<-'PYTHON'
		import socket, sys
		udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		for i in range(int(sys.argv[1])):
		    lines = "OPTIONS sip:b SIP/2.0", "Via: SIP/2.0/UDP a", "To: <sip:b>", f"CSeq: {i} OPTIONS", "", ""
		    udp.sendto("\r\n".join(lines).encode(), (sys.argv[2], 5070))
	PYTHON
	net__wait_for net__have_arrived $((before + $1))
}

# start ARGUMENT...: runs `sipbpf attach` in B in the background, pid in $attach_pid, and waits until it has attached.
start() {
	: >"$NET_TMP/stderr"
	rm -f "$NET_TMP/stdout"
	net__start "$NET_B" "${wrapper[@]}" "$sipbpf" attach "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
	attach_pid=$!
	net__wait_for net__is_settled "$attach_pid" "$NET_TMP/stderr" && [[ -d /proc/$attach_pid ]]
}

# refuses ARGUMENT...: `sipbpf attach` ends with status 1 by itself.
refuses() {
	: >"$NET_TMP/stderr"
	ip netns exec "$NET_B" "${wrapper[@]}" timeout "$NET_PATIENCE" "$sipbpf" attach "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
	(($? == 1))
}

tidy_up() {
	((attach_pid)) && net__stop "$attach_pid" KILL
	attach_pid=0
	wrapper=()
}

# ---- faults ----

# fails CALL ERRNO: from now on, for what make_faults() has prepared; fails CALL: no more.
fails() {
	if (($# > 1)); then
		echo "$2" >"$NET_TMP/faults.new" && mv "$NET_TMP/faults.new" "$NET_TMP/faults/$1"
	else
		rm -f "$NET_TMP/faults/$1"
	fi
}

# Makes a library that stands before libbpf's reading of a bank ("read"), before write(2) ("write"), and before the clock,
# which is then set by so many seconds ("clock"); and has it loaded.
make_faults() {
	mkdir -p "$NET_TMP/faults"
	gcc -shared -fPIC -x c - -o "$NET_TMP/faults.so" <<-'C' || return 1
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <errno.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <time.h>
		#include <unistd.h>

		static int fault(const char *call)
		{
			char path[4096];
			int number = 0;
			FILE *file;

			snprintf(path, sizeof(path), "%s/%s", getenv("FAULTS"), call);
			file = fopen(path, "r");
			if (file && fscanf(file, "%d", &number) == 1)
				errno = number;
			if (file)
				fclose(file);
			return number;
		}

		int bpf_map_lookup_and_delete_batch(int map, void *in, void *out, void *keys, void *values,
						    unsigned int *count, const void *options)
		{
			int (*next)(int, void *, void *, void *, void *, unsigned int *, const void *) =
				dlsym(RTLD_NEXT, "bpf_map_lookup_and_delete_batch");

			return fault("read") ? -errno : next(map, in, out, keys, values, count, options);
		}

		ssize_t write(int fd, const void *data, size_t size)
		{
			ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

			return fault("write") ? -1 : next(fd, data, size);
		}

		int clock_gettime(clockid_t clock, struct timespec *time)
		{
			int (*next)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
			int result = next(clock, time);

			time->tv_sec += clock == CLOCK_REALTIME ? fault("clock") : 0;
			return result;
		}
	C
	wrapper=(env LD_PRELOAD="$NET_TMP/faults.so" FAULTS="$NET_TMP/faults")
}

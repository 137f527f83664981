#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What `sipbpf attach` writes, and when: tables by intervals and since the start, logs that are rotated, and outputs that
# cannot be written: full, limited, without a reader; clocks that are set.
#
# usage: test_output.sh [SIPBPF]
# Everything is called through net__check() and net__want(), with expressions that are evaluated there.
# shellcheck disable=SC2317,SC2016
set -u
# shellcheck source=tests/net/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/net/attached.sh
source "$(dirname "${BASH_SOURCE[0]}")/attached.sh"
sipbpf=$(realpath "${1:-build/sipbpf}")

log_rotation() {
	local log=$NET_TMP/logs/log

	mkdir "$NET_TMP/logs"
	net__want start --format json -i 500ms --log "$log" "$NET_B_IF" || return 1
	send 3
	net__want net__wait_for has_messages "$log" 3 || return 1
	mv "$log" "$log.1"
	kill -s HUP "$attach_pid"
	net__want net__wait_for test -e "$log" || return 1
	send 4
	net__want net__wait_for has_messages "$log" 4 || return 1
	mv "$NET_TMP/logs" "$NET_TMP/moved"
	kill -s HUP "$attach_pid"
	net__want net__wait_for says "log: cannot be reopened: No such file or directory; sipbpf continues with the old file" ||
		return 1
	send 5
	net__want net__wait_for has_messages "$NET_TMP/moved/log" 9 && net__want net__stop "$attach_pid" &&
		net__want has_messages "$NET_TMP/moved/log.1" 3
}

# One header for all intervals, and for the process that goes on with the log.
# csv_has COUNT: so many messages are in the rows of the log.
csv_has() {
	[[ $(awk -F, '/^[0-9]/ { sum += $2 + $3 } END { print sum + 0 }' "$NET_TMP/csv" 2>/dev/null) == "$1" ]]
}

# A row when the log goes on, and one at the end.
csv_log() {
	local log=$NET_TMP/csv count sum=0

	for count in 3 2; do
		net__want start --format csv --depth 1 -i 300ms --log "$log" "$NET_B_IF" && send "$count" &&
			net__want net__wait_for csv_has $((sum += count)) && send "$count" &&
			net__want net__stop "$attach_pid" && net__want csv_has $((sum += count)) || return 1
	done
	net__want test "$(grep -c '^server_ip' "$log")" = 1 && net__want test "$(wc -l <"$log")" -ge 5
}

# Root without capabilities is a user like others in the folders of others.
log_out_of_reach() {
	mkdir "$NET_TMP/theirs"
	chown 65534 "$NET_TMP/theirs"
	net__want start --log "$NET_TMP/theirs/log" "$NET_B_IF" &&
		net__want says "/log: without capabilities, sipbpf cannot create it again after a rotation ($NET_TMP/theirs: Permission denied)" &&
		net__want net__stop "$attach_pid" && chown 0 "$NET_TMP/theirs" &&
		net__want start --log "$NET_TMP/theirs/log" "$NET_B_IF" && net__want_not 'says "after a rotation"' &&
		net__want net__stop "$attach_pid"
}

# Something is in the pipe of descriptor 9, which takes no more then.
is_stuck() {
	python3 -c 'import select, sys; sys.exit(bool(select.select([], [9], [], 0)[1]))'
}

# start_stuck: attached, with a pipe of one page that is full and that nobody reads. Descriptor 9 keeps it open.
start_stuck() {
	rm -f "$NET_TMP/pipe"
	mkfifo "$NET_TMP/pipe"
	exec 9<>"$NET_TMP/pipe"
	python3 -c 'import fcntl; fcntl.fcntl(9, 1031, 4096)' # F_SETPIPE_SZ
	start --format json -i 100ms -o "$NET_TMP/pipe" "$NET_B_IF" && send 5 && net__wait_for is_stuck
}

no_reader() {
	local signal

	for signal in TERM INT; do
		net__want start_stuck || return 1
		kill -s "$signal" "$attach_pid"
		net__want net__wait_for says "pipe: no process reads it, so sipbpf waits to write the last table" || return 1
		sleep 1.5
		net__want_not is_gone || return 1
		kill -s "$signal" "$attach_pid"
		net__want net__wait_for is_gone || return 1
		wait "$attach_pid"
		net__want test $? = 1 && net__want says "pipe: nobody reads what is written to it; the counts of the last table are lost" &&
			net__want is_bare || return 1
	done
}

# A reader that comes back gets what was kept for it.
late_reader() {
	net__want start_stuck || return 1
	send 2
	kill "$attach_pid"
	net__want net__wait_for says "sipbpf waits to write the last table" || return 1
	cat "$NET_TMP/pipe" >"$NET_TMP/late" &
	NET_PIDS+=("$!")
	net__want net__wait_for is_gone || return 1
	wait "$attach_pid"
	net__want test $? = 0 && net__want net__wait_for has_messages "$NET_TMP/late" 7
	local failed=$?

	exec 9>&-
	return "$failed"
}

closed_output() {
	ip netns exec "$NET_B" timeout "$NET_PATIENCE" "$sipbpf" attach "$NET_B_IF" >&- 2>"$NET_TMP/stderr"
	net__want test $? = 1 && net__want says "standard output is closed" && net__want is_bare || return 1
	"$sipbpf" count /dev/null >&- 2>"$NET_TMP/stderr"
	net__want test $? = 1 && net__want says "standard output is closed" || return 1
	net__start "$NET_B" "$sipbpf" attach -o "$NET_TMP/open" "$NET_B_IF" <&- >&- 2>"$NET_TMP/stderr"
	attach_pid=$!
	net__want net__wait_for net__is_settled "$attach_pid" "$NET_TMP/stderr" && net__want net__stop "$attach_pid" INT &&
		net__want grep -q "no SIP messages in" "$NET_TMP/open" && net__want is_bare
}

# What cannot be written is written later.
full_disk() {
	ln -s /dev/full "$NET_TMP/full"
	net__want start --format json -i 500ms --log "$NET_TMP/full" "$NET_B_IF" || return 1
	send 6
	net__want net__wait_for says "full: No space left on device; the counts are kept" || return 1
	sleep 1
	rm "$NET_TMP/full"
	kill -s HUP "$attach_pid"
	send 2
	net__want net__wait_for test -f "$NET_TMP/full" || return 1
	net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/full" 8
}

# The end of a full disk is a failure: counts are lost.
full_disk_at_the_end() {
	net__want start --log /dev/full "$NET_B_IF" || return 1
	send 1
	net__stop "$attach_pid"
	net__want test $? = 1 && net__want says "/dev/full: No space left on device" && net__want is_bare
}

# What is wrong with the output is said when it begins or changes, not at every interval, and so is its end.
unwritable() {
	local full='No space left on device; the counts are kept for the next table'

	net__want make_faults && net__want start --format json -i 300ms "$NET_B_IF" && send 3 &&
		net__want net__wait_for has_messages "$NET_TMP/stdout" 3 && fails write 28 && send 4 &&
		net__want net__wait_for says "$full" && sleep 1 && net__want says_once "$full" && fails write 122 &&
		net__want net__wait_for says "Disk quota exceeded; the counts are kept for the next table" && fails write &&
		net__want net__wait_for says "standard output: writing works again; the last table has the counts of " &&
		net__want grep -Eq 'the counts of ([2-9]|[1-9][0-9]) missed tables' "$NET_TMP/stderr" &&
		net__want has_messages "$NET_TMP/stdout" 7 && fails write 28 &&
		net__want net__wait_for eval '! says_once "$full"' && fails write && net__want net__stop "$attach_pid" &&
		net__want says_once "Disk quota exceeded"
}

# Who reads a pipe and leaves does not come back: attach ends.
reader_leaves() {
	mkfifo "$NET_TMP/left"
	head -n 1 "$NET_TMP/left" >/dev/null &
	NET_PIDS+=("$!")
	net__want start -i 1s -o "$NET_TMP/left" "$NET_B_IF" && net__want net__wait_for is_gone || return 1
	wait "$attach_pid"
	net__want test $? = 1 && net__want says_once "left: the reader has closed the pipe; the counts since the last table are lost" &&
		net__want_not 'says "Broken pipe"' && net__want is_bare || return 1
	ip netns exec "$NET_B" timeout "$NET_PATIENCE" "$sipbpf" attach -i 300ms "$NET_B_IF" 2>"$NET_TMP/stderr" | head -n 1 >/dev/null
	net__want test "${PIPESTATUS[0]}" = 1 && net__want says_once "standard output: the reader has closed the pipe" && net__want is_bare
}

# A log is opened anew by SIGHUP, perhaps as something else: it is waited for.
reader_of_log_leaves() {
	mkfifo "$NET_TMP/logged"
	head -n 1 "$NET_TMP/logged" >/dev/null &
	NET_PIDS+=("$!")
	net__want start --format json -i 300ms --log "$NET_TMP/logged" "$NET_B_IF" &&
		net__want net__wait_for says "logged: Broken pipe; the counts are kept for the next table" && send 3 && sleep 1 &&
		net__want says_once "Broken pipe" && net__want_not is_gone || return 1
	cat "$NET_TMP/logged" >"$NET_TMP/logged.again" &
	NET_PIDS+=("$!")
	net__want net__wait_for says "logged: writing works again" && net__want net__stop "$attach_pid" &&
		net__want net__wait_for has_messages "$NET_TMP/logged.again" 3
}

last_table() {
	local signal

	for signal in TERM INT; do
		net__want start "$NET_B_IF" && send 7 && net__want net__stop "$attach_pid" "$signal" &&
			net__want grep -q OPTIONS "$NET_TMP/stdout" && net__want grep -Eq '^SUMMARY.* 7$' "$NET_TMP/stdout" &&
			net__want is_bare || return 1
	done
}

intervals() {
	net__want start --format json -i 300ms "$NET_B_IF" || return 1
	send 3
	net__want net__wait_for has_messages "$NET_TMP/stdout" 3 || return 1
	send 4
	net__want net__wait_for eval '(($(wc -l <"$NET_TMP/stdout") >= 5))' && net__want net__stop "$attach_pid" &&
		net__want has_messages "$NET_TMP/stdout" 7
}

cumulative() {
	net__want start --format json --cumulative -i 300ms "$NET_B_IF" || return 1
	send 3
	net__want net__wait_for has_last 3 || return 1
	send 4
	net__want net__stop "$attach_pid" && net__want has_last 7 &&
		net__want jq -se '[.[].start] | unique | length == 1' "$NET_TMP/stdout" >/dev/null
}

# has_last COUNT: the last snapshot has so many messages.
has_last() {
	tail -n 1 "$NET_TMP/stdout" >"$NET_TMP/last"
	has_messages "$NET_TMP/last" "$1"
}

# has_lifetime COUNT: behind the first snapshot there is one since the start, with so many messages. More intervals may
# have ended since.
has_lifetime() {
	jq -sc '.[0].start as $start | .[1:][] | select(.start == $start)' "$NET_TMP/stdout" >"$NET_TMP/lifetime" &&
		has_messages "$NET_TMP/lifetime" "$1" && jq -se ".[0].packets.seen >= $1" "$NET_TMP/lifetime" >/dev/null
}

# Asking changes no interval: those add up as before.
lifetime() {
	net__want start --format json -i 1s "$NET_B_IF" || return 1
	send 3
	net__want net__wait_for has_messages "$NET_TMP/stdout" 3 || return 1
	send 4
	net__want net__wait_for has_messages "$NET_TMP/stdout" 7 || return 1
	kill -s USR1 "$attach_pid"
	net__want net__wait_for has_lifetime 7 && send 2 && net__want net__stop "$attach_pid" || return 1
	net__want has_messages "$NET_TMP/stdout" $((3 + 4 + 7 + 2)) && net__want start "$NET_B_IF" || return 1
	send 5
	kill -s USR1 "$attach_pid"
	net__want net__wait_for grep -q '^since 20' "$NET_TMP/stdout" && net__want net__stop "$attach_pid" &&
		net__want eval '(($(grep -Ec "^SUMMARY.* 5$" "$NET_TMP/stdout") == 2))'
}

# The table that was asked for has its own title, also where the others have one of the operator's.
lifetime_title() {
	local title

	for title in busy ""; do
		net__want start --title "$title" --no-links "$NET_B_IF" && send 5 && kill -s USR1 "$attach_pid" &&
			net__want net__wait_for grep -q "^SUMMARY" "$NET_TMP/stdout" && net__want net__stop "$attach_pid" &&
			net__want grep -Eq "^${title:+$title }since 20[0-9-]+ [0-9:]+ " "$NET_TMP/stdout" &&
			net__want eval '(($(grep -c since "$NET_TMP/stdout") == 1))' || return 1
	done
}

# A FIFO without a reader would hold the start up, or a SIGHUP.
fifo_without_reader() {
	local reason="nobody reads this FIFO; start its reader first"

	mkfifo "$NET_TMP/unread"
	net__want refuses --log "$NET_TMP/unread" "$NET_B_IF" && net__want says "unread: $reason" && net__want is_bare &&
		net__want refuses -o "$NET_TMP/unread" "$NET_B_IF" && net__want says "unread: $reason" && net__want is_bare || return 1
	head -n 1 "$NET_TMP/unread" >/dev/null &
	NET_PIDS+=("$!")
	net__want start --format json -i 300ms --log "$NET_TMP/unread" "$NET_B_IF" &&
		net__want net__wait_for says "unread: Broken pipe; the counts are kept" && kill -s HUP "$attach_pid" &&
		net__want net__wait_for says "unread: cannot be reopened: $reason; sipbpf continues with the old file" &&
		net__stop "$attach_pid"
	net__want test $? = 1 && net__want is_bare
}

# has_mode FILE MODE: its permissions, in octal.
has_mode() {
	[[ $(stat -c %a "$1") == "$2" ]]
}

# Addresses and who calls whom are not for every user.
permissions() {
	local option

	for option in --log -o; do
		rm -f "$NET_TMP/private" "$NET_TMP/public"
		net__want start "$option" "$NET_TMP/private" "$NET_B_IF" && net__want net__stop "$attach_pid" &&
			net__want has_mode "$NET_TMP/private" 640 &&
			net__want start --file-mode 0644 "$option" "$NET_TMP/public" "$NET_B_IF" && net__want net__stop "$attach_pid" &&
			net__want has_mode "$NET_TMP/public" 644 && chmod 600 "$NET_TMP/public" &&
			net__want start --file-mode 0644 "$option" "$NET_TMP/public" "$NET_B_IF" && net__want net__stop "$attach_pid" &&
			net__want has_mode "$NET_TMP/public" 600 || return 1
	done
	rm "$NET_TMP/private"
	net__want start --log "$NET_TMP/private" "$NET_B_IF" && rm "$NET_TMP/private" && kill -s HUP "$attach_pid" &&
		net__want net__wait_for test -f "$NET_TMP/private" && net__want has_mode "$NET_TMP/private" 640 &&
		net__want net__stop "$attach_pid"
}

# A file that may not grow any more is like a full disk; it does not end the process.
file_size_limit() {
	wrapper=(prlimit --fsize=3000:unlimited)
	net__want start --format json -i 300ms --log "$NET_TMP/limited" "$NET_B_IF" && send 3 &&
		net__want net__wait_for says "limited: File too large; the counts are kept for the next table" && send 4 &&
		net__want prlimit --pid "$attach_pid" --fsize=unlimited &&
		net__want net__wait_for says "limited: writing works again" && net__want net__stop "$attach_pid" &&
		net__want has_messages "$NET_TMP/limited" 7
}

# are_in_order: no snapshot ends before it starts, and none is longer than the test.
are_in_order() {
	jq -se --argjson longest "$NET_PATIENCE" \
		'def seconds: .[:19] + "Z" | fromdate; all((.end | seconds) - (.start | seconds) | . >= 0 and . < $longest)' \
		"$NET_TMP/stdout" >/dev/null
}

# Whichever way the clock is set, an interval has the length that it had.
clock_is_set() {
	net__want make_faults && net__want start --format json -i 500ms "$NET_B_IF" && send 3 &&
		net__want net__wait_for has_messages "$NET_TMP/stdout" 3 && fails clock -3600 && send 4 &&
		net__want net__wait_for says "the clock was set back by 60m; the time at which this interval began" &&
		net__want net__wait_for has_messages "$NET_TMP/stdout" 7 && fails clock 86400 &&
		net__want net__wait_for says "the clock was set forward by 25h; the time at which this interval began" &&
		net__want says_once "set back" && fails clock && net__want net__stop "$attach_pid" &&
		net__want says "the clock was set back by 24h" && net__want are_in_order && net__want has_messages "$NET_TMP/stdout" 7
}

# Tables that were due while the process was stopped are not made up for: the next one has their counts, which is told.
stopped() {
	net__want start --format json -i 300ms "$NET_B_IF" && send 2 && net__want net__wait_for has_messages "$NET_TMP/stdout" 2 &&
		kill -s STOP "$attach_pid" && send 5 && sleep 2 && kill -s CONT "$attach_pid" &&
		net__want net__wait_for says "tables were not written, because sipbpf was stopped or waited for its output" &&
		net__want net__wait_for has_messages "$NET_TMP/stdout" 7 && net__want net__stop "$attach_pid" &&
		net__want has_messages "$NET_TMP/stdout" 7
}

# send_many COUNT: requests, each from a link of its own.
send_many() {
	ip netns exec "$NET_A" python3 - "$NET_A_IF" "$1" <<-'PYTHON'
		import socket, struct, sys
		raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
		raw.bind((sys.argv[1], 0))
		text = b"OPTIONS sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 OPTIONS\r\n\r\n"
		for i in range(int(sys.argv[2])):
		    udp = struct.pack("!HHHH", 10000 + i % 50000, 5060, 8 + len(text), 0) + text
		    ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 0x0a010000 + i // 50000, 0x0a4d0002)
		    raw.send(b"\xff" * 6 + b"\2\0\0\0\0\1\x08\0" + ip + udp)
	PYTHON
}

# Banks are drained while a table waits for its reader: more links than both have room for come meanwhile, and each has its
# own row.
drained_meanwhile() {
	local count=150000

	net__want start_stuck || return 1
	net__want send_many "$count" || return 1
	cat "$NET_TMP/pipe" >"$NET_TMP/late" &
	NET_PIDS+=("$!")
	net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/late" $((5 + count)) &&
		net__want eval "[[ $(jq -s '[.[].links[]] | length' "$NET_TMP/late") -ge $count ]]" &&
		net__want jq -se 'all(.[].links[]; has("other") | not)' "$NET_TMP/late" >/dev/null
	local failed=$?

	exec 9>&-
	return "$failed"
}

net__require jq bpftool tc python3 gcc
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup

net__check "the log is reopened on SIGHUP" log_rotation
net__check "a log of CSV has one header" csv_log
net__check "a log that cannot be reopened later is told at the start" log_out_of_reach
net__check "a reader that stops holds no signal up" no_reader
net__check "banks are drained while a table waits for its reader" drained_meanwhile
net__check "a reader that comes back gets the last table" late_reader
net__check "closed standard output" closed_output
net__check "a full disk loses no counts" full_disk
net__check "a disk still full at the end is a failure" full_disk_at_the_end
net__check "what is wrong with the output is said once" unwritable
net__check "a reader that leaves ends it" reader_leaves
net__check "a reader that leaves a log does not" reader_of_log_leaves
net__check "the last table on SIGTERM and SIGINT" last_table
net__check "tables of intervals add up" intervals
net__check "--cumulative" cumulative
net__check "SIGUSR1 asks for the counts since the start" lifetime
net__check "the table that SIGUSR1 asks for has a title of its own" lifetime_title
net__check "a FIFO that nobody reads is an error" fifo_without_reader
net__check "new files are for their owner and group, or as asked for" permissions
net__check "a file that may not grow loses no counts" file_size_limit
net__check "a clock that is set is told, and intervals keep their length" clock_is_set
net__check "tables that were due while it was stopped are told" stopped
exit $NET_FAILED

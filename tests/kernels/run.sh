#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Boots each kernel in a virtual machine (software emulation), runs guest.sh there and compares its results with what
# that kernel is expected to support: expected/KERNEL, plus every BPF test that passes on this host. So a test that is
# skipped in silence shows, and so does one that has gone. Prints TAP lines.
#
# usage: run.sh FOLDER      (what make built; kernels, logs and archives go to FOLDER/kernels)
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath "$1")
work=$out/kernels
# The images for clouds boot as fast, but have no PPP.
kernels=("6.1 linux-image-amd64" "6.12 linux-image-6.12-amd64" "newest linux-image-amd64 trixie-backports")
# Five times what a guest takes beside another one, on two processors that do other things as well.
boot_seconds=3900
host_only=(test_associations test_differential test_extensions test_filter test_layers test_nesting test_sequences test_streams)
# The newest kernel is left those that take more than 20 seconds: what they find of kernels, they find on the others.
not_on_newest=(test_glance test_programs)
device_tests=(devices exceptions)
guest_environment=
# In a soak guests run all of them, which takes hours; a guest's init has what its kernel does not know as its environment.
if [[ -n ${TEST_ROUNDS:-} ]]; then
	host_only=() not_on_newest=() boot_seconds=$((boot_seconds * TEST_ROUNDS)) guest_environment=TEST_ROUNDS=3
fi
failed=0

report() {
	printf '%s\n' "$1"
	[[ $1 == ok* ]] || failed=1
}

skip_all() {
	printf 'ok - kernels # SKIP %s\n' "$1"
	exit 0
}

# Copies a program and the libraries that it is linked to: put PROGRAM TARGET
put() {
	mkdir -p "$root/$(dirname "$2")"
	cp -L "$1" "$root/$2"
	ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		cp -Lu "$library" "$root$library"
	done
}

# A compiler's object is often the default one, byte for byte: has_default_object FOLDER
has_default_object() {
	cmp -s "$1/sipbpf.bpf.o" "$out/sipbpf.bpf.o"
}

# The results that a guest prints, sorted. A compiler whose object is the default one has the results of that.
results_in() {
	local folder share=()

	for folder in "$out"/clang-*; do
		! has_default_object "$folder" || share+=(-e "h;s/ default: attach --mode native/ ${folder##*/}: attach --mode native/p;g"
			-e "h;s| test_verifier/| ${folder##*/}/|p;g")
	done
	sed -n 's/^result: //p' "$1" | sed "${share[@]}" -e '' | sort -u
}

# What all guests share; each adds its modules as a second archive.
base_archive() {
	local file name

	root=$work/root
	rm -rf "$root"
	mkdir -p "$root"/{bin,sbin,proc,sys,dev,run,tmp,clang,tests}
	cp "$(command -v busybox)" "$root/bin/"
	"$root/bin/busybox" --install -s "$root/bin"
	for name in "$root"/bin/*; do
		[[ -L $name ]] && ln -sfn busybox "$name"
	done
	# A shell that finds ip by PATH: busybox's own prefers its own ip, which knows no veth.
	rm "$root/bin/sh" "$root/bin/ip" "$root/bin/tc"
	put "$(type -P dash)" bin/sh
	put "$(type -P ip)" bin/ip
	put "$(type -P tc)" bin/tc # busybox's knows no clsact
	put "$(type -P bpftool)" bin/bpftool
	put "$(type -P jq)" bin/jq
	put "$out/sipbpf" bin/sipbpf
	put "$out/tests/kernels/send" bin/send
	put "$out/tests/net/peer" bin/peer
	for name in wg pppd socat nft; do
		put "$(type -P $name)" "bin/$name"
	done
	for file in "$out"/clang-*/{sipbpf,test_verifier}; do
		[[ ! -x $file ]] || has_default_object "${file%/*}" || put "$file" "clang/${file#"$out"/}"
	done
	while read -r file; do
		put "$file" "tests/bpf/${file##*/}"
	done < <(guest_tests)
	mkdir -p "$root/tests/fuzz"
	cp -r "$here/../data" "$root/tests/data"
	cp -r "$here/../fuzz/corpus" "$root/tests/fuzz/corpus"
	cp "$here/guest.sh" "$here/checks.sh" "$root/"
	mkdir -p "$root/net"
	for name in "${device_tests[@]}"; do
		cp "$here/../net/test_$name.sh" "$here/../net/devices.sh" "$root/net/"
	done
	archive "$root" "$work/base.cpio"
}

# Not compressed: an emulated processor takes longer to unpack it than to boot.
archive() {
	(cd "$1" && find . | cpio --quiet -o -H newc) >"$2"
}

# In the foreground a guest ends with the step, which is ended by its group.
# QEMU 7.2 crashes guests at random without cx16=off and thread=single. The plainest processor takes a third less time than
# the one with all that QEMU knows. With no_timer_check a kernel does not panic when its first ticks are late because the host
# is busy. Emulated, a grace period of RCU (one per swap of banks) is slow unless expedited: with ordinary ones test_programs
# does not end within five minutes.
boot() {
	local kernel=$1 log=$2

	timeout --foreground "$boot_seconds" qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
		-accel tcg,thread=single -cpu qemu64,cx16=off -smp 2 -m 1024 -kernel "$work/$kernel/vmlinuz" \
		-initrd "$work/$kernel/all.cpio" -serial "file:$log" \
		-append "console=ttyS0 quiet panic=-1 rcupdate.rcu_expedited=1 no_timer_check $guest_environment rdinit=/guest.sh" </dev/null >"$log.qemu" 2>&1
	sed -i 's/\r$//' "$log"
	grep -q '^guest: done' "$log"
}

# The BPF tests that guests run: all but those of minutes, which emulation makes hours.
guest_tests() {
	local file

	for file in "$out"/tests/bpf/test_*; do
		[[ -x $file && ! -d $file ]] || continue
		[[ " ${host_only[*]} " == *" ${file##*/} "* ]] || echo "$file"
	done
}

# left_out KERNEL: the BPF tests that its guest does not run
left_out() {
	[[ $1 != newest || ${#not_on_newest[@]} == 0 ]] || printf '%s\n' "${not_on_newest[@]}"
}

# What a test has printed on this host: by the test of the programs (scripts/run_tests.sh), or now. run_on_host PROGRAM
run_on_host() {
	if [[ $1.tap -nt $1 ]]; then
		cat "$1.tap"
	else
		CMOCKA_MESSAGE_OUTPUT=TAP "$1" 2>/dev/null
	fi
}

# The results of BPF tests on this host, by name: what other kernels are measured by.
host_results() {
	local file

	guest_tests | while read -r file; do
		run_on_host "$file" | sed -n "s|^ok [0-9]* - \(.*\)|ok ${file##*/}/\1|p"
	done
}

# The tests of devices know their own, of which this host has few.
device_rows() {
	local test

	for test in "${device_tests[@]}"; do
		"$here/../net/test_$test.sh" --list | sed "s|^|ok $test/|"
	done
}

# The lines that the guest should have printed, sorted. The table wins over the host.
expected() {
	local table=$here/expected/$1

	{
		grep -v '^#' "$table"
		{
			grep -v -f <(left_out "$1" | sed 's|.*|^ok &/|') "$work/host"
			device_rows
		} | grep -vxF -f <(sed -n 's/^skip /ok /p' "$table"; echo)
	} | sort -u
}

# Expected and seen, matched by name: the part before the second ": ".
compare() {
	local kernel=$1 log=$2 verdict

	results_in "$log" >"$work/$kernel/results"
	expected "$kernel" >"$work/$kernel/expected"
	while read -r verdict; do
		report "$verdict"
	done < <(awk -v kernel="$kernel" '
		{ name = $0; sub(/^(not ok|ok|skip) /, "", name); split(name, part, ": ")
			name = part[2] == "" ? part[1] : part[1] ": " part[2]; names[name] = 1 }
		NR == FNR { expected[name] = $0; next }
		{ seen[name] = $0 }
		END {
			for (name in names) {
				e = name in expected ? expected[name] : "nothing"; s = name in seen ? seen[name] : "nothing"
				good = e == s ? "ok" : "not ok"
				print good " - " kernel ": " name (e == s ? "" : ": expected \"" e "\", seen \"" s "\"") \
					(good == "ok" && e ~ /^skip/ ? " # SKIP not on this kernel" : "")
			}
		}' "$work/$kernel/expected" "$work/$kernel/results" | sort)
}

# Downloads a kernel and makes its archives; what cannot be had is told: prepare_kernel KERNEL PACKAGE [SUITE]
prepare_kernel() {
	local kernel=$1

	if ! "$here/fetch.sh" "$2" "$work/$kernel" "${@:3}" 2>"$work/fetch.log"; then
		printf 'ok - %s # SKIP %s\n' "$kernel" "$(tail -n 1 "$work/fetch.log")"
		return 1
	fi
	rm -rf "$work/$kernel/root"
	mkdir -p "$work/$kernel/root"
	cp -r "$work/$kernel/modules" "$work/$kernel/root/"
	left_out "$kernel" >"$work/$kernel/root/left_out"
	archive "$work/$kernel/root" "$work/$kernel/modules.cpio"
	cat "$work/base.cpio" "$work/$kernel/modules.cpio" >"$work/$kernel/all.cpio"
}

# Only a guest that did not come to its end is started once more; a failed test is never repeated.
boot_to_end() {
	local log=$work/$1/log

	boot "$1" "$log" || boot "$1" "$log" || mv "$log" "$log.torn"
}

judge_kernel() {
	local log=$work/$1/log name

	for name in $(left_out "$1"); do
		printf 'ok - %s: %s # SKIP slow under emulation, runs on other kernels and in a soak\n' "$1" "$name"
	done
	if [[ -e $log ]]; then
		sed -n "s/^output: \(.*instructions processed by the verifier.*\)/# $1, \1/p" "$log"
		compare "$1" "$log"
	else
		report "not ok - $1: the guest did not come to its end, twice, for which it has $boot_seconds s; see $log.torn"
	fi
}

# Each guest keeps one processor busy, so all run at once; meanwhile the host shows what to expect of them.
test_kernels() {
	local row kernel prepared=()

	while read -ra row; do
		prepare_kernel "${row[@]}" && prepared+=("${row[0]}")
	done < <(printf '%s\n' "${kernels[@]}")
	for kernel in "${prepared[@]}"; do
		boot_to_end "$kernel" &
	done
	test_host
	wait
	host_results | sort -u >"$work/host"
	for kernel in "${prepared[@]}"; do
		judge_kernel "$kernel"
	done
}

# The objects of all compilers, on the kernel that runs here, in a network namespace of our own.
test_host() {
	local file line

	for file in "$out"/clang-*/sipbpf; do
		[[ -x $file ]] || continue
		while read -r line; do
			line=${line#result: }
			case $line in
			ok*) report "ok - host: ${line#ok }" ;;
			*) report "not ok - host: ${line#not ok }" ;;
			esac
		done < <(PATH=$out/tests/kernels:$PATH unshare --net "$here/checks.sh" count "$file" \
			"$(basename "$(dirname "$file")")" native skb tc)
	done
}

((EUID == 0)) || skip_all "needs root"
[[ $(uname -m) == x86_64 ]] || skip_all "the kernels are for x86_64"
for command in qemu-system-x86_64 busybox dash cpio jq bpftool ip wg pppd socat nft modinfo; do
	type -P "$command" >/dev/null || skip_all "$command is not installed (make setup)"
done
mkdir -p "$work"
((${#host_only[@]} == 0)) ||
	printf 'ok - kernels: %s # SKIP too slow under emulation, runs on the host and in a soak\n' "${host_only[@]}"
base_archive
test_kernels
exit $failed

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The init of the guest: mounts, modules, checks, a closing marker, power off. Its log is the serial line, read by
# run.sh, which takes the lines that begin with "result: ".
export PATH=/bin:/sbin HOME=/ TMPDIR=/tmp

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /var
mount -t devpts devpts /dev/pts # for pppd, as is /var/run
ln -s /run /var/run
mount -t bpf bpf /sys/fs/bpf
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
while read -r module; do
	insmod "/modules/$module.ko" || echo "result: not ok insmod $module"
done </modules/order
ip link set lo up

# cmocka's TAP lines, without the numbers: "ok 3 - name" and "ok 3 # SKIP name".
results_of() {
	sed -n -e "s|^\(not \)\{0,1\}ok [0-9]* # SKIP \(.*\)|result: skip $1/\2|p;t" \
		-e "s|^ok [0-9]* - \(.*\)|result: ok $1/\1|p;t" -e "s|^not ok [0-9]* - \(.*\)|result: not ok $1/\1|p;t" \
		-e "s|^|output: $1: |p"
}

cd /
for test in /tests/bpf/test_*; do
	[ -x "$test" ] && ! grep -qx "${test##*/}" /left_out && CMOCKA_MESSAGE_OUTPUT=TAP "$test" 2>&1 | results_of "${test##*/}"
done
for test in /net/test_*; do
	name=${test##*/test_} name=${name%.sh}
	$test /bin/sipbpf 2>&1 | sed -n -e "s|^ok - \(.*\) # SKIP .*|result: skip $name/\1|p;t" \
		-e "s|^\(not \)\{0,1\}ok - |result: \1ok $name/|p;t" -e "s|^|output: $name: |p"
done
/checks.sh kill /bin/sipbpf default skb # abandon kills in the other modes
/checks.sh abandon /bin/sipbpf default native tc
/checks.sh guardian /bin/sipbpf default tc
/checks.sh ingress /bin/sipbpf default native tc
for clang in /clang/*; do
	[ -x "$clang/sipbpf" ] || continue
	CMOCKA_MESSAGE_OUTPUT=TAP "$clang/test_verifier" 2>&1 | results_of "${clang##*/}"
	/checks.sh count "$clang/sipbpf" "${clang##*/}" native
done
echo "guest: done"
poweroff -f

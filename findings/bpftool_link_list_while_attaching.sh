#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `bpftool link list` ends with an error, and without the rest of the list, while another process attaches a program.
#
# Software:  bpftool 7.1.0, Debian's bpftool 7.1.0+6.1.192-3; seen on Linux 6.18.
# Input:     `bpftool link list`, again and again, while a process opens and closes a link of a raw tracepoint.
# Expected:  the links that there are. A link that ends meanwhile is left out, as bpftool does on ENOENT.
# Seen:      some runs print "Error: can't get link by id (N): Resource temporarily unavailable", fail and list no link
#            behind that one. The kernel hands out the id of a link before the link is attached, and until it is,
#            BPF_LINK_GET_FD_BY_ID returns EAGAIN. When nothing attaches, the list is complete.
# So what:   a script that lists links on a host where services start misses some, or stops. Take EAGAIN as "not there
#            yet": go on with the next id.
#
# Takes about 5 seconds; root. Exit status 0: as described; 1: it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download bpftool=7.1.0+6.1.192-3
dpkg-deb -x bpftool_*.deb root

python3 - "$folder/root/usr/sbin/bpftool" <<'PYTHON'
import ctypes, os, platform, re, struct, subprocess, sys, threading

NUMBER = {"x86_64": 321, "aarch64": 280}[platform.machine()]
PROG_LOAD, RAW_TRACEPOINT_OPEN, RAW_TRACEPOINT = 5, 17, 17
RUNS = 300
libc = ctypes.CDLL(None, use_errno=True)
bpftool = sys.argv[1]


def bpf(command, attributes):
    fd = libc.syscall(NUMBER, command, ctypes.create_string_buffer(attributes, 128), 128)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "bpf(%d)" % command)
    return fd


def link_list():
    run = subprocess.run([bpftool, "link", "list"], capture_output=True, text=True)
    return run.returncode, run.stderr.strip()


instructions = ctypes.create_string_buffer(struct.pack("<QQ", 0xb7, 0x95))  # r0 = 0; exit
licence = ctypes.create_string_buffer(b"GPL")
tracepoint = ctypes.create_string_buffer(b"sched_kthread_stop")
program = bpf(PROG_LOAD, struct.pack("IIQQ", RAW_TRACEPOINT, 2, ctypes.addressof(instructions), ctypes.addressof(licence)))
stop = threading.Event()


def attach_again_and_again():
    while not stop.is_set():
        os.close(bpf(RAW_TRACEPOINT_OPEN, struct.pack("QI", ctypes.addressof(tracepoint), program)))


thread = threading.Thread(target=attach_again_and_again)
thread.start()
failures = [error for status, error in (link_list() for _ in range(RUNS)) if status]
stop.set()
thread.join()
quiet = link_list()
print("%d of %d runs failed while links were made; the first: %s" % (len(failures), RUNS, (failures or ["none"])[0]))
print("when none was made: status %d %s" % quiet)
is_as_described = failures and quiet == (0, "") and all(
    re.fullmatch(r"Error: can't get link by id \(\d+\): Resource temporarily unavailable", error) for error in failures)
sys.exit(0 if is_as_described else 1)
PYTHON

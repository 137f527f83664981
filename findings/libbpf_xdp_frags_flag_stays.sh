#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# bpf_program__set_flags() does not take BPF_F_XDP_HAS_FRAGS from a program of SEC("xdp.frags"), and
# bpf_program__flags() does not show that it has it.
#
# Software:  libbpf 1.1.2, Debian's libbpf1 1:1.1.2-0+deb12u1; strace 6.1-0.1 shows the system call; seen on Linux 6.18.
# Input:     an object with a program in the section xdp.frags; bpf_program__set_flags(program, 0) before loading.
# Expected:  the flags of the program are those that were set last.
# Seen:      bpf_program__flags() is 0 before, between and after, but BPF_PROG_LOAD gets prog_flags 0x20. libbpf adds
#            what the section says while it loads, after all that the caller can set.
# So what:   who needs a program with frags for one mode and without for another (generic XDP shows frames to tc without
#            their Ethernet header when the program has frags) writes SEC("xdp") and sets the flag where it is wanted.
#
# Needs clang and python3. Takes about 5 seconds; root. Exit status 0: as described; 1: it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libbpf1=1:1.1.2-0+deb12u1 strace=6.1-0.1
for package in ./*.deb; do
	dpkg-deb -x "$package" root
done
printf '%s\n' '__attribute__((section("xdp.frags"), used)) int pass(void *frame) { return 2; }' \
	'char text[] __attribute__((section("license"), used)) = "GPL";' |
	clang -target bpf -O2 -g -x c -c - -o pass.o

cat >load.py <<'PYTHON'
import ctypes, sys

libbpf = ctypes.CDLL(sys.argv[1])
libbpf.bpf_object__open_file.restype = ctypes.c_void_p
libbpf.bpf_object__next_program.restype = ctypes.c_void_p
libbpf.bpf_object__next_program.argtypes = ctypes.c_void_p, ctypes.c_void_p
libbpf.bpf_program__set_flags.argtypes = ctypes.c_void_p, ctypes.c_uint32
libbpf.bpf_program__flags.argtypes = ctypes.c_void_p,
libbpf.bpf_object__load.argtypes = ctypes.c_void_p,

bpf = libbpf.bpf_object__open_file(b"pass.o", None)
program = libbpf.bpf_object__next_program(bpf, None)
shown = [libbpf.bpf_program__flags(program)]
libbpf.bpf_program__set_flags(program, 0)
shown.append(libbpf.bpf_program__flags(program))
if libbpf.bpf_object__load(bpf):
    sys.exit("the program was not loaded")
shown.append(libbpf.bpf_program__flags(program))
print("bpf_program__flags() after opening, setting 0, and loading:", *map(hex, shown))
PYTHON
root/usr/bin/strace -e trace=bpf -o trace python3 load.py root/usr/lib/*/libbpf.so.1 | tee shown
loaded=$(grep -o 'prog_flags=[^ ,]*.*prog_name="pass"' trace | grep -o '^prog_flags=[^ ,]*')
echo "BPF_PROG_LOAD of the program: $loaded"
[[ $(cat shown) == *": 0x0 0x0 0x0" && $loaded == prog_flags=0x20 ]]

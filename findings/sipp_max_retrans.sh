#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sipp's -max_retrans lowers the number of retransmissions of an INVITE over UDP, but does not raise it.
#
# Software:  sipp 3.6.1, Debian's sip-tester 1:3.6.1-1+b2.
# Input:     its own scenario `uac`, one call to a UDP socket that reads and never answers.
# Expected:  its help says "-max_retrans: Maximum number of UDP retransmissions before call ends on timeout. Default is
#            5 for INVITE transactions and 7 for others", so with -max_retrans 8 an INVITE should be sent nine times.
# Seen:      without the option the INVITE is sent 6 times; with -max_retrans 2, 3 times; with -max_retrans 8, 6 times
#            again, and the call is given up as early as without it. -max_invite_retrans 8 alone does raise the number.
# So what:   on a busy or lossy path a load test gives calls up that -max_retrans was meant to keep. Give
#            -max_invite_retrans and -max_non_invite_retrans as well.
#
# Takes about 50 seconds. Exit status 0: as described; 1: it has changed.
set -eu
packages=(sip-tester=1:3.6.1-1+b2 libpcap0.8=1.10.3-1 libsctp1=1.0.19+dfsg-2 libgsl27=2.7.1+dfsg-5+deb12u1
	libgslcblas0=2.7.1+dfsg-5+deb12u1 libncursesw6=6.4-4 libtinfo6=6.4-4)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}"
for package in *.deb; do
	dpkg-deb -x "$package" root
done

python3 - "$folder/root" <<'PYTHON'
import concurrent.futures, os, socket, subprocess, sys, tempfile, time

SECONDS = 45  # longer than the first seven INVITEs take, which are sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5
root = sys.argv[1]
library = os.path.join(root, "usr/lib", "x86_64-linux-gnu")


def invites(options):
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", 0))
    sink.settimeout(0.2)
    target = "127.0.0.1:%d" % sink.getsockname()[1]
    count, end = 0, time.monotonic() + SECONDS
    with tempfile.TemporaryDirectory() as folder:
        sipp = subprocess.Popen([root + "/usr/bin/sipp", "-sn", "uac", "-i", "127.0.0.1", "-p", "0", "-m", "1", "-nostdin",
                                 *options, target], cwd=folder, env={**os.environ, "LD_LIBRARY_PATH": library},
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while sipp.poll() is None and time.monotonic() < end:
            try:
                count += sink.recv(4096).startswith(b"INVITE ")
            except socket.timeout:
                pass
        gave_up = sipp.poll() is not None
        sipp.kill()
        sipp.wait()
    return count, gave_up


cases = {
    "no option": ([], (6, True)),
    "-max_retrans 2": (["-max_retrans", "2"], (3, True)),
    "-max_retrans 8": (["-max_retrans", "8"], (6, True)),
    "-max_invite_retrans 8": (["-max_invite_retrans", "8"], (7, False)),
}
changed = False
with concurrent.futures.ThreadPoolExecutor(len(cases)) as executor:
    runs = {name: executor.submit(invites, options) for name, (options, _) in cases.items()}
    for name, (_, wanted) in cases.items():
        count, gave_up = runs[name].result()
        print(f"{name}: {count} INVITEs, {'given up' if gave_up else f'still trying after {SECONDS} s'}")
        changed |= (count, gave_up) != wanted
sys.exit(changed)
PYTHON

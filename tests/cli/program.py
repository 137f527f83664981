# SPDX-License-Identifier: BSD-2-Clause
"""Runs the program for tests, and reports their results as TAP lines."""

import json
import os
import shutil
import subprocess
import sys

NOBODY = 65534

failed = []


def run(arguments, stdin=b"", **options):
    """Returns (exit status, stdout, stderr) of the program that the test was given; stdin is bytes or an open file."""
    source = {"stdin": stdin} if hasattr(stdin, "fileno") else {"input": stdin}
    done = subprocess.run([os.path.abspath(sys.argv[1])] + arguments, capture_output=True, check=False, **source, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def copy_program(folder):
    """Puts the program where ordinary users may run it, and makes run() run that."""
    os.chmod(folder, 0o755)
    program = os.path.join(folder, "sipbpf")
    shutil.copy(sys.argv[1], program)
    os.chmod(program, 0o755)
    sys.argv[1] = program


def as_ordinary_user():
    """Options of run(): root becomes nobody."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def check(name, is_right, *details):
    print(f"{'ok' if is_right else 'not ok'} - {name}" + ("" if is_right else ": " + " ".join(map(repr, details))))
    if not is_right:
        failed.append(name)


def check_equal(name, got, wanted):
    check(name, got == wanted, got, "wanted", wanted)


def finish():
    sys.exit(1 if failed else 0)


def link(server="10.0.0.1", client="10.0.0.2", transport="UDP", ports=(5060, 1025), messages=()):
    """A link of a snapshot; messages are (direction, type, method, count)."""
    return {"server_ip": server, "client_ip": client, "transport": transport, "server_port": ports[0],
            "client_port": ports[1],
            "messages": [dict(zip(("direction", "type", "method", "count"), message)) for message in messages]}


def snapshot(*links, **members):
    return json.dumps({"schema": "sipbpf.snapshot.v1", "name": "", "links": links, **members}) + "\n"


def counts(text):
    """The messages of a snapshot by link, direction, type and method."""
    result = {}
    for a_link in json.loads(text)["links"]:
        where = tuple(a_link[part] for part in ("server_ip", "client_ip", "transport", "server_port", "client_port"))
        for message in a_link["messages"]:
            key = where + (message["direction"], message["type"], message["method"])
            assert key not in result
            result[key] = message["count"]
    return result

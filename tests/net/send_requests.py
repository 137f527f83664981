#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sends SIP requests outside dialogs, each after the answer to the one before.

usage: send_requests.py udp|tcp FROM TO PORT CALL_ID METHOD...

FROM and TO are addresses. Each request has the Call-ID with its number in front. Prints the status of each answer; exit
status 1 when one does not come.
"""

import socket
import sys

SECONDS = 60  # that nothing takes unless it fails

REQUEST = """{method} sip:bob@{target} SIP/2.0
Via: SIP/2.0/{transport} {source};branch=z9hG4bK{number}{call_id}
Max-Forwards: 70
From: <sip:alice@{target}>;tag={number}
To: <sip:bob@{target}>
Call-ID: {number}-{call_id}
CSeq: {number} {method}
Contact: <sip:alice@{source}>
Content-Length: 0

"""


def host(address):
    return f"[{address}]" if ":" in address else address


def connect(transport, source, target, port):
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
    made.settimeout(SECONDS)
    made.bind((source, 0))
    made.connect((target, port))
    return made


def main(transport, source, target, port, call_id, *methods):
    with connect(transport, source, target, int(port)) as connection:
        own = f"{host(source)}:{connection.getsockname()[1]}"
        for number, method in enumerate(methods, 1):
            text = REQUEST.format(method=method, target=f"{host(target)}:{port}", source=own, number=number,
                                  transport=transport.upper(), call_id=call_id)
            connection.sendall(text.replace("\n", "\r\n").encode())
            answer = connection.recv(65536).decode()
            print(method, answer.partition("\r\n")[0], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""SIP calls over WebSocket (RFC 7118), by a library that knows nothing of sipbpf.

usage: websocket_calls.py serve ADDRESS PORT [--deflate] [--tls CERTIFICATE]
       websocket_calls.py call ADDRESS PORT CALLS CONNECTIONS SENT [--deflate] [--tls CERTIFICATE]

The callee prints a line when it listens, and runs until it is ended. The caller makes CALLS calls over as many
CONNECTIONS, all at once, and writes to the file SENT how many messages of each type it sent and received:
{"sent": {"INVITE": 1}, "received": {"200": 2}}. Some messages go in several frames, with pings between the calls.
CERTIFICATE is a PEM file with its key, which is not verified.
"""

import argparse
import asyncio
import collections
import json
import ssl

import websockets

BODY = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=BYE sip:b SIP/2.0\r\n" + "a=x-filler:0123456789abcdef\r\n" * 90


def message(first, cseq, branch, to_tag="", body=""):
    lines = [first, f"Via: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK{branch}", "Max-Forwards: 70",
             f"To: <sip:b@example.com>{to_tag}", "From: <sip:a@example.com>;tag=1", f"Call-ID: {branch}@example.com",
             f"CSeq: {cseq}"]
    if body:  # RFC 7118 5: the length may be left out
        lines += ["Content-Type: application/sdp"]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def type_of(text):
    first, _, rest = text.partition("\r\n")
    if first.startswith("SIP/2.0 "):
        return first.split(" ")[1]
    method = first.split(" ")[0]
    return "ReINVITE" if method == "INVITE" and "com>;tag=" in rest.partition("\r\nFrom")[0] else method


async def answer(connection):
    async for text in connection:
        request, branch = type_of(text), text.partition("branch=z9hG4bK")[2].partition("\r\n")[0]
        if request in ("INVITE", "ReINVITE"):
            await connection.send(message("SIP/2.0 100 Trying", "1 INVITE", branch))
            await connection.send(message("SIP/2.0 200 OK", "1 INVITE", branch, ";tag=2", BODY * (1 + len(branch) % 4)))
        elif request == "BYE":
            await connection.send(message("SIP/2.0 200 OK", "2 BYE", branch, ";tag=2").encode())


async def in_frames(text, size):
    for at in range(0, len(text), size):
        yield text[at:at + size]


class Caller:
    def __init__(self):
        self.sent, self.received = collections.Counter(), collections.Counter()

    async def send(self, connection, text, size=0):
        self.sent[type_of(text)] += 1
        await connection.send(in_frames(text, size) if size else text)

    async def receive(self, connection, status):
        received = None
        while received != status:
            text = await asyncio.wait_for(connection.recv(), 300)
            received = type_of(text.decode() if isinstance(text, bytes) else text)
            self.received[received] += 1

    async def call(self, connection, number):
        size = 0 if number % 3 else 150 + number % 400
        for to_tag in ("", ";tag=2"):
            await self.send(connection, message("INVITE sip:b@example.com SIP/2.0", "1 INVITE", number, to_tag, BODY), size)
            await self.receive(connection, "200")
            await self.send(connection, message("ACK sip:b@example.com SIP/2.0", "1 ACK", number, ";tag=2"))
        await self.send(connection, message("BYE sip:b@example.com SIP/2.0", "2 BYE", number, ";tag=2"), size)
        await self.receive(connection, "200")
        if number % 5 == 0:
            await connection.ping("BYE sip:b@example.com SIP/2.0")

    async def run(self, uri, calls, numbers, options):
        async with websockets.connect(uri, **options) as connection:
            for number in range(numbers, numbers + calls):
                await self.call(connection, number)


def context(arguments, side):
    if not arguments.tls:
        return None
    made = ssl.SSLContext(side)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if side == ssl.PROTOCOL_TLS_SERVER:
        made.load_cert_chain(arguments.tls)
    return made


async def serve(arguments, options):
    options["ssl"] = context(arguments, ssl.PROTOCOL_TLS_SERVER)
    async with websockets.serve(answer, arguments.address, arguments.port, **options):
        print("listening", flush=True)
        await asyncio.Future()


async def call(arguments, options):
    caller = Caller()
    options["ssl"] = context(arguments, ssl.PROTOCOL_TLS_CLIENT)
    address = f"[{arguments.address}]" if ":" in arguments.address else arguments.address
    uri = f"{'wss' if arguments.tls else 'ws'}://{address}:{arguments.port}/sip"
    calls = arguments.calls // arguments.connections
    await asyncio.gather(*(caller.run(uri, calls, i * calls, options) for i in range(arguments.connections)))
    with open(arguments.sent, "w", encoding="utf-8") as out:
        json.dump({"sent": caller.sent, "received": caller.received}, out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve", "call"])
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("calls", type=int, nargs="?")
    parser.add_argument("connections", type=int, nargs="?")
    parser.add_argument("sent", nargs="?")
    parser.add_argument("--deflate", action="store_true")
    parser.add_argument("--tls")
    arguments = parser.parse_args()
    options = {"subprotocols": ["sip"], "compression": "deflate" if arguments.deflate else None, "ping_interval": None}
    asyncio.run({"serve": serve, "call": call}[arguments.command](arguments, options))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The far end of a program whose log is tested: a SIP server over UDP and TCP, or WebSocket (RFC 7118).

usage: far_end.py [--websocket] PORT ADDRESS...

A REGISTER is answered and followed by an OPTIONS to the client. An INVITE is answered by 100, 180 and 200. When the ACK
has come, the server sends a re-INVITE, INFO and BYE, each after the answer to the one before. Any other request is
answered by 200. Prints "listening", then a line when a request of its own that ends something has its answer: "OPTIONS
after a registration at ADDRESS" or "BYE of a call at ADDRESS", of its own addresses. Runs until it is ended.
"""

import asyncio
import re
import sys

MEDIA_PORT = 40000
SDP = ("v=0\r\no=far 1 {version} IN IP{family} {address}\r\ns=-\r\nc=IN IP{family} {address}\r\nt=0 0\r\n"
       "m=audio {media} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")
DIGIT = "Signal=5\r\nDuration=160\r\n"
COPIED = "Via", "From", "To", "Call-ID", "CSeq", "Record-Route"
COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}
# What follows in a dialog or after a registration, once its request has had its final answer.
NEXT = {"INVITE": "INFO", "INFO": "BYE"}
# What has come to its end after the answer to the last request.
ENDS = {"INVITE": "INVITE of a call that is gone", "BYE": "BYE of a call", "OPTIONS": "OPTIONS after a registration"}


class Message:
    def __init__(self, text):
        lines = re.sub("\r\n[ \t]+", " ", text.partition("\r\n\r\n")[0]).split("\r\n")
        self.first, self.headers = lines[0], []
        for name, _, value in (line.partition(":") for line in lines[1:]):
            name = name.strip().lower()
            self.headers.append((COMPACT.get(name, name), value.strip()))

    def all(self, name):
        return [value for header, value in self.headers if header == name.lower()]

    def get(self, name):
        return (self.all(name) or [""])[0]

    @property
    def method(self):
        return self.get("CSeq").split()[-1]

    @property
    def status(self):
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else None


class Peer:
    """One client at one address: its dialogs, and the way to it."""

    def __init__(self, transport, local, send):
        self.transport, self.local, self.send_text, self.dialogs = transport, local, send, {}

    def host(self):
        return f"[{self.local[0]}]" if ":" in self.local[0] else self.local[0]

    def sdp(self, version):
        family = 6 if ":" in self.local[0] else 4
        return SDP.format(version=version, media=MEDIA_PORT, address=self.local[0], family=family)

    async def send(self, first, headers, body="", body_type="application/sdp"):
        headers = headers + ([f"Content-Type: {body_type}"] if body else []) + [f"Content-Length: {len(body)}"]
        await self.send_text("\r\n".join([first] + headers) + "\r\n\r\n" + body)

    def contact(self):
        return f"Contact: <sip:far@{self.host()}:{self.local[1]};transport={self.transport.lower()}>"

    async def answer(self, request, status, body=""):
        headers = [f"{name}: {value}" for name in COPIED for value in request.all(name)]
        if not status.startswith("100 ") and ";tag=" not in request.get("To"):
            headers = [line + ";tag=far" if line.startswith("To:") else line for line in headers]
        if request.method == "REGISTER":
            headers += [f"Contact: {value};expires=600" for value in request.all("Contact")]
        else:
            headers += [self.contact()]
        await self.send(f"SIP/2.0 {status}", headers, body)

    async def request(self, method, dialog):
        """Sends the dialog's next request; an ACK has the number of the INVITE."""
        if method != "ACK":
            dialog["cseq"] += 1
            dialog["branch"] = f"z9hG4bK{method}{dialog['cseq']}"
        headers = [f"Via: SIP/2.0/{self.transport} {self.host()}:{self.local[1]};branch={dialog['branch']};rport",
                   "Max-Forwards: 70", f"From: {dialog['from']}", f"To: {dialog['to']}", f"Call-ID: {dialog['id']}",
                   f"CSeq: {dialog['cseq']} {method}", self.contact()]
        bodies = {"INVITE": (self.sdp(2), "application/sdp"), "INFO": (DIGIT, "application/dtmf-relay")}
        await self.send(f"{method} {dialog['uri']} SIP/2.0", headers, *bodies.get(method, ()))

    def begin(self, request):
        """A dialog that the client's request begins, seen from here."""
        uri = re.search(r"<([^>]*)>|([^;\s]+)", request.get("Contact") or request.get("From"))
        far = request.get("To")
        self.dialogs[request.get("Call-ID")] = dialog = {
            "uri": uri[1] or uri[2], "from": far if ";tag=" in far else far + ";tag=far", "to": request.get("From"),
            "id": request.get("Call-ID"), "cseq": 100, "is_confirmed": False}
        return dialog

    async def answer_invite(self, request):
        if ";tag=" not in request.get("To"):
            self.dialogs.get(request.get("Call-ID")) or self.begin(request)
            await self.answer(request, "100 Trying")
            await self.answer(request, "180 Ringing")
        await self.answer(request, "200 OK", self.sdp(1))

    async def take_request(self, request):
        method, dialog = request.method, self.dialogs.get(request.get("Call-ID"))
        if method == "INVITE":
            await self.answer_invite(request)
        elif method != "ACK":
            await self.answer(request, "200 OK")
        elif dialog and not dialog["is_confirmed"]:
            dialog["is_confirmed"] = True
            await self.request("INVITE", dialog)
        if method == "REGISTER" and "expires=0" not in request.get("Contact") and request.get("Expires") != "0":
            dialog = self.begin(request)
            dialog["id"] = "options-" + dialog["id"]  # no dialog: a request of its own
            self.dialogs[dialog["id"]] = dialog
            dialog["to"] = dialog["to"].partition(";tag=")[0]
            await self.request("OPTIONS", dialog)

    async def take_response(self, response):
        dialog = self.dialogs.get(response.get("Call-ID"))
        if not dialog or response.status < 200 or response.get("CSeq").split()[0] != str(dialog["cseq"]):
            return
        if response.method == "INVITE":
            await self.request("ACK", dialog)
        if response.method in NEXT and (response.method, response.status) != ("INVITE", 481):
            await self.request(NEXT[response.method], dialog)
        else:
            dialog["cseq"] += 1  # a repeated answer ends nothing
            print(ENDS[response.method], "at", self.local[0], flush=True)

    async def take(self, text):
        if not text.strip("\r\n\0"):
            return
        message = Message(text.lstrip("\r\n"))
        await (self.take_response(message) if message.status else self.take_request(message))


class Media(asyncio.DatagramProtocol):
    """Takes what comes, so that no client hangs up because a port is closed."""

    def datagram_received(self, data, source):
        pass


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self):
        self.peers, self.link, self.tasks = {}, None, set()

    def connection_made(self, transport):
        self.link = transport

    def peer(self, source):
        async def send(text):
            self.link.sendto(text.encode(), source)

        return Peer("UDP", self.link.get_extra_info("sockname"), send)

    def datagram_received(self, data, source):
        if source not in self.peers:
            self.peers[source] = self.peer(source)
        task = asyncio.ensure_future(self.peers[source].take(data.decode(errors="replace")))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


async def serve_stream(reader, writer):
    async def send(text):
        writer.write(text.encode())

    peer = Peer("TCP", writer.get_extra_info("sockname"), send)
    try:
        while True:
            headers = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
            length = int(Message(headers.lstrip("\r\n")).get("Content-Length") or 0) if headers.strip() else 0
            await peer.take(headers + (await reader.readexactly(length)).decode(errors="replace"))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def take_frames(connection):
    peer = Peer("WS", connection.local_address, connection.send)
    async for text in connection:
        await peer.take(text if isinstance(text, str) else text.decode(errors="replace"))


async def serve_websocket(address, port):
    import websockets  # Debian's package is needed for these clients alone

    await websockets.serve(take_frames, address, port, subprotocols=["sip"], compression=None)


async def serve_sip(address, port):
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Datagrams, local_addr=(address, port))
    await asyncio.start_server(serve_stream, address, port)


async def main(serve, port, addresses):
    loop = asyncio.get_running_loop()
    for address in addresses:
        await loop.create_datagram_endpoint(Media, local_addr=(address, MEDIA_PORT))
        await serve(address, port)
    print("listening", flush=True)
    await asyncio.Future()


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--websocket"]
    server = serve_websocket if "--websocket" in sys.argv else serve_sip
    asyncio.run(main(server, int(arguments[0]), arguments[1:]))

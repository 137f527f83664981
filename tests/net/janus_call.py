#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Has a Janus on this host register, send a message and make a call, which the far end ends.

usage: janus_call.py API FAR_END      (API is the address of its HTTP interface, as in http://127.0.0.1:8088/janus)
"""

import itertools
import json
import sys
import time
import urllib.request

SECONDS = 60  # that nothing takes unless it fails

# What a browser would offer. No media flows, because nobody answers at the candidate.
OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 0
c=IN IP4 0.0.0.0
a=mid:0
a=ice-ufrag:user
a=ice-pwd:passwordofthebrowser1234
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=rtcp-mux
a=rtpmap:0 PCMU/8000
a=candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host
""".format(fingerprint=":".join(["AB"] * 32)).replace("\n", "\r\n")


class Session:
    """A session of Janus with its plugin for SIP."""

    numbers = itertools.count()

    def __init__(self, api):
        self.path = api
        self.path += f"/{self.post(janus='create')['data']['id']}"
        self.handle = self.post(janus="attach", plugin="janus.plugin.sip")["data"]["id"]

    def post(self, path="", **body):
        body["transaction"] = str(next(self.numbers))
        request = urllib.request.Request(self.path + path, json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)

    def ask(self, request, jsep=None, **body):
        extra = {"jsep": jsep} if jsep else {}
        self.post(f"/{self.handle}", janus="message", body={"request": request, **body}, **extra)

    def wait_for(self, event):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            with urllib.request.urlopen(f"{self.path}?maxev=1", timeout=SECONDS) as answer:
                data = json.load(answer).get("plugindata", {}).get("data", {})
            if "error" in data:
                sys.exit(f"Janus: {data['error']}")
            if data.get("result", {}).get("event") == event:
                return
        sys.exit(f"Janus: no event {event}")


def main(api, far_end):
    session = Session(api)
    session.ask("register", username=f"sip:ja@{far_end}", secret="none", proxy=f"sip:{far_end}")
    session.wait_for("registered")
    session.ask("message", uri=f"sip:bob@{far_end}", content="hello")
    session.wait_for("messagedelivery")
    session.ask("call", jsep={"type": "offer", "sdp": OFFER}, uri=f"sip:bob@{far_end}")
    session.wait_for("hangup")


if __name__ == "__main__":
    main(*sys.argv[1:])

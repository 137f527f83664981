// SPDX-License-Identifier: BSD-2-Clause
// A user agent of SIP.js that registers, and makes a call which the far end ends. It has no media: Node has no WebRTC.
//
// usage: node sipjs_call.mjs ws://ADDRESS:PORT
import { Inviter, Registerer, SessionState, UserAgent } from 'sip.js';
import WebSocket from 'ws';

const SECONDS = 60; // that nothing takes unless it fails
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n';

globalThis.WebSocket = WebSocket;
globalThis.window = { addEventListener() {}, removeEventListener() {} };

const descriptions = () => ({
	getDescription: async () => ({ body: sdp, contentType: 'application/sdp' }),
	setDescription: async () => {},
	hasDescription: (type) => type === 'application/sdp',
	rollbackDescription: async () => {},
	sendDtmf: () => false,
	close() {},
});

const ua = new UserAgent({
	uri: UserAgent.makeURI('sip:alice@example.com'),
	transportOptions: { server: process.argv[2], traceSip: true },
	sessionDescriptionHandlerFactory: descriptions,
	logLevel: 'debug',
});
const registerer = new Registerer(ua);

// Registered or not: a request is complete with its final answer.
const answered = (send) => new Promise((resolve) => {
	const requestDelegate = { onAccept: resolve, onReject: resolve };
	send({ requestDelegate });
});

setTimeout(() => process.exit(1), SECONDS * 1000);
await ua.start();
await answered((options) => registerer.register(options));
const session = new Inviter(ua, UserAgent.makeURI('sip:bob@example.com'));
const ended = new Promise((resolve) => {
	session.stateChange.addListener((state) => state === SessionState.Terminated && resolve());
});
await session.invite();
await ended;
await answered((options) => registerer.unregister(options));
await ua.stop();
process.exit(0);

// SPDX-License-Identifier: BSD-2-Clause
// A user agent of JsSIP that registers, and makes a call which the far end ends. It has no media: Node has no WebRTC.
//
// usage: DEBUG='JsSIP:*' node jssip_call.mjs ws://ADDRESS:PORT
import JsSIP from 'jssip';
import WebSocket from 'ws';

const SECONDS = 60; // that nothing takes unless it fails
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n';

// JsSIP's interface of a socket, by a WebSocket of Node.
class Socket {
	constructor(url) {
		this.url = url;
		this.via_transport = 'WS';
		this.sip_uri = `sip:${new URL(url).host};transport=ws`;
	}

	connect() {
		this.socket = new WebSocket(this.url, 'sip');
		this.socket.on('open', () => this.onconnect());
		this.socket.on('message', (data) => this.ondata(data.toString()));
		this.socket.on('close', (code, reason) => this.ondisconnect(code !== 1000, code, reason.toString()));
		this.socket.on('error', (error) => console.error(error.message));
	}

	disconnect() {
		this.socket.close(1000);
	}

	send(text) {
		this.socket.send(text);
		return true;
	}

	isConnected() {
		return this.socket !== undefined && this.socket.readyState === WebSocket.OPEN;
	}

	isConnecting() {
		return this.socket !== undefined && this.socket.readyState === WebSocket.CONNECTING;
	}
}

// As much of WebRTC as JsSIP asks for.
class PeerConnection {
	constructor() {
		this.iceGatheringState = 'complete';
		this.iceConnectionState = 'connected';
		this.signalingState = 'stable';
	}

	addEventListener() {}
	removeEventListener() {}
	getSenders() { return []; }
	close() { this.signalingState = 'closed'; }
	async createOffer() { return { type: 'offer', sdp }; }
	async createAnswer() { return { type: 'answer', sdp }; }
	async setLocalDescription(description) { this.localDescription = description; }
	async setRemoteDescription(description) { this.remoteDescription = description; }
}

globalThis.window = globalThis;
globalThis.RTCPeerConnection = PeerConnection;
globalThis.RTCSessionDescription = class { constructor(description) { Object.assign(this, description); } };

const ua = new JsSIP.UA({
	sockets: [new Socket(process.argv[2])],
	uri: 'sip:alice@example.com',
	session_timers: false,
});

function call() {
	const session = ua.call('sip:bob@example.com', {
		mediaStream: { getTracks: () => [] },
		mediaConstraints: { audio: false, video: false },
	});
	session.on('ended', () => ua.unregister());
	session.on('failed', (event) => {
		console.error(`the call failed: ${event.cause}`);
		process.exit(1);
	});
}

ua.once('registered', call);
ua.on('unregistered', () => ua.stop());
ua.on('disconnected', () => process.exit(0));
setTimeout(() => process.exit(1), SECONDS * 1000);
ua.start();

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Writes the seeds of the fuzzers: see the head of each fuzzer for what the first bytes of an input are.
#
# usage: make_corpus.sh CORPUS_FOLDER
set -eu
folder=$1
ethernet='\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01'
via='Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1\r\n'
request="INVITE sip:bob@example.com SIP/2.0\\r\\n${via}From: <sip:alice@example.com>;tag=1\\r\\n"
request+='To: "Bob \\"B\\"" <sip:bob@example.com;x=y>\r\n ;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n'
response="SIP/2.0 200 OK\\r\\n${via}CSeq: 1 INVITE\\r\\nContent-Length: 0\\r\\n\\r\\n"

# seed NAME BYTES: bytes in the notation of printf %b
seed() {
	printf '%b' "$2" >"$folder/$1"
}

# be16 NUMBER
be16() {
	printf '\\x%02x\\x%02x' $(($1 >> 8)) $(($1 & 255))
}

# ipv4 PROTOCOL SIZE [FRAGMENT]: the header before SIZE bytes
ipv4() {
	printf '%s' "\\x45\\x00$(be16 $((20 + $2)))\\x00\\x01${3-\\x00\\x00}\\x40$1\\x00\\x00\\x0a\\x00\\x00\\x01\\x0a\\x00\\x00\\x02"
}

# ipv6 NEXT_HEADER SIZE
ipv6() {
	local address='\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'

	printf '%s' "\\x60\\x00\\x00\\x00$(be16 "$2")$1\\x40$address\\x01$address\\x02"
}

# udp SIZE
udp() {
	printf '%s' "\\x13\\xc4\\x13\\xc4$(be16 $((8 + $1)))\\x00\\x00"
}

# size BYTES
size() {
	printf '%b' "$1" | wc -c
}

sip_seeds() {
	seed sip/datagram_invite "\\x00\\x00${request}\\r\\n"
	seed sip/datagram_response "\\x00\\x10$response"
	seed sip/datagram_extension '\x00\x20PUBLISHER tel:+1 SIP/2.0\nv : SIP / 2.0 / TLS a\nCSEQ\t: 9 PUBLISHER\n\n'
	seed sip/datagram_malformed '\x00\x00INVITE  sip:a SIP/2.0\r\n\r\n'
	seed sip/datagram_keepalive '\x00\x00\r\n\r\n\x00\x00'
	seed sip/datagram_http '\x00\x00OPTIONS * HTTP/1.1\r\n\r\n'
	seed sip/cut_invite "\\x01\\x30${request}"
	seed sip/cut_version '\x01\x00INVITE sip:a SIP/2.'
	seed sip/stream_invite "\\x02\\x40${request}Content-Length: 4\\r\\n\\r\\nbody"
	seed sip/stream_response '\x02\x50\r\nsip/2.0 404\r\nt:<sip:a>;tag=1\r\nCSeq:\r\n 1\r\n BYE\r\nl:\r\n 12\r\n\r\n'
}

frame_seeds() {
	local length plain4 plain6 tcp

	length=$(size "$response")
	plain4="$(ipv4 '\x11' $((8 + length)))$(udp "$length")$response"
	plain6="$(ipv6 '\x11' $((8 + length)))$(udp "$length")$response"
	tcp='\x13\xc4\x13\xc4\x00\x00\x00\x01\x00\x00\x00\x01\x50\x18\xff\xff\x00\x00\x00\x00'
	seed frame/udp4 "\\x00\\x00\\x00$ethernet\\x08\\x00$plain4"
	seed frame/udp6 "\\x00\\x00\\x00$ethernet\\x86\\xdd$plain6"
	seed frame/tcp4_two "\\x00\\x00\\x00$ethernet\\x08\\x00$(ipv4 '\x06' $((20 + 2 * length)))$tcp$response$response"
	seed frame/qinq "\\x00\\x00\\x00$ethernet\\x88\\xa8\\x00\\x01\\x81\\x00\\x00\\x02\\x08\\x00$plain4"
	seed frame/pppoe "\\x00\\x00\\x00$ethernet\\x88\\x64\\x11\\x00\\x00\\x01\\x00\\x00\\x00\\x21$plain4"
	seed frame/mpls "\\x00\\x00\\x00$ethernet\\x88\\x47\\x00\\x01\\x00\\x40\\x00\\x02\\x01\\x40$plain6"
	seed frame/gre "\\x00\\x00\\x00$ethernet\\x08\\x00$(ipv4 '\x2f' $((40 + length)))\\x20\\x00\\x08\\x00\\x00\\x00\\x00\\x01$plain4"
	seed frame/ip_in_ip "\\x00\\x00\\x00$ethernet\\x08\\x00$(ipv4 '\x04' $((28 + length)))$plain4"
	seed frame/ipv6_extension "\\x01\\x00\\x00$(ipv6 '\x00' $((16 + length)))\\x11\\x00\\x01\\x04\\x00\\x00\\x00\\x00$(udp "$length")$response"
	seed frame/ipv6_fragment "\\x01\\x00\\x00$(ipv6 '\x2c' $((16 + length)))\\x11\\x00\\x00\\x01\\x00\\x00\\x00\\x01$(udp 999)$response"
	seed frame/fragment "\\x02\\x00\\x00$(ipv4 '\x11' 16 '\x00\x01')$(udp 8)12345678"
	seed frame/stun "\\x02\\x00\\x00$(ipv4 '\x11' 28)$(udp 20)\\x00\\x01\\x00\\x00\\x21\\x12\\xa4\\x42abcdefghijkl"
	seed frame/ethertype "\\x04\\x86\\xdd$plain6"
}

mkdir -p "$folder/sip" "$folder/frame"
sip_seeds
frame_seeds

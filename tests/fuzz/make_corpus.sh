#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Writes the seeds of the fuzzers: see the head of each fuzzer, and of sequences.h, for what the bytes of an input are.
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
	seed frame/vxlan "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x12\xb5' '\x08\x00\x00\x00\x00\x00\x7b\x00' "$ethernet\\x08\\x00$plain4")"
	seed frame/vxlan_gpe "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x12\xb6' '\x0c\x00\x00\x02\x00\x00\x7b\x00' "$plain6")"
	seed frame/geneve "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x17\xc1' '\x01\x00\x86\xdd\x00\x00\x7b\x00\x01\x02\x03\x00' "$plain6")"
	seed frame/gtpu "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x08\x68' '\x34\xff\x7f\x00\x00\x00\x00\x01\x00\x00\x00\x85\x01\x10\x05\x00' "$plain4")"
	seed frame/vn_tag "\\x00\\x00\\x00$ethernet\\x89\\x26\\x00\\x02\\x00\\x01\\x08\\x00$plain4"
	seed frame/trustsec "\\x00\\x00\\x00$ethernet\\x89\\x09\\x01\\x01\\x00\\x01\\x00\\x10\\x86\\xdd$plain6"
	seed frame/pbb "\\x00\\x00\\x00$ethernet\\x88\\xe7\\x00\\x00\\x12\\x34$ethernet\\x08\\x00$plain4"
	seed frame/snap "\\x00\\x00\\x00$ethernet$(be16 $((36 + length)))\\xaa\\xaa\\x03\\x00\\x00\\x00\\x08\\x00$plain4"
	seed frame/gue "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x17\xc0' '\x01\x29\x00\x00\x01\x02\x03\x04' "$plain6")"
	seed frame/gue_etherip "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x17\xc0' '\x00\x61\x00\x00\x30\x00' "$ethernet\\x08\\x00$plain4")"
	seed frame/gue_1 "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x17\xc0' '' "$plain4")"
	seed frame/l2tp "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x06\xa5' '\x00\x03\x00\x00\x00\x00\x12\x34\x00\x00\x00\x00' "$ethernet\\x08\\x00$plain4")"
	seed frame/tzsp "\\x00\\x00\\x00$ethernet\\x08\\x00$(tunnel '\x90\x90' '\x01\x00\x00\x01\x0a\x01\xc4\x00\x01' "$ethernet\\x08\\x00$plain4")"
	seed frame/esp_null "\\x02\\x00\\x00$(ipv4 '\x32' $((28 + length)))\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x01$(udp "$length")$response\\x01\\x02\\x02\\x11\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
	seed frame/erspan_2 "\\x00\\x00\\x00$ethernet\\x08\\x00$(ipv4 '\x2f' $((58 + length)))\\x10\\x00\\x88\\xbe\\x00\\x00\\x00\\x01\\x10\\x0a\\x00\\x01\\x00\\x00\\x00\\x02$ethernet\\x08\\x00$plain4"
	seed frame/erspan_3 "\\x00\\x00\\x00$ethernet\\x08\\x00$(ipv4 '\x2f' $((76 + length)))\\x10\\x00\\x22\\xeb\\x00\\x00\\x00\\x01\\x20\\x0a\\x00\\x01\\x00\\x00\\x00\\x02\\x00\\x00\\x08\\x01abcdefgh$plain6"
}

# hep_chunk TYPE VALUE
hep_chunk() {
	printf '%s' "\\x00\\x00\\x00$1$(be16 $((6 + $(size "$2"))))$2"
}

# HEP that is read, in datagrams to 9060. That of IPv6 has its message first, and a chunk of another vendor.
hep_seeds() {
	local chunks fixed='\x13\xc4\x13\xc4\x0a\x00\x00\x01\x0a\x00\x00\x02'
	local head="\\x42\\x00\\x00$ethernet\\x08\\x00" address='\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'

	chunks="$(hep_chunk '\x01' '\x02')$(hep_chunk '\x02' '\x11')$(hep_chunk '\x03' '\x0a\x00\x00\x01')"
	chunks+="$(hep_chunk '\x04' '\x0a\x00\x00\x02')$(hep_chunk '\x07' '\x13\xc4')$(hep_chunk '\x08' '\x13\xc5')"
	chunks+="$(hep_chunk '\x0b' '\x01')$(hep_chunk '\x0c' '\x00\x00\x07\xd1')$(hep_chunk '\x0f' "$response")"
	seed frame/hep3 "$head$(tunnel '\x23\x64' "HEP3$(be16 $((6 + $(size "$chunks"))))" "$chunks")"
	chunks="$(hep_chunk '\x0f' "$response")\\x00\\x02\\x00\\x03\\x00\\x08ab$(hep_chunk '\x05' "$address\\x01")"
	chunks+="$(hep_chunk '\x06' "$address\\x02")$(hep_chunk '\x08' '\x13\xc5')$(hep_chunk '\x07' '\x13\xc4')$(hep_chunk '\x02' '\x16')"
	seed frame/hep3_ipv6 "$head$(tunnel '\x23\x64' "HEP3$(be16 $((6 + $(size "$chunks"))))" "$chunks")"
	seed frame/hep1 "$head$(tunnel '\x23\x64' "\\x01\\x10\\x02\\x11$fixed" "$response")"
	seed frame/hep2 "$head$(tunnel '\x23\x64' "\\x02\\x10\\x02\\x06$fixed\\x6b\\x0b\\x1a\\x48\\x00\\x09\\xb2\\x4e\\xd1\\x07\\x00\\x00" "$response")"
}

# tunnel PORT HEADER PACKET: the packet in a datagram to the port of a tunnel
tunnel() {
	local length

	length=$(size "$2$3")
	printf '%s' "$(ipv4 '\x11' $((8 + length)))\\xc0\\x00$1$(be16 $((8 + length)))\\x00\\x00$2$3"
}

# chunk TYPE FLAGS REST: with its length, filled up
chunk() {
	local length

	length=$(size "$3")
	printf '%s' "$1$2$(be16 $((4 + length)))$3"
	for ((; length % 4; length++)); do
		printf '%s' '\x00'
	done
}

# data FLAGS TSN STREAM TEXT
data() {
	chunk '\x00' "$1" "\\x00\\x00\\x00$2\\x00$3\\x00\\x00\\x00\\x00\\x00\\x00$4"
}

# i_data FLAGS TSN STREAM MESSAGE FRAGMENT TEXT
i_data() {
	chunk '\x40' "$1" "\\x00\\x00\\x00$2\\x00$3\\x00\\x00\\x00\\x00\\x00$4\\x00\\x00\\x00$5$6"
}

# sctp ASSOCIATION CHUNKS: a packet, as fuzz_sctp.c wants it, of chunks that are multiples of four bytes long
sctp() {
	printf '\\x%02x%s' $(($(size "$2") / 2 + $1)) "$2"
}

sctp_seeds() {
	local bye='BYE sip:b SIP/2.0\r\nCSeq: 2 BYE\r\n\r\n' first='INVITE sip:b SIP/2.0\r\nTo: <sip:b' last='>;tag=1\r\n\r\n'

	seed sctp/whole "$(sctp 0 "$(data '\x03' '\x01' '\x00' "$bye")$(data '\x07' '\x02' '\x00' "$bye")")"
	seed sctp/twice "$(sctp 0 "$(data '\x03' '\x01' '\x00' "$bye")")$(sctp 0 "$(data '\x03' '\x01' '\x00' "$bye")")"
	seed sctp/fragments "$(sctp 0 "$(data '\x02' '\x01' '\x00' "$first")")$(sctp 0 "$(data '\x01' '\x02' '\x00' "$last")")"
	seed sctp/lost "$(sctp 0 "$(data '\x02' '\x01' '\x00' "$first")")$(sctp 0 "$(data '\x01' '\x03' '\x00' "$last")")"
	seed sctp/interleaved "$(sctp 0 "$(i_data '\x02' '\x01' '\x01' '\x00' '\x00' "$first")$(i_data '\x02' '\x02' '\x02' '\x00' '\x00' "$first")")$(sctp 0 "$(i_data '\x01' '\x03' '\x01' '\x00' '\x01' "$last")$(i_data '\x01' '\x04' '\x02' '\x00' '\x01' "$last")")"
	seed sctp/others "$(sctp 1 "$(chunk '\x03' '\x00' '123456789012')$(chunk '\x84' '\x00' "$bye")$(data '\x03' '\x01' '\x00' "$bye")")"
	seed sctp/two "$(sctp 0 "$(data '\x02' '\x01' '\x00' "$first")")$(sctp 1 "$(data '\x03' '\x01' '\x00' "$bye")")$(sctp 0 "$(data '\x01' '\x02' '\x00' "$last")")"
}

# be32 NUMBER
be32() {
	printf '%s' "$(be16 $(($1 >> 16)))$(be16 $(($1 & 65535)))"
}

# block TYPE BODY: of a pcapng file of big-endian order, filled up
block() {
	local body=$2 length

	length=$(size "$2")
	for ((; length % 4; length++)); do
		body+='\x00'
	done
	printf '%s' "$(be32 "$1")$(be32 $((12 + length)))$body$(be32 $((12 + length)))"
}

# enhanced INTERFACE TEXT: a packet with the flags of one that was sent
enhanced() {
	local length padded padding=''

	length=$(size "$2")
	for ((padded = length; padded % 4; padded++)); do
		padding+='\x00'
	done
	block 6 "$(be32 "$1")$(be32 5)$(be32 77)$(be32 "$length")$(be32 "$length")$2$padding$(be32 $((2 << 16 | 4)))$(be32 2)"
}

pcapng_seeds() {
	local section ethernet raw

	section=$(block $((0x0a0d0d0a)) "$(be32 $((0x1a2b3c4d)))$(be16 1)$(be16 0)\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff")
	ethernet=$(block 1 "$(be16 1)$(be16 0)$(be32 65535)$(be32 $((9 << 16 | 1)))\\x09\\x00\\x00\\x00$(be32 0)")
	raw=$(block 1 "$(be16 101)$(be16 0)$(be32 100)$(be32 $((9 << 16 | 1)))\\x8a\\x00\\x00\\x00$(be32 $((14 << 16 | 8)))$(be32 0)$(be32 7)")
	seed pcapng/two_interfaces "$section$ethernet$(enhanced 0 abcde)$raw$(enhanced 1 abcdef)"
	seed pcapng/two_sections "$section$ethernet$(enhanced 0 abcde)$section$raw$(enhanced 0 abcdef)"
	seed pcapng/simple "$section$raw$(block 3 "$(be32 200)$(printf 'a%.0s' {1..100})")$(block 5 abcd)"
	seed pcapng/old "$section$ethernet$(block 2 "$(be16 0)$(be16 0)$(be32 0)$(be32 9)$(be32 3)$(be32 3)abc")"
}

# pieces PIECE...: each is bytes, up to 127, or one byte for sequences.h: @HEX
pieces() {
	local piece

	for piece in "$@"; do
		if [[ $piece == @* ]]; then
			printf '\\x%s' "${piece#@}"
		else
			printf '\\x%02x%s' "$(size "$piece")" "$piece"
		fi
	done
}

# packet WHAT STEP CUT TIME PIECE...: what and the others are numbers, see sequences.h
packet() {
	printf '\\x%02x' "$1" $(($2 & 255)) "$3" "$4" $(($# - 4))
	pieces "${@:5}"
}

# stream OPTIONS SIZES PIECE...: without mishaps, cut into segments of these sizes
stream() {
	local sizes

	read -ra sizes <<<"$2"
	printf '\\x%02x' "$1" $((${#sizes[@]} - 1)) "${sizes[@]}"
	pieces "${@:3}"
}

packet_seeds() {
	local invite='INVITE sip:b@example.com SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n'
	local bye='BYE sip:b SIP/2.0\r\nCSeq: 2 BYE\r\nl:0\r\n\r\n'
	local head='SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\nl: 2016\r\n\r\n' long='OPTIONS sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nSubject: x'
	local part='INVITE sip:b SIP/2.0\r\nCSeq: 1 INVITE\r\nX: 1234567890123\r\n' rest='To: <sip:b>;tag=1\r\nVia: SIP/2.0/UDP a\r\n\r\n'
	local filler='X-Filler: 234567890123456789012\r\n' fragment=7 last=15 first=0x17
	local syn fin rst other udp byte=0x20 hundred=0x40 far=0x60 length back

	syn=$(packet 4 0 0 0) fin=$(packet 8 0 0 0) rst=$(packet 0x10 0 0 0) other=1 udp=3
	length=$(size "$bye") back=-$((2 * $(size "$bye")))
	seed stream/in_order "\\x00$syn$(packet 0 0 0 0 "$invite")$(packet 0 0 0 0 "$bye" "$bye")$fin"
	seed stream/joined "\\x02$(packet 0 0 0 0 'v=0\r\n')$(packet 0 0 0 0 "$invite")$(packet 0 0 0 0 "$bye")"
	seed stream/goes_round "\\x04$syn$(packet 0 0 0 0 "$invite")$(packet 0 0 0 0 "$bye")$(packet $byte 9 0 0 "$bye")$rst"
	seed stream/sent_twice "\\x00$(packet 0 0 0 0 "$bye")$(packet $byte -"$length" 0 0 "$bye")$(packet $byte -9 0 0 "$bye" "$bye")"
	seed stream/swapped "\\x00$(packet 0 0 0 0 "$bye")$(packet $byte "$length" 0 0 "$bye")$(packet $byte "$back" 0 0 "$bye")"
	seed stream/lost "\\x00$syn$(packet 0 0 0 0 "$invite")$(packet $hundred 1 0 0 "$bye")$(packet 0 0 0 0 "$invite")$fin"
	seed stream/lost_in_body "\\x00$(packet 0 0 0 0 "$head" @c4)$(packet $hundred 8 0 0 @e2)$(packet 0 0 0 0 "$bye")"
	seed stream/lost_for_long "\\x00$(packet 0 0 0 0 "$invite")$(packet $hundred 1 0 0 "$bye")$(packet 0 0 0 0xff "$bye")"
	seed stream/many_wait "\\x00$(packet 0 0 0 0 "$bye")$(packet $hundred 1 0 0 "$bye")$(for _ in 1 2 3 4 5 6 7 8 9; do packet 0 0 0 0 "$bye"; done)"
	seed stream/long_waits "\\x00$(packet 0 0 0 0 "$bye")$(packet $hundred 1 0 0 "$head" @ff @c4)$(packet 0 0 0 0 "$bye")"
	seed stream/cut_body "\\x00$(packet 0 0 0xff 0 "$head" @ff)$(packet 0 0 0 0 "$bye")"
	seed stream/cut_headers "\\x00$(packet 0 0 0xc5 0 "$invite")$(packet 0 0 0 0 "$bye")$(packet 3 0 0xc3 0 "$invite")"
	seed stream/fragments "\\x00$(packet $first 0 0 0 "$part")$(packet $fragment 0 0 0 "$filler")$(packet $last 0 0 0 "$rest")$(packet $first 0 0 0 "$part")"
	seed stream/fragments_early "\\x00$(packet $((last | byte)) 8 0 0 "$rest")$(packet $first 0 0 0 "$part")$(packet $((fragment | byte)) -4 0 0 "$filler")"
	seed stream/fragments_lost "\\x02$(packet $first 0 0 0 "$part")$(packet $((last | byte)) 4 0 0 "$rest")$(packet $first 0 0 0 'BYE sip:b SIP/2.0\r\nX: y')$(packet $last 0 0 0xff "$rest")$(packet $first 0 0xc1 0 "$part")"
	seed stream/two_connections "\\x00$syn$(packet $((4 | other)) 0 0 0)$(packet 0 0 0 0 'INVITE sip:b SI')$(packet $other 0 0 0 'BYE sip:')$(packet 0 0 0 0 'P/2.0\r\nl:0\r\n\r\n')$(packet $other 0 0 0 'b SIP/2.0\r\nl: 0\r\n\r\n')$(packet $udp 0 0 0 "$invite")"
	seed stream/begun_again "\\x00$syn$(packet 0 0 0 0 'INVITE sip:b')$(packet $((4 | far)) 3 0 0)$(packet 0 0 0 0 "$bye")$(packet $far 127 0 0 "$bye")"
	seed stream/no_length "\\x00$(packet 0 0 0 0 "$long\\r\\n\\r\\nv=0")$(packet 0 0 0 0 "$bye")$(packet 0 0 0 0 @99)"
	seed stream/huge_length "\\x00$syn$(packet 0 0 0 0 @80 @91 @94 @c1)$(packet 0 0 0 0 "$bye")$(packet 0 0 0 0 @80 @90 @94 @c1)"
	seed stream/long_headers "\\x00$syn$(packet 0 0 0 0 "$long")$(for _ in 1 2 3; do packet 0 0 0 0 @ff @ff; done)$(packet 0 0 0 0 '\r\nl:0\r\n\r\n' "$bye")"
	seed stream/stun "\\x00$syn$(packet 0 0 0 0 '\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl')$(packet 0 0 0 0 '\r\n\r\n')$(packet 0 0 0 0 "$bye")"
	seed stream/websocket "\\x00$syn$(packet 0 0 0 0 'GET / HTTP/1.1\r\nSec-WebSocket-Protocol: x, sip\r\n\r\n')$(packet 0 0 0 0 '\x81\xa7\x01\x02\x81@C[\xc4\x60rk\xf1zc\x22\xd2\x09Q-\xb3n1\x0f\x8b\x03Rg\xf0z!0\xa1\x02XG\x8cJm8\xb1M\x0b\x0f\x8b')$(packet 0 0 0 0 '\x89\x00\x82\x27BYE sip:b SIP/2.0\x0d\x0aCSeq: 2 BYE\x0d\x0al:0\x0d\x0a\x0d\x0a')$fin"
	seed stream/websocket_frames "\\x00$syn$(packet 0 0 0 0 'HTTP/1.1 101 x\r\nsec-websocket-protocol:sip\r\n\r\n\x01\x0bBYE sip:b S')$(packet 0 0 0 0 '\x00\x80abcd\x8a\x01x\x80\x1cIP/2.0\x0d\x0aCSeq: 2 BYE\x0d\x0al:0\x0d\x0a\x0d\x0a')$(packet 0 0 0 0 '\xc1\x06zipped')"
	seed stream/websocket_joined "\\x00$(packet 0 0 0 0 '\x81\xa7\x01\x02\x81@C[\xc4\x60rk\xf1zc\x22\xd2\x09Q-\xb3n1\x0f\x8b\x03Rg\xf0z!0\xa1\x02XG\x8cJm8\xb1M\x0b\x0f\x8b')$(packet 0 0 0 0 'lost')$(packet $byte 9 0 0 '\x82\x27BYE sip:b SIP/2.0\x0d\x0aCSeq: 2 BYE\x0d\x0al:0\x0d\x0a\x0d\x0a')$(packet 0 0 0 0 '\x81\xa7\x01\x02\x81@C[\xc4\x60rk\xf1zc')$(packet 0 0 0 0 '\x22\xd2\x09Q-\xb3n1\x0f\x8b\x03Rg\xf0z!0\xa1\x02XG\x8cJm8\xb1M\x0b\x0f\x8b')"
	seed stream/proxy_line "\\x00$syn$(packet 0 0 0 0 'PROXY TCP4 192.0.2.1 192.0.2.2 56324 5060\r\n' "$bye")$(packet 0 0 0 0 "$bye")$fin"
	seed stream/proxy_header "\\x00$syn$(packet 0 0 0 0 '\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0cabcdefghijkl' "$bye")$(packet 0 0 0 0 "$bye")"
	seed stream/end_lost "\\x00$syn$(packet 0 0 0 0 "$bye")$(packet $((8 | hundred)) 1 0 0)$fin"
	seed stream/tls "\\x00$syn$(packet 0 0 0 0 '\x16\x03\x01\x00\x05hello\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x14abc')$(packet 0 0 0 0 'defghijklmnopqrst\x15\x03\x03\x00\x02\x01\x00')$(packet $byte 30 0 0 '\x17\x03\x03\x00\x05hello')"
	seed stream/cuts_byte "$(stream 1 1 "$invite" "$bye" '\r\n' "$bye")"
	seed stream/cuts_lines "$(stream 1 '16 17' @80 @8a @86 @88 @8d @94 @c1 @84 @8a @8e @94 @c3 01ab @99)"
	seed stream/cuts_body "$(stream 7 '200 3 190 0xc9' @83 @89 @8f @94 @ff "$bye" @98 @9a @c1 '3456')"
	seed stream/cuts_fillers "$(stream 5 '0xff 7' @82 @8b @9e @d0 @94 @9e @ff @94 @8c @94 "$invite" "$bye" @98 @99)"
}

# Logs of all forms, which are to be recognised, and logs that the fuzzer writes.
log_seeds() {
	local log writer

	for log in "$(dirname "$0")"/../data/logs/*.log; do
		{
			printf '\xff'
			cat "$log"
		} >"$folder/log/$(basename "$log" .log)"
	done
	for writer in 80 81 82 83 84 85 86 87; do
		seed "log/written_$writer" "\\x$writer\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x0f\\x0e\\x0d\\x0c\\x0b\\x0a\\x09\\x08"
		seed "log/quoted_$writer" "\\x$writer\\x00\\x10\\x16\\x05\\x18\\x0e\\x1f"
	done
	seed log/long_packet "\\xff12:00:00.1 IP 192.0.2.1.5060 > 192.0.2.2.5060: UDP, length 9\\nE$(printf '.%.0s' {1..130})\\nmore\\nBYE sip:b SIP/2.0\\nCSeq: 2 BYE\\n"
	seed log/written_fragment '\x83\x0a\x2c'
	seed log/pattern '\xfeat 12:00:00 in udp 192.0.2.1:5060\nBYE sip:b SIP/2.0\nCSeq: 2 BYE\n\n####\n'
}

mkdir -p "$folder/log" "$folder/sip" "$folder/frame" "$folder/stream" "$folder/sctp" "$folder/pcapng"
sip_seeds
frame_seeds
hep_seeds
packet_seeds
sctp_seeds
pcapng_seeds
log_seeds

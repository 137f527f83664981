/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one list of the methods, transports and reasons that sipbpf knows by name. Enums, names, parser tables and tests
 * are generated from it. This file includes nothing and defines only the lists.
 * Tested by tests/unit/counts/test_type.c.
 */
#ifndef SIP_LIST_H
#define SIP_LIST_H

/*
 * Well-known request methods, in the column order of the tables: X(identifier, name).
 * ReINVITE is no method on the wire: it is an INVITE whose To header carries a tag (RFC 3261 14).
 */
#define SIP_METHOD_LIST(X)        \
	X(INVITE, "INVITE")       \
	X(REINVITE, "ReINVITE")   \
	X(UPDATE, "UPDATE")       \
	X(CANCEL, "CANCEL")       \
	X(PRACK, "PRACK")         \
	X(BYE, "BYE")             \
	X(ACK, "ACK")             \
	X(SUBSCRIBE, "SUBSCRIBE") \
	X(NOTIFY, "NOTIFY")       \
	X(PUBLISH, "PUBLISH")     \
	X(REFER, "REFER")         \
	X(OPTIONS, "OPTIONS")     \
	X(INFO, "INFO")           \
	X(REGISTER, "REGISTER")   \
	X(MESSAGE, "MESSAGE")     \
	X(PING, "PING")

/* Transports that a Via header may name (RFC 3261 20.42, RFC 7118, RFC 4168): X(identifier, name). */
#define SIP_TRANSPORT_LIST(X) \
	X(UDP, "UDP")         \
	X(TCP, "TCP")         \
	X(TLS, "TLS")         \
	X(SCTP, "SCTP")       \
	X(WS, "WS")           \
	X(WSS, "WSS")

/*
 * Why a packet held no message that was counted: X(identifier, name). A packet has exactly one reason or at least one
 * message, but never both.
 */
#define SIPBPF_REASON_LIST(X)               \
	X(NOT_IP, "not_ip")                 \
	X(NOT_TRANSPORT, "not_transport")   \
	X(NO_PAYLOAD, "no_payload")         \
	X(NOT_SIP, "not_sip")               \
	X(KEEPALIVE, "keepalive")           \
	X(STUN, "stun")                     \
	X(FRAGMENT, "fragment")             \
	X(TRUNCATED, "truncated")           \
	X(MALFORMED, "malformed")           \
	X(TOO_COMPLEX, "too_complex")       \
	X(BAD_HEADER, "bad_header")         \
	X(TOO_DEEP, "too_deep")             \
	X(FILTERED, "filtered")             \
	X(CONTINUATION, "continuation")     \
	X(DUPLICATE, "duplicate")           \
	X(SEEN_ELSEWHERE, "seen_elsewhere") \
	X(EARLY, "early")                   \
	X(GAP, "gap")                       \
	X(WEBSOCKET, "websocket")           \
	X(COMPRESSED, "compressed")         \
	X(ENCRYPTED, "encrypted")           \
	X(HEP, "hep")

/*
 * What packets may come through, on mirror ports for example: X(identifier, name). IP_IN_IP is IPv4 or IPv6 in either
 * of them. ERSPAN does not also count as GRE, which carries it. PBB is 802.1ah.
 */
#define SIPBPF_ENCAPSULATION_LIST(X)        \
	X(VLAN, "vlan")                     \
	X(VN_TAG, "vn_tag")                 \
	X(TRUSTSEC, "trustsec")             \
	X(PBB, "pbb")                       \
	X(LLC, "llc")                       \
	X(PPPOE, "pppoe")                   \
	X(MPLS, "mpls")                     \
	X(IP_IN_IP, "ip_in_ip")             \
	X(GRE, "gre")                       \
	X(ERSPAN, "erspan")                 \
	X(ETHERNET_IN_IP, "ethernet_in_ip") \
	X(VXLAN, "vxlan")                   \
	X(GENEVE, "geneve")                 \
	X(GTPU, "gtp_u")                    \
	X(GUE, "gue")                       \
	X(L2TP, "l2tp")                     \
	X(TZSP, "tzsp")                     \
	X(ESP_NULL, "esp_null")             \
	X(HEP, "hep")

/* Kinds of TLS records, in the order of their content types from 20 on (RFC 5246 A.1): X(identifier, name). */
#define SIPBPF_TLS_RECORD_LIST(X)                   \
	X(CHANGE_CIPHER_SPEC, "change_cipher_spec") \
	X(ALERT, "alert")                           \
	X(HANDSHAKE, "handshake")                   \
	X(APPLICATION_DATA, "application_data")

#endif

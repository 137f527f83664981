// SPDX-License-Identifier: BSD-2-Clause
/*
 * See forms.h. The order matters only where two forms fit equally well: the first one wins. Patterns are tried on lines
 * that have the first byte and the literal, so they need not be fast.
 */
#include "log/forms.h"

#include <string.h>

#include "base/suggestion.h"

/* A line: its role, the bytes it may begin with, what it holds, its pattern, and members that are set unless a group is. */
#define FORM_LINE(form_role, first_bytes, held, pattern_text, ...)                                              \
	{                                                                                                       \
		.role = FORM_##form_role, .first = (first_bytes), .literal = (held), .pattern = (pattern_text), \
		##__VA_ARGS__                                                                                   \
	}

/* ---- parts of patterns ---- */

#define V4 "(?<![\\w.])\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}"
#define V6 "(?<![\\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]*(?:%[\\w.-]+)?"
/* An address with its port, which only IPv4 and brackets can do without. */
#define END(address, port)                                                              \
	"(?:\\[(?<" address ">" V6 ")\\](?::(?<" port ">\\d+))?|(?<" address ">" V4 ")" \
	"(?::(?<" port ">\\d+))?|(?<" address ">" V6 "):(?<" port ">\\d+))"
#define PEER END("peer", "peerport")
#define ARROW "\\s*(?:-+>|=+>|\u2192)\\s*"
#define MONTH "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
#define CLOCK "\\d\\d:\\d\\d:\\d\\d(?:[.,:]\\d+(?:\\.\\d+)?)?"
#define STAMP                                                                                     \
	"(?:\\d{4}[-/]\\d\\d[-/]\\d\\d[T\\s]" CLOCK "(?: ?(?:Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)\\b)?|" \
	"" MONTH " +\\d+ (?:\\d{4} )?" CLOCK "|\\d{9,10}\\.\\d+)"
/* Of a time without a date, at least that much is told. */
#define ANY_STAMP "(?:" STAMP "|(?<![\\w.:-])" CLOCK "(?![\\w:]))"
#define TRANSPORT "(?<transport>(?i:udp|tcp|tls|sctp|wss|ws))"
#define START "(?<start>[A-Za-z\\d.!%*_+`'~-]+ [^ ]+ SIP/2\\.0|SIP/2\\.0 \\d{3}(?: .*)?)$"
/* Both ends in a text that somebody chose, with the transport before them, if it is told, and a start line behind. */
#define ENDS_IF(is_src, is_dst)                                                                         \
	"(?:.*?\\b" TRANSPORT "\\b)?.*?" is_src END("src", "sport") "(?:" ARROW "|\\s+to:?\\s+)" is_dst \
								    "(?:\\w+[:/]+)?" END("dst", "dport")
/* The address in a URI is that of a user's domain rather than an end, unless the text holds nothing else. */
#define NOT_IN_URI "(?<!sip:|sips:|@)"
#define ENDS ENDS_IF(NOT_IN_URI, "(?!sips?:)")
#define URI_ENDS ENDS_IF("", "")
#define EITHER_ENDS "(?:" ENDS "|" URI_ENDS ")"
/* The source alone in such a text: behind a word that says so, or as all of it, but for a start line. */
#define SOURCE                                                                                                 \
	"(?:.*?\\b" TRANSPORT "\\b)?(?:.*?(?:\\b(?:from|source|si)|src)(?:[ _-]?ip)?\\b[^\\w<[]+(?:" TRANSPORT \
	":|(?!sips?:)\\w+:)?"                                                                                  \
	"" PEER ")"
/* It may stand in parentheses, behind whatever the text says. */
#define SOURCE_ASIDE ".*?(?:\\(|\\[(?=\\d+\\.))(?:" TRANSPORT "\\b\\W*)?" PEER "(?:\\W+" TRANSPORT "\\b)?[^\\])]*[\\])]"
#define SOURCE_ALONE "(?:" TRANSPORT "\\b\\W*?)?" PEER "\\W*(?: " START "|$)"
#define DIGITS "0123456789"
#define ASTERISK_TIME "(?:\\[(?<time>[^]]*\\d:\\d\\d[^]]*|\\d{9,10}(?:\\.\\d+)?)\\].*?)?"
/* Asterisk may write both its forms into one log. */
#define PJSIP_LINE                                                                 \
	FORM_LINE(BEGINS, "[<", " bytes) ",                                        \
		  "^" ASTERISK_TIME "<-+ (?<direction>Received|Transmitting) SIP " \
		  "(?:request|response) \\(\\d+ bytes\\) (?:from|to) (?<transport>\\w+):" PEER)
#define OPENSIPS_PREFIX "(?<time>" MONTH " +\\d+ " CLOCK ") \\[\\d+\\] "
/* Not a header, such as Reason, that names an address. */
#define OPENSIPS_LINE "^(?!(?!Received|Incoming|Message|Request)[A-Z][a-z][\\w-]*: )(?:" OPENSIPS_PREFIX ")?"
#define OPENSIPS_START "(?:.*?" START ")?"
/* What a line begins with that tells of a packet; a sign or blank stands before the time since another packet. */
#define TCPDUMP_FIRST " -" DIGITS "Iabcdefghijklmnopqrstuvwxyz"
#define TCPDUMP_TIME                                                                                      \
	"^(?: *\\d+  )?(?:(?<time>(?:\\d{4}-\\d\\d-\\d\\d )?\\d\\d:\\d\\d:\\d\\d\\.\\d+|\\d{9,}\\.\\d+)|" \
	"[ -]\\d+:\\d\\d:\\d\\d\\.\\d+) "
/* Without a time, what follows it: the device and the way of the packet, the Ethernet addresses, or the protocol. */
#define TCPDUMP_HEAD                                                                                  \
	"(?:" TCPDUMP_TIME                                                                            \
	"|^(?: *\\d+  )?(?=(?:\\S+ +(?:In|Out|B|M|P) +(?:ifindex \\d+ )?)?(?:IP\\d? |(?:[\\da-f]{2}:" \
	"){5}[\\da-f]{2} )))"
/* Innermost ends with ports; what may be taken for a port is none where an address of IPv4 stands alone. */
#define TCPDUMP_ENDS                                                                                                   \
	"(?<![^\\s(,])(?!\\d+(?:\\.\\d+){3} )(?<src>[^\\s(,]+)\\.(?<sport>[\\w-]+) > (?<dst>\\S+)\\.(?<dport>[\\w-]+)" \
	": (?!.* > \\S+[.:]\\S+: )"
/* Of the innermost header in the line. */
#define TCPDUMP_PROTOCOL                                                                             \
	"\\b(?:proto|next-header) (?:(?<transport>UDP|TCP|SCTP)|[\\w-]+) \\(\\d+\\)(?!.*, (?:proto|" \
	"next-header) \\w+ \\(\\d+\\))"
#define TCPDUMP_FRAGMENT_V4 "(?<src>" V4 ") > (?<dst>" V4 "): (?:ip-proto-\\d+|udp)\\b"
#define TCPDUMP_FRAGMENT_V6 "(?<src>" V6 ") > (?<dst>" V6 "): (?:\\[[^]]*\\] )?frag \\((?:0x[\\da-f]+:)?[1-9]"
#define TCPDUMP_FIRST_FRAGMENT_V6                                                                                  \
	"(?<src>" V6 ") > (?<dst>" V6 "): (?:\\[[^]]*\\] )?frag \\((?:0x[\\da-f]+:)?0\\|\\d+\\) (?<sport>[\\w-]+)" \
	" > (?<dport>[\\w-]+): "
#define TCPDUMP_ICMP "(?:(?:proto|next-header) ICMPv?\\d? \\(\\d+\\)|[^\\s(,]+ > \\S+: ICMP\\d?[ ,])"
/* What ngrep and sipgrep print before a packet. */
#define NGREP_ENDS                                                         \
	"^(?<transport>[UTS]) (?:(?<time>[\\d/]+ [\\d:.]+) |\\+[\\d.]+ )?" \
	"(?<src>" V4 "|" V6 "):(?<sport>\\d+) -> (?<dst>" V4 "|" V6 "):(?<dport>\\d+)(?: |$)"
/* A fragment: its identification, its place in the packet, and its length. */
#define NGREP_FRAGMENT                                                                                          \
	"^U (?:(?<time>[\\d/]+ [\\d:.]+) |\\+[\\d.]+ )?(?<src>" V4 "|" V6 ") -> (?<dst>" V4 "|" V6 ") \\+\\d+@" \
	"[1-9]\\d*:\\d+"

#define BARESIP_ENDS "^(?<transport>UDP|TCP|TLS|WSS?) " END("src", "sport") " -> " END("dst", "dport") "$"

/* What tshark tells of a packet: its number, time and ends, that it holds SIP, its length, and what is odd about TCP. */
#define TSHARK_PACKET                                                                                    \
	"^ *\\d+ +(?:(?<time>\\S*? ?\\d\\d:\\d\\d:\\d\\d\\.\\d+|\\d{9,}\\.\\d+)|[\\d.]+) +(?<src>\\S+) " \
	"(?:\u2192|->) (?<dst>\\S+) +SIP\\S* \\d+ (?:\\[TCP [^]]*\\][ ,]*)*"
/* What it tells of a message; the method in CSeq comes last, but for the number of bindings. */
#define TSHARK_MESSAGE                                                                                               \
	"(?:(?:R|Unknown r)equest: (?<request>\\S+) [^|]*?(?:, (?<dialog>in-dialog)[^|]*)?(?=\\||\\[\\w+ Packet|$)|" \
	"Status: (?<status>\\d{3})(?:[^|]*?\\((?<cseq>[A-Z]+)\\)(?= (?: ?\\(\\d+ bindings?\\) )?\\|))?)"

/* ---- the table ---- */

const struct form forms[] = {
	{ .name = "sipp",
	  .what = "sipp -trace_msg",
	  .example = "----------------------------------------------- 2026-01-05 12:00:00.105000",
	  .traits = FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, "-", "-----", "^-{5,}\\s*(?<time>" STAMP ")"),
		     FORM_LINE(ADDS, "UTSD", " message ",
			       "^(?<transport>\\w+) message (?<direction>sent|received)\\b") } },
	{ .name = "baresip",
	  .what = "baresip -s",
	  .example = "UDP 192.0.2.1:5060 -> 192.0.2.2:5060",
	  .traits = FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, DIGITS "#", NULL, "^(?:(?<time>[\\d:.-]+)[| ]?)?(?:#|TX|RX)$"),
		     FORM_LINE(ADDS, "UTW", " -> ", BARESIP_ENDS), FORM_LINE(BEGINS, "UTW", " -> ", BARESIP_ENDS) } },
	{ .name = "sipdump",
	  .what = "Kamailio, module sipdump, files",
	  .example = "srcip: 192.0.2.1",
	  .traits = FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, "=", "==========", "^=+$"),
		     FORM_LINE(ADDS, "tpsd", ": ",
			       "^(?:time: (?<time>[\\d.]+)|tag: (?<direction>rcv|snd)|proto: (?<transport>\\w+).*|"
			       "srcip: (?<src>\\S+)|srcport: (?<sport>\\S+)|dstip: (?<dst>\\S+)|dstport: "
			       "(?<dport>\\S+))$",
			       .second = "iars"),
		     FORM_LINE(ENDS, "|", "||||||||||", "^\\|+$") } },
	{ .name = "kamailio",
	  .what = "Kamailio, xlog() of $mb, to standard error or syslog",
	  .example = " 1(4311) NOTICE: <script>: udp 192.0.2.1:5060 -> 192.0.2.2:5060",
	  .traits = FORM_NEAR | FORM_ENTRY | FORM_ALONE,
	  .lines = { FORM_LINE(BEGINS, NULL, "<script>: ", "<script>: " ENDS "(?:.*?" START ")?"),
		     FORM_LINE(BEGINS, NULL, "<script>: ",
			       "<script>: (?:(?:" SOURCE "|" SOURCE_ASIDE ")(?:.*?" START ")?|" SOURCE_ALONE ")",
			       .way = FORM_RECEIVED),
		     FORM_LINE(BEGINS, NULL, "<script>: ", "<script>: " URI_ENDS "(?:.*?" START ")?"),
		     FORM_LINE(BEGINS, NULL, "<script>: ", "<script>: (?:.*?" START ")?"),
		     FORM_LINE(BEGINS, " " DIGITS "DINWECAB", ": <",
			       "^(?: *\\d+\\(\\d+\\) )?(?:DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|BUG): <",
			       .second = " (" DIGITS "ENORALU") } },
	{ .name = "opensips",
	  .what = "OpenSIPS, xlog() of $mb, to standard error or syslog",
	  .example = "Jan  5 12:00:00 [4311] udp 192.0.2.1:5060 -> 192.0.2.2:5060",
	  .sign = OPENSIPS_PREFIX "|opensips(?:\\[\\d+\\])?:",
	  .traits = FORM_NEAR | FORM_SINGLE | FORM_ENTRY | FORM_ALONE | FORM_LOOSE,
	  .lines = { FORM_LINE(BEGINS, NULL, "->", OPENSIPS_LINE EITHER_ENDS OPENSIPS_START, .other = "=>"),
		     FORM_LINE(BEGINS, NULL, "\u2192", OPENSIPS_LINE EITHER_ENDS OPENSIPS_START),
		     FORM_LINE(BEGINS, NULL, "from", OPENSIPS_LINE ENDS OPENSIPS_START),
		     FORM_LINE(BEGINS, NULL, "from", OPENSIPS_LINE "(?:" SOURCE "|" SOURCE_ASIDE ")" OPENSIPS_START,
			       .way = FORM_RECEIVED),
		     FORM_LINE(BEGINS, NULL, "from", OPENSIPS_LINE URI_ENDS OPENSIPS_START),
		     FORM_LINE(BEGINS, NULL, "src", OPENSIPS_LINE SOURCE OPENSIPS_START, .way = FORM_RECEIVED,
			       .other = "si="),
		     FORM_LINE(BEGINS, NULL, "source", OPENSIPS_LINE SOURCE OPENSIPS_START, .way = FORM_RECEIVED),
		     FORM_LINE(BEGINS, DIGITS "[utswUTSW", NULL, "^" SOURCE_ALONE, .second = DIGITS "a.:dclsDCLS",
			       .way = FORM_RECEIVED),
		     FORM_LINE(BEGINS, "JFMASOND", "] ", "^" OPENSIPS_PREFIX SOURCE_ALONE, .second = "aepuco",
			       .way = FORM_RECEIVED),
		     FORM_LINE(BEGINS, "JFMASOND", "] ", "^" OPENSIPS_PREFIX "(?:" ENDS ")?" OPENSIPS_START,
			       .second = "aepuco") } },
	{ .name = "pjsip",
	  .what = "Asterisk, pjsip set logger on (far end only)",
	  .example = "<--- Received SIP request (903 bytes) from UDP:192.0.2.1:5060 --->",
	  .traits = FORM_SINGLE,
	  .lines = { PJSIP_LINE } },
	{ .name = "chan_sip",
	  .what = "Asterisk, sip set debug on (far end only)",
	  .example = "<--- SIP read from UDP:192.0.2.1:5060 --->",
	  .traits = FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, "[<", "SIP read from",
			       "^" ASTERISK_TIME "<-+ SIP read from "
			       "(?:(?<transport>\\w+):)?" PEER,
			       .way = FORM_RECEIVED),
		     FORM_LINE(BEGINS, "[<RT", "ransmitting ",
			       "^" ASTERISK_TIME "(?:<-+ )?(?:Ret|Reliably T|T)ransmitting "
			       "(?:#\\d+ "
			       ")?"
			       "\\([^)]*\\) to " PEER,
			       .way = FORM_SENT),
		     PJSIP_LINE, FORM_LINE(ENDS, NULL, "<------------", "<-+>$"),
		     FORM_LINE(ENDS, "-", NULL, "^---$") } },
	{ .name = "sofia",
	  .what = "FreeSWITCH, sofia global siptrace on; Sofia, TPORT_LOG=1 (far end only)",
	  .example = "recv 903 bytes from udp/[192.0.2.1]:5060 at 12:00:00.105000:",
	  .traits = FORM_INDENT | FORM_NO_DATE,
	  .lines = { FORM_LINE(BEGINS, NULL, "/[",
			       "(?:^|\\s)(?<direction>send|recv) \\d+ bytes (?:to|from) (?<transport>\\w+)/"
			       "\\[(?<peer>" V4 "|" V6 ")\\](?::(?<peerport>\\d+))?(?: at (?<time>[\\d:. -]*\\d))?"),
		     FORM_LINE(ENDS, " -", "----------", "^(?:   )?-{10,}$") } },
	{ .name = "jssip",
	  .what = "JsSIP, DEBUG=JsSIP:* (ends unknown)",
	  .example = "2026-01-05T12:00:00.105Z JsSIP:Transport sending message:",
	  .traits = FORM_NAME | FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, NULL, " message",
			       "^(?:.*?(?<time>\\d{4}-\\d\\d-\\d\\dT" CLOCK
			       "Z?) )?.*?JsSIP:Transport (?<direction>sending|received) "
			       "(?:text |binary )?message"),
		     FORM_LINE(ENDS, NULL, "JsSIP:",
			       "^(?:\\d{4}-\\d\\d-\\d\\dT\\S+ +| *)JsSIP:(?!Transport (?:$|[A-Za-z-]+ *:|[A-Z]+ \\S+ "
			       "SIP/2|SIP/2|[a-z]=))") } },
	{ .name = "sipjs",
	  .what = "SIP.js, logLevel debug and traceSip (ends unknown)",
	  .example = "Mon Jan 05 2026 12:00:00 GMT+0000 (UTC) | sip.Transport | Sending WebSocket message:",
	  .traits = FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, NULL, " WebSocket ",
			       "^(?:(?<time>.*?) \\| )?.*?\\b(?<direction>[Ss]ending|[Rr]eceived) WebSocket (?:text "
			       "|binary "
			       ")?message"),
		     FORM_LINE(ENDS, NULL, " | sip.", "\\| sip\\.\\w") } },
	{ .name = "pjsua",
	  .what = "pjsua and other programs with PJSIP, level 4 (far end only)",
	  .example = "12:00:00.105   pjsua_core.c  .TX 528 bytes Request msg REGISTER/cseq=1 (tdta1) to UDP "
		     "192.0.2.1:5060:",
	  .traits = FORM_NO_DATE | FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, NULL, " bytes Re",
			       "^(?:.*?(?<time>(?:\\d{4}-\\d\\d-\\d\\d )?" CLOCK
			       "))?.*?[ .](?<direction>TX|RX) \\d+ bytes "
			       "(?:Request|Response) msg .*? (?:to|from) (?<transport>\\w+) " PEER),
		     FORM_LINE(ENDS, "-", "end msg", "^--end msg--") } },
	{ .name = "linphone",
	  .what = "Linphone and other programs with belle-sip (far end only)",
	  .example = "2026-01-05 12:00:00:105 belle-sip-message-channel [0x1]: message sent to [UDP://192.0.2.1:5060], "
		     "size: [497] bytes",
	  .traits = FORM_PACKETS,
	  .lines = { FORM_LINE(BEGINS, NULL, "sent to [",
			       "^(?:.*?(?<time>" STAMP "))?.*?message (?:partly )?sent to \\[(?<transport>\\w+)://"
			       "(?:" PEER "|[^]]*?:(?<peerport>\\d+))\\]",
			       .way = FORM_SENT),
		     FORM_LINE(BEGINS, NULL, "new bytes from [",
			       "^(?:.*?(?<time>" STAMP
			       "))?.*?received \\[\\d+\\] new bytes from \\[(?<transport>\\w+)://"
			       "(?:" PEER "|[^]]*?:(?<peerport>\\d+))\\]",
			       .way = FORM_RECEIVED),
		     FORM_LINE(ENDS, NULL, "] bytes parsed", "channel \\[\\S+\\] \\[\\d+\\] bytes parsed"),
		     FORM_LINE(ENDS, DIGITS "ba", "belle-sip-", "^(?:" STAMP ".*?)?belle-sip-") } },
	{ .name = "ejabberd",
	  .what = "ejabberd, mod_sip, loglevel debug",
	  .example = "2026-01-05 12:00:00.105 [debug] <0.500.0>@mod_sip:data_in:120 SIP [udp/in] 192.0.2.1:5060 -> "
		     "192.0.2.2:5060:",
	  .lines = { FORM_LINE(BEGINS, NULL, "SIP [",
			       "^(?:.*?(?<time>" STAMP "))?.*?SIP \\[(?<transport>\\w+)/(?<direction>in|out)\\] "
			       "(?<src>" V4 "|" V6 "):(?<sport>\\d+) -> (?<dst>" V4 "|" V6 "):(?<dport>\\d+):"),
		     FORM_LINE(ENDS, DIGITS, "] <", "^" STAMP "\\S* \\[\\w+\\] <") } },
	{ .name = "audiocodes",
	  .what = "AudioCodes, syslog with debug level detailed (far end only)",
	  .example = "12:00:00.105 [S=8012] (sip_stack)(2381) ---- Incoming SIP Message from 192.0.2.1:5060 to "
		     "SIPInterface #0 (A) UDP TO(#1) ----",
	  .lines = { FORM_LINE(BEGINS, NULL, " SIP Message ",
			       "^(?:(?<time>" ANY_STAMP
			       "))?.*?(?<direction>Incoming|Outgoing) SIP Message (?:from|to) " PEER
			       "(?:.*?\\) " TRANSPORT "\\b)?"),
		     FORM_LINE(ENDS, NULL, "[Time:", "\\[Time:(?<time>[\\d@:.-]+)\\]") } },
	{ .name = "cube",
	  .what = "Cisco CUBE and gateways, debug ccsip messages (ends often unknown)",
	  .example = "*Jan  5 12:00:00.105: //-1/xxxxxxxxxxxx/SIP/Msg/ccsipDisplayMsg:",
	  .traits = FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, NULL, "ccsipDisplayMsg",
			       "^(?:.*?(?<time>" MONTH " +\\d+ (?:\\d{4} )?" CLOCK
			       "(?: UTC| GMT)?))?.*?ccsipDisplayMsg:?\\s*"
			       "(?:(?<direction>Sent|Received):)?"),
		     FORM_LINE(ADDS, "SR", ":",
			       "^(?<direction>Sent|Received):(?:.*? " TRANSPORT
			       " message from " END("src", "sport") " to " END("dst", "dport") ")?"),
		     FORM_LINE(ENDS, "*" DIGITS "JFMASOND", ": //", "^\\S.*: //-?\\w+/") } },
	{ .name = "twinkle",
	  .what = "Twinkle, log of SIP (far end only)",
	  .example = "+++ 5-1-2026 12:00:00.105000 INFO SIP ::send_sip_udp",
	  .traits = FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, "+", "+++ ", "^\\+\\+\\+ (?<time>[\\d-]+ " CLOCK ")"),
		     FORM_LINE(ADDS, "SR", ": ",
			       "^(?<direction>Send|Received) (?:to|from): ?(?:(?<transport>\\w+):)?" PEER),
		     FORM_LINE(ENDS, "-", NULL, "^---$") } },
	{ .name = "sipgrep",
	  .what = "sipgrep",
	  .example = "U 2026/01/05 12:00:00.105000 192.0.2.1:5060 -> 192.0.2.2:5060",
	  .sign = "(?m)^[UTS] (?:[\\d/]+ [\\d:.]+ |\\+[\\d.]+ )?\\S+:\\d+ -> \\S+:\\d+(?: \\[\\w+\\])?\\r*\\n\\r*\\n",
	  .traits = FORM_DOTS,
	  .lines = { FORM_LINE(BEGINS, "UTS", " -> ", NGREP_ENDS, .second = " ") } },
	{ .name = "ngrep",
	  .what = "ngrep -W byline",
	  .example = "U 2026/01/05 12:00:00.105000 192.0.2.1:5060 -> 192.0.2.2:5060 #1",
	  .traits = FORM_DOTS | FORM_PACKETS,
	  .lines = { FORM_LINE(BEGINS, "U", " +", NGREP_FRAGMENT, .transport = SIP_TRANSPORT_UDP,
			       .content = FORM_FRAGMENT),
		     FORM_LINE(BEGINS, "UTS", " -> ", NGREP_ENDS, .second = " "),
		     FORM_LINE(BEGINS, "I", " -> ", "^I .*-> [0-9A-Fa-f:.]+(?: |$)", .second = " ",
			       .content = FORM_QUOTATION),
		     FORM_LINE(BEGINS, "?KUT", " -> ", "^[?KUT] .*-> [0-9A-Fa-f:.]+(?: |$)", .second = " ") } },
	{ .name = "sngrep",
	  .what = "sngrep, saved as text",
	  .example = "2026/01/05 12:00:00.105000 192.0.2.1:5060 -> 192.0.2.2:5060",
	  .traits = FORM_SINGLE,
	  .lines = { FORM_LINE(BEGINS, DIGITS, " -> ",
			       "^(?<time>\\d{4}/\\d\\d/\\d\\d " CLOCK
			       ") " END("src", "sport") " -> " END("dst", "dport") "$") } },
	{ .name = "tcpdump",
	  .what = "tcpdump -A, -v, -vv, -vvv",
	  .example = "12:00:00.105000 IP 192.0.2.1.5060 > 192.0.2.2.5060: SIP: OPTIONS sip:192.0.2.2 SIP/2.0",
	  .lack = "no more than a start line, so CSeq is not known, and a re-INVITE counts as an INVITE; tcpdump -A "
		  "prints "
		  "whole messages, and those over TCP too",
	  .traits = FORM_TAB | FORM_GLUED | FORM_NO_DATE | FORM_PACKETS,
	  .lines = { FORM_LINE(BEGINS, TCPDUMP_FIRST, "ICMP", TCPDUMP_HEAD ".*?" TCPDUMP_ICMP,
			       .content = FORM_QUOTATION),
		     FORM_LINE(BEGINS, TCPDUMP_FIRST, " Flags [",
			       TCPDUMP_HEAD ".*?" TCPDUMP_ENDS "Flags \\[(?:.*?SIP: " START ")?",
			       .transport = SIP_TRANSPORT_TCP),
		     FORM_LINE(BEGINS, TCPDUMP_FIRST, "frag (",
			       TCPDUMP_HEAD ".*?" TCPDUMP_FIRST_FRAGMENT_V6 "(?:.*?SIP: " START ")?",
			       .transport = SIP_TRANSPORT_UDP),
		     FORM_LINE(BEGINS, TCPDUMP_FIRST, "frag (", TCPDUMP_HEAD ".*?" TCPDUMP_FRAGMENT_V6,
			       .transport = SIP_TRANSPORT_UDP, .content = FORM_FRAGMENT),
		     FORM_LINE(BEGINS, TCPDUMP_FIRST, "proto ",
			       TCPDUMP_HEAD ".*?" TCPDUMP_PROTOCOL "(?:.*" TCPDUMP_ENDS ")?"),
		     FORM_LINE(BEGINS, TCPDUMP_FIRST, "next-header ",
			       TCPDUMP_HEAD ".*?" TCPDUMP_PROTOCOL "(?:.*" TCPDUMP_ENDS ")?"),
		     FORM_LINE(BEGINS, TCPDUMP_FIRST, " > ",
			       TCPDUMP_HEAD ".*?" TCPDUMP_ENDS "(?:(?<transport>tcp|sctp) |.*?SIP: " START ")?",
			       .transport = SIP_TRANSPORT_UDP),
		     FORM_LINE(BEGINS, TCPDUMP_FIRST, " > ", TCPDUMP_HEAD ".*?" TCPDUMP_FRAGMENT_V4,
			       .transport = SIP_TRANSPORT_UDP, .content = FORM_FRAGMENT),
		     FORM_LINE(BEGINS, " -" DIGITS, " ", TCPDUMP_TIME),
		     FORM_LINE(BEGINS, TCPDUMP_FIRST, " > ", TCPDUMP_HEAD),
		     FORM_LINE(ADDS, " \t", "ICMP", "^\\s.*?" TCPDUMP_ICMP, .content = FORM_QUOTATION),
		     FORM_LINE(ADDS, " \t", "proto ", "^\\s.*?" TCPDUMP_PROTOCOL),
		     FORM_LINE(ADDS, " \t", "next-header ", "^\\s.*?" TCPDUMP_PROTOCOL "(?:.*?" TCPDUMP_ENDS ")?"),
		     FORM_LINE(ADDS, "\t", ") [", "^\\t\\d+\\) \\["), /* a chunk of SCTP */
		     FORM_LINE(ADDS, " ", " > ", "^ +" TCPDUMP_FRAGMENT_V4, .transport = SIP_TRANSPORT_UDP,
			       .content = FORM_FRAGMENT),
		     FORM_LINE(ADDS, " ", " > ", "^ +(?:" TCPDUMP_ENDS "|[^\\s(,]+ > \\S+: )") } },
	{ .name = "tshark",
	  .what = "tshark -V, tshark -O sip",
	  .example = "User Datagram Protocol, Src Port: 5060, Dst Port: 5060",
	  .sign = "(?m)^    (?:Request|Status)-Line: .*SIP/2\\.0",
	  .traits = FORM_TREE,
	  .lines = { FORM_LINE(BEGINS, "F", "Frame ", "^Frame \\d+: "),
		     FORM_LINE(ADDS, " ", "Epoch ", "^    Epoch (?:Arrival )?Time: (?<time>[\\d.]+) seconds"),
		     FORM_LINE(ADDS, "I", ", Dst: ",
			       "^Internet Protocol.*?, Src: (?:\\S+ \\()?(?<src>[0-9A-Fa-f:.]+)\\)?, Dst: (?:\\S+ \\()?"
			       "(?<dst>[0-9A-Fa-f:.]+)\\)?$"),
		     FORM_LINE(ADDS, "I", "Control", "^Internet Control Message Protocol", .content = FORM_QUOTATION),
		     FORM_LINE(ADDS, "U", "Src Port: ",
			       "^User .*?Src Port: (?:\\S+ \\()?(?<sport>\\d+)\\)?, Dst Port: (?:\\S+ "
			       "\\()?(?<dport>\\d+)",
			       .transport = SIP_TRANSPORT_UDP),
		     FORM_LINE(ADDS, "T", "Src Port: ",
			       "^Transm.*?Src Port: (?:\\S+ \\()?(?<sport>\\d+)\\)?, Dst Port: (?:\\S+ "
			       "\\()?(?<dport>\\d+)",
			       .transport = SIP_TRANSPORT_TCP),
		     FORM_LINE(ADDS, "S", "Src Port: ",
			       "^Stream.*?Src Port: (?:\\S+ \\()?(?<sport>\\d+)\\)?, Dst Port: (?:\\S+ "
			       "\\()?(?<dport>\\d+)",
			       .transport = SIP_TRANSPORT_SCTP) } },
	{ .name = "tshark-summary",
	  .what = "tshark, one line for each packet (neither transport nor ports)",
	  .example = "    1   0.000000    192.0.2.1 \u2192 192.0.2.2    SIP 400 Request: OPTIONS sip:192.0.2.2 |",
	  .lack = "without the method in CSeq; tshark -V or tshark -O sip prints whole messages, with transport and "
		  "ports",
	  .lines = { FORM_LINE(BEGINS, " " DIGITS, " SIP", TSHARK_PACKET "(?:" TSHARK_MESSAGE "|(?!Continuation))",
			       .more = "\\|[ ,]+" TSHARK_MESSAGE) } },
	{ .name = "arrow",
	  .what = "any log with both ends in the line before each message",
	  .example = "2026-01-05 12:00:00.105Z UDP 192.0.2.1:5060 -> 192.0.2.2:5060",
	  .traits = FORM_NEAR | FORM_SINGLE | FORM_ENTRY | FORM_LOOSE,
	  .lines = { FORM_LINE(BEGINS, NULL, "->", "^(?:.*?(?<time>" ANY_STAMP "))?" EITHER_ENDS, .other = "=>"),
		     FORM_LINE(BEGINS, NULL, "\u2192", "^(?:.*?(?<time>" ANY_STAMP "))?" EITHER_ENDS) } },
	{ .name = "plain",
	  .what = "any other log: messages are found by their start lines (ends and times unknown)",
	  .example = "OPTIONS sip:192.0.2.2 SIP/2.0" },
};

const size_t forms_count = sizeof(forms) / sizeof(*forms);

const struct form *forms__find(const char *name, const char **ret_nearest)
{
	struct suggestion suggestion = suggestion__start(name);
	size_t i;

	for (i = 0; i < forms_count; i++) {
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
		suggestion__consider(&suggestion, forms[i].name);
	}
	*ret_nearest = suggestion.best;
	return NULL;
}

const struct form *forms__plain(void)
{
	return &forms[forms_count - 1];
}

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# For test_logs.sh, which sources this: programs that register and call, each at a far end of its own (far_end.py), and
# ejabberd, which is asked itself. All files are in the current folder. The test sets the addresses, and the array
# callers for the processes that end by themselves.
# shellcheck disable=SC2154 # what the test sets

EJABBERD_PATH=(/usr/lib/*/ejabberd-*/ebin)
baresips=() linphones=() janus='' ejabberd=''

start_far_ends() {
	net__start "$NET_B" python3 "$here/far_end.py" 5060 "$BARESIP_FAR4" "$BARESIP_FAR6" "$SOFIA_FAR4" \
		"$SOFIA_FAR6" "$JANUS_FAR" "$LINPHONE_FAR4" "$LINPHONE_FAR6" >far_end 2>far_end.err
	net__wait_for grep -q listening far_end || net__die "no far end: $(tail -c 400 far_end.err)"
}

# has_ended ADDRESS: of the far end, the call and the registration.
# shellcheck disable=SC2317 # called through net__wait_for
has_ended() {
	grep -qxF "BYE of a call at $1" far_end && grep -qxF "OPTIONS after a registration at $1" far_end
}

# await NAME ADDRESS...: until the calls of the program with these far ends have come to their end.
await() {
	local address

	for address in "${@:2}"; do
		net__wait_for has_ended "$address" ||
			net__die "$1 made no call: $(cat far_end) $(tail -c 600 "$1"*.log)"
	done
}

# start_baresip OWN FAR udp|tcp
start_baresip() {
	local folder=baresip-$3

	mkdir "$folder" && : >"$folder/contacts"
	echo "<sip:alice@$2;transport=$3>;regint=600" >"$folder/accounts"
	cat >"$folder/config" <<-BARESIP
		sip_listen $1:5081
		net_interface $NET_A_IF
		audio_player aubridge,x
		audio_source aubridge,x
		audio_alert aubridge,x
		module_path /usr/lib/baresip/modules
		module g711.so
		module aubridge.so
		module_tmp account.so
		module_app menu.so
	BARESIP
	net__start "$NET_A" baresip -s -f "$folder" -e "d sip:bob@$2" </dev/null >"baresip-$3.log" 2>"$folder/stderr"
	baresips+=("$!")
}

start_sofia() {
	local target

	for target in "$SOFIA_FAR4" "[$SOFIA_FAR6]" "$SOFIA_FAR4;transport=tcp" "[$SOFIA_FAR6];transport=tcp"; do
		net__start "$NET_A" env TPORT_LOG=1 sip-options "sip:bob@$target" >/dev/null 2>"sofia $target.log"
		callers+=("$!")
	done
}

start_janus() {
	mkdir janus
	cat >janus/janus.jcfg <<-JANUS
		general: {
			plugins_folder = "$(echo /usr/lib/*/janus/plugins)"
			transports_folder = "$(echo /usr/lib/*/janus/transports)"
			configs_folder = "$PWD/janus"
			events_folder = "$PWD/janus"
			loggers_folder = "$PWD/janus"
			interface = "$NET_A4"
		}
	JANUS
	echo "general: { local_ip = \"$NET_A4\"; register_ttl = 600 }" >janus/janus.plugin.sip.jcfg
	echo 'general: { json = "plain"; base_path = "/janus"; http = true; port = 8088; https = false }' \
		>janus/janus.transport.http.jcfg
	net__start "$NET_A" env TPORT_LOG=1 janus -o -F janus -C janus/janus.jcfg </dev/null >janus.log 2>&1
	janus=$!
}

ask_janus() {
	LOG=janus.log wait_to_listen "$NET_A" t 8088 "*"
	net__start "$NET_A" python3 "$here/janus_call.py" http://127.0.0.1:8088/janus "$JANUS_FAR" >janus_call.log 2>&1
	callers+=("$!")
}

# start_linphone FAR udp|tcp PIPE: it ends when it has no more input, and calls without a sound card only with files.
start_linphone() {
	local home=$PWD/linphone-$2

	mkdir -p "$home/.local/share/linphone"
	cat >"$home/rc" <<-LINPHONE
		[sip]
		sip_port=$([[ "$2" == udp ]] && echo 5092 || echo 0)
		sip_tcp_port=$([[ "$2" == tcp ]] && echo 5092 || echo 0)
		sip_tls_port=0
		use_ipv6=1
		default_proxy=0
		[proxy_0]
		reg_proxy=<sip:$1;transport=$2>
		reg_identity=sip:alice@$1
		reg_expires=600
		reg_sendregister=1
	LINPHONE
	# shellcheck disable=SC2016 # the inner shell's
	net__start "$NET_A" env HOME="$home" bash -c 'exec linphonec -d 6 -l "$0" -c "$1" <"$2"' \
		"$PWD/linphone-$2.log" "$home/rc" "$3" >"$home/out" 2>&1
	linphones+=("$!")
	printf 'soundcard use files\ncall sip:bob@%s;transport=%s\n' "$1" "$2" >"$3"
}

start_linphones() {
	mkfifo linphone.udp linphone.tcp
	exec 7<>linphone.udp 8<>linphone.tcp
	start_linphone "$LINPHONE_FAR4" udp linphone.udp
	start_linphone "[$LINPHONE_FAR6]" tcp linphone.tcp
}

# Without distribution, so that Erlang starts no daemon for it. The example configuration listens at "::", too.
start_ejabberd() {
	mkdir ejabberd
	cat >ejabberd/ejabberd.yml <<-EJABBERD
		hosts: ["$NET_A4"]
		loglevel: debug
		listen:
		  - {port: 5060, ip: "::", module: ejabberd_sip, transport: udp}
		  - {port: 5060, ip: "::", module: ejabberd_sip}
		modules:
		  mod_sip: {}
	EJABBERD
	net__start "$NET_A" env HOME="$PWD/ejabberd" EJABBERD_CONFIG_PATH="$PWD/ejabberd/ejabberd.yml" \
		EJABBERD_LOG_PATH="$PWD/ejabberd.log" erl -noinput -pa "${EJABBERD_PATH[0]}" \
		-mnesia dir "\"$PWD/ejabberd/db\"" -s ejabberd >ejabberd/out 2>&1 </dev/null
	ejabberd=$!
}

ask_ejabberd() {
	LOG=ejabberd/out wait_to_listen "$NET_A" u 5060 "*"
	LOG=ejabberd/out wait_to_listen "$NET_A" t 5060 "*"
	ask "$NET_B" "$CALLEE4" "$NET_A4" 5060 ejabberd REGISTER OPTIONS MESSAGE INVITE
}

start_programs() {
	if have baresip; then
		start_baresip "$NET_A4" "$BARESIP_FAR4" udp
		start_baresip "[$NET_A6]" "[$BARESIP_FAR6];transport=tcp" tcp
	fi
	! have sip-options || start_sofia
	! have linphonec || start_linphones
	! have janus || ask_janus
	! have ejabberdctl || ask_ejabberd
}

# stop_all PID...: those that end calls or registrations when they are asked to end.
stop_all() {
	local pid

	for pid in "$@"; do
		net__stop "$pid"
	done
}

end_programs() {
	if have baresip; then
		await baresip "$BARESIP_FAR4" "$BARESIP_FAR6"
	fi
	if have linphonec; then
		await linphone "$LINPHONE_FAR4" "$LINPHONE_FAR6"
		echo quit | tee linphone.udp >linphone.tcp
		net__wait_for net__has_ended "${linphones[0]}" && net__wait_for net__has_ended "${linphones[1]}"
	fi
	! have janus || await janus "$JANUS_FAR"
	net__wait_all "${callers[@]}" || net__die "a caller failed: $(tail -n 3 ./*log | head -c 1000)"
	stop_all "${baresips[@]}" ${janus:+"$janus"} ${ejabberd:+"$ejabberd"}
}


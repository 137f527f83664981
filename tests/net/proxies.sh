#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# For test_logs.sh, which sources this: calls of sipp through two Kamailios, of which the first one logs to stderr and
# the second one to syslog. All files are in the current folder. The test sets the addresses, and the array callers for
# the processes that end by themselves.
# shellcheck disable=SC2154 # what the test sets

# Prints the command of a proxy: proxy_command NAME NEXT4 NEXT6 OWN4 OWN6 PORT
proxy_command() {
	local name=$1

	mkdir "$name"
	sed "s,@DUMPS@,$PWD/$name,; s,@NEXT4@,$2,; s,@NEXT6@,$3," "$NET_DATA/kamailio.cfg" >"$name.cfg"
	echo "exec kamailio -f $PWD/$name.cfg -DD -m 32 -M 4 -n 1 -P $PWD/$name.pid -Y $PWD/$name" \
		"-l udp:$4:$6 -l tcp:$4:$6 -l udp:[$5]:$6 -l tcp:[$5]:$6"
}

# shellcheck disable=SC2016 # the shell that runs it expands $0
# With this /dev, a program's syslog() goes to our rsyslogd and not to the host's.
OWN_DEV='mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/zero c 1 5 &&
	mknod -m 444 /dev/random c 1 8 && mknod -m 444 /dev/urandom c 1 9 && ln -s "$0" /dev/log &&'

start_rsyslog() {
	cat >rsyslog.conf <<-RSYSLOG
		module(load="imuxsock" SysSock.Name="$PWD/devlog" SysSock.RateLimit.Interval="0"
			SysSock.UsePIDFromSystem="off")
		action(type="omfile" file="$PWD/syslog" template="RSYSLOG_TraditionalFileFormat")
	RSYSLOG
	net__start "$NET_A" rsyslogd -n -f "$PWD/rsyslog.conf" -i "$PWD/rsyslogd.pid" >rsyslogd.log 2>&1
	rsyslog=$!
	net__wait_for test -S devlog || net__die "no rsyslogd: $(head -c 400 rsyslogd.log)"
}

start_proxies() {
	local command

	command=$(proxy_command proxy "$RELAY4:$RELAY_PORT" "[$RELAY6]:$RELAY_PORT" "$PROXY4" "$PROXY6" "$PROXY_PORT")
	net__start "$NET_B" bash -c "$command -E" >proxy.out 2>proxy.stderr </dev/null
	proxy=$!
	command=$(proxy_command relay "$CALLEE4:$CALLEE_PORT" "[$CALLEE6]:$CALLEE_PORT" "$RELAY4" "$RELAY6" \
		"$RELAY_PORT")
	if have rsyslogd; then
		start_rsyslog
		net__start "$NET_A" unshare -m bash -c "$OWN_DEV $command" "$PWD/devlog" >relay.out 2>&1 </dev/null
	else
		net__start "$NET_A" bash -c "$command -E" >relay.out 2>&1 </dev/null
	fi
	relay=$!
	LOG=proxy.stderr wait_to_listen "$NET_B" t "$PROXY_PORT" "$PROXY4" "[$PROXY6]"
	LOG=relay.out wait_to_listen "$NET_A" t "$RELAY_PORT" "$RELAY4" "[$RELAY6]"
}

# sipp_side NAMESPACE uac|uas ADDRESS u1|t1 PORT OPTION...: starts sipp, whose messages go to the file "uac ADDRESS u1".
sipp_side() {
	net__start "$1" sipp -sf "$NET_DATA/sipp_$2.xml" -t "$4" -i "$3" -p "$5" -nostdin "${NET_SIPP_PATIENCE[@]}" \
		-d "$(net__pause "$4")" -trace_msg -message_file "$PWD/$2 $3 $4" "${@:6}" >"$2 $3 $4 log" 2>&1
}

start_callees() {
	local transport

	for transport in u1 t1; do
		sipp_side "$NET_B" uas "$CALLEE4" $transport "$CALLEE_PORT"
		sipp_side "$NET_B" uas "$CALLEE6" $transport "$CALLEE_PORT"
		LOG="uas $CALLEE4 $transport log" wait_to_listen "$NET_B" ${transport%1} "$CALLEE_PORT" "$CALLEE4" \
			"[$CALLEE6]"
	done
}

start_callers() {
	local transport to4=$CALLEE4:$CALLEE_PORT to6="[$CALLEE6]:$CALLEE_PORT" options

	options=(-m "$CALLS" -timeout "${NET_PATIENCE}s" -timeout_error)

	if have kamailio; then
		to4=$PROXY4:$PROXY_PORT to6="[$PROXY6]:$PROXY_PORT"
	fi
	for transport in u1 t1; do
		sipp_side "$NET_A" uac "$NET_A4" $transport 5080 "${options[@]}" "$to4"
		callers+=("$!")
		sipp_side "$NET_A" uac "$NET_A6" $transport 5080 "${options[@]}" "$to6"
		callers+=("$!")
	done
}

# Requests that a proxy answers itself: ask NAMESPACE FROM TO PORT CALL_ID METHOD...
ask() {
	local transport

	for transport in udp tcp; do
		net__start "$1" python3 "$here/send_requests.py" $transport "${@:2}" >>requests.log 2>&1
		callers+=("$!")
	done
}

# holds COUNT TEXT FILE: so many lines of the file hold the text.
# shellcheck disable=SC2317 # called through net__wait_for
holds() {
	(($(cat "${@:3}" 2>/dev/null | grep -caF "$2") >= "$1"))
}

# When the last request is in a log, all before it are.
send_last_requests() {
	ip netns exec "$NET_A" python3 "$here/send_requests.py" udp "$NET_A4" "$PROXY4" "$PROXY_PORT" \
		last-of-proxy OPTIONS >last &&
		ip netns exec "$NET_B" python3 "$here/send_requests.py" udp "$CALLEE4" "$RELAY4" "$RELAY_PORT" \
			last-of-relay OPTIONS >>last &&
		net__wait_for holds 2 "Call-ID: 1-last-of-proxy" proxy/*.data &&
		net__wait_for holds 2 "Call-ID: 1-last-of-relay" relay/*.data &&
		net__wait_for holds 1 "Call-ID: 1-last-of-proxy" proxy.stderr
}

end_proxies() {
	send_last_requests || net__die "a proxy does not log: $(head -c 400 last proxy.stderr)"
	if have rsyslogd; then
		net__wait_for holds 1 "Call-ID: 1-last-of-relay" syslog ||
			net__die "nothing in syslog: $(tail -c 400 rsyslogd.log)"
		net__stop "$rsyslog"
	fi
	net__stop "$proxy"
	net__stop "$relay"
}


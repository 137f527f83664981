#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Installs the missing packages of the given groups (build test check kernels demo; default: all). If nothing is missing,
# it prints nothing and leaves network and system alone.
set -euo pipefail

list=$(dirname "$0")/packages.txt

die() {
	printf 'setup: %s\n' "$*" >&2
	exit 1
}

# The packages of the given groups, each once; without arguments, those of all groups.
packages_of() {
	awk -v groups="$*" 'BEGIN { all = groups == ""; n = split(groups, g, " "); for (i = 1; i <= n; i++) want[g[i]] = 1 }
		!/^#/ && NF == 2 && (all || $1 in want) && !seen[$2]++ { print $2 }' "$list"
}

installed() {
	[[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# What the tests need runs for the tests alone: an installed proxy must not listen on this host, now or after a restart.
POLICY=/usr/sbin/policy-rc.d

forbid_services() {
	[[ -e $POLICY ]] && return
	trap 'rm -f "$POLICY"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$POLICY"
	chmod 755 "$POLICY"
}

# The services of the given packages, which are enabled when they are installed.
disable_services() {
	local services

	command -v systemctl >/dev/null || return 0
	mapfile -t services < <(dpkg -L "$@" | sed -n 's,^\(/usr\)\?/lib/systemd/system/\([^/@]*\.service\)$,\2,p')
	((${#services[@]} == 0)) || systemctl --quiet disable "${services[@]}" || true
}

for group in "$@"; do
	grep -q "^$group	" "$list" || die "no such group: $group (see $list)"
done
command -v dpkg-query >/dev/null || die "this is not a Debian system; install the equivalents of these packages by hand, then run make: $(packages_of "$@" | xargs)"

missing=()
while read -r package; do
	installed "$package" || missing+=("$package")
done < <(packages_of "$@")

((${#missing[@]})) || exit 0
((EUID == 0)) || die "these packages are missing: ${missing[*]}; install them with: sudo make setup${*:+ GROUPS='$*'}"

echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A third party's package source that does not answer is no reason to stop: the packages may be available without it.
apt-get -qq update || echo "setup: some package sources did not answer; continuing with the present package lists" >&2
forbid_services
apt-get -qq -y --no-install-recommends install "${missing[@]}" ||
	die "apt-get could not install: ${missing[*]}; check the package sources of this system"
disable_services "${missing[@]}"

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Installs the missing packages of the given groups (build test check kernels demo; default: all). Touches neither
# network nor system when nothing is missing.
set -euo pipefail

list=$(dirname "$0")/packages.txt

die() {
	printf 'setup: %s\n' "$*" >&2
	exit 1
}

# The packages of the groups in "$@", each once; of all groups without arguments.
packages_of() {
	awk -v groups="$*" 'BEGIN { all = groups == ""; n = split(groups, g, " "); for (i = 1; i <= n; i++) want[g[i]] = 1 }
		!/^#/ && NF == 2 && (all || $1 in want) && !seen[$2]++ { print $2 }' "$list"
}

installed() {
	[[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

for group in "$@"; do
	grep -q "^$group	" "$list" || die "no such group: $group (see $list)"
done
command -v dpkg-query >/dev/null || die "this is not a Debian system; install the equivalents of these packages, then run make: $(packages_of "$@" | xargs)"

missing=()
while read -r package; do
	installed "$package" || missing+=("$package")
done < <(packages_of "$@")

if ((${#missing[@]} == 0)); then
	echo "setup: all packages are installed"
	exit 0
fi
((EUID == 0)) || die "these packages are missing: ${missing[*]}; install them with: sudo make setup"

echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A foreign source that does not answer must not stop us: what counts is whether the packages can be had.
apt-get -qq update || echo "setup: some package sources did not answer; going on with the package lists at hand" >&2
apt-get -qq -y --no-install-recommends install "${missing[@]}" ||
	die "apt-get could not install: ${missing[*]}; check the package sources of this system"

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The static checks, one TAP line each: format, clang-tidy, shellcheck, codespell, include rules, and whether the
# documents and the source agree.
#
# usage: check.sh BUILD_FOLDER      (holds the generated skeleton)
set -u
out=$1
failed=0

# check NAME COMMAND...: the first lines that the command prints show why it failed; its exit status decides.
check() {
	local name=$1 output

	shift
	if ! command -v "$1" >/dev/null; then
		echo "ok - $name # SKIP $1 is not installed (make setup)"
	elif output=$("$@" 2>&1); then
		echo "ok - $name"
	else
		# One write, so that the lines of processes that run at the same time do not mix.
		printf 'not ok - %s: %s\n%s\n' "$name" "$(grep -m 1 -E 'error:|^In |==>' <<<"$output")" \
			"$(head -n 60 <<<"$output" | awk '{ print "# " $0 }')"
		failed=1
	fi
}

# Files of this project by name, without built ones.
files() {
	local name pattern=()

	for name in "$@"; do
		pattern+=(-o -name "$name")
	done
	find .ci bpf findings include user tests scripts -type f \( "${pattern[@]:1}" \) 2>/dev/null | sort
}

# The generated skeleton is no code of ours, hence -isystem; and only libbpf frees it, which clang-tidy 14 takes for a leak.
# The analyzer walks unseen code first, so it finds as much with a third of the steps that it takes by itself, in half the
# time. A soak gives it more.
tidy() {
	local checks='' steps=max-nodes=$((75000 * ${TEST_ROUNDS:-1}))

	[[ $1 == user/kernel/probe.c ]] && checks=--checks=-clang-analyzer-unix.Malloc
	check "clang-tidy $1" clang-tidy --quiet ${checks:+"$checks"} "$1" -- -std=gnu11 -D_GNU_SOURCE '-DSIPBPF_VERSION="0"' -Iinclude -Iuser \
		-isystem "$out" -Xclang -analyzer-config -Xclang "$steps"
	return $failed
}

# One process per processor.
check_tidy() {
	local unit

	for unit in "$@"; do
		while (($(jobs -pr | wc -l) >= $(nproc))); do
			wait -n || failed=1
		done
		tidy "$unit" &
	done
	while [[ -n $(jobs -p) ]]; do
		wait -n || failed=1
	done
}

# Prints TAP itself.
pass_on() {
	"$@" || failed=1
}

mapfile -t sources < <(files '*.c' '*.h')
mapfile -t scripts < <(files '*.sh' run)
mapfile -t units < <(find user -name '*.c' | sort)

check clang-format clang-format --dry-run -Werror "${sources[@]}"
check_tidy "${units[@]}"
check shellcheck shellcheck -x "${scripts[@]}"
# \(bu is the bullet of a manual page, iif a word of `ip rule`.
check codespell codespell --ignore-words-list bu,iif --skip './build,./.git,*.pcap,*.pcapng,*.dict,corpus' .
for rules in includes sources docs; do
	pass_on "tests/rules/$rules.py"
	pass_on "tests/rules/$rules.py" --self-test
done
exit $failed

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Installs into a folder, builds programs with the installed library, shared and static, runs them, and uninstalls.
#
# usage: test_install.sh BUILD_FOLDER
# Everything is called through check().
# shellcheck disable=SC2317
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
out=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
failed=0
read -ra flags <<<"-std=gnu11 -D_GNU_SOURCE -Wall ${CFLAGS_USED:-}"

# check NAME COMMAND...: one TAP line; what the command says is shown when it fails
check() {
	local name=$1 output

	shift
	if output=$("$@" 2>&1); then
		echo "ok - library: $name"
	else
		printf 'not ok - library: %s: %s\n%s\n' "$name" "$(head -n 1 <<<"$output")" \
			"$(awk '{ print "# " $0 }' <<<"$output")"
		failed=1
	fi
}

package() {
	PKG_CONFIG_PATH=$root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root pkg-config "$@" sipcounter
}

build() {
	local program=$1
	shift
	# Words are what pkg-config means them to be.
	# shellcheck disable=SC2046
	"${CC:-gcc}" "${flags[@]}" $(package --cflags) -o "$root/$program" tests/library/test_library.c "$@"
}

# Names that a library gives to others and should not.
strangers() {
	! nm "$@" --defined-only --extern-only | awk 'NF == 3 && $3 !~ /^sipcounter__/ { print $3; found = 1 } END { exit !found }'
}

# A static library as distributions build it, with link-time optimisation.
optimised() {
	make -s O="$root/optimised" CFLAGS="-O1 -flto ${CFLAGS_USED:-}" "$root/optimised/libsipcounter.a" &&
		build static "$root/optimised/libsipcounter.a" -ljansson && "$root/static" &&
		strangers "$root/optimised/libsipcounter.a"
}

# The compiler looks for a header where pkg-config says, and nothing is linked that only its header is used of.
header_elsewhere() {
	local commands

	mkdir "$root/packages"
	printf '%s\n' 'Name: libxxhash' 'Description: in a folder of its own' 'Version: 1' "Cflags: -I$root/xxhash" \
		'Libs: -lxxhash' >"$root/packages/libxxhash.pc"
	commands=$(PKG_CONFIG_PATH=$root/packages make -n -B V=1 O="$root/elsewhere" \
		"$root/elsewhere/sipbpf") || return 1
	grep -qF -- "-I$root/xxhash" <<<"$commands" && ! grep -F -- -lxxhash <<<"$commands"
}

check "make install" make --no-print-directory O="$out" DESTDIR="$root" PREFIX=/usr install
check "files are where they belong" test -x "$root/usr/bin/sipbpf" -a -f "$root/usr/include/sipcounter.h" -a \
	-f "$root/usr/share/man/man3/sipcounter.3" -a -f "$root/usr/share/man/man8/sipbpf.8" \
	-a -f "$root/usr/share/doc/sipbpf/COUNTING.md" -a -f "$root/usr/share/doc/sipbpf/LICENSE"
for file in LICENSES/*.txt; do
	check "the licence ${file##*/} is installed" cmp "$file" "$root/usr/share/doc/sipbpf/$file"
done
# shellcheck disable=SC2046
check "a program with the shared library" build shared $(package --libs)
check "it runs" env LD_LIBRARY_PATH="$root/usr/lib" "$root/shared"
check "it needs the soname" grep -q 'libsipcounter.so.0' <(ldd "$root/shared")
check "a program with the static library" build static "$root/usr/lib/libsipcounter.a" -ljansson
check "it runs without the shared one" "$root/static"
tests/cli/manual.py man/sipcounter.3 0 >"$root/example.c"
tests/cli/manual.py man/sipcounter.3 1 >"$root/example.txt"
# shellcheck disable=SC2046
check "the manual's program" "${CC:-gcc}" "${flags[@]}" $(package --cflags) -o "$root/example" "$root/example.c" \
	"$root/usr/lib/libsipcounter.a" -ljansson
check "it prints what the manual says" diff <("$root/example") "$root/example.txt"
check "the shared library exports nothing else" strangers -D "$root/usr/lib/libsipcounter.so"
check "the static library exports nothing else" strangers "$root/usr/lib/libsipcounter.a"
check "the header needs no other" "${CC:-gcc}" -std=c11 -pedantic -Werror -fsyntax-only -x c include/sipcounter.h
check "C99 takes the header" "${CC:-gcc}" -std=c99 -pedantic -Wall -Wextra -Werror -fsyntax-only -x c include/sipcounter.h
check "C++ takes the header" "${CC:-gcc}" -std=c++11 -pedantic -Wall -Wextra -Werror -fsyntax-only -x c++ \
	include/sipcounter.h
check "with link-time optimisation the static library exports nothing else either" optimised
check "xxhash.h is found by pkg-config" header_elsewhere
touch "$root/usr/lib/another.so"
check "make uninstall" make --no-print-directory O="$out" DESTDIR="$root" PREFIX=/usr uninstall
check "it leaves no file of its own, and other files alone" diff <(echo "$root/usr/lib/another.so") <(find "$root/usr" ! -type d)
check "it removes its folder of documents" test ! -e "$root/usr/share/doc/sipbpf"
check "make uninstall, again" make --no-print-directory O="$out" DESTDIR="$root" PREFIX=/usr uninstall
exit $failed

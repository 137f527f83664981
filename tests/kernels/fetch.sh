#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Downloads one of Debian's cloud kernels into a folder: vmlinuz and the modules that the guest needs, as .ko. What is
# there already is kept.
#
# usage: fetch.sh PACKAGE FOLDER       (exit status 3: the package cannot be had)
set -euo pipefail

package=$1 folder=$(realpath -m "$2")
modules=(drivers/net/veth net/sched/sch_ingress net/sched/cls_bpf)

unavailable() {
	printf 'fetch: %s\n' "$*" >&2
	exit 3
}

# The package with the kernel that the metapackage names today.
image_of() {
	apt-cache depends "$1" 2>/dev/null | awk '$1 == "Depends:" && $2 ~ /^linux-image-/ { print $2; exit }'
}

[[ -e $folder/vmlinuz ]] && exit 0
image=$(image_of "$package")
if [[ -z $image ]]; then
	((EUID != 0)) || apt-get -qq update || true
	image=$(image_of "$package")
fi
[[ -n $image ]] || unavailable "$package is not known to the package sources of this system"

rm -rf "$folder.part"
mkdir -p "$folder.part/modules"
cd "$folder.part"
apt-get -qq -o APT::Sandbox::User=root download "$image" >&2 || unavailable "$image cannot be downloaded"
dpkg -x ./*.deb root
for module in "${modules[@]}"; do
	file=$(find root -path "*/kernel/$module.ko*" -print -quit)
	[[ -n $file ]] || unavailable "$image has no module $module"
	case $file in
	*.xz) xz -dc "$file" >"modules/${module##*/}.ko" ;;
	*) cp "$file" modules/ ;;
	esac
done
mv root/boot/vmlinuz-* vmlinuz
rm -rf root ./*.deb
cd ..
mv "$folder.part" "$folder"

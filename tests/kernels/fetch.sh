#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Downloads one of Debian's kernels into a folder: vmlinuz, and the modules that the guest needs, as .ko, with a list
# in the order in which they can be inserted. What is there already is kept.
#
# usage: fetch.sh PACKAGE FOLDER       (exit status 3: the package cannot be had)
set -euo pipefail

package=$1 folder=$(realpath -m "$2")
# What a kernel has built in, or does not have, is no module of its image; only the first three must be there.
# A random number generator must be there before ESP (echainiv).
modules=(veth sch_ingress cls_bpf cls_u32 tun vxlan wireguard ipip sit ip_gre ip6_tunnel ip6_gre ip_vti xfrm_interface xfrm_user
	xfrm4_tunnel esp4 esp6 ipvlan macvlan 8021q bonding geneve ppp_async cbc aes_generic sha1_generic hmac ansi_cprng authenc echainiv)

unavailable() {
	printf 'fetch: %s\n' "$*" >&2
	exit 3
}

# The package with the kernel that the metapackage names today.
image_of() {
	apt-cache depends "$1" 2>/dev/null | awk '$1 == "Depends:" && $2 ~ /^linux-image-/ { print $2; exit }'
}

wanted="$package ${modules[*]}"
[[ -e $folder/vmlinuz && $(cat "$folder/wanted") == "$wanted" ]] && exit 0
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
: >modules/order
# Unpacks a module behind those that it depends on. Names have _ where files may have -.
unpack() {
	local module=$1 file dependency

	! [[ -e modules/$module.ko ]] || return 0
	file=$(find root -name "${module//_/[-_]}.ko*" -print -quit)
	[[ -n $file ]] || return 1
	case $file in
	*.xz) xz -dc "$file" >"modules/$module.ko" ;;
	*) cp "$file" "modules/$module.ko" ;;
	esac
	for dependency in $(modinfo -F depends "modules/$module.ko" | tr ',-' ' _'); do
		unpack "$dependency" || true
	done
	echo "$module" >>modules/order
}
for module in "${modules[@]}"; do
	unpack "$module" || [[ ! " veth sch_ingress cls_bpf " == *" $module "* ]] || unavailable "$image has no module $module"
done
mv root/boot/vmlinuz-* vmlinuz
rm -rf root ./*.deb
echo "$wanted" >wanted
cd ..
rm -rf "$folder"
mv "$folder.part" "$folder"

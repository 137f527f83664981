#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Downloads one of Debian's kernels into a folder: vmlinuz, and the modules that the guest needs, as .ko, with a list
# in the order in which they can be inserted. What is there already is kept. A suite that is not among the system's own is
# read from the same archive, with package lists in FOLDER.apt.
#
# usage: fetch.sh PACKAGE FOLDER [SUITE]       (exit status 3: the package cannot be had)
set -euo pipefail

package=$1 folder=$(realpath -m "$2") suite=${3:-}
# What a kernel has built in, or does not have, is no module of its image; only the first three must be there.
# What others need without depending on it must be there before them: CRC32C for nf_conntrack, and a random number generator
# for ESP (echainiv).
modules=(veth sch_ingress cls_bpf cls_u32 act_mirred tun vxlan wireguard ipip sit ip_gre ip6_tunnel ip6_gre ip_vti
	xfrm_interface xfrm_user xfrm4_tunnel esp4 esp6 ipvlan macvlan 8021q bonding bridge geneve ppp_async vrf ifb mpls_router
	mpls_iptunnel cbc aes_generic sha1_generic hmac ansi_cprng authenc echainiv crc32c_generic nf_nat_sip nft_chain_nat
	nft_masq nft_ct nft_objref)

unavailable() {
	printf 'fetch: %s\n' "$*" >&2
	exit 3
}

# depends PACKAGE PATTERN: those of its dependencies that match
depends() {
	apt-cache depends "$1" 2>/dev/null | awk -v pattern="$2" '$1 == "Depends:" && $2 ~ pattern { print $2 }'
}

# The kernel that the metapackage names today. Since Linux 7.0 the image consists of other packages.
download() {
	local image

	image=$(depends "$package" '^linux-image-' | head -n 1)
	[[ -n $image ]] || return
	# shellcheck disable=SC2046 # names of packages are words
	apt-get -qq -o APT::Sandbox::User=root download "$image" $(depends "$image" '^linux-(binary|modules)-') >&2
}

# The address of the archive that the system's own packages come from.
archive() {
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | awk -F '|' '$1 == "Debian" { print $2; exit }'
}

# From here on apt knows only the suite, and leaves the system's lists alone.
use_suite() {
	local address

	address=$(archive)
	[[ -n $address ]] || unavailable "the system has no package lists of Debian (apt-get update)"
	mkdir -p "$folder.apt"/{lists,cache/archives}/partial
	echo "deb $address $suite main" >"$folder.apt/sources.list"
	cat >"$folder.apt/apt.conf" <<-END
		Dir::Etc::sourcelist "$folder.apt/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State::lists "$folder.apt/lists";
		Dir::Cache "$folder.apt/cache";
		APT::Sandbox::User "root";
	END
	export APT_CONFIG=$folder.apt/apt.conf
}

wanted="$package $suite ${modules[*]}"
[[ -e $folder/vmlinuz && $(cat "$folder/wanted") == "$wanted" ]] && exit 0
[[ -z $suite ]] || use_suite
rm -rf "$folder.part"
mkdir -p "$folder.part/modules"
cd "$folder.part"
if ! download; then
	apt-get -qq update >&2 || true
	download || unavailable "$package cannot be downloaded from ${suite:-the package sources of this system}"
fi
for file in ./*.deb; do
	dpkg -x "$file" root
done
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
	unpack "$module" || [[ ! " veth sch_ingress cls_bpf " == *" $module "* ]] || unavailable "$package has no module $module"
done
find root -name 'vmlinuz*' -exec mv {} vmlinuz \;
rm -rf root ./*.deb
echo "$wanted" >wanted
cd ..
rm -rf "$folder"
mv "$folder.part" "$folder"

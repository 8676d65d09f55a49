#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Puts verictl and the compiled rules into the initramfs, if rules are loaded at
# boot at all.
# shellcheck disable=SC2154 # variables of dracut

check() {
	grep -Eq '^[[:blank:]]*mode[[:blank:]]*=[[:blank:]]*(permissive|enforcing)' \
		"${dracutsysrootdir-}/etc/verictl/boot.conf" 2>/dev/null
}

depends() { return 0; }

install() {
	inst_multiple /usr/sbin/verictl /etc/verictl/boot.conf
	inst_multiple -o /var/lib/verictl/policy.img
	inst_hook pre-pivot 50 "$moddir/verictl-load.sh"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Puts verictl into the initramfs, if rules are loaded at boot at all. The rules
# stay where they are: it reads those of the real root.
# shellcheck disable=SC2154 # variables of dracut

check() {
	grep -Eq '^[[:blank:]]*mode[[:blank:]]*=[[:blank:]]*(permissive|enforcing)' \
		"${dracutsysrootdir-}/etc/verictl/boot.conf" 2>/dev/null
}

depends() { return 0; }

install() {
	inst_multiple /usr/sbin/verictl
	inst_hook pre-pivot 50 "$moddir/verictl-load.sh"
}

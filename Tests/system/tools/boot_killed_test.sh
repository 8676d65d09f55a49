#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl, killed instead of each of its system calls while it loads the policy of a boot, or
# changes what is enforced: the kernel and each file have the old state or the new one, and the
# command can be run again. Prints TAP.
# With an argument, only the part of this name runs: boot_killed_test.sh 'boot load'.
# shellcheck disable=SC2317  # killed_everywhere calls "seen" and "prepare"
# shellcheck disable=SC2154  # the variables of killed.sh
dir=/opt/killed
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
# shellcheck source=Tests/system/support/killed.sh
. /usr/lib/clip/tests/killed.sh

state=/var/lib/verictl
conf=/etc/verictl/boot.conf

# --- the policy of a boot: in force, on the disk, and the level
verictl gen --context 0 --allow -r -o base /init /usr/bin /usr/sbin $tests/kill_at_call
seen() { echo "$(in_force) $(sum "$state/policy.img") $(verictl level)"; }
prepare() {
	verictl level inactive 2>err
	printf 'mode = enforcing\nlevel = enforce_exec\n' >$conf
	cat one base >$rules/system
	verictl boot load >out 2>err
	verictl level inactive 2>err
	cat two base >$rules/system
}
if killed_everywhere "boot load" seen verictl boot load; then
	verictl level inactive 2>err
	is "... a boot removes what was left" "0 " "$(status verictl boot load) $(find $state -name '*~')"
fi
verictl level inactive 2>err

# --- enforcement
cat two base >$rules/system
verictl load --all 2>err
seen() { echo "$(sum "$conf") $(verictl level)"; }
prepare() {
	verictl level inactive 2>err
	printf 'mode = off\n' >$conf
}
killed_everywhere "enable --boot" seen verictl enable --exec --boot
prepare() {
	verictl level active:enforce_exec 2>err
	printf 'mode = enforcing\nlevel = enforce_exec\n' >$conf
}
killed_everywhere "disable --boot" seen verictl disable --boot
verictl level inactive 2>err

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl and devctl, killed instead of each of their system calls while they load rules or
# write them into files: the kernel and each file have the old state or the new one, and the
# command can be run again. Prints TAP. The lock of mounts cannot be undone, so it comes last.
# With an argument, only the part of this name runs: policy_killed_test.sh 'load -f'.
# shellcheck disable=SC2317  # killed_everywhere calls "seen" and "prepare"
# shellcheck disable=SC2154  # the variables of killed.sh
dir=/opt/killed
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
# shellcheck source=Tests/system/support/killed.sh
. /usr/lib/clip/tests/killed.sh

# --- rules in force
seen() { echo "$(in_force) $(sum "$rules/tool" "$rules/system")"; }
prepare() {
	cp one $rules/system
	verictl load --all 2>err
	cp two $rules/system
}
killed_everywhere "load --all" seen verictl load --all
prepare() {
	cp one $rules/system
	verictl load --all 2>err
}
killed_everywhere "load --replace" seen verictl load --replace -f $dir/two
prepare() {
	cp tool $rules/system
	rm -f $rules/tool
	verictl load --all 2>err
}
killed_everywhere "load -f" seen verictl load -f $dir/two
prepare() {
	cp one $rules/system
	cp tool $rules/tool
	verictl load --all 2>err
}
killed_everywhere "unload" seen verictl unload -f $dir/one

# --- files: an image, a rule file
seen() { sum "$dir/image" "$rules/system"; }
prepare() {
	verictl compile -o image one 2>err
	cp one $rules/system
}
killed_everywhere "compile" seen verictl compile -o image two
rm -f image
prepare() { cp one $rules/system; }
if killed_everywhere "gen -o" seen verictl gen --context 0 -o $rules/system $dir/d; then
	is "... and left files behind" yes "$(find $rules -name '*~' | grep -q . && echo yes)"
	with=$(verictl compile 2>err | sha256sum)
	rm -f $rules/*~ image*~
	is "... that are no rules" "$with" "$(verictl compile 2>err | sha256sum)"
fi
rm -f $rules/system

# --- devices
printf '7 0 0 1 r\n7 1 0 2 rw\n' >old.devices
printf '7 0 0 1 rwdxs\n7 2 3 4 r\n8 0 15 1 rdx\n' >new.devices
seen() { sum $clip/devices /etc/devctl.d/rules; }
prepare() {
	cp old.devices /etc/devctl.d/rules
	devctl load --all 2>err
	cp new.devices /etc/devctl.d/rules
}
killed_everywhere "devctl load --all" seen devctl load --all

# The lock cannot be taken back: the calls before it leave it open, and with the next one it is
# locked. The table is the same.
if [ "${only:-devctl lock}" != "devctl lock" ]; then
	finish
	exit
fi
[ -s $clip/devices ] || devctl load -f old.devices 2>err
before=$(sum $clip/devices)
open=0 call=1
while [ "$(cat /proc/sys/kernel/clip/mount)" = 1 ] && [ "$call" -lt 1000 ]; do
	is_killed=$(status $tests/kill_at_call $call devctl lock)
	[ "$(cat /proc/sys/kernel/clip/mount)" != 1 ] || open=$((open + 1))
	call=$((call + 1))
done
echo "# devctl lock: killed at $open calls without a lock, at the next one it was locked"
is "devctl lock: killed when it was locked" 137 "$is_killed"
is "... and before" yes "$([ $open -gt 20 ] && echo yes || echo $open)"
is "... the table is the same" "$before" "$(sum $clip/devices)"
is "... again is no failure" 0 "$(status devctl lock)"

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# devctl against the real device, in the guest. Prints TAP. The lock
# cannot be undone, so it comes last.
dir=/tmp/devctl
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

mkdir -p "$dir" /etc/devctl.d && chmod 777 "$dir" && cd "$dir" || exit 1

is "status before anything" 1 "$(status devctl status)"
is "says that it is not enforced" yes "$(says "kernel.clip.mount is 1" out)"
is "the table is empty" "" "$(devctl show)"
is "an empty table is not locked" 1 "$(status devctl lock)"
is "is refused by name" yes "$(says "the device table is empty" err)"
is "names the option that does it" yes "$(says "--allow-empty" err)"
is "nothing is locked" 1 "$(cat /proc/sys/kernel/clip/mount)"
is "a misspelled command" 2 "$(status devctl laod --all)"
is "has a near match" yes "$(says "unknown command 'laod'; hint: load" err)"
is "a failure in JSON" 2 "$(status devctl laod --all --json)"
is "says its status" yes "$(says '"failure":{"status":2,"word":"usage"' out)"
printf '# comment\n7 0 0 1 rwdxs\n\n7 1  0 2 r' >/etc/devctl.d/one
echo "/dev/loop2 2 -" >/etc/devctl.d/two
is "check" 0 "$(status devctl check)"
is "load -n" 0 "$(status devctl load --all -n)"
is "changes nothing" "" "$(devctl show)"
is "diff finds all missing" 1 "$(status devctl diff)"
is "load --all" 0 "$(status devctl load --all)"
is "show, by priority; the node was resolved" "7 1 0 2 r
7 2 0 2 -
7 0 0 1 rwdxs" "$(devctl show)"
is "as the kernel says it" "$(devctl show)" "$(cat /sys/kernel/security/clip/devices)"
is "no difference" 0 "$(status devctl diff)"
is "explain" "7:1: r, by rule '7 1 0 2 r'; lacks w; not enforced yet" "$(devctl explain /dev/loop1 --want rw)"
is "resolve" "7 1 0" "$(devctl resolve /dev/loop1)"
is "a tie" 3 "$(status devctl load --rule '7 0 5 9 r' --rule '7 5 5 9 w')"
is "a tie with a rule in force" 4 "$(status devctl load --rule '7 0 15 1 r')"
is "is named with its reason" yes "$(says device-tie err)"
is "the same place" 4 "$(status devctl load --rule '7 0 0 5 r')"
is "is named with its reason" yes "$(says "(exists)" err)"
is "nothing changed" 0 "$(status devctl diff)"
is "a rule that does not parse" 3 "$(status devctl load --rule '7 0 0 5 q')"
is "priority 0" 0 "$(status devctl load --rule '7 9 0 0 -')"
is "is warned of" yes "$(says "never counts" err)"
is "w with x" 0 "$(status devctl check --rule '7 9 0 1 rwx')"
is "is warned of" yes "$(says "w together with x" err)"
is "unload" 0 "$(status devctl unload --rule '7 9 0 0 -')"
is "unload again is no failure" 0 "$(status devctl unload --rule '7 9 0 0 -')"
is "a user may not" 4 "$(status as_user "devctl load --rule '7 9 0 1 -'")"
is "but may check" 0 "$(status as_user "devctl check --rule '7 9 0 1 -'")"

# --- the old forms
printf '8 0 15 1 rdxs\n8 1 0 2 -\n' >old
is "-f, with a newline at the end" 0 "$(status devctl -f old)"
is "loads" yes "$(devctl show >out; says "8 0 15 1 rdxs" out)"
is "-c that is there already" 0 "$(status devctl -c '8 1 0 2 -')"
is "-f of a broken file" 1 "$(printf '8 3 0 2 -\n8 4\n' >bad; status devctl -f bad)"
is "loads nothing" 0 "$(devctl show | grep -c '^8 3')"
is "-u -f" 0 "$(status devctl -u -f old)"
is "unloads" 0 "$(devctl show | grep -c '^8 ')"
is "-u of a rule that is not there" 1 "$(status devctl -u -c '8 1 0 2 -')"
is "too few fields are no crash" 1 "$(status devctl -c '8 0')"
is "-v" 0 "$(status devctl -v)"

# --- locked
is "a user may not lock" 4 "$(status as_user "devctl lock")"
is "lock -n" 0 "$(status devctl lock -n)"
is "locks nothing" 1 "$(cat /proc/sys/kernel/clip/mount)"
is "lock" 0 "$(status devctl lock --json)"
is "says so" yes "$(says '"locked":true,"changed":true,"dry_run":false,"strict":false,"rules":3' out)"
is "lock again is no failure" 0 "$(status devctl lock)"
is "status" 0 "$(status devctl status --json)"
is "says so" yes "$(says '"locked":true,"strict":false,"rules":3' out)"
is "load" 4 "$(status devctl load --rule '7 9 0 1 -')"
is "names the sysctl" yes "$(says kernel.clip.mount err)"
is "unload" 4 "$(status devctl unload --all)"
is "nothing changed" 0 "$(status devctl diff)"
is "explain agrees with open" "1 1" \
	"$(devctl explain /dev/loop2 --want r >out; echo $?) $(dd if=/dev/loop2 of=/dev/null count=1 2>err; echo $?)"
is "and where it is allowed" "0 0" \
	"$(devctl explain /dev/loop0 --want rw >out; echo $?) $(dd if=/dev/loop0 of=/dev/null count=1 2>err; echo $?)"

finish

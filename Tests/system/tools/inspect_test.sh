#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl diff, verify, doctor, and what status says of the policy, against the
# real kernel. Prints TAP.
dir=/opt/inspect
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

rules=/etc/verictl.d
mkdir -p "$dir" && chmod 755 "$dir" && cd "$dir" || exit 1
rm -f "$rules"/*
cp /usr/bin/busybox one && cp /usr/bin/busybox two && echo x >>two
verictl gen --context 0 --flags er --privs V -o "$rules/tool" /usr/sbin/verictl
verictl gen --context 0 --allow -r -o "$rules/system" /init /usr
verictl gen --context 0 -o "$rules/files" "$dir/one" "$dir/two"

# --- status and drift
is "nothing of these rules is loaded" 0 "$(status verictl load --all)"
is "inactive" yes "$(verictl status >out; says "mode            inactive: " out)"
is "the identity is that of compile" "$(verictl compile 2>err | sha256sum | cut -c1-12)" \
	"$(sed -n 's/^policy  *\([0-9a-f]*\);.*/\1/p' out)"
is "the disk is the same" yes "$(says "; on disk: the same" out)"
is "for an ordinary user too" yes "$(as_user 'verictl status' >out; says "; on disk: the same" out)"
is "permissive" yes "$(verictl enable --exec --permissive 2>err; verictl status >out; says "mode            permissive" out)"
is "enforcing" yes "$(verictl enable --exec 2>err; verictl status >out; says "mode            enforcing" out)"
is "in JSON" yes "$(verictl status --json >out; says '"mode":"enforcing"' out)"

# --- diff
is "no difference" 0 "$(status verictl diff)"
is "no line" "" "$(cat out)"
is "the names of a file are one" 0 "$(ln "$dir/one" "$dir/link"; sed -i "s,$dir/one,$dir/link," $rules/files
	status verictl diff)"
sed -i "s,$dir/link,$dir/one," $rules/files
grep -v "$dir/two" "$rules/files" >saved
cp saved "$rules/files"
is "a rule that no file has any more" 1 "$(status verictl diff)"
is "is a line with -" "- $dir/two" "$(cut -d' ' -f1,2 out)"
is "status says so as well" yes "$(verictl status >out; says "on disk: changed since, see verictl diff" out)"
is "--stat" yes "$(verictl diff --stat >out 2>err; says "only in kernel  1" out)"
is "load --all" 0 "$(status verictl load --all)"
is "makes them equal" 0 "$(status verictl diff)"
verictl gen --context 0 --allow "$dir/two" >"$rules/more"
is "a rule that is not in force" 1 "$(status verictl diff)"
is "is a line with +" "+ *" "$(cut -d' ' -f1,2 out)"
sed -i 's/ e / er /' "$rules/files"
is "a changed rule is both" "- + +" "$(verictl diff 2>err | cut -c1 | tr '\n' ' ' | sed 's/ $//')"
is "as an ordinary user" 4 "$(status as_user 'verictl diff')"
rm "$rules/more"
cp saved "$rules/files"
is "back again" 0 "$(status verictl diff)"
verictl gen --context 0 --allow "$dir/two" | verictl load -f - 2>err
is "a load of other rules" yes "$(verictl status >out; says ", and changes since it was loaded" out)"
is "is a difference" 1 "$(status verictl diff)"
is "that --all takes away" "0 0" "$(status verictl load --all) $(status verictl diff)"
cp one new && mv new one
is "a file that was replaced has no entry" 1 "$(status verictl diff)"
is "under its name" "- + $dir/one" "$(cut -d' ' -f1 out | tr '\n' ' ')$(cut -d' ' -f2 out | sort -u)"
is "load --all gives it one" "0 0" "$(status verictl load --all) $(status verictl diff)"

# --- verify
is "verify" 0 "$(status verictl verify)"
is "every file with a path" "2 files: 2 ok" "$(cat err)"
is "as an ordinary user" 0 "$(status as_user 'verictl verify')"
echo x >>one
is "a changed file" 1 "$(status verictl verify --changed-only)"
is "is named with its rule" "changed $dir/one ($rules/files:1)" "$(cat out)"
is "the digest is that of sha256sum" yes "$(verictl verify --json >out; says "\"found\":\"$(sha256sum one | cut -c1-64)\"" out)"
rm one
is "a missing file" 1 "$(status verictl verify "$dir")"
is "is said" "missing $dir/one" "$(cat out)"
is "the others are not looked at" "1 file: 0 ok, 1 missing" "$(cat err)"
cp /usr/bin/busybox one
verictl load --all 2>err

# --- doctor
is "doctor" 1 "$(status verictl doctor)"
is "the kernel" yes "$(says "[ok] kernel: clip is active, interface version 1" out)"
is "the device" yes "$(says "[ok] device: /dev/veriexec answers" out)"
is "the modules" yes "$(grep -q '^.ok. modules: .*clip' out && echo yes)"
is "the latches" yes "$(says "[--] latches: set: none; mounts and devices are not locked" out)"
is "the rules" yes "$(grep -q '^.ok. rules: ' out && echo yes)"
is "the mode" yes "$(says "[ok] mode: enforcing" out)"
is "the policy" yes "$(grep -q '^.ok. policy: .*on disk: the same' out && echo yes)"
is "who can administer" yes "$(says "[ok] administration: rules can be changed by /usr/sbin/verictl" out)"
is "boot.conf is missing" yes "$(says "[--] boot.conf: is not there" out)"
is "mounts, with the next step" yes "$(grep -q '^.!!. mounts: .*next: verictl mounts' out && echo yes)"
is "every problem has a next step" "" "$(grep '^.!!' out | grep -v '; next: ')"
is "as an ordinary user" yes "$(as_user 'verictl doctor' >out; says "[--] device: /dev/veriexec: " out)"
mkdir -p other/etc/verictl.d other/usr/bin
cp "$rules/files" other/etc/verictl.d/
cp /usr/bin/busybox other/usr/bin/su && chmod 4755 other/usr/bin/su
is "another machine" yes "$(verictl doctor --root other >out; says "[--] kernel: this is another machine's" out)"
is "its set-user-id files" yes "$(says "[--] set-user-id: without an entry: /usr/bin/su" out)"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl boot, enable --boot and lock against the real kernel: what is in force
# after each boot, with rules that are good, broken, or half written. Prints TAP.
# The latches cannot be undone, so they come last.
dir=/opt/boot
tests=/usr/lib/clip/tests
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

state=/var/lib/verictl
conf=/etc/verictl/boot.conf
rules=/etc/verictl.d
mkdir -p "$dir" && chmod 755 "$dir" && cd "$dir" || exit 1
rm -f "$rules"/*

# conf LINE...: writes boot.conf.
conf() {
	mkdir -p "${conf%/*}"
	printf '%s\n' "$@" >"$conf"
}

image() { sha256sum <"$state/policy.img" | cut -c1-64; }
latch() { cat "/proc/sys/kernel/clip/$1"; }

# --- off
is "without boot.conf nothing is loaded" 0 "$(status verictl boot load)"
is "and nothing is locked" 0 "$(status verictl boot lock)"
is "nothing was written" no "$([ -e $state ] && echo yes || echo no)"
conf "mode = off" "level = enforce_exec" "latches = nosuid_root"
is "mode off" 0 "$(status verictl boot load)"
is "is inactive" inactive "$(verictl level)"
is "sets no latch" 0 "$(latch nosuid_root)"
is "every latch of the kernel has a name in boot.conf" "" "$(for name in /proc/sys/kernel/clip/*; do
	name=${name##*/}
	case $name in mount | rootcap? | capbound?) continue ;; esac
	case $name in rootcap | capbound | require) value=$name=0 ;; tpe_gid) value=$name=100 ;; *) value=$name ;; esac
	conf "mode = off" "latches = $value"
	verictl boot status >out 2>err || echo "$name"
done)"

# --- a boot that is only watched
verictl gen --context 0 --flags er --privs V -o "$rules/tool" /usr/sbin/verictl
conf "mode = permissive" "level = enforce_exec" "latches = nosuid_root" "lock = mounts"
is "permissive" 0 "$(status verictl boot load)"
is "is what the level says" active:enforce_exec:permissive "$(verictl level)"
is "status of the boot" 0 "$(status verictl boot status)"
is "no latch is set" 0 "$(latch nosuid_root)"
is "nothing is locked" 0 "$(status verictl boot lock)"
is "the mounts are as they were" 1 "$(latch mount)"
is "the image was written" "$(verictl compile 2>err | sha256sum | cut -c1-64)" "$(image)"

# --- init, the loader and the shell are not listed
verictl level inactive 2>err
conf "mode = enforcing" "level = enforce_exec"
is "a system that could not be used is not enforced" 1 "$(status verictl boot load)"
is "but watched" active:enforce_exec:permissive "$(verictl level)"
is "init is named, with the next step" yes "$(says "hint: verictl gen --context 0 --allow /init" err)"
verictl level inactive 2>err
is "enable refuses, too" 1 "$(status verictl enable --exec --boot)"
is "with the hint" yes "$(says "--allow /usr/bin/busybox >>/etc/verictl.d/essential" err)"
is "boot.conf is as it was" "mode = enforcing" "$(head -n 1 $conf)"

# --- the whole system is allowed
verictl gen --context 0 --allow -r -o "$rules/system" /init /usr
verictl load --all 2>err
rm -r "${conf%/*}"
is "enable --boot" 0 "$(status verictl enable --exec --boot)"
is "writes boot.conf" "mode = enforcing level = enforce_exec" "$(grep -v '^#' $conf | tr '\n' ' ' | sed 's/ $//')"
is "enforces at once" active:enforce_exec "$(verictl level)"
is "again is no failure" 0 "$(status verictl enable --exec --boot)"
is "disable --boot" 0 "$(status verictl disable --boot)"
is "says what a boot changes" yes "$(says "the next boot loads nothing" err)"
is "the mode is off" "mode = off" "$(grep mode.= $conf)"
is "a boot leaves it inactive" 0 "$(status verictl boot load)"
is "as the level says" inactive "$(verictl level)"

# --- enforced boots
conf "mode = enforcing" "level = enforce_exec"
is "boot load" 0 "$(status verictl boot load)"
is "the level" active:enforce_exec "$(verictl level)"
first=$(image)
before=$(stat -c %i "$state/policy.img")
is "again" 0 "$(status verictl boot load)"
is "is in force already" yes "$(says "in force already" err)"
rm -r /run/verictl
generation=$(value generation)
is "from the image" 0 "$(status verictl boot load)"
is "which is named" yes "$(says "from $state/policy.img" err)"
is "nothing changed" "$generation" "$(value generation)"
is "the image was not written again" "$before" "$(stat -c %i "$state/policy.img")"
cp /usr/bin/busybox "$dir/copy" && echo x >>"$dir/copy"
is "a file that is not allowed does not run" 126 "$(status sh -c "$dir/copy true")"

# --- a broken rule file
digests=$(value digests)
echo "/bin/ls 0 e NET_ADMN - - - sha256 00" >"$rules/broken"
is "broken rules" 3 "$(status verictl boot load)"
is "are named by file, line and field" yes "$(says "$rules/broken:1:13: error: field 4: unknown capability" err)"
is "the last good policy" yes "$(says "the last good policy" err)"
is "is in force" "$digests" "$(value digests)"
is "at the same level" active:enforce_exec "$(verictl level)"
is "the image is kept" "$first" "$(image)"
verictl disable 2>err
verictl unload --all 2>err
is "the next boot" 3 "$(status verictl boot load)"
is "has the last good policy" "$digests" "$(value digests)"
is "and is enforced" active:enforce_exec "$(verictl level)"
rm "$rules/broken"
is "corrected" 0 "$(status verictl boot load)"

# --- a broken boot.conf
conf "mode = enforcing" "level = enforce_exce"
is "a broken boot.conf" 3 "$(status verictl boot load)"
is "is named by file and line" yes "$(says "$conf:2:9: error: unknown level word" err)"
is "its last good version counts" active:enforce_exec "$(verictl level)"
conf "mode = enforcing" "level = enforce_exec"

# --- another root directory, and no /proc
verictl disable 2>err
mkdir -p new && mount -t tmpfs none new
mkdir -p new/usr/sbin new/bin new/sbin new/etc/verictl new/etc/verictl.d
cp /usr/sbin/verictl new/usr/sbin/
cp /usr/bin/busybox new/bin/sh
cp /init new/sbin/init
verictl gen --context 0 --root new --flags er --privs V -o new/etc/verictl.d/tool new/usr/sbin/verictl
verictl gen --context 0 --root new --allow -o new/etc/verictl.d/system new/bin/sh new/sbin/init
cp $conf new/etc/verictl/
rm -rf /run/verictl
is "--root" 0 "$(status verictl boot load --root new)"
is "the rules are those of the root" 3 "$(($(value entries) + $(value digests)))"
is "under their names there" "/usr/sbin/verictl" "$(sed -n 's/.* path=\([^ ]*\).*/\1/p' /sys/kernel/security/clip/entries)"
is "the level is set" active:enforce_exec "$(sed -n 's/^context.0.level //p' /sys/kernel/security/clip/status |
	sed 's/^0x0*401$/active:enforce_exec/')"
is "the image is in the root" yes "$([ -s new/var/lib/verictl/policy.img ] && echo yes)"
is "what is in force is noted outside" yes "$([ -s /run/verictl/loaded ] && [ ! -e new/run ] && echo yes)"
# The old verictl has no right any more.
is "the verictl of the root may change it" 0 "$(status new/usr/sbin/verictl level inactive)"
umount new
verictl load --all 2>err
conf "mode = enforcing" "level = enforce_exec" "latches = exec_permission"
is "no /proc" 0 "$(status unshare -m sh -c 'umount -l /proc && [ ! -e /proc/sys ] && verictl boot load')"
is "the level is set" active:enforce_exec "$(verictl level)"
is "and the latch, through a /proc of the moment" 1 "$(latch exec_permission)"
is "a halt that boot.conf does not ask for" yes "$(unshare -p -f sh -c 'verictl boot load >out 2>err; echo yes')"

# --- on-failure = stop: reboot(2) ends the first process of a PID namespace
verictl disable 2>err
verictl unload --all 2>err
echo junk >"$rules/broken"
rm -rf "$state" /run/verictl
conf "mode = enforcing" "level = enforce_exec" "on-failure = stop"
is "stop halts" "" "$(unshare -p -f sh -c 'verictl boot load >out 2>err; echo still here')"
is "and says why" yes "$(says "the machine is halted, because $conf says on-failure = stop" err)"
conf "mode = enforcing" "level = enforce_exec"
is "continue does not" "3" "$(unshare -p -f sh -c 'verictl boot load >out 2>err; echo $?')"
is "a system without rules can be repaired" inactive "$(verictl level)"
rm "$rules/broken"
verictl disable 2>err

# --- killed at any place: the old image or the new one, and the next boot is good
rm -f "$rules/system"
verictl gen --context 0 --allow /usr/bin/busybox /init >"$dir/one"
verictl gen --context 0 --allow /usr/bin/busybox /init "$dir/copy" >"$dir/two"
conf "mode = permissive"
cp one "$rules/system"
is "the first policy" 0 "$(status verictl boot load)"
old=$(image)
cp two "$rules/system"
new=$(verictl compile 2>err | sha256sum | cut -c1-64)
verictl level inactive 2>err
places=$("$tests/kill_at" 0 verictl boot load 2>err)
is "the second one, traced" "$new" "$(image)"
wrong=0
killed=0
place=0
while [ "$place" -lt "$places" ]; do
	place=$((place + 1))
	verictl level inactive 2>err
	cp one "$rules/system"
	verictl boot load >out 2>err && [ "$(image)" = "$old" ] || wrong=$((wrong + 1))
	verictl level inactive 2>err
	cp two "$rules/system"
	"$tests/kill_at" "$place" verictl boot load >out 2>err
	[ $? -ne 137 ] || killed=$((killed + 1))
	case $(image) in "$old" | "$new") ;; *) wrong=$((wrong + 1)) ;; esac
	[ -z "$(head -c 4 "$state/policy.record" | sed 's/^iden$//')" ] || wrong=$((wrong + 1))
done
is "each place was reached" yes "$([ "$killed" -gt $((places / 2)) ] && echo yes || echo "$killed of $places")"
is "no place left anything else" 0 "$wrong"
is "the next boot has the new policy" "0 $new" "$(status verictl boot load) $(image)"
is "and nothing half written lies about" "boot.conf policy.img policy.record " "$(find $state -type f |
	sed 's,.*/,,' | sort | tr '\n' ' ')"

# --- latches and locks
verictl gen --context 0 --allow -r -o "$rules/system" /init /usr
verictl load --all 2>err
conf "mode = enforcing" "level = enforce_exec" "latches = nosuid_root" "lock = lvl_immutable mounts"
is "boot load with a latch" 0 "$(status verictl boot load)"
is "the latch is set" 1 "$(latch nosuid_root)"
is "the lock is not" 1 "$(latch mount)"
is "boot status says so" 1 "$(status verictl boot status)"
is "in words" yes "$(says "mounts and devices are not locked" out)"
conf "mode = enforcing" "level = enforce_exec" "latches = nosuid_root" "lock = lvl_immutable mounts devices"
is "an empty device table is not locked" 4 "$(status verictl boot lock)"
is "which is said" yes "$(says "no rule of the device table counts" err)"
is "the level is final nevertheless" active:lvl_immutable:enforce_exec "$(verictl level)"
is "a final level is not lowered" 1 "$(status verictl disable)"
is "lock by words" 0 "$(status verictl lock mounts)"
is "locks" 0 "$(latch mount)"
is "boot lock again" 0 "$(status verictl boot lock)"
is "boot load again" 0 "$(status verictl boot load)"
is "boot status" 0 "$(status verictl boot status)"
is "disable --boot" 1 "$(status verictl disable --boot)"
is "is for the next boot" "mode = off" "$(head -n 1 $conf)"
is "lock of what ends all changes" 1 "$(status verictl lock seal)"
is "changes nothing" active:lvl_immutable:enforce_exec "$(verictl level)"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl mounts: its output is compared to what the kernel permits (WX-04, DV-06).
# Prints TAP. The lock cannot be undone, so it comes late.
dir=/tmp/mounts
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

mnt=/tmp/mnt
mkdir -p "$dir" "$mnt/plain" "$mnt/noexec" "$mnt/ro" "$mnt/a b" "$mnt/disk" "$mnt/other" "$mnt/over" "$mnt/bind"
chmod 777 "$dir" && cd "$dir" || exit 1

# listed MOUNT: prints "yes" if verictl mounts lists it.
listed() { verictl mounts | grep -q "^$mnt/$1 (" && echo yes || echo no; }

# runs MOUNT: prints "yes" if a program can be put there and runs.
runs() {
	rm -f "$mnt/$1/true"
	cp /usr/bin/busybox "$mnt/$1/true" 2>err && chmod 755 "$mnt/$1/true" && "$mnt/$1/true" 2>err && echo yes || echo no
}

# agrees NAME MOUNT WANTED: both say the same.
agrees() { is "$1" "$3 $3" "$(listed "$2") $(runs "$2")"; }

mount -t tmpfs none "$mnt/plain"
mount -t tmpfs -o noexec none "$mnt/noexec"
mount -t tmpfs none "$mnt/ro" && mount -o remount,ro "$mnt/ro"
mount -t tmpfs none "$mnt/a b"
agrees "a tmpfs" plain yes
agrees "noexec" noexec no
agrees "read-only" ro no
agrees "a blank in its name" "a b" yes
mount -o bind "$mnt/plain" "$mnt/bind" && mount -o remount,bind,noexec "$mnt/bind"
agrees "a bind mount has flags of its own" bind no
agrees "... and the other one keeps its" plain yes
is "exit status" 1 "$(status verictl mounts)"
is "an ordinary user gets the same output" "$(verictl mounts)" "$(as_user 'verictl mounts')"
is "... and that the lock cannot be seen" yes "$(as_user 'verictl mounts' 2>err >out; says 'as if they were not locked' err)"
is "devctl says the same" "$(verictl mounts --all)" "$(devctl mounts --all)"
is "... with the same status" 1 "$(status devctl mounts)"
is "of the root, too" yes "$(verictl mounts >out; says '/ (' out)"
is "proc and sysfs are not listed" 0 "$(verictl mounts | grep -c '^/proc \|^/sys ')"
is "without /proc it asks the kernel" "$(verictl mounts --all | grep -v '^/proc ' | sort)" \
	"$(unshare -m sh -c 'umount -l /proc; exec verictl mounts --all' | sort)"
is "... and knows the state" 1 "$(status unshare -m sh -c 'umount -l /proc; exec verictl mounts')"
is "a file of another system" 1 "$(status verictl mounts --mountinfo /proc/self/mountinfo)"

# --- set-user-id bits and device nodes
mount -o remount,noexec,nosuid "$mnt/plain"
is "a noexec mount is not listed" no "$(listed plain)"
is "a missing nodev is listed on request" yes "$(verictl mounts --dev >out; says "$mnt/plain (tmpfs): writable and with device nodes; hint: mount with nodev" out)"
is "nosuid that is there" 0 "$(verictl mounts --suid | grep -c "^$mnt/plain ")"

# --- filesystems on devices, before the lock
cp /usr/lib/clip/tests/ext4.img one && cp one two
losetup /dev/loop0 one && losetup /dev/loop1 two
mount -t ext4 /dev/loop0 "$mnt/disk" && mount -t ext4 /dev/loop1 "$mnt/other"
devctl load --rule '7 0 0 1 rwx' || exit 1
agrees "a disk" disk yes
agrees "another, which is not listed" other yes
is "... has the lock to come" yes "$(verictl mounts >out; says 'the device is not listed and has no x, which applies to filesystems mounted after' out)"
is "--locked: it would not be executable" no "$(verictl mounts --locked | grep -q "^$mnt/other " && echo yes || echo no)"
is "... the listed one would" yes "$(verictl mounts --locked >out; says "$mnt/disk (ext4 on 7:0): writable and executable" out)"
is "... by a rule that is named" yes "$(says "the device rule '7 0 0 1 rwx' without x, or without w" out)"
mkdir -p "$mnt/other/up" "$mnt/other/work" "$mnt/lower"
mount -t overlay -o "lowerdir=$mnt/lower,upperdir=$mnt/other/up,workdir=$mnt/other/work" none "$mnt/over"
agrees "an overlay" over yes
is "... lies on the device of its upper layer" yes "$(verictl mounts >out; says "$mnt/over (overlay on 7:1): writable" out)"

# --- later mounts are subject to the table; earlier ones keep their flags
is "nothing is locked yet" yes "$(verictl mounts --json >out; says '"locked":false,"assumed":false,"strict":false' out)"
echo 0 >/proc/sys/kernel/clip/mount
is "locked" yes "$(verictl mounts --json >out; says '"locked":true,"assumed":false,"strict":false' out)"
agrees "the listed disk" disk yes
agrees "mounted before, not listed: it keeps its x" other yes
is "... which is listed with the doubt" yes "$(verictl mounts >out; says "$mnt/other (ext4 on 7:1): writable, and executable if it was mounted before the lock" out)"
agrees "the overlay above" over yes
is "without /proc the state comes from the device" "$(verictl mounts | sort)" \
	"$(unshare -m sh -c 'umount -l /proc; exec verictl mounts' | sort)"

# --- the aim: nothing is listed
for point in "$mnt/a b" "$mnt/disk" "$mnt/other" "$mnt/over" $(verictl mounts | sed -n 's,^\(/[^ ]*\) (.*,\1,p' | grep -v "^$mnt\|^/$"); do
	mount -o remount,bind,noexec "$point" 2>>err || echo "# $point: no remount"
done
mount -o remount,bind,ro /
is "all of it noexec or read-only" "" "$(verictl mounts)"
is "... is status 0" 0 "$(status verictl mounts)"
is "... and nothing runs there" "no no no no" "$(runs disk) $(runs other) $(runs over) $(runs 'a b')"
is "... except on a read-only mount" 0 "$(status /usr/bin/true)"

finish

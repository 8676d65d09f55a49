#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# packages: util-linux fuse2fs lsof bubblewrap fuse3 squashfuse squashfs-tools
# Debian's own programs, in the guest, by an ordinary user and without a set-uid
# bit: dmesg with KSYSLOG, unshare with UNSHARE, bwrap with USERNS, filesystems in
# user space with FUSE, by themselves and by fusermount3, lsof with PROCFD. Each
# program is a copy, for an entry of its own. Prints TAP.

# bwrap exchanges the root, which does not work with the guest's first root.
if [ -z "${moved-}" ]; then
	mkdir -p /moved && mount --make-rprivate / && mount --rbind / /moved &&
		cd /moved && mount --move . / || exit 1
	moved=yes exec chroot . "$0"
fi

dir=/opt/privtools
latches=/proc/sys/kernel/clip
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

mounted() { if grep -q " $dir/mnt fuse" /proc/mounts; then echo yes; else echo no; fi; }

# entry FILE PRIVILEGES [CAPABILITIES]
entry() {
	verictl gen --context 0 --privs "$2" ${3:+--caps-eff "$3" --caps-perm "$3"} -o rules "$1" &&
		verictl load -f rules
}

# program FILE NAME PRIVILEGES [CAPABILITIES]: a listed copy.
program() { cp "$1" "$dir/$2" && chmod 755 "$dir/$2" && entry "$dir/$2" "$3" "${4-}"; }

# This one is found by its name. It has no set-uid bit here.
helper=/usr/bin/fusermount3

mkdir -p "$dir/mnt" && chmod 755 "$dir" && cd "$dir" || exit 1
{
	program /usr/bin/dmesg dmesg-k k
	program /usr/bin/unshare unshare-U U
	program /usr/bin/unshare unshare-f f
	program /usr/bin/unshare unshare-U-admin U SYS_ADMIN
	program /usr/bin/unshare unshare-u u
	program /usr/bin/bwrap bwrap-U U
	program /usr/bin/bwrap bwrap-u u
	program /usr/bin/squashfuse squashfuse-f f
	program /usr/bin/squashfuse squashfuse-U U
	entry $helper f
	mkdir files && echo hello >files/file
	mksquashfs files squash -quiet -no-progress && chmod 644 squash
	program /usr/bin/fuse2fs fuse2fs-f f
	program /usr/bin/fuse2fs fuse2fs-U U
	program /usr/bin/lsof lsof-P P
	chown user mnt
	chmod 666 /dev/fuse
	cp /usr/lib/clip/tests/ext4.img image && chown user image
	verictl level active
} >err 2>&1 || { cat err; exit 1; }

# --- kernel.clip.syslog
echo 0 >/proc/sys/kernel/dmesg_restrict
is "dmesg before the latch" 0 "$(status as_user /usr/bin/dmesg)"
echo 1 >$latches/syslog
is "dmesg with KSYSLOG" 0 "$(status as_user "$dir/dmesg-k")"
is "dmesg reads the log" yes "$(says 'Linux version' out)"
is "dmesg without, by root" 1 "$(status /usr/bin/dmesg)"
is "dmesg says why" yes "$(says 'Operation not permitted' err)"

# --- UNSHARE; changing the propagation would need mount(2), too
here=$(readlink /proc/self/ns/mnt)
is "unshare -m with UNSHARE" 0 \
	"$(status as_user "$dir/unshare-U -m --propagation unchanged readlink /proc/self/ns/mnt")"
is "it is another namespace" no "$(grep -qF "$here" out && echo yes || echo no)"
is "unshare -m with FUSE" 1 "$(status as_user "$dir/unshare-f -m --propagation unchanged true")"
is "unshare -n, -i, -u with UNSHARE" 0 "$(status as_user "$dir/unshare-U -n -i -u true")"
is "a program that unshare starts has no privilege" 1 \
	"$(status as_user "$dir/unshare-U -u hostname other")"
is "unshare -U -m, a user namespace" 0 "$(status as_user "/usr/bin/unshare -U -r -m true")"
is "unshare -m that changes the propagation, with UNSHARE" 1 "$(status as_user "$dir/unshare-U -m true")"
is "that is mount(2), and takes the capability besides" 0 \
	"$(status as_user "$dir/unshare-U-admin -m true")"

# --- bwrap: by a user namespace or by root, with an entry and without
all="--unshare-all --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp"
is "bwrap --unshare-all before the latch" 0 "$(status as_user "/usr/bin/bwrap $all readlink /proc/self")"
is "it is in another process namespace" 2 "$(cat out)"
# shellcheck disable=SC2086
is "bwrap by root, without a user namespace" 0 \
	"$(status /usr/bin/bwrap --unshare-pid --unshare-net --unshare-ipc --ro-bind / / cat /proc/net/dev)"
# bwrap runs with the rights of its user, or not at all.
is "bwrap with UNSHARE" 1 "$(status as_user "$dir/bwrap-U $all true")"
is "bwrap is afraid of capabilities" yes "$(says 'Unexpected capabilities' err)"
is "bwrap with UNSHARE, by root" 1 "$(status ./bwrap-U --unshare-pid --ro-bind / / true)"
is "bwrap wants to be dumpable" yes "$(says "can't set dumpable" err)"
is "bwrap with USERNS needs no other right" 0 "$(status as_user "$dir/bwrap-u $all true")"

# sandboxed COMMAND: runs it as the ordinary user, in a sandbox of bwrap with USERNS.
sandboxed() { status as_user "$dir/bwrap-u $all $1"; }

is "a program in it can make others before the latch" 0 "$(sandboxed '/usr/bin/unshare -U true')"
is "and with all capabilities of the sandbox" 0 "$(sandboxed '--cap-add ALL /usr/bin/unshare -n true')"

# The usual features of bwrap, with USERNS and no other right.
net=$(readlink /proc/self/ns/net)
good_bwrap() {
	is "bwrap with USERNS, $1" 0 "$(sandboxed 'readlink /proc/self')"
	is "it is in another process namespace, $1" 2 "$(cat out)"
	is "the user is itself, $1" "0 1000" "$(sandboxed 'id -u') $(cat out)"
	is "nothing is written to the root, $1" 1 "$(sandboxed "touch $dir/mnt/x")"
	is "because it is read-only, $1" yes "$(says 'Read-only' err)"
	is "bwrap has made another network, $1" "0 yes" \
		"$(sandboxed 'readlink /proc/self/ns/net') $(grep -qF "$net" out && echo no || echo yes)"
	is "capabilities end with it, $1" "0 1" \
		"$(sandboxed "grep -c ^CapEff:.0000000000000000 /proc/self/status") $(cat out)"
	is "bwrap with USERNS, by root, and a user namespace, $1" 0 \
		"$(status ./bwrap-u --unshare-user --unshare-pid --ro-bind / / true)"
	is "a program in it cannot make another, $1" 1 "$(sandboxed '/usr/bin/unshare -U true')"
	is "unshare says why, $1" yes "$(says 'Operation not permitted' err)"
	is "not with all capabilities of the sandbox either, $1" 1 \
		"$(sandboxed '--cap-add ALL /usr/bin/unshare -n true')"
	is "nor by an entry, $1" 1 "$(sandboxed "$dir/unshare-U -U true")"
	is "nor by bwrap's own, $1" 1 "$(sandboxed "$dir/bwrap-u $all true")"
}

# Without USERNS it fails; its message depends on whether it makes a user namespace.
no_other_bwrap() {
	is "bwrap without USERNS, $1" 1 "$(status as_user "/usr/bin/bwrap $all echo ran")"
	is "bwrap says why, $1" yes "$(says 'bwrap: No permissions to create new namespace' err)"
	is "it has run nothing, $1" "" "$(cat out)"
	# shellcheck disable=SC2086
	is "bwrap without, by root, $1" 1 "$(status /usr/bin/bwrap $all echo ran)"
	is "it has run nothing for root, $1" "" "$(cat out)"
}

echo 1 >$latches/unshare
good_bwrap "with unshare"
no_other_bwrap "with unshare"
is "bwrap without, by root, and no user namespace" 1 \
	"$(status /usr/bin/bwrap --unshare-pid --ro-bind / / true)"
is "bwrap says why to root" yes "$(says 'Creating new namespace failed' err)"
is "bwrap with USERNS, by root, and no user namespace" 1 \
	"$(status ./bwrap-u --unshare-pid --ro-bind / / true)"
is "unshare -U -r -m by USERNS" 0 \
	"$(status as_user "$dir/unshare-u -U -r -m true")"
is "unshare -m by USERNS" 1 "$(status as_user "$dir/unshare-u -m true")"
is "unshare -m with UNSHARE and the capability" 0 "$(status as_user "$dir/unshare-U-admin -m true")"
is "unshare -U without UNSHARE" 1 "$(status as_user "/usr/bin/unshare -U true")"
is "unshare -m without UNSHARE, by root" 1 "$(status /usr/bin/unshare -m true)"
is "unshare -U -m with UNSHARE" 0 "$(status as_user "$dir/unshare-U -U -m --propagation unchanged true")"

# --- fusermount3, with FUSE and no set-uid bit, for a program without
is "fusermount3 has no set-uid bit" no "$([ -u $helper ] && echo yes || echo no)"
is "squashfuse by fusermount3" 0 "$(status as_user "/usr/bin/squashfuse $dir/squash $dir/mnt")"
is "its files are read" hello "$(as_user "cat $dir/mnt/file")"
is "others do not see them" no "$(cat "$dir/mnt/file" >/dev/null 2>&1 && echo yes || echo no)"
is "fusermount3 -u" 0 "$(status as_user "$helper -u $dir/mnt")"
is "nothing is mounted after that" no "$(mounted)"
is "squashfuse by fusermount3 on another user's directory" 4 \
	"$(status as_user "/usr/bin/squashfuse $dir/squash $dir/files")"
is "fusermount3 says why" yes "$(says 'fusermount3: ' err)"

# --- kernel.clip.fuse
echo 1 >$latches/fuse
status as_user "$dir/fuse2fs-U -o ro $dir/image $dir/mnt" >/dev/null
is "fuse2fs without FUSE says why" yes "$(says 'Operation not permitted' err)"
is "nothing is mounted" no "$(mounted)"
is "fuse2fs with FUSE" 0 "$(status as_user "$dir/fuse2fs-f -o ro $dir/image $dir/mnt")"
is "it is mounted" yes "$(mounted)"
is "its user sees files " yes "$(as_user "ls -a $dir/mnt" >out 2>err && says .. out)"
is "it ends" 0 "$(status killall fuse2fs-f)"
umount "$dir/mnt"
is "squashfuse with FUSE, by itself" 0 "$(status as_user "$dir/squashfuse-f $dir/squash $dir/mnt")"
is "its files are read with the latch" hello "$(as_user "cat $dir/mnt/file")"
is "fusermount3 -u with the latch" 0 "$(status as_user "$helper -u $dir/mnt")"
is "squashfuse without FUSE" 4 "$(status as_user "/usr/bin/squashfuse $dir/squash $dir/mnt")"
is "squashfuse says why" yes "$(says 'failed to open /dev/fuse: Operation not permitted' err)"
is "squashfuse with UNSHARE" 4 "$(status as_user "$dir/squashfuse-U $dir/squash $dir/mnt")"
is "squashfuse without FUSE, by root" 4 "$(status /usr/bin/squashfuse "$dir/squash" "$dir/files")"
is "nothing was mounted" no "$(mounted)"

# --- USERNS is required besides
echo 0x400000 >$latches/require
good_bwrap "with unshare and require"
no_other_bwrap "with unshare and require"
is "unshare -U by UNSHARE" 1 "$(status as_user "$dir/unshare-U -U true")"
is "unshare -n by UNSHARE" 0 "$(status as_user "$dir/unshare-U -n true")"

# --- PROCFD: of process 1, which is root's
as_user "/usr/bin/lsof -w -p 1" >out 2>err
is "lsof without PROCFD sees no program" no "$(grep -q ' txt *REG' out && echo yes || echo no)"
as_user "$dir/lsof-P -w -p 1" >out 2>err
is "lsof with PROCFD sees it" yes "$(says ' REG' out)"

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# packages: util-linux fuse2fs lsof
# Debian's own programs, in the guest, by an ordinary user and without a set-uid
# bit: dmesg with KSYSLOG, unshare with UNSHARE, a filesystem in user space with
# FUSE, lsof with PROCFD. Each program is a copy, for an entry of its own. Prints
# TAP.
dir=/opt/privtools
latches=/proc/sys/kernel/clip
# shellcheck source=Tests/system/tap.sh
. /usr/lib/clip/tests/tap.sh

mounted() { if grep -q " $dir/mnt fuse" /proc/mounts; then echo yes; else echo no; fi; }

# program FILE NAME PRIVILEGES: a listed copy.
program() {
	cp "$1" "$dir/$2" && chmod 755 "$dir/$2" &&
		verictl gen --context 0 --privs "$3" -o rules "$dir/$2" && verictl load -f rules
}

mkdir -p "$dir/mnt" && chmod 755 "$dir" && cd "$dir" || exit 1
{
	program /usr/bin/dmesg dmesg-k k
	program /usr/bin/unshare unshare-U U
	program /usr/bin/unshare unshare-f f
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
is "dmesg as ever" 0 "$(status as_user /usr/bin/dmesg)"
echo 1 >$latches/syslog
is "dmesg with KSYSLOG" 0 "$(status as_user "$dir/dmesg-k")"
is "dmesg reads the log" yes "$(says 'Linux version' out)"
is "dmesg without, by root" 1 "$(status /usr/bin/dmesg)"
is "dmesg says why" yes "$(says 'Operation not permitted' err)"

# --- UNSHARE; to change what is propagated would be mount(2), and another matter
here=$(readlink /proc/self/ns/mnt)
is "unshare -m with UNSHARE" 0 \
	"$(status as_user "$dir/unshare-U -m --propagation unchanged readlink /proc/self/ns/mnt")"
is "it is another namespace" no "$(grep -qF "$here" out && echo yes || echo no)"
is "unshare -m with FUSE" 1 "$(status as_user "$dir/unshare-f -m --propagation unchanged true")"
is "unshare -n, -i, -u with UNSHARE" 0 "$(status as_user "$dir/unshare-U -n -i -u true")"
is "what unshare starts is as before" 1 \
	"$(status as_user "$dir/unshare-U -u hostname other")"
is "unshare -U -m, a user namespace" 0 "$(status as_user "/usr/bin/unshare -U -r -m true")"
echo 1 >$latches/unshare
is "unshare -U without UNSHARE" 1 "$(status as_user "/usr/bin/unshare -U true")"
is "unshare -m without UNSHARE, by root" 1 "$(status /usr/bin/unshare -m true)"
is "unshare -U -m with UNSHARE" 0 "$(status as_user "$dir/unshare-U -U -m --propagation unchanged true")"

# --- kernel.clip.fuse
echo 1 >$latches/fuse
status as_user "$dir/fuse2fs-U -o ro $dir/image $dir/mnt" >/dev/null
is "fuse2fs without FUSE says why" yes "$(says 'Operation not permitted' err)"
is "nothing is mounted" no "$(mounted)"
is "fuse2fs with FUSE" 0 "$(status as_user "$dir/fuse2fs-f -o ro $dir/image $dir/mnt")"
is "it is mounted" yes "$(mounted)"
is "its user sees files" yes "$(as_user "ls -a $dir/mnt" >out 2>err && says .. out)"
is "it ends" 0 "$(status killall fuse2fs-f)"
umount "$dir/mnt"

# --- PROCFD: of process 1, which is root's
as_user "/usr/bin/lsof -w -p 1" >out 2>err
is "lsof without PROCFD sees no program" no "$(grep -q ' txt *REG' out && echo yes || echo no)"
as_user "$dir/lsof-P -w -p 1" >out 2>err
is "lsof with PROCFD sees it" yes "$(says ' REG' out)"

finish

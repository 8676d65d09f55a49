#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: hostile.sh [OPTION]... [ROW]...
#
# Makes the filesystems on which the program "hostile" tries its attacks, below
# /opt/hostile, and runs it. For the guest, as root, with the packages fuse2fs,
# dmsetup and squashfs-tools-ng (tools/hostile boots it so).
top=/opt/hostile
tests=/usr/lib/clip/tests
exec 3>&1
fail() {
	{ echo "Bail out! $*" && sed 's/^/# /' $top/images/out; } >&3
	exit 2
}

# attach FILE: prints the loop device.
attach() { losetup -f | { read -r loop && losetup "$loop" "$1" && echo "$loop"; }; }

mkdir -p $top && mount -t tmpfs -o mode=755 hostile $top && cd $top || fail "no directory"
mkdir ext4 tmpfs overlay squashfs loop mapper fuse alias images layers proc sys dev
mount -t proc proc proc && mount -t sysfs sysfs sys && mount -t devtmpfs dev dev &&
	mount -t securityfs security sys/kernel/security ||
	fail "no proc, sys, dev"
{
	cat $tests/ext4.img >/dev/sda && mount -t ext4 /dev/sda ext4 || fail "no ext4"
	mount -t tmpfs -o mode=755 t tmpfs || fail "no tmpfs"
	mount -t tmpfs -o mode=755 layers layers && mkdir layers/lower layers/upper layers/work layers/lower/c &&
		cp $tests/tiny layers/lower/c/good &&
		mount -t overlay -o lowerdir=layers/lower,upperdir=layers/upper,workdir=layers/work o overlay ||
		fail "no overlay"
	for image in loop mapper fuse; do cp $tests/ext4.img images/$image; done
	mount -t ext4 "$(attach images/loop)" loop || fail "no loop"
	mapped=$(attach images/mapper)
	dmsetup --noudevsync create hostile --table "0 16384 linear $mapped 0" &&
		mount -t ext4 /dev/dm-0 mapper || fail "no mapper"
	fuse2fs -o rw,allow_other,suid,dev images/fuse fuse || fail "no fuse"
	# The files of hostile.h, as they are elsewhere.
	mkdir -p images/tree/c/dir && cp $tests/tiny images/tree/c/good && cp $tests/evil images/tree/c/evil &&
		dd if=/dev/zero of=images/tree/c/data bs=4096 count=2 &&
		printf '#!squashfs/c/evil\n' >images/tree/c/outer && printf '#!squashfs/c/good\n' >images/tree/c/inner &&
		chmod 755 images/tree/c/* &&
		gensquashfs --pack-dir images/tree --compressor gzip --num-jobs 1 --defaults uid=0,gid=0 images/squashfs &&
		mount -t squashfs "$(attach images/squashfs)" squashfs || fail "no squashfs"
	# Every filesystem a second time, with flags that may be lost.
	mount -t tmpfs -o mode=755,ro,nosuid,nodev,noexec alias alias || true
	mount -o remount,rw alias
	for fs in ext4 tmpfs overlay squashfs loop mapper fuse; do
		mkdir alias/$fs && mount --bind $fs alias/$fs && mount -o remount,bind,ro,nosuid,nodev,noexec alias/$fs ||
			fail "no second $fs"
	done
	mount -o remount,bind,ro,nosuid,nodev,noexec alias
	# The table, with which what is mounted here stays executable.
	for number in 6 7; do
		truncate -s 1M images/plain$number && losetup /dev/loop$number images/plain$number || fail "no loop$number"
	done
	{
		echo "7 0 5 1 rwdxs"
		echo "7 6 0 2 r"
		echo "7 7 0 2 -"
		echo "8 0 15 1 rwdxs"
		echo "$((0x$(stat -c %t /dev/dm-0))) 0 15 1 rwdxs"
	} >images/table
	devctl load -f images/table || fail "no table"
} >images/out 2>&1
exec 3>&-
exec $tests/hostile "$@"

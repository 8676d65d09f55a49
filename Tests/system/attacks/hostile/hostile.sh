#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: hostile.sh [OPTION]... [ROW]...
#
# Makes the filesystems on which the program "hostile" tries its attacks, below
# /opt/hostile, and runs it. For the guest, as root, with the packages fuse2fs,
# dmsetup and squashfs-tools-ng (tools/hostile boots it so).
top=/opt/hostile
tests=/usr/lib/clip/tests
filesystems='ext4 tmpfs overlay squashfs loop mapper fuse'
exec 3>&1

# must COMMAND...: ends with its output if it fails.
must() {
	"$@" >"$top/out" 2>&1 && return
	{ echo "Bail out! $*" && sed 's/^/# /' "$top/out"; } >&3
	exit 2
}

# attach FILE: sets $loop to its loop device.
attach() {
	loop=$(losetup -f)
	must losetup "$loop" "$1"
}

mkdir -p $top
must mount -t tmpfs -o mode=755 hostile $top
cd $top || exit 2
# shellcheck disable=SC2086  # several words
must mkdir $filesystems alias nolock images layers proc sys dev
must mount -t proc proc proc
must mount -t sysfs sysfs sys
must mount -t devtmpfs dev dev
must mount -t securityfs security sys/kernel/security
must mount -t cgroup2 cgroup sys/fs/cgroup
must mkdir -p sys/fs/cgroup/hostile
must mount -t binfmt_misc misc proc/sys/fs/binfmt_misc

must dd if=$tests/ext4.img of=/dev/sda bs=1M
must mount -t ext4 /dev/sda ext4
must mount -t tmpfs -o mode=755 t tmpfs
must mount -t tmpfs -o mode=755 layers layers
must mkdir -p layers/lower/c layers/upper layers/work
must cp $tests/tiny layers/lower/c/good
must mount -t overlay -o lowerdir=layers/lower,upperdir=layers/upper,workdir=layers/work o overlay
for image in loop mapper fuse; do must cp $tests/ext4.img images/$image; done
attach images/loop
must mount -t ext4 "$loop" loop
attach images/mapper
must dmsetup --noudevsync create hostile --table "0 16384 linear $loop 0"
must mount -t ext4 /dev/dm-0 mapper
must fuse2fs -o rw,allow_other,suid,dev images/fuse fuse

# The files of hostile.h, as make_files() makes them elsewhere.
must mkdir -p images/tree/c/dir
must cp $tests/tiny images/tree/c/good
must cp $tests/evil images/tree/c/evil
must dd if=/dev/zero of=images/tree/c/data bs=4096 count=2
echo '#!squashfs/c/evil' >images/tree/c/outer
echo '#!squashfs/c/good' >images/tree/c/inner
must chmod -R 755 images/tree/c
must gensquashfs --pack-dir images/tree --compressor gzip --num-jobs 1 --defaults uid=0,gid=0 images/squashfs
attach images/squashfs
must mount -t squashfs "$loop" squashfs

# Every filesystem a second time, with flags that may be lost.
must mount -t tmpfs -o mode=755 alias alias
for fs in $filesystems; do
	must mkdir alias/"$fs"
	must mount --bind "$fs" alias/"$fs"
	must mount -o remount,bind,ro,nosuid,nodev,noexec alias/"$fs"
done
must mount -o remount,bind,ro,nosuid,nodev,noexec alias
# And a third time, for flags that mount(8) does not know: place.c sets them.
must mount -t tmpfs -o mode=755 nolock nolock
for fs in $filesystems; do
	must mkdir nolock/"$fs"
	must mount --bind "$fs" nolock/"$fs"
done

# The table. What is mapped or mounted here stays executable.
for number in 6 7; do
	must cp $tests/ext4.img images/plain$number
	must losetup /dev/loop$number images/plain$number
done
{
	echo "7 0 5 1 rwdxs"
	echo "7 2 0 2 rdxs"
	echo "7 6 0 2 r"
	echo "7 7 0 2 -"
	echo "8 0 15 1 rwdxs"
	echo "$((0x$(stat -c %t /dev/dm-0))) 0 15 1 rwdxs"
} >images/table
must devctl load -f images/table
exec 3>&-
exec $tests/hostile "$@"

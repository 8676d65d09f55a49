#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# packages: fuse2fs squashfs-tools-ng
# Trusted path execution (E-23) on filesystems that are made by programs. The
# content of a filesystem in user space is what its program answers, so nothing
# there is trusted. Prints TAP.
dir=/opt/tpe
mapper=/usr/lib/clip/tests/mapper
latch=/proc/sys/kernel/clip/tpe
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

# attach FILE: prints a loop device for it.
attach() { device=$(losetup -f) && losetup "$device" "$1" && echo "$device"; }

# runs WHERE STATUS ERRNO: the results of executing and of mapping a program there,
# as an ordinary user. Root may always do both.
runs() {
	is "$1: executed by a user" "$2" "$(status as_user "$dir/$1/program -")"
	is "$1: mapped by a user" "map=$3 prot=$3 " \
		"$(as_user "$mapper map $dir/$1/program prot $dir/$1/program" 2>err)"
	is "$1: executed by root" 0 "$(status "$dir/$1/program" -)"
	is "$1: mapped by root" "map=0 " "$($mapper map "$dir/$1/program" 2>err)"
}

mkdir -p "$dir/fuse" "$dir/squashfs" "$dir/loop" "$dir/tree" && chmod 755 "$dir" && cd "$dir" || exit 1
{
	cp $mapper tree/program && chmod 755 tree tree/program
	gensquashfs --pack-dir tree --compressor gzip --num-jobs 1 squash
	cp /usr/lib/clip/tests/ext4.img image && cp image image2
	fuse2fs -o rw,allow_other image fuse && cp -p tree/program fuse/program
	mount -t squashfs "$(attach squash)" squashfs
	mount -t ext4 "$(attach image2)" loop && cp -p tree/program loop/program
} >err 2>&1 || { cat err; exit 1; }

is "fuse: it is one" yes "$(grep -q " $dir/fuse fuse" /proc/mounts && echo yes)"
for where in fuse squashfs loop; do runs $where 0 0; done
echo 1 >$latch
is "the latch is set" 1 "$(cat $latch)"
runs fuse 126 13
for where in squashfs loop; do runs $where 0 0; done
chmod 777 loop
runs loop 126 13
umount fuse
finish

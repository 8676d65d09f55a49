#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# packages: python3.11-minimal perl-base squashfs-tools-ng fuse2fs dmsetup
# Debian's own programs with the latch kernel.clip.wx_memory set: those that
# compile to memory need an entry with j, others run as usual (M-02, M-08). Also
# files that are code, on filesystems that are made by programs. Prints TAP.
dir=/opt/wx
latch=/proc/sys/kernel/clip/wx_memory
actor=/usr/lib/clip/tests/memory_actor
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

# hears TEXT: waits until the actor has printed it.
hears() {
	for _ in $(seq 100); do
		if grep -qF "$1" "$dir/said"; then
			echo yes
			return
		fi
		sleep 0.1
	done
	cat "$dir/said"
}

# append FILE: prints "written", or the error of opening it for writing.
append() {
	if (printf x >>"$1") 2>"$dir/err"; then
		echo written
	elif grep -q 'Text file busy' "$dir/err"; then
		echo busy
	else
		cat "$dir/err"
	fi
}

# filesystem NAME DIR: code is mapped there, and cannot be written meanwhile.
filesystem() {
	is "$1: code is mapped" "file=0/1 fileprot=0/1 " "$($actor file "$2/code" fileprot "$2/code")"
	[ "$1" != squashfs ] || return
	is "$1: never twice" "twice=26/0 twiceprot=26/0 " \
		"$($actor twice "$2/code" twiceprot "$2/code")"
	: >"$dir/said"
	exec 3<>"$dir/fifo"
	$actor hold "$2/code" <"$dir/fifo" 3>&- >"$dir/said" &
	is "$1: a program maps code" yes "$(hears 'hold=0/1')"
	is "$1: it cannot be written" busy "$(append "$2/code")"
	printf '!' >&3
	is "$1: it unmaps it" yes "$(hears 'hold=0/0')"
	is "$1: it can be written" written "$(append "$2/code")"
	exec 3>&-
	wait
	is "$1: and mapped again" "file=0/1 " "$($actor file "$2/code")"
}

mkdir -p "$dir/mnt" "$dir/tree" && chmod 755 "$dir" && cd "$dir" || exit 1
{
	mkfifo fifo
	dd if=/dev/zero of=tree/code bs=4096 count=2
	printf '\270\052\000\000\000\303' | dd of=tree/code conv=notrunc
	cp $actor jit
	verictl gen --context 0 --flags ej -o rules "$dir/jit" && verictl load -f rules
	verictl level active
	gensquashfs --pack-dir tree --compressor gzip --num-jobs 1 squash
	cp /usr/lib/clip/tests/ext4.img image && cp image image2 && cp image image3
} >err 2>&1 || { cat err; exit 1; }

is "before: memory is executable" "anon=0/1 " "$($actor anon -)"
echo 1 >$latch
is "the latch is set" 1 "$(cat $latch)"
is "memory is not executable" "anon=13/0 anonprot=13/0 " "$($actor anon - anonprot -)"
is "with j it is" "anon=0/1 anonprot=0/1 " "$("$dir/jit" anon - anonprot -)"

# --- dynamically linked programs, and what they load later
is "python" 0 "$(status python3.11 --version)"
is "python says" yes "$(grep -q '^Python 3' out && echo yes)"
# shellcheck disable=SC2016  # it is perl's own
is "perl" 0 "$(status perl -e 'print join ",", sort { $a <=> $b } map { $_ ** 2 } 3, 1, 2')"
is "perl says" 1,4,9 "$(cat out)"
# shellcheck disable=SC2016
is "perl starts a program" 0 "$(status perl -e 'print `python3.11 --version`; exit $?')"
is "a shell, a pipe" 3 "$(printf 'a\nb\nc\n' | sh -c 'wc -l' | tr -d ' ')"
is "the loader, by hand" 0 "$(status /lib64/ld-linux-x86-64.so.2 /usr/bin/perl -e 1)"
: >said
exec 3<>"$dir/fifo"
# shellcheck disable=SC2016
perl -e '$| = 1; print "up\n"; <STDIN>' <"$dir/fifo" 3>&- >said &
is "perl waits" yes "$(hears up)"
is "its C library is kept from writers" busy "$(append /lib/x86_64-linux-gnu/libc.so.6)"
exec 3>&-
wait

# attach FILE: prints a loop device for it.
attach() { device=$(losetup -f) && losetup "$device" "$1" && echo "$device"; }

# --- filesystems
{
	loop=$(attach squash) && mount -t squashfs "$loop" mnt
} >err 2>&1
filesystem squashfs "$dir/mnt"
umount mnt

{
	loop=$(attach image) && mount -t ext4 "$loop" mnt && cp tree/code mnt/code
} >err 2>&1
filesystem loop "$dir/mnt"
umount mnt

{
	loop=$(attach image2) &&
		dmsetup --noudevsync create wx --table "0 16384 linear $loop 0" &&
		mount -t ext4 /dev/dm-0 mnt && cp tree/code mnt/code
} >err 2>&1
filesystem device-mapper "$dir/mnt"
is "device-mapper: it is one" yes "$(grep -q "^/dev/\(dm-0\|mapper/wx\) $dir/mnt" /proc/mounts && echo yes)"
umount mnt

{ fuse2fs -o rw image3 mnt && cp tree/code mnt/code; } >err 2>&1
is "fuse: it is one" yes "$(grep -q " $dir/mnt fuse" /proc/mounts && echo yes)"
filesystem fuse "$dir/mnt"
umount mnt

finish

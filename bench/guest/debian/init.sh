#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Process 1 of a boot of Debian until its own init is started, as an initramfs is, by
# the word "rdinit=" of the command line.
#
#   /dev/vda    the Debian of tools/guest-debian, below a tmpfs
#   /dev/vdb    directories with "rules" and "state"
#
# /bench/debian/settings says which of these directories is used and what boot.conf says,
# and whether rules are loaded.
export PATH=/usr/sbin:/usr/bin
new=/newroot
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
mount -t tmpfs tmpfs /run
directory='' mode='' loads=''
# shellcheck source=/dev/null
. /bench/debian/settings

# Time in which nothing is done must not count.
{
	/bench/clock --busy idle-start
	sleep 10
	/bench/clock --busy idle-end
} >/run/bench

mkdir -p $new /lower /upper
mount -t squashfs -o ro /dev/vda /lower
mount -t tmpfs tmpfs /upper
mkdir /upper/files /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay $new
mkdir -p $new/srv/disk $new/etc/verictl.d $new/etc/verictl $new/var/lib/verictl $new/bench
mount -t ext4 /dev/vdb $new/srv/disk
mount --bind "$new/srv/disk/$directory/rules" $new/etc/verictl.d
mount --bind "$new/srv/disk/$directory/state" $new/var/lib/verictl
echo "mode = $mode" >$new/etc/verictl/boot.conf
cp /usr/sbin/verictl $new/usr/sbin
cp /bench/clock /bench/debian/end.sh $new/bench

# The boot ends with a unit of its own, after all others.
units=$new/etc/systemd/system
mkdir -p $units/sysinit.target.wants
# No entry says that verictl may change rules, so that the level is left alone.
sed '/^Exec/s/$/ --rules-only/' /usr/lib/clip/units/verictl-load.service >$units/verictl-load.service
printf '[Unit]\nRequires=multi-user.target\nAfter=multi-user.target\nWants=bench.service\n' >$units/bench.target
printf '[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/bin/sh /bench/end.sh\n' \
	>$units/bench.service
ln -sf bench.target $units/default.target

/bench/clock --busy init >>/run/bench
if [ -n "$loads" ]; then
	ln -s ../verictl-load.service $units/sysinit.target.wants
	verictl boot load --root $new --rules-only
fi
/bench/clock --busy load >>/run/bench

for dir in dev proc sys run; do mount --move /$dir $new/$dir; done
exec switch_root $new /lib/systemd/systemd

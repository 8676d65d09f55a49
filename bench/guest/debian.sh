# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Boot the Debian on /dev/vdb, as far as systemd calls it running. Its root cannot be
# written, and it has processes and mounts of its own. Sourced by bench_boot's guest.
root=/mnt/debian
mkdir -p $root /mnt/writable
mount -t squashfs -o ro /dev/vdb $root
mount -t tmpfs tmpfs /mnt/writable
for name in var etc; do
	cp -a $root/$name /mnt/writable/$name
	mount --bind /mnt/writable/$name $root/$name
done
for name in tmp run home root; do mount -t tmpfs tmpfs $root/$name; done
mount -t sysfs sysfs $root/sys
mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
mount -t devtmpfs devtmpfs $root/dev
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts $root/dev/pts
ip link set lo up
cat >/mnt/boot.sh <<END
mount -t proc proc $root/proc
exec chroot $root /usr/bin/env -i container=guest PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --system
END
unshare -p -f -m sh /mnt/boot.sh >/dev/null 2>&1 </dev/null &
running() {
	pid=$(ps -o pid,args | awk '$2 == "/lib/systemd/systemd" { print $1; exit }')
	[ -n "$pid" ] && nsenter -t "$pid" -p -m chroot $root systemctl is-system-running --wait 2>/dev/null
}
state=$(running)
while [ -z "$state" ]; do
	sleep 1
	state=$(running)
done
echo "state=$state"

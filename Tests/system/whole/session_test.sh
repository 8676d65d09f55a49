#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: systemd-sysv login passwd openssh-server openssh-client git python3 perl gcc libc6-dev openjdk-17-jre-headless nodejs dbus procps
#
# A whole Debian in a system where nothing writable is executable. systemd boots it
# from a root that cannot be written, with wx_memory set before, and with mounts
# and trusted paths locked afterwards; then a user logs in and works. Just-in-time
# compilers need flag "j". Compiled programs run in one place, for one group.
# Prints TAP.
root=/mnt/debian
homes=$root/home
admin=$root/root
latches=/proc/sys/kernel/clip
dir=/tmp/session
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

in_debian() { chroot "$root" "$@"; }
# systemd runs in a namespace of processes of its own, as in a container.
systemd_pid() { ps -o pid,args | awk '$2 == "/lib/systemd/systemd" { print $1; exit }'; }
inside() { nsenter -t "$(systemd_pid)" -p -m chroot "$root" "$@"; }
as() { user=$1; shift; inside ssh -q -o BatchMode=yes "$user@127.0.0.1" "$@"; }
login() { as user "$@"; }

# wait_for SECONDS COMMAND...
wait_for() {
	left=$1
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 1
	done
}

quiet=nosuid,nodev,noexec
mkdir -p $root $dir/writable && cd $dir || exit 1
{
	mount -t squashfs -o ro /dev/vda $root
	mount -t tmpfs -o $quiet tmpfs writable
	for name in var etc; do
		cp -a $root/$name writable/$name && mount --bind writable/$name $root/$name
	done
	for name in tmp run home root; do
		mount -t tmpfs -o $quiet tmpfs $root/$name
	done
	chmod 1777 $root/tmp
	mkdir -p "$homes/user/.ssh" "$homes/builder/.ssh" "$admin/.ssh"
	mount -t sysfs -o $quiet sysfs $root/sys
	mount -t cgroup2 -o $quiet cgroup2 $root/sys/fs/cgroup
	cp /usr/lib/clip/tests/ext4.img image && losetup /dev/loop0 image
	mount -t ext4 -o nosuid,nodev /dev/loop0 $root/srv && mkdir -m 1777 $root/srv/build
	mount -t devtmpfs -o nosuid,noexec devtmpfs $root/dev
	mount -t devpts -o nosuid,noexec,gid=5,mode=620,ptmxmode=666 devpts $root/dev/pts
	mount -t tmpfs -o $quiet tmpfs $root/dev/shm
	mount -t proc -o $quiet proc $root/proc
	for name in local/bin libexec/clip; do
		mount -t tmpfs -o nosuid,nodev tmpfs $root/usr/$name
	done
	cp /usr/bin/execbits /usr/sbin/devctl /usr/lib/clip/interpreters/python3-asks $root/usr/local/bin
	# The unit as it is packaged, enabled.
	mkdir -p $root/etc/devctl.d $root/etc/systemd/system/sysinit.target.wants
	printf '/dev/vda 1 rxs\n/dev/loop0 1 rwx\n' >$root/etc/devctl.d/disks
	sed 's:/usr/sbin/devctl:/usr/local/bin/devctl:' /usr/lib/clip/units/devctl-load.service \
		>$root/etc/systemd/system/devctl-load.service
	ln -s ../devctl-load.service $root/etc/systemd/system/sysinit.target.wants
	cp /usr/libexec/clip/python3-asks.so $root/usr/libexec/clip
	mount -o remount,ro $root/usr/local/bin && mount -o remount,ro $root/usr/libexec/clip
	ip link set lo up
	in_debian ssh-keygen -q -t ed25519 -N '' -f "${admin#"$root"}/.ssh/id_ed25519"
	for user in user builder; do
		cp "$admin/.ssh/id_ed25519.pub" "$homes/$user/.ssh/authorized_keys"
		in_debian chown -R "$user:" "${homes#"$root"}/$user"
	done
	echo "127.0.0.1 $(cut -d' ' -f1,2 $root/etc/ssh/ssh_host_ed25519_key.pub)" >"$admin/.ssh/known_hosts"
	umount $root/proc
} >err 2>&1 || { cat err; exit 1; }
echo 1 >$latches/wx_memory
cat >boot.sh <<END
mount -t proc -o $quiet proc $root/proc
exec chroot $root /usr/bin/env -i container=guest PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --system
END
unshare -p -f -m sh boot.sh >systemd.log 2>&1 </dev/null &
wait_for 60 inside systemctl is-active ssh
is "systemd boots" running "$(inside systemctl is-system-running --wait 2>err)"
is "nothing failed" 0 "$(inside systemctl --failed --plain --no-legend | wc -l)"

# --- a service whose interpreter asks: the drop-in of interpreters/systemd
# service NAME PLACE: one with the drop-in, whose program is PLACE/main.py.
service() {
	mkdir -p "$root/run/systemd/system/$1.service.d" "$root$2"
	printf '[Service]\nType=oneshot\nExecStart=/bin/true\nStandardOutput=file:/tmp/%s\n' "$1" \
		>"$root/run/systemd/system/$1.service"
	sed "s:/usr/bin/execbits:/usr/local/bin/execbits:; s:/usr/bin/python3-asks:/usr/local/bin/python3-asks:
		s:/srv/NAME:$2:g" /usr/lib/clip/systemd/execbits.conf >"$root/run/systemd/system/$1.service.d/execbits.conf"
	printf 'print("it ran")\n' >"$root$2/main.py" && chmod 755 "$root$2/main.py"
}
# started NAME: how its program ended.
started() { inside systemctl start "$1" 2>err; inside systemctl show -P ExecMainStatus "$1"; }
service listed /srv/service
service stray /srv/stray
service imports /srv/imports
sed -i '/^\(Exec\|ReadOnly\)Paths=/s: /srv/stray::' $root/run/systemd/system/stray.service.d/execbits.conf
mkdir $root/tmp/modules && echo 'print("it ran")' >$root/tmp/modules/module.py
echo 'import sys; sys.path.insert(0, "/tmp/modules"); import module' >$root/srv/imports/main.py
cp $root/run/systemd/system/listed.service $root/run/systemd/system/plain.service
sed -i 's:^ExecStart=.*:ExecStart=/usr/local/bin/python3-asks /srv/stray/main.py:; s:/tmp/listed:/tmp/plain:' \
	$root/run/systemd/system/plain.service
inside systemctl daemon-reload
is "a service with the drop-in" 0 "$(started listed)"
is "its program ran" "it ran" "$(cat $root/tmp/listed)"
is "a program where nothing is executed" 126 "$(started stray)"
is "did not run" 0 "$(grep -c '^it ran' $root/tmp/stray)"
is "without the drop-in it does" "0 it ran" "$(started plain) $(cat $root/tmp/plain)"
is "a module that can be written" 1 "$(started imports)"
is "was not imported" 0 "$(grep -c '^it ran' $root/tmp/imports)"
inside systemctl reset-failed 2>err

# --- the end of the boot; no program needs to execute huge pages
inside mount -o remount,$quiet /dev/hugepages 2>err
is "the unit has loaded the rules for devices" "active 2" \
	"$(inside systemctl is-active devctl-load) $(devctl show | grep -c '^[0-9]')"
cp -r $root/etc/devctl.d disks && rm $root/etc/devctl.d/disks
is "without rules it does nothing" "0 inactive 2" "$(status inside systemctl restart devctl-load) $(
	inside systemctl is-active devctl-load) $(devctl show | grep -c '^[0-9]')"
in_debian sed -n 's/^src:x:\([0-9]*\):.*/\1/p' /etc/group >$latches/tpe_gid
echo 1 >$latches/tpe
echo 0 >$latches/mount
is "it is locked" "0 1 1" "$(cat $latches/mount $latches/tpe $latches/wx_memory | xargs)"

is "a login, with a terminal" 0 "$(status login -tt 'test -t 0 && id -un')"
is "it is the user's" user "$(tr -d '\r' <out)"
is "python3" 2 "$(login "python3 -c 'print(1 + 1)'" 2>err)"
is "perl" 3 "$(login "perl -e 'print 1 + 2'" 2>err)"
is "git" 0 "$(status login 'git init -q /tmp/repository && cd /tmp/repository && git status')"
is "apt list" 0 "$(status login 'apt list --installed')"
is "apt list knows packages" yes "$(grep -q '^systemd-sysv/' out && echo yes)"

# --- compiling
as builder 'cat >/srv/build/hello.c' <<'END'
#include <stdio.h>
int main(void) { return puts("hello") < 0; }
END
is "gcc" 0 "$(status as builder gcc -o /srv/build/hello /srv/build/hello.c)"
is "a program that gcc has made runs" hello "$(as builder /srv/build/hello 2>err)"
is "only for the trusted group" 126 "$(status login /srv/build/hello)"
is "and not elsewhere" 126 "$(status as builder 'cp /srv/build/hello . && ./hello')"
is "nothing that was compiled becomes a library" no \
	"$(as builder 'cp /srv/build/hello /tmp/hello && /lib64/ld-linux-x86-64.so.2 /tmp/hello' >/dev/null 2>err && echo yes || echo no)"

# --- just-in-time compilers
java=$root/usr/lib/jvm/java-17-openjdk-amd64/bin/java
is "java without the flag" 1 "$(status login java -version)"
is "node without the flag" no "$(login "node -p '1 + 2'" >/dev/null 2>err && echo yes || echo no)"
is "the log says why" yes "$(dmesg | grep -q 'wx-memory.*comm="java"' && dmesg | grep -q 'wx-memory.*comm="node"' && echo yes)"
verictl gen --context 0 --flags ej $java $root/usr/bin/node | verictl load -f - 2>err
verictl level active 2>>err
is "java with the flag" 0 "$(status login java -version)"
is "node with the flag" 3 "$(login "node -p '1 + 2'" 2>err)"

# --- what services may still do
is "a new service" 0 "$(status inside systemd-run -q --wait true)"
is "one that takes a root of its own" no \
	"$(inside systemd-run -q -G --wait -p PrivateTmp=yes true 2>err && echo yes || echo no)"
is "the log says why" yes "$(dmesg | grep 'clip: refused' | grep -q '(mount).*comm="' && echo yes)"
inside cat /proc/self/mountinfo >mountinfo
is "one place can be written and executed" /srv "$(verictl mounts --mountinfo mountinfo | cut -d' ' -f1)"

# --- the state at the end
is "services are started anew" active "$(inside systemctl restart ssh 2>err; inside systemctl is-active ssh)"
is "nothing failed until now" 0 "$(inside systemctl --failed --plain --no-legend | wc -l)"

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: systemd-sysv login passwd openssh-server openssh-client git python3-minimal perl gcc libc6-dev openjdk-17-jre-headless nodejs dbus procps
#
# A whole Debian in a system where nothing writable is executable: systemd boots
# it from a root that nobody can write, with wx_memory set before and the mounts
# locked after; then somebody logs in and works. Just-in-time compilers need
# flag "j". Prints TAP.
root=/mnt/debian
latches=/proc/sys/kernel/clip
work=/tmp/session
number=0
failed=0

# is WHAT WANTED GOT
is() {
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number $1"
	else
		failed=$((failed + 1))
		echo "# wanted: $2"
		echo "# got:    $3"
		sed 's/^/# /' "$work/err" 2>/dev/null
		echo "not ok $number $1"
	fi
}

# status COMMAND...: its exit status; what it said is in out and err.
status() {
	"$@" >"$work/out" 2>"$work/err"
	echo $?
}

in_debian() { chroot "$root" "$@"; }
# systemd runs in a namespace of processes of its own, as in a container.
systemd_pid() { ps -o pid,args | awk '$2 == "/lib/systemd/systemd" { print $1; exit }'; }
inside() { nsenter -t "$(systemd_pid)" -p -m chroot "$root" "$@"; }
login() { inside ssh -q -o BatchMode=yes user@127.0.0.1 "$@"; }

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
mkdir -p $root $work/writable && cd $work || exit 1
{
	mount -t squashfs -o ro /dev/vda $root
	mount -t tmpfs -o $quiet tmpfs writable
	cp -a $root/var writable/var && mount --bind writable/var $root/var
	for dir in tmp run home root; do
		mount -t tmpfs -o $quiet tmpfs $root/$dir
	done
	chmod 1777 $root/tmp
	mkdir -p -m 700 $root/home/user/.ssh
	mount -t sysfs -o $quiet sysfs $root/sys
	mount -t cgroup2 -o $quiet cgroup2 $root/sys/fs/cgroup
	cp /usr/lib/clip/tests/ext4.img image && losetup /dev/loop0 image
	mount -t ext4 -o nosuid,nodev /dev/loop0 $root/srv && chown 1000:1000 $root/srv
	mount --rbind /dev $root/dev
	mount -t proc -o $quiet proc $root/proc
	ip link set lo up
	in_debian ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	in_debian ssh-keygen -q -t ed25519 -N '' -f /home/user/.ssh/unused
	cp $root/root/.ssh/id_ed25519.pub $root/home/user/.ssh/authorized_keys
	echo "127.0.0.1 $(cut -d' ' -f1,2 $root/etc/ssh/ssh_host_ed25519_key.pub)" >$root/root/.ssh/known_hosts
	chown -R 1000:1000 $root/home/user
	umount $root/proc
} >err 2>&1 || { cat err; exit 1; }
echo "TAP version 13"

cat >boot.sh <<END
mount -t proc -o $quiet proc $root/proc
exec chroot $root /usr/bin/env -i container=guest PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --system
END
unshare -p -f -m sh boot.sh >systemd.log 2>&1 </dev/null &
wait_for 60 inside systemctl is-active ssh
is "systemd boots" running "$(inside systemctl is-system-running --wait 2>err)"
is "nothing failed" 0 "$(inside systemctl --failed --plain --no-legend | wc -l)"
is "a login, with a terminal" 0 "$(status login -tt 'test -t 0 && id -un')"
is "it is the user's" user "$(tr -d '\r' <out)"
is "python3" 2 "$(login "python3 -c 'print(1 + 1)'" 2>err)"
is "perl" 3 "$(login "perl -e 'print 1 + 2'" 2>err)"
is "git" 0 "$(status login 'git init -q /tmp/repository && cd /tmp/repository && git status')"
is "apt list" 0 "$(status login 'apt list --installed')"
is "apt list knows packages" yes "$(grep -q '^systemd-sysv/' out && echo yes)"
login 'cat >/srv/hello.c' <<'END'
#include <stdio.h>
int main(void) { return puts("hello") < 0; }
END
is "gcc" 0 "$(status login 'gcc -o /srv/hello /srv/hello.c')"
is "what gcc made runs" hello "$(login /srv/hello 2>err)"
is "java" 0 "$(status login java -version)"
is "node" 3 "$(login "node -p '1 + 2'" 2>err)"

echo "1..$number"
[ $failed -eq 0 ]

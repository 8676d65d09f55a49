# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Jails for the tests of vsctl and for what measures it: trees with busybox, and their
# files. The jails are those of the guest, not of the machine that runs the tests.
jails=/etc/jails
mkdir -p "$jails"

# tree DIRECTORY: a root directory with busybox.
tree() {
	for sub in bin proc dev tmp var store lib; do mkdir -p "$1/$sub"; done
	cp /usr/bin/busybox "$1/bin/busybox"
	for name in sh ls id hostname sleep ps cat touch grep true false mount cp kill echo chroot wc sed; do
		ln -sf busybox "$1/bin/$name"
	done
}

# jail NAME NUMBER [SED]: a jail file, changed by SED.
jail() {
	cat <<-END | sed "${3-}" >"$jails/$1.conf"
		[Context]
		Number=$2
		Level=active
		Capabilities=NET_BIND_SERVICE KILL

		[Namespaces]
		HostName=$1

		[Root]
		Path=/srv/$1
		Options=ro,nosuid,nodev,noatime

		[Mounts]
		Mount=proc /proc ro,nosuid,nodev,noexec
		Devices=/dev
		Mount=tmpfs /tmp rw,nosuid,nodev,noexec,mode=1777
		BindInside=/store /var rw,nosuid,nodev,noexec

		[Program]
		Command=/bin/sh -c 'echo hello; exec sleep 1000'
		User=1000
		Group=1000
		StopTimeout=1

		[Limits]
		Tasks=100
	END
	[ -d "/srv/$1" ] || tree "/srv/$1"
}

inside() { vsctl exec web -- "$@"; }

# What a jail leaves behind, in one text.
left() {
	verictl context list | sed 's/ .*//' | tr '\n' ' '
	find /run/vsctl /sys/fs/cgroup/vsctl -mindepth 1 -maxdepth 1 -type d | sort | tr '\n' ' '
	grep -c . /proc/self/mountinfo
	sleepers | wc -l
}

# The numbers of the processes of jails' programs.
sleepers() { ps -o pid,args | sed -n 's/^ *\([0-9]*\) sleep 1000$/\1/p'; }

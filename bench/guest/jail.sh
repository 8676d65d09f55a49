# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# usage: sh /bench/jail.sh [RUNS]
#
# From the start of a command to the first instruction of a service in a tree of its
# own: "vsctl start", and bubblewrap with the same namespaces and the same mounts.
# vsctl makes a context and a cgroup besides. Prints KEY=INSTRUCTIONS.
runs=${1-15}
mkdir -p /srv/web/bin /srv/web/proc /srv/web/dev /srv/web/tmp /srv/web/var /srv/web/store /etc/jails
cp /bench/arrive /srv/web/bin/arrive
cat >/etc/jails/web.conf <<'END'
[Context]
Number=2001
Level=active
Capabilities=NET_BIND_SERVICE KILL
[Namespaces]
HostName=web
[Root]
Path=/srv/web
Options=ro,nosuid,nodev,noatime
[Mounts]
Mount=proc /proc ro,nosuid,nodev,noexec
Devices=/dev
Mount=tmpfs /tmp rw,nosuid,nodev,noexec,mode=1777
BindInside=/store /var rw,nosuid,nodev,noexec
[Program]
Command=/bin/arrive
Output=/tmp/arrived
StopTimeout=1
END
/bench/arrive_bench vsctl "$runs" /tmp/arrived /usr/sbin/vsctl start web -- /usr/sbin/vsctl stop web || exit 1
/bench/arrive_bench bwrap "$runs" /tmp/arrived /usr/bin/bwrap --unshare-pid --unshare-ipc --unshare-uts \
	--hostname web --new-session --ro-bind /srv/web / --proc /proc --dev /dev --tmpfs /tmp \
	--bind /srv/web/store /var /bin/arrive || exit 1

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# usage: sh /bench/jail.sh [RUNS]
#
# From the start of a command to the first instruction of a service in a tree of its
# own: "vsctl start", and bubblewrap with the same namespaces and the same mounts.
# vsctl makes a context and a cgroup besides. Prints KEY=INSTRUCTIONS.
runs=${1-15}
# shellcheck source=Tests/system/support/jails.sh
. /usr/lib/clip/tests/jails.sh
# A service that ends as soon as it has said so, with neither a user nor limits.
jail web 2001 's,^Command=.*,Command=/bin/arrive\nOutput=/tmp/arrived,; /^User=/d; /^Group=/d; /^\[Limits]/,$d'
cp /bench/arrive /srv/web/bin/arrive
/bench/arrive_bench vsctl "$runs" /tmp/arrived /usr/sbin/vsctl start web -- /usr/sbin/vsctl stop web || exit 1
/bench/arrive_bench bwrap "$runs" /tmp/arrived /usr/bin/bwrap --unshare-pid --unshare-ipc --unshare-uts \
	--hostname web --new-session --ro-bind /srv/web / --proc /proc --dev /dev --tmpfs /tmp \
	--bind /srv/web/store /var /bin/arrive || exit 1

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vsctl: ways into a jail, namespaces, old files, WATCH, libclip. Prints TAP.
# append: guest.newroot
dir=/tmp/vsctl2
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
# shellcheck source=Tests/system/support/jails.sh
. /usr/lib/clip/tests/jails.sh
mkdir -p "$dir" && cd "$dir" || exit 1
jail web 2001
# The directories that stay are there from here on.
vsctl setup web >out 2>err && vsctl stop web >out 2>err
before=$(left)

tries=0
# --- setup, enter, endsetup
is "setup" 0 "$(status vsctl setup web)"
is "... runs nothing" 0 "$(sleepers | wc -l)"
is "enter" web "$(vsctl enter web -- /bin/hostname)"
is "endsetup of an empty jail ends it" 0 "$(status vsctl endsetup web)"
is "... and leaves nothing" "$before" "$(left)"
is "endsetup of nothing" 1 "$(status vsctl endsetup web)"
vsctl setup web 2>err
inside /bin/sh -c 'echo in; exec sleep 4' >visitor &
until grep -qs in visitor || [ $((tries += 1)) -gt 50 ]; do sleep 0.2; done
is "endsetup of one with a visitor" 0 "$(status vsctl endsetup web)"
is "... who stays" 0 "$(status vsctl status web)"
wait
sleep 2
is "... and then it has ended" 1 "$(status vsctl status web)"
vsctl stop web 2>err

# --- run
is "run is refused with limits" 2 "$(status vsctl run web -- /bin/true)"
jail web 2001 '/Limits/d; /Tasks/d'
is "... ends as its command" 5 "$(status vsctl run web -- /bin/sh -c 'exit 5')"
is "... and leaves nothing" "$before" "$(left)"
vsctl run web -- /bin/sh -c 'trap "exit 9" TERM; echo in; while :; do sleep 0.1; done' >runs &
pid=$!
until grep -qs in runs || [ $((tries += 1)) -gt 200 ]; do sleep 0.2; done
kill $pid
wait $pid
is "a signal is passed on" 9 $?

# --- namespaces
is "without a PID namespace" 0 "$(jail web 2001 's/^HostName=.*/Own=mount/'; status vsctl start web)"
is "... the host's name" "$(hostname)" "$(inside /bin/hostname)"
is "... ends whole" 0 "$(status vsctl stop web)"
is "... and leaves nothing" "$before" "$(left)"
is "a network of its own" 0 "$(jail web 2001 's/^HostName=.*/Own=mount net pid/'; status vsctl setup web)"
is "... with devices of its own" "$(unshare -n grep -c : /proc/net/dev)" "$(inside /bin/grep -c : /proc/net/dev)"
is "... of which the loopback is up" 0 "$(status inside /bin/grep -q 127.0.0.1 /proc/net/fib_trie)"
vsctl stop web 2>err
ln -sf busybox /srv/web/bin/httpd
ln -sf busybox /srv/web/bin/nc
ln -sf busybox /srv/web/bin/ping
mkdir -p pages && echo "of the host" >pages/page && echo "of the jail" >/srv/web/store/page
wired='s/^HostName=.*/Own=mount net pid\n[Network]\nVeth=ve-web eth7\nHostAddress=192.0.2.1\/24\nDeviceAddress=192.0.2.2\/24\nHostAddress=2001:db8::1\/64\nDeviceAddress=2001:db8::2\/64\nGateway=192.0.2.1\nAddress=0.0.0.0\/0\nAddress=::\/0/
	s,^Command=.*,Command=/bin/httpd -f -h /var,; s/^User=.*/User=0/; s/^Group=.*/Group=0/; s/^Capabilities=.*/& NET_RAW/'
# page COMMAND... ADDRESS PORT: asks a server for a page; COMMAND is nc.
page() { printf 'GET /page HTTP/1.0\r\n\r\n' | "$@" 2>>err | tail -n 1; }
device() { ip link show "$1" 2>/dev/null | sed -n "s/.*$1[@:].*[<,]\(UP\)[,>].*/\1/p"; }
is "a network that is connected" 0 "$(jail web 2001 "$wired"; status vsctl start web)"
is "... by a device of the host, which is up" UP "$(device ve-web)"
is "... with its addresses" "192.0.2.1/24 2001:db8::1/64 " "$(ip addr show ve-web | sed -n 's/ *inet6\? \([^ ]*\) scope global.*/\1/p' | tr '\n' ' ')"
is "... and another one inside" 1 "$(inside /bin/grep -c ' eth7:' /proc/net/dev)"
is "... which is not one of the host" 0 "$(grep -c ' eth7:' /proc/net/dev)"
is "the host reaches the jail" "of the jail" "$(page nc -w 5 192.0.2.2 80)"
is "... by its other address" "of the jail" "$(page nc -w 5 2001:db8::2 80)"
is "... and by ping" 0 "$(status ping -c 1 -W 5 192.0.2.2)"
httpd -f -p 192.0.2.1:8080 -h "$dir/pages" &
server=$!
sleep 1
is "the jail reaches the host" "of the host" "$(page inside /bin/nc -w 5 192.0.2.1 8080)"
is "... and by ping" 0 "$(status inside /bin/ping -c 1 -W 5 192.0.2.1)"
ip link add far type dummy && ip addr add 198.51.100.1/32 dev far && ip link set far up
is "... and by its gateway what is behind it" 0 "$(status inside /bin/ping -c 1 -W 5 198.51.100.1)"
kill $server
is "stop" 0 "$(status vsctl stop web)"
is "... removes the device" "" "$(device ve-web)"
is "... and leaves nothing" "$before" "$(left)"
is "start and stop, at once" "0 0 0 0" "$(for _ in 1 2; do status vsctl start web; status vsctl stop web; done | xargs)"
ip link add ve-web type dummy
is "a device of others" 4 "$(status vsctl start web)"
is "... is named" yes "$(says 'make the device ve-web: File exists' err)"
is "... and stays" yes "$(ip link show ve-web | grep -q ve-web && echo yes)"
ip link delete ve-web
is "an address that cannot be" 4 "$(jail web 2001 "$wired; s/Gateway=192.0.2.1/Gateway=203.0.113.1/"; status vsctl start web)"
is "... is named" yes "$(says 'add the gateway of the device eth7: ' err)"
is "... and no device is left" "" "$(device ve-web)"
is "... nor anything else" "$before" "$(left)"
is "a device without a network" 3 "$(jail web 2001 's/^HostName=.*/[Network]\nVeth=ve-web/'; status vsctl start web)"
ip link delete far

up() { cut -d. -f1 /proc/uptime; }
jail web 2001 's/^HostName=.*/Own=mount pid time\nMonotonicOffset=100000\nBootTimeOffset=200000/'
is "a time namespace" 0 "$(status vsctl start web)"
is "... whose boot was earlier" yes "$(
	before_it=$(up); since=$(inside /bin/sed 's/\..*//' /proc/uptime) &&
		[ $((since - before_it)) -ge 200000 ] && [ $((since - before_it)) -lt 200100 ] && echo yes)"
is "... for its program and process 1" "2 1" "$(
	for pid in $(vsctl status web | sed -n 's/^  processes *//p'); do readlink "/proc/$pid/ns/time"; done >clocks
	wc -l <clocks) $(sort -u clocks | grep -vc "$(readlink /proc/self/ns/time)")"
is "... and not for the host" yes "$([ "$(up)" -lt 100000 ] && echo yes)"
vsctl stop web 2>err
is "... and leaves nothing" "$before" "$(left)"
is "clocks that cannot be so" 4 "$(jail web 2001 's/^HostName=.*/Own=mount pid time\nMonotonicOffset=-9999999999/'; status vsctl start web)"
is "... are named" yes "$(says 'set the clocks of the time namespace: ' err)"
is "... and leave nothing" "$before" "$(left)"
is "clocks without a time namespace" 3 "$(jail web 2001 's/^HostName=.*/MonotonicOffset=1/'; status vsctl start web)"
is "a user namespace" 0 "$(jail web 2001 's/^HostName=.*/Own=mount pid user\nUsers=0 100000 2000\nGroups=0 100000 2000/; s/,noatime//'; chown -R 100000:100000 /srv/web; status vsctl start web)"
is "... whose root is another one's" 100000 "$(inside /bin/sed 's/ *0 *\([0-9]*\) .*/\1/' /proc/self/uid_map)"
is "... has its devices" 0 "$(status inside /bin/sh -c 'echo x >/dev/null')"
vsctl stop web 2>err
is "... and leaves nothing" "$before" "$(left)"

chown -R 0:0 /srv/web

# --- what a link of the tree leads to
# A program of the jail can have made the links, which root follows at the next start.
jail web 2001
host=/proc/1/root
ln -sfn $host/srv /srv/web/store/out
ln -sfn $host /srv/web/store/host
ln -sfn /bin /srv/web/store/in
# linked SED: a jail with the tree of web, without a PID namespace.
linked() {
	jail linked 2004 "s,^Path=.*,Path=/srv/web,; s,^HostName=.*,Own=mount,; $1"
	got=$(status vsctl start linked)
	[ "$got" != 0 ] || sleep 1
	vsctl stop linked 2>>err
	echo "$got"
}
is "a view by a link of procfs" 6 "$(linked 's,^User=.*,View=/var/host,')"
is "... is named" yes "$(says 'the view /var/host: ' err)"
is "... by the link itself" 6 "$(linked 's,^User=.*,View=/proc/1/root,')"
is "... by a link on the way" 6 "$(linked 's,^User=.*,View=/var/out/web,')"
is "a working directory by a link of procfs" 6 "$(linked 's,^User=.*,Directory=/var/out,')"
is "... by the link itself" 6 "$(linked 's,^User=.*,Directory=/proc/self/root,')"
is "... by a link of the tree" 0 "$(linked 's,^User=.*,Directory=/var/in,')"
is "nothing was left by all that" "$before" "$(left)"

# --- where the output goes
mkdir -p "$dir/of-user" && chown 1000 "$dir/of-user"
: >"$dir/precious"
ln -sfn "$dir/precious" "$dir/of-user/link"
ln -sfn "$dir" "$dir/of-user/way"
ln -f "$dir/precious" "$dir/of-user/second"
mkfifo "$dir/of-user/fifo"
# A jail that says something and ends.
output() { linked "s,^User=.*,Output=$dir/$1,; s,^Command=.*,Command=/bin/echo hello,"; }
is "output to a file" "0 hello" "$(output plain) $(cat plain)"
is "... that is there" "0 hello hello" "$(output plain) $(xargs <plain)"
is "output by a link" 6 "$(output of-user/link)"
is "... is refused by name" yes "$(says "$dir/of-user/link: " err)"
is "output by a link on the way" 6 "$(output of-user/way/precious)"
is "... that would make a file" "6 no" "$(output of-user/way/made) $([ -e made ] && echo yes || echo no)"
is "output to a file of two names" 6 "$(output of-user/second)"
is "output to a fifo" 6 "$(output of-user/fifo)"
is "no output has gone there" "" "$(cat precious)"
is "nothing was left by all that" "$before" "$(left)"

# --- what the kernel keeps of a jail
is "addresses and flags" 0 "$(jail web 2001 's/^HostName=.*/&\n[Network]\nAddress=192.0.2.1\nLiveAddresses=yes/; s/^Level=.*/&\nConfidentiality=3/'; status vsctl start web)"
is "... the addresses" "192.0.2.1/32" "$(vsctl addr web)"
is "... one more" "192.0.2.1/32 2001:db8::1/128 " "$(vsctl addr web --add 2001:db8::1 | tr '\n' ' ')"
is "... one less" "2001:db8::1/128" "$(vsctl addr web --remove 192.0.2.1)"
is "... one that is not there" 4 "$(status vsctl addr web --remove 192.0.2.9)"
is "the number of tasks" yes "$(vsctl status web --json >out; says '"tasks":2,' out)"
sleepers >/sys/fs/cgroup/cgroup.procs
is "a process that left the cgroup" 0 "$(status vsctl stop web)"
is "... has ended too" "$before" "$(left)"
vsctl setup web 2>err
sh -c 'until [ -e go ]; do sleep 0.1; done; exec sleep 1000' &
is "arm" 0 "$(status vsctl arm web $!)"
is "... before exec nothing is in it" yes "$(vsctl status web --json >out; says '"tasks":1,' out)"
: >go
until [ -n "$(sleepers)" ] || [ $((tries += 1)) -gt 200 ]; do sleep 0.2; done
is "... and then it is" yes "$(vsctl status web --json >out; says '"tasks":2,' out)"
mkdir -p /sys/fs/cgroup/other/below
is "bind" 0 "$(status vsctl bind web /sys/fs/cgroup/other --child below)"
is "... names the cgroup" yes "$(says 'processes of /sys/fs/cgroup/other/below take context 2001 at exec' err)"
is "bind again" 4 "$(status vsctl bind web /sys/fs/cgroup/other --child below)"
is "... names the cgroup and the reason" yes "$(
	says 'the cgroup /sys/fs/cgroup/other/below: have the cgroup take the context (exists): File exists; hint: ' err)"
is "bind of another directory" 4 "$(status vsctl bind web /srv --child below)"
is "... names it" yes "$(says 'the cgroup /srv/below: have the cgroup take the context: Bad file descriptor; hint: the directory is not' err)"
is "bind of a path" 4 "$(status vsctl bind web /sys/fs/cgroup/other --child below/it)"
is "... names it" yes "$(says 'the cgroup /sys/fs/cgroup/other/below/it: have the cgroup take the context: Invalid argument' err)"
is "bind of a directory that is not there" 6 "$(status vsctl bind web /sys/fs/cgroup/nowhere --child below)"
is "unbind of what is not bound" 4 "$(status vsctl bind web /sys/fs/cgroup/other --child above --unbind)"
is "... names it" yes "$(says 'the cgroup /sys/fs/cgroup/other/above: have the cgroup take the context (' err)"
sh -c 'echo $$ >/sys/fs/cgroup/other/below/cgroup.procs; exec sleep 1000' &
until [ "$(sleepers | wc -l)" = 2 ] || [ $((tries += 1)) -gt 200 ]; do sleep 0.2; done
is "... a process of the cgroup is in it" yes "$(vsctl status web --json >out; says '"tasks":3,' out)"
# Here, because this shell has to wait for its children, which count until then.
vsctl stop web >out 2>err
is "stop ends both" 0 $?
rmdir /sys/fs/cgroup/other/below /sys/fs/cgroup/other
is "... and leaves nothing" "$before" "$(left)"
is "a process that is not there" 1 "$(status vsctl arm web 1)"
is "fixed addresses" 0 "$(jail web 2001 's/^HostName=.*/&\n[Network]\nAddress=192.0.2.1/'; status vsctl start web)"
is "... stay" 4 "$(status vsctl addr web --add 192.0.2.2)"
is "... as they were" "192.0.2.1/32" "$(vsctl addr web)"
vsctl stop web 2>err

# --- old files
# old NAME NUMBER COMMAND ADDRESS CAPABILITY...
old() {
	tree "/srv/$1"
	mkdir -p "$jails/$1"
	(
		cd "$jails/$1" || exit
		echo "$2" >context
		echo "/srv/$1" >root
		echo "$3" >cmd
		echo "$4" >addr
		echo "$1" >hostname
		shift 4
		printf 'CAP_%s\n' "$@" >bcaps
		printf '%s\n' fakeinit hide_mount hide_vinfo virt_mem virt_uptime virt_cpu virt_load >cflags
		echo hide_netif >nflags
		printf '/\t/\tnone\tbind,ro,nodev,noatime\n/store /var none bind,rw,nosuid,nodev,noexec,noatime\n' >fstab.internal
		printf '%s\n' '# Of the host.' 'none /proc proc ro,nosuid,nodev,noexec,nolock' \
			'none /tmp tmpfs rw,nosuid,nodev,noexec,size=1M,mode=1777' >fstab.external
		mkdir fstab.external.d
		echo '/dev /dev none bind,ro,nosuid,noexec,noatime' >fstab.external.d/dev
	)
}
old update 501 /bin/updater 255.255.255.255/255.255.255.255 NET_BIND_SERVICE SYS_CHROOT SYS_TIME
old admin 503 /bin/sshd 255.255.255.255/255.255.255.255 NET_BIND_SERVICE SYS_CHROOT SYS_TIME
old audit 504 /bin/false 255.255.255.255/255.255.255.255 NET_BIND_SERVICE SYS_CHROOT
printf '#!/bin/sh\nexec sleep 1000\n' >/srv/update/bin/updater
cp /srv/update/bin/updater /srv/admin/bin/sshd
chmod 755 /srv/update/bin/updater /srv/admin/bin/sshd
is "old files: check" 0 "$(status vsctl check update admin audit)"
is "... UPDATE" 0 "$(status vsctl update start)"
is "... ADMIN" 0 "$(status vsctl -d admin start)"
is "... AUDIT has no program" 3 "$(status vsctl audit start)"
is "... and is set up" 0 "$(status vsctl audit setup)"
is "... and entered" audit "$(vsctl audit enter -- /bin/hostname)"
is "... with a variable" b "$(vsctl -e 'A=b%C=d' audit enter -- /bin/sh -c "echo \$A")"
is "the tree is read-only" 1 "$(status vsctl update enter -- /bin/touch /bin/new)"
is "... its capabilities" 0000000002040400 "$(vsctl exec update -- /bin/sed -n 's/^CapBnd:\t//p' /proc/self/status)"
is "... the processes of others are not there" 0 "$(vsctl exec update -- /bin/ps -o args | grep -c sshd)"
is "... its own are" 1 "$(vsctl exec update -- /bin/ps -o args | grep -c '^sleep 1000')"
is "import" 0 "$(status vsctl import update -o "$jails/imported.conf")"
is "... is read again" 0 "$(status vsctl check imported)"
for name in update admin audit; do is "stop $name" 0 "$(status vsctl "$name" stop)"; done
is "and nothing is left" "$before" "$(left)"

# --- WATCH
is "watch sees" 0 "$(status vsctl watch -- /usr/bin/ps)"
is "... and changes nothing" 1 "$(status vsctl watch -- /usr/bin/touch /tmp/vsctl2/new)"
is "an ordinary user" 4 "$(status su -s /bin/sh user -c 'vsctl start web')"

# --- a daemon that puts itself into a jail
mkdir -p /srv/self/proc
/usr/lib/clip/tests/jailed 2005 /srv/self "$dir/self" &
pid=$!
until grep -qs process self || [ $((tries += 1)) -gt 50 ]; do sleep 0.2; done
is "it is in its jail" "process 1, user 65534, no files of the host" "$(cat self)"
is "... and in its context" 1 "$(verictl context list | grep -c '^2005 ')"
kill -KILL "$(ps -o pid,args | sed -n 's/^ *\([0-9]*\) .*[j]ailed 2005.*/\1/p' | sort -n | tail -n 1)"
wait $pid
is "its end is that of its stand-in" 137 $?
verictl context delete 2005 2>err
is "without a tree it fails" 1 "$(status /usr/lib/clip/tests/jailed 2005 /srv/nowhere)"
is "... and says at which step" yes "$(says 'jailed: root: the root directory /srv/nowhere: No such file' err)"
is "... and leaves no context" "$before" "$(left)"

finish

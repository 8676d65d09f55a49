#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# packages: iputils-ping curl iproute2 socat
# Debian's own programs, in the guest, with the privileges that they need and
# without: ping, curl, ip link, ip xfrm, servers. Each program is a copy, for
# an entry of its own. Prints TAP.
# shellcheck disable=SC2086  # the arguments of ip are several words
dir=/opt/nettools
latches=/proc/sys/kernel/clip
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

exists() { if [ -e "/sys/class/net/$1" ]; then echo yes; else echo no; fi; }

# program FILE NAME CAPABILITIES PRIVILEGES: makes a listed copy; "-" stands for none.
program() {
	cp "$1" "$dir/$2" && chmod 755 "$dir/$2"
	set -- "$2" --privs "$4" ${3:+--caps-eff "$3" --caps-perm "$3"}
	name=$1
	shift
	verictl gen --context 0 "$@" -o rules "$dir/$name" && verictl load -f rules
}

mkdir -p "$dir/www" && chmod 755 "$dir" && cd "$dir" || exit 1
echo "hello" >www/index.html
{
	program /usr/bin/ping ping-c NET_RAW c
	program /usr/bin/ping ping-s NET_RAW s
	program /usr/bin/curl curl-c '' c
	program /usr/bin/curl curl-s '' s
	program /usr/bin/ip ip-none NET_ADMIN C
	program /usr/bin/ip ip-N NET_ADMIN N
	program /usr/bin/ip ip-NX NET_ADMIN NX
	program /usr/bin/ip ip-NXx NET_ADMIN NXx
	program /usr/bin/socat socat-s '' s
	program /usr/bin/socat socat-c '' c
	mkdir -p s c && chmod 755 s c
	program /usr/bin/busybox s/httpd '' s
	program /usr/bin/busybox c/httpd '' c
	verictl -e
} >err 2>&1 || { cat err; exit 1; }

# --- before any latch is set
is "ping without any privilege, before the latch" 0 "$(status /usr/bin/ping -c 1 -W 2 127.0.0.1)"
is "ip link without any privilege, before the latch" 0 "$(status /usr/bin/ip link add test0 type dummy)"
is "ip link has done it" 0 "$(status /usr/bin/ip link del test0)"
is "ip xfrm without any privilege, before the latch" 0 "$(status /usr/bin/ip xfrm state list)"

# --- kernel.clip.network
echo 1 >$latches/network
is "ping with NETCLIENT" 0 "$(status as_user "$dir/ping-c -c 1 -W 2 127.0.0.1")"
is "ping was answered" yes "$(says '1 received' out)"
is "ping with NETSERVER has no peer" 2 "$(status as_user "$dir/ping-s -c 1 -W 2 127.0.0.1")"
is "ping without, by root" 2 "$(status /usr/bin/ping -c 1 -W 2 127.0.0.1)"
is "ping says why" yes "$(says 'Operation not permitted' err)"

# A server that starts without a privilege ends at once.
is "a server with NETCLIENT does not listen" 1 \
	"$(status as_user "$dir/c/httpd -f -p 127.0.0.1:8080 -h $dir/www")"
as_user "exec $dir/s/httpd -f -p 127.0.0.1:8081 -h $dir/www" &
tries=0
until [ "$(status as_user "$dir/curl-c -s http://127.0.0.1:8081/")" = 0 ]; do
	tries=$((tries + 1))
	[ $tries -lt 20 ] || break
	sleep 1
done
is "curl with NETCLIENT, a server with NETSERVER" hello "$(cat out)"
is "curl with NETSERVER does not connect" 7 "$(status as_user "$dir/curl-s -s http://127.0.0.1:8081/")"
is "curl without, by root" 7 "$(status /usr/bin/curl -s http://127.0.0.1:8081/)"
is "curl of a local file still works" 0 "$(status /usr/bin/curl -s file://$dir/www/index.html)"

# until_said COMMAND: repeats it until it answers.
until_said() {
	tries=0
	until as_user "echo hello | $1" >out 2>err && [ -s out ]; do
		tries=$((tries + 1))
		[ $tries -lt 20 ] || break
		sleep 1
	done
	cat out
}

# Servers of this test, for TCP and UDP. The programs that they start answer by a pipe.
as_user "exec $dir/socat-s TCP-LISTEN:8082,bind=127.0.0.1,fork EXEC:cat" 2>/dev/null &
as_user "exec $dir/socat-s UDP-RECVFROM:8083,bind=127.0.0.1,fork EXEC:cat" 2>/dev/null &
is "TCP: a server with NETSERVER, a client with NETCLIENT" hello \
	"$(until_said "$dir/socat-c -t 5 - TCP:127.0.0.1:8082")"
is "UDP: a server with NETSERVER, a client with NETCLIENT" hello \
	"$(until_said "$dir/socat-c -t 1 - UDP:127.0.0.1:8083")"
is "TCP: a client with NETSERVER" 1 "$(status as_user "$dir/socat-s -u TCP:127.0.0.1:8082 -")"
is "TCP: the client says why" yes "$(says 'Operation not permitted' err)"
is "UDP: a client with NETSERVER" 1 "$(status as_user "$dir/socat-s -u UDP:127.0.0.1:8083 -")"
is "TCP: a server with NETCLIENT" 1 \
	"$(status as_user "$dir/socat-c -u TCP-LISTEN:8084,bind=127.0.0.1 -")"
is "UDP: a server without, by root" 1 \
	"$(status /usr/bin/socat -u UDP-RECV:8085,bind=127.0.0.1 -)"

# --- kernel.clip.netlink
echo 1 >$latches/netlink
# With an argument, ip link first tries whether it may change something.
is "ip link asks without NETLINK" 0 "$(status as_user '/usr/bin/ip link')"
is "ip link is answered" yes "$(says 'LOOPBACK,UP' out)"
for what in "-4 addr" "-4 route" "neigh" "route show table local"; do
	is "ip $what lists without NETLINK" 0 "$(status as_user "/usr/bin/ip $what")"
done
# As root: for other users, this ip gives up its capabilities.
is "ip link does not change without NETLINK" 1 "$(status ./ip-none link add test0 type dummy)"
is "ip link says why" yes "$(says 'Operation not permitted' err)"
is "ip link, by root" 1 "$(status /usr/bin/ip link add test0 type dummy)"
is "nothing was added" no "$(exists test0)"
is "ip link changes with NETLINK" 0 "$(status ./ip-N link add test0 type dummy)"
is "it was added" yes "$(exists test0)"
is "and goes" 0 "$(status ./ip-N link del test0)"

# --- kernel.clip.xfrm
echo 1 >$latches/xfrm
policy="policy add dir out src 127.0.0.1 dst 127.0.0.9"
state="state add src 127.0.0.1 dst 127.0.0.9 proto esp spi 9 enc cbc(aes) 0x00112233445566778899aabbccddeeff"
is "ip xfrm without NETLINK has no socket" 1 "$(status ./ip-none xfrm policy list)"
is "ip xfrm asks with NETLINK" 0 "$(status ./ip-N xfrm policy list)"
is "ip xfrm policy without XFRMSP" 2 "$(status ./ip-N xfrm $policy)"
is "ip xfrm policy, by root" 1 "$(status /usr/bin/ip xfrm $policy)"
is "ip xfrm policy with XFRMSP" 0 "$(status ./ip-NX xfrm $policy)"
is "ip xfrm state without XFRMSA" 2 "$(status ./ip-NX xfrm $state)"
is "ip xfrm state with XFRMSA" 0 "$(status ./ip-NXx xfrm $state)"
./ip-N xfrm policy list >out
is "the policy is there" yes "$(says 'dst 127.0.0.9' out)"
./ip-N xfrm state list >out
is "the association is there" yes "$(says 'spi 0x00000009' out)"
is "ip xfrm policy flush without XFRMSP" 2 "$(status ./ip-N xfrm policy flush)"
is "ip xfrm state flush without XFRMSA" 2 "$(status ./ip-NX xfrm state flush)"
is "both are flushed with both" 00 "$(status ./ip-NXx xfrm state flush)$(status ./ip-NXx xfrm policy flush)"

killall httpd socat-s 2>/dev/null
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vsctl: jails from their files, in a small tree. Prints TAP.
# append: guest.newroot
dir=/tmp/vsctl
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
# shellcheck source=Tests/system/support/jails.sh
. /usr/lib/clip/tests/jails.sh
mkdir -p "$dir" && cd "$dir" || exit 1
jail web 2001
waits=0
# The directories that stay are there from here on.
vsctl setup web >out 2>err && vsctl stop web >out 2>err
before=$(left)

# --- files
is "check" 0 "$(status vsctl check)"
is "... says what it has read" yes "$(says '1 jail: 0 errors, 0 warnings' err)"
is "plan" 0 "$(status vsctl plan web)"
is "... names the steps" yes "$(says 'new tmpfs at /tmp: rw,noexec,nosuid,nodev,mode=1777' out)"
is "... and does nothing" "$before" "$(left)"
is "list" yes "$(vsctl list >out; says '2001  -  /etc/jails/web.conf' out)"
is "a typing error" 3 "$(jail typo 2002 s/Tasks/Taks/; status vsctl check typo)"
is "... has a place and a near match" yes "$(says "typo.conf:26:1: error: unknown key in [Limits]: 'Taks'; hint: Tasks" err)"
is "... is not started" 3 "$(status vsctl start typo)"
is "writable and executable" 3 "$(jail typo 2002 's/rw,nosuid,nodev,noexec,mode/rw,nosuid,nodev,mode/'; status vsctl start typo)"
is "... is named" yes "$(says "error: writable and executable: '/tmp'" err)"
is "a file that others can write" 3 "$(jail typo 2002; chmod 666 $jails/typo.conf; status vsctl check typo)"
rm "$jails/typo.conf"
is "an invalid name" 2 "$(status vsctl start ../web)"
is "a jail that is not there" 6 "$(status vsctl start wbe)"
is "... has a near match" yes "$(says 'hint: web' err)"
is "nothing was left by all that" "$before" "$(left)"

# --- start
is "status of what does not run" 1 "$(status vsctl status web)"
is "start" 0 "$(status vsctl start web)"
is "status" 0 "$(status vsctl status web)"
is "the context" 1 "$(verictl context list | grep -c '^2001 ')"
is "start again" 4 "$(status vsctl start web)"
is "... and it still runs" 0 "$(status vsctl status web)"
is "its output is kept" hello "$(vsctl logs web)"
is "its host name" web "$(inside /bin/hostname)"
is "... is not that of the host" no "$([ "$(hostname)" = web ] && echo yes || echo no)"
is "process 1 is its own" init "$(inside /bin/cat /proc/1/comm)"
is "... other processes are not there" 0 "$(inside /bin/ps -o pid,args | grep -c '\[kthreadd\]\|/init')"
is "the bound of the context" 0000000000000420 "$(inside /bin/sed -n 's/^CapBnd:\t//p' /proc/self/status)"
is "the user of its program" 1000 "$(inside /bin/ps -o user,args | sed -n 's/ *\([0-9]*\) .*sleep 1000.*/\1/p' | sort -u)"
is "a user of the host" "1000 1000 " "$(vsctl exec -u user web -- /bin/sed -n 's/^[UG]id:\t\([0-9]*\).*/\1/p' /proc/self/status | tr '\n' ' ')"
is "an unknown user" 3 "$(status vsctl exec -u nobdy web -- /bin/true)"
is "root is read-only" 1 "$(status inside /bin/touch /bin/new)"
is "... its store is not" 0 "$(status inside /bin/touch /var/new)"
is "... and is one of the tree" yes "$([ -e /srv/web/store/new ] && echo yes)"
is "what is written cannot run" 126 "$(status inside /bin/sh -c 'cp /bin/busybox /tmp/true && /tmp/true')"
is "... what is there can" 0 "$(status inside /bin/true)"
is "nothing of the host's tree" "bin dev lib proc store tmp var " "$(inside /bin/ls / | tr '\n' ' ')"
is "... nor of its mounts" 7 "$(inside /bin/wc -l /proc/self/mounts | sed 's/ .*//')"
is "devices" 0 "$(status inside /bin/sh -c 'echo x >/dev/null')"
is "... and no others" 1 "$(status inside /bin/touch /dev/new)"
is "no descriptor of the host" "0 1 2 3 " "$(inside /bin/ls /proc/self/fd | tr '\n' ' ')"
is "status of the program" 7 "$(status inside /bin/sh -c 'exit 7')"
is "a program that is not there" 127 "$(status inside /bin/nothing)"
is "a path that is not absolute" 2 "$(status inside true)"
is "a terminal of its own" 0 "$(status vsctl enter -t web -- /bin/sh -c '[ -t 0 ] && [ -t 1 ] && echo yes')"
is "... whose output comes out" yes "$(says yes out)"
is "a view" 0 "$(mkdir -p /srv/web/store/view; cp /usr/bin/busybox /srv/web/store/view/sh; status vsctl enter -c /store/view web -- /sh -c 'exec 3</sh')"
is "json" yes "$(vsctl status web --json >out; says '"runs":true' out)"

# --- what a program writes, on a terminal
jail writer 2004 's,echo hello,printf "\\033[31m\\033]0;x\\007a\\tb\\r\\n",'
on_terminal=/usr/lib/clip/tests/on_terminal
escaped='\033[31m\033]0;x\007a	b\015'
# codes COMMAND...: the characters that it writes and that a terminal obeys.
codes() { "$@" 2>err | tr -d '\012\011\040-\176' | wc -c; }
is "a program that writes control characters" 0 "$(status vsctl start writer)"
until [ -s /run/vsctl/writer/output ] || [ $((waits += 1)) -gt 50 ]; do sleep 0.2; done
is "logs: they are escaped" "$escaped" "$(vsctl logs writer)"
is "... all of them" 0 "$(codes vsctl logs writer)"
is "... and on a terminal" "0 $escaped" "$(codes $on_terminal vsctl logs writer) $($on_terminal vsctl logs writer)"
is "logs --raw: they are not" 4 "$(codes vsctl logs writer --raw)"
is "... and on a terminal they are" "0 $escaped" \
	"$(codes $on_terminal vsctl logs writer --raw) $($on_terminal vsctl logs writer --raw)"
is "status and list have none" "0 0" "$(codes $on_terminal vsctl status writer) $(codes $on_terminal vsctl list)"
is "stop it" 0 "$(status vsctl stop writer)"
# An old directory can be that of others.
mkdir -p foreign
echo 2005 >foreign/context
echo /srv/writer >foreign/root
echo 192.0.2.1/32 >foreign/addr
echo "/ / none bind,ro,nodev" >foreign/fstab.internal
# Warnings are no results, and have colours of their own.
export NO_COLOR=1
printf '/bin/echo \033[31m\n' >foreign/cmd
is "import: control characters are kept" 1 "$(codes vsctl import ./foreign)"
is "... and not on a terminal" 0 "$(codes $on_terminal vsctl import ./foreign)"
cp -r foreign $jails/foreign
is "show: they are kept" 1 "$(codes vsctl show foreign)"
is "... and not on a terminal" 0 "$(codes $on_terminal vsctl show foreign)"
rm -rf foreign $jails/foreign $jails/writer.conf

# --- stop
is "kill" 0 "$(status vsctl kill web --signal CONT)"
inside /bin/sh -c 'b() { b | b & }; b' >/dev/null 2>&1 &
tries=0
until grep -q 'max [1-9]' /sys/fs/cgroup/vsctl/web/pids.events || [ $((tries += 1)) -gt 50 ]; do sleep 0.2; done
is "a bomb meets the limit" yes "$([ $tries -le 50 ] && echo yes)"
is "stop ends it" 0 "$(status vsctl stop web)"
wait
is "... all of it, and leaves nothing" "$before" "$(left)"
is "stop again" 0 "$(status vsctl stop web)"
is "exec in what does not run" 1 "$(status inside /bin/true)"
is "a second life" 0 "$(status vsctl start web)"
kill "$(sleepers)"
sleep 1
is "what ends by itself" 1 "$(status vsctl status web)"
is "... can be started again" 0 "$(status vsctl start web)"
vsctl stop web 2>err

# --- a start that fails
fails() {
	jail bad 2003 "$2"
	got=$(status vsctl start bad)
	is "fails: $1" "$3" "$got"
	is "... and says so" yes "$(says "$4" err)"
	is "... and leaves nothing" "$before" "$(left)"
}
before=$(left)
fails "a mount point" 's,/tmp rw,/nowhere rw,' 6 'the mount point /nowhere'
fails "a source" 's,^BindInside=.*,Bind=/nowhere /var ro,' 6 '/nowhere, to be mounted at /var'
fails "an option" 's,mode=1777,mode=x,' 6 'mount tmpfs at /tmp'
fails "a program" 's,/bin/sh -c,/bin/nothing,' 127 'execute /bin/nothing'
fails "a root directory" 's,^Path=.*,Path=/srv/nowhere,' 6 'the root directory /srv/nowhere'
fails "a host command" 's,^HostName=.*,SetupCommand=/bin/false,' 4 'the setup command /bin/false ended with status 1'
verictl context create 1999 >out 2>err
fails_before=$before
before=$(left)
fails "a context that is there" 's,^Number=.*,Number=1999,' 4 'create context 1999'
is "... and stays" 1 "$(verictl context list | grep -c '^1999 ')"
is "Exists=yes takes it" 0 "$(jail bad 2003 's,^Number=.*,Number=1999\nExists=yes,; /^Level/d'; status vsctl start bad)"
vsctl stop bad 2>err
is "... and leaves it" "$before" "$(left)"
verictl context delete 1999 2>err
before=$fails_before

finish

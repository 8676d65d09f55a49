#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vsctl: jails from their files, in a small tree. Prints TAP.
# append: guest.newroot
dir=/tmp/vsctl
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
mkdir -p "$dir" && cd "$dir" || exit 1
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
	ls /run/vsctl /sys/fs/cgroup/vsctl 2>/dev/null | tr '\n' ' '
	grep -c . /proc/self/mountinfo
	sleepers | wc -l
}

# The numbers of the processes of jails' programs.
sleepers() { ps -o pid,args | sed -n 's/^ *\([0-9]*\) sleep 1000$/\1/p'; }

jail web 2001
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
is "a name that is none" 2 "$(status vsctl start ../web)"
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
is "a user of the host" "1000 1000" "$(vsctl exec -u user web -- /bin/sh -c 'echo $(id -u) $(id -g)')"
is "an unknown user" 3 "$(status vsctl exec -u nobdy web -- /bin/true)"
is "root is read-only" 1 "$(status inside /bin/touch /bin/new)"
is "... its store is not" 0 "$(status inside /bin/touch /var/new)"
is "... and is one of the tree" yes "$([ -e /srv/web/store/new ] && echo yes)"
is "what is written cannot run" 126 "$(status inside /bin/sh -c 'cp /bin/busybox /tmp/true && /tmp/true')"
is "... what is there can" 0 "$(status inside /bin/true)"
is "nothing of the host's tree" "bin dev lib proc store tmp var" "$(echo $(inside /bin/ls /))"
is "... nor of its mounts" 7 "$(inside /bin/wc -l /proc/self/mounts | sed 's/ .*//')"
is "devices" 0 "$(status inside /bin/sh -c 'echo x >/dev/null')"
is "... and no others" 1 "$(status inside /bin/touch /dev/new)"
is "no descriptor of the host" "0 1 2 3" "$(echo $(inside /bin/ls /proc/self/fd))"
is "status of the program" 7 "$(status inside /bin/sh -c 'exit 7')"
is "a program that is not there" 127 "$(status inside /bin/nothing)"
is "a path that is not absolute" 2 "$(status inside true)"
is "a terminal of its own" 0 "$(status vsctl enter -t web -- /bin/sh -c '[ -t 0 ] && [ -t 1 ] && echo yes')"
is "... whose output comes out" yes "$(says yes out)"
is "a view" 0 "$(mkdir -p /srv/web/store/view; cp /usr/bin/busybox /srv/web/store/view/sh; status vsctl enter -c /store/view web -- /sh -c 'exec 3</sh')"
is "json" yes "$(vsctl status web --json >out; says '"runs":true' out)"

# --- stop
is "kill" 0 "$(status vsctl kill web --signal CONT)"
inside /bin/sh -c 'b() { b | b & }; b' >/dev/null 2>&1 &
until grep -q 'max [1-9]' /sys/fs/cgroup/vsctl/web/pids.events; do sleep 0.2; done
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

# --- setup, enter, endsetup
is "setup" 0 "$(status vsctl setup web)"
is "... runs nothing" 0 "$(sleepers | wc -l)"
is "enter" web "$(vsctl enter web -- /bin/hostname)"
is "endsetup of an empty jail ends it" 0 "$(status vsctl endsetup web)"
is "... and leaves nothing" "$before" "$(left)"
is "endsetup of nothing" 1 "$(status vsctl endsetup web)"
vsctl setup web 2>err
inside /bin/sh -c 'echo in; exec sleep 4' >visitor &
until grep -q in visitor; do sleep 0.2; done
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
vsctl run web -- /bin/sh -c 'trap "exit 9" TERM; while :; do sleep 0.1; done' &
pid=$!
sleep 1
kill $pid
wait $pid
is "a signal is passed on" 9 $?

# --- namespaces
is "without a PID namespace" 0 "$(jail web 2001 's/^HostName=.*/Own=mount/'; status vsctl start web)"
is "... the host's name" "$(hostname)" "$(inside /bin/hostname)"
is "... ends whole" 0 "$(status vsctl stop web)"
is "... and leaves nothing" "$before" "$(left)"
is "a network of its own" 0 "$(jail web 2001 's/^HostName=.*/Own=mount net pid/'; status vsctl setup web)"
is "... with a loopback device only" 1 "$(inside /bin/grep -c : /proc/net/dev)"
vsctl stop web 2>err
is "a user namespace" 0 "$(jail web 2001 's/^HostName=.*/Own=mount pid user\nUsers=0 100000 2000\nGroups=0 100000 2000/'; chown -R 100000:100000 /srv/web; status vsctl start web)"
is "... whose root is another one's" 100000 "$(inside /bin/sed 's/ *0 *\([0-9]*\) .*/\1/' /proc/self/uid_map)"
is "... has its devices" 0 "$(status inside /bin/sh -c 'echo x >/dev/null')"
vsctl stop web 2>err
is "... and leaves nothing" "$before" "$(left)"

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
is "... with a variable" b "$(vsctl -e 'A=b%C=d' audit enter -- /bin/sh -c 'echo $A')"
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
is "... and changes nothing" 1 "$(status vsctl watch -- /usr/bin/touch /tmp/vsctl/new)"
is "an ordinary user" 4 "$(status su -s /bin/sh user -c 'vsctl start web')"

finish

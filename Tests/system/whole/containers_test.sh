#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: nginx-light redis-server openssh-server openssh-client iproute2 procps bubblewrap crun runc postgresql python3 curl jq lsof
# append: guest.newroot
#
# Containers on a Debian: nginx, redis, PostgreSQL and sshd, each in a context with an
# address of its own, that share the network stack, the processes and the users of the host; an
# administrator in WATCH; bubblewrap in a context with user namespaces; containers of
# crun and runc; and logins into contexts by PAM. Debian is the root of the system here. Prints TAP.
dir=/tmp/containers
files=/usr/libexec/clip

# The first half runs in the guest, and makes Debian the root directory.
if [ "${1-}" != there ]; then
	[ "${1-}" = alone ] || exec unshare -m sh "$0" alone
	root=/mnt/debian
	mkdir -p $root && mount -t squashfs -o ro /dev/vda $root && cd $root || exit 1
	for name in run tmp srv usr/libexec/clip; do mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs $root/$name; done
	cp /usr/sbin/vsctl /usr/sbin/verictl /usr/lib/clip/tests/tap.sh /usr/lib/clip/tests/pam_clip.so "$0" $root$files
	cp -a $root/etc $root/srv/etc && mount --bind $root/srv/etc $root/etc
	for name in dev proc sys; do mount --rbind /$name $root/$name; done
	pivot_root . mnt && exec chroot . /bin/sh $files/containers_test.sh there
	exit 1
fi
PATH=$files:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
umount -l /mnt
# shellcheck source=Tests/system/support/tap.sh
. $files/tap.sh
mkdir -p $dir /srv/tree /etc/jails && cd $dir || exit 1
mount -t squashfs -o ro,nosuid,nodev /dev/vda /srv/tree
chmod 1777 /tmp
ip link set lo up && ip link add addresses type dummy && ip link set addresses up
for host in 10 11 12 13 14 15 17 18; do ip addr add 192.0.2.$host/24 dev addresses; done

# jail NAME NUMBER ADDRESS CAPABILITIES USER COMMAND: nothing but files and the context
# is its own. A seventh argument changes the file, for sed.
jail() {
	mkdir -p "/srv/$1"
	cat <<-END | sed "/=$/d; ${7-}" >"/etc/jails/$1.conf"
		[Context]
		Number=$2
		Level=active
		Capabilities=$4
		[Namespaces]
		Own=mount
		[Root]
		Path=/srv/tree
		Options=ro,nosuid,nodev,noatime
		[Mounts]
		Mount=proc /proc nosuid,nodev,noexec
		Devices=/dev
		Mount=tmpfs /tmp nosuid,nodev,noexec,mode=1777
		Bind=/srv/$1 /run rw,nosuid,nodev,noexec
		Bind=/etc /etc ro,nosuid,nodev,noexec
		Bind=$files $files ro,nosuid,nodev
		[Network]
		Address=$3
		LoopbackAddress=$3
		[Program]
		Command=$6
		User=$5
		Group=$5
		StopTimeout=5
	END
}

# What a jail could leave behind.
left() {
	verictl context list | sed 's/ .*//' | xargs
	find /run/vsctl /sys/fs/cgroup/vsctl -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sort | xargs
	grep -c . /proc/self/mountinfo
	pgrep -fc 'nginx: |redis-server|postgres|sshd: |^crun|^runc|acts.py'
}

# wait_for COMMAND...: tries it ten times.
wait_for() {
	for _ in $(seq 10); do
		"$@" >out 2>err && return
		sleep 0.5
	done
	return 1
}

# Prints for each act of the command line "ok", or the name of the error.
cat >$files/acts.py <<'END'
import ctypes, errno, os, socket, sys

libc = ctypes.CDLL(None, use_errno=True)
SEIZE, DETACH, CONT, WALL = 0x4206, 17, 7, 0x40000000
listeners = []

def trace(pid):
    if libc.ptrace(SEIZE, pid, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "")

# A traced process stops at each signal, also at that of a child that ends.
def follow(pid):
    print(flush=True)
    while True:
        stopped, status = os.waitpid(int(pid), WALL)
        if not os.WIFSTOPPED(status):
            return
        libc.ptrace(CONT, stopped, 0, 0 if status >> 16 else os.WSTOPSIG(status))

def bind(address, port=0):
    with socket.socket() as s:
        s.bind((address, int(port)))
        return "to " + s.getsockname()[0]

def connect(address, port):
    with socket.create_connection((address, int(port)), 5) as peer:
        return "from " + peer.getsockname()[0]

def connect_from(source, address, port):
    with socket.socket() as s:
        s.bind((source, 0))
        s.settimeout(5)
        s.connect((address, int(port)))

def abstract(name):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("\0" + name)

def listen(name):
    s = socket.socket(socket.AF_UNIX)
    s.bind("\0" + name)
    s.listen()
    listeners.append(s)

acts = {
    "signal": lambda pid: os.kill(int(pid), 0),
    "nice": lambda pid: os.setpriority(os.PRIO_PROCESS, int(pid), 1),
    "trace": lambda pid: trace(int(pid)),
    "memory": lambda pid: os.close(os.open(f"/proc/{pid}/mem", os.O_RDONLY)),
    "status": lambda pid: open(f"/proc/{pid}/status").close(),
    "environ": lambda pid: open(f"/proc/{pid}/environ").close(),
    "root": lambda pid: os.listdir(f"/proc/{pid}/root"),
    "bind": bind,
    "connect": connect, "from": connect_from, "abstract": abstract, "listen": listen,
    "write": lambda path: open(path, "w").close(),
    "follow": follow,
    "hold": lambda pid: (print(flush=True), __import__("time").sleep(1000)),
}
for act in sys.argv[1:]:
    name, _, arguments = act.partition("=")
    try:
        answer = acts[name](*arguments.split(","))
        answer = answer if isinstance(answer, str) else "ok"
    except socket.timeout:
        answer = "timeout"
    except OSError as error:
        answer = errno.errorcode[error.errno]
    print(name, answer, end="; ")
END
acts() { python3 $files/acts.py "$@"; }
# acts_in JAIL USER ACT...
acts_in() {
	jail=$1 user=$2
	shift 2
	vsctl exec -u "$user" "$jail" -- /usr/bin/python3 $files/acts.py "$@" 2>err
}
# main JAIL: the process that the jail began with.
main() {
	case $1 in
	web) pgrep -o -f 'nginx: master' ;;
	store) pgrep -o -f redis-server ;;
	records) pgrep -o -f 'bin/postgres -D' ;;
	login) pgrep -o -f 'sshd.*listener' ;;
	esac
}

# --- three services
jail web 2011 192.0.2.11 "NET_BIND_SERVICE SETUID SETGID CHOWN" root '/usr/sbin/nginx -e stderr -c /run/nginx.conf'
mkdir /srv/web/www && echo "it is nginx" >/srv/web/www/index.html
cat >/srv/web/nginx.conf <<'END'
daemon off; user www-data; worker_processes 1; pid /run/nginx.pid; error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path /run/body; proxy_temp_path /run/proxy; fastcgi_temp_path /run/fastcgi;
	uwsgi_temp_path /run/uwsgi; scgi_temp_path /run/scgi;
	server { listen 80; root /run/www; }
}
END
jail store 2012 192.0.2.12 "" redis '/usr/bin/redis-server --bind 127.0.0.1 --dir /run --save "" --protected-mode no --daemonize no'
chown redis: /srv/store
jail login 2013 192.0.2.13 "NET_BIND_SERVICE SETUID SETGID SYS_CHROOT CHOWN KILL" root '/usr/sbin/sshd -D -e -f /run/sshd_config'
mkdir -m 755 /srv/login/sshd
usermod -p '*' user
ssh-keygen -q -t ed25519 -N '' -f key && cp key.pub /srv/login/keys
ssh-keygen -q -t ed25519 -N '' -f /srv/login/host
printf '%s\n' 'HostKey /run/host' 'AuthorizedKeysFile /run/keys' 'UsePAM no' 'PidFile none' >/srv/login/sshd_config

jail records 2017 192.0.2.17 "" postgres '/usr/lib/postgresql/15/bin/postgres -D /run/data -k /run -h 127.0.0.1'
mkdir -m 700 /srv/records/data && chown postgres: /srv/records /srv/records/data
runuser -u postgres -- /usr/lib/postgresql/15/bin/initdb -D /srv/records/data -A trust --no-locale --no-sync >out 2>err ||
	cat err
echo 'host all all 192.0.2.0/24 trust' >>/srv/records/data/pg_hba.conf

# The directories that stay are there from here on.
vsctl setup web >out 2>err && vsctl stop web >out 2>err
before=$(left)
is "the jail files" 0 "$(status vsctl check)"
for name in web store records login; do is "start $name" 0 "$(status vsctl start $name)"; done
login() {
	ssh -q -i key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null user@192.0.2.13 "$@"
}
wait_for curl -sf http://192.0.2.11/
is "nginx answers at its address" "it is nginx" "$(cat out)"
wait_for redis-cli -h 192.0.2.12 ping
is "redis, which wants the loopback, does" PONG "$(cat out)"
sql() { psql -h 192.0.2.17 -U postgres -Atc "$1"; }
wait_for sql 'CREATE TABLE numbers AS SELECT generate_series(1, 1000) AS number'
is "PostgreSQL, which wants it too, answers" 500500 "$(sql 'SELECT sum(number) FROM numbers')"
is "... to another jail" "1000 from 192.0.2.11" "$(vsctl exec web -- /usr/bin/psql -h 192.0.2.17 -U postgres -Atc \
	"SELECT count(*) || ' from ' || host(inet_client_addr()) FROM numbers" 2>err)"
is "... its workers are in its context" yes "$(
	sql 'SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SELECT count(*) FROM numbers' >out 2>err
	[ "$(vsctl status records --json | jq '.jails[0].tasks')" = "$(pgrep -u postgres -c .)" ] && echo yes)"
wait_for login id -un
is "sshd does, and a user logs in" user "$(cat out)"

# --- what each can do to itself, and none to another one, as the same user
foreign="signal EPERM; nice EPERM; trace EPERM; memory EACCES; status EACCES; environ EACCES; root EACCES; "
own="signal ok; nice ok; trace ok; memory ok; status ok; environ ok; root ok; "
acts_on() { for act in signal nice trace memory status environ root; do echo "$act=$1"; done; }
# expected JAIL JAIL: what the first one can do to the second one.
expected() { if [ "$1" = "$2" ]; then echo "$own"; else echo "$foreign"; fi; }
for name in web store records login; do
	# shellcheck disable=SC2046 # several words
	is "$name: what root can do to root" "$(expected $name web)$(expected $name login)" \
		"$(acts_in $name root $(acts_on "$(main web)") $(acts_on "$(main login)"))"
	# shellcheck disable=SC2046
	is "... and redis to redis" "$(expected $name store)" "$(acts_in $name redis $(acts_on "$(main store)"))"
	# shellcheck disable=SC2046
	is "... and postgres to postgres" "$(expected $name records)" \
		"$(acts_in $name postgres $(acts_on "$(main records)"))"
done
is "its own address, and what stands for it" "bind to 192.0.2.11; bind to 192.0.2.11; bind to 192.0.2.11; bind to 192.0.2.11; " \
	"$(acts_in web root bind=192.0.2.11 bind=0.0.0.0 bind=127.0.0.1 bind=127.0.0.2)"
is "... at a port that another one has" "bind to 192.0.2.11; " "$(acts_in web root bind=0.0.0.0,6379)"
is "no other one" "bind EADDRNOTAVAIL; bind EADDRNOTAVAIL; " "$(acts_in web root bind=192.0.2.12 bind=192.0.2.10)"
is "one reaches the other, from its own address" "connect from 192.0.2.11; from ok; from EADDRNOTAVAIL; " \
	"$(acts_in web root connect=192.0.2.12,6379 from=192.0.2.11,192.0.2.12,6379 from=192.0.2.12,192.0.2.12,6379)"
is "the loopback of each is its own" "connect from 192.0.2.12; connect ECONNREFUSED; " \
	"$(acts_in store root connect=127.0.0.1,6379)$(acts_in web root connect=127.0.0.1,6379)"
acts_in store redis listen=store hold=0 >held &
wait_for grep listen held
is "an abstract name, in one's own context" "abstract ok; " "$(acts_in store root abstract=store)"
is "... in another one" "abstract ECONNREFUSED; " "$(acts_in web redis abstract=store)"
is "... and from the host" "abstract ok; " "$(acts abstract=store)"
is "what a user who has logged in starts" "bind to 192.0.2.13; bind EADDRNOTAVAIL; " \
	"$(login python3 $files/acts.py bind=0.0.0.0 bind=192.0.2.11)"

# --- WATCH
watch() { vsctl watch -- "$@"; }
is "WATCH: ps" 4 "$(watch /usr/bin/ps -eo args 2>err |
	grep -c '^nginx: master\|^/usr/bin/redis-server\|^/usr/lib/postgresql/15/bin/postgres\|^sshd: .*listener')"
is "... ss" "192.0.2.11:80 nginx 192.0.2.12:6379 redis-server 192.0.2.13:22 sshd 192.0.2.17:5432 postgres" \
	"$(watch /usr/bin/ss -Hltnp 2>err | sed -n 's/.* \(192[^ ]*\) .*users:(("\([^"]*\)".*/\1 \2/p' | sort | xargs)"
is "... lsof" "nginx redis-server postgres sshd" "$(for name in web store records login; do
	watch /usr/bin/lsof +c 15 -nPw -p "$(main $name)" 2>err | sed -n '2s/ .*//p'; done | xargs)"
is "... changes nothing" "signal EPERM; nice EPERM; trace EPERM; memory EACCES; write EACCES; write EACCES; bind EAFNOSUPPORT; abstract ECONNREFUSED; " \
	"$(watch /usr/bin/python3 $files/acts.py signal="$(main web)" nice="$(main web)" trace="$(main web)" memory="$(main web)" \
		write=/srv/web/www/index.html write=/srv/new bind=127.0.0.1 abstract=store 2>err)"
is "... as kill and redis-cli say" "1 1" "$(status watch /usr/bin/kill "$(main store)") $(status watch /usr/bin/redis-cli -h 192.0.2.12 shutdown)"
is "all of them still run" "it is nginx PONG" "$(curl -sf http://192.0.2.11/) $(redis-cli -h 192.0.2.12 ping)"

# --- bubblewrap
jail sandbox 2014 192.0.2.14 "" user /usr/bin/true \
	's/,noatime//; s/^Own=.*/Own=mount pid user\nUsers=0 0 65536\nGroups=0 0 65536/; s/^Level=.*/&\nUserNamespaces=yes\nNamespaceCapabilities=SYS_ADMIN SETUID SETGID SETPCAP NET_ADMIN SYS_CHROOT/'
is "a jail with user namespaces" 0 "$(status vsctl setup sandbox)"
# wrapped WORD...: options of bubblewrap, and a program.
wrapped() { vsctl exec -u user sandbox -- /usr/bin/bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /srv "$@"; }
# The same, as root of the user namespace, with every capability there is.
as_root() { wrapped --unshare-user --uid 0 --gid 0 --cap-add ALL "$@"; }
is "bubblewrap" 0 "$(status wrapped --unshare-all sh -c 'echo x >/srv/new && ls /srv')"
is "... its mounts are its own" "new / " "$(cat out) / $(vsctl exec sandbox -- /usr/bin/ls /srv)"
is "... its programs are in the context" "bind to 192.0.2.14; bind EADDRNOTAVAIL; " \
	"$(as_root python3 $files/acts.py bind=0.0.0.0 bind=192.0.2.11 2>err)"
is "root of it has a host name" inside "$(as_root --unshare-uts sh -c 'hostname inside && hostname' 2>err)"
name=$(hostname)
is "... and not that of the host" "1 $name" "$(status as_root hostname inside) $(hostname)"
is "... and a network" 0 "$(status as_root --unshare-net ip link set lo down)"
is "... and not that of the host" "2 yes" "$(status as_root ip link set addresses down) $(
	ip -o link show addresses | grep -q '[<,]UP[,>]' && echo yes)"
is "without user namespaces there is no sandbox" 1 \
	"$(status vsctl exec -u user web -- /usr/bin/bwrap --ro-bind / / --unshare-all true)"
is "... as bubblewrap says" yes "$(says 'No permissions to create new namespace' err)"

# --- crun
jail box 2015 192.0.2.15 "" root /usr/bin/true
mkdir /srv/bundle
# shellcheck disable=SC2016 # for the hook
printf '#!/bin/sh\nexport PATH=%s:/usr/bin\nvsctl arm box "$(jq -r .pid)"\n' $files >$files/arm && chmod 755 $files/arm
cat >/srv/bundle/config.json <<END
{
  "ociVersion": "1.0.2",
  "process": {
    "user": { "uid": 0, "gid": 0 }, "cwd": "/", "env": ["PATH=/usr/bin"], "noNewPrivileges": true,
    "args": ["/usr/bin/python3", "$files/acts.py", "bind=192.0.2.15", "bind=192.0.2.11", "signal=$(main web)", "hold=0"],
    "capabilities": { "bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"] }
  },
  "root": { "path": "/srv/tree", "readonly": true },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "noexec", "mode=755"] },
    { "destination": "$files", "type": "bind", "source": "$files", "options": ["bind", "ro"] }
  ],
  "hooks": { "createRuntime": [{ "path": "$files/arm" }] },
  "linux": { "namespaces": [{ "type": "mount" }, { "type": "ipc" }, { "type": "uts" }] }
}
END
# container RUNTIME NAME [OPTION]
container() { "$1" ${3+"$3"} run --bundle /srv/bundle "$2" >"$2.log" 2>"$2.err"; }
confined="bind to 192.0.2.15; bind EADDRNOTAVAIL; signal EPERM; "
alone=--cgroup-manager=disabled
is "a container whose jail is not set up" no "$(container crun one $alone && echo yes || echo no)"
is "... does not run" "" "$(cat one.log)"
is "... nor one of runc" no "$(container runc three && echo yes || echo no)"
is "... does not run" "" "$(cat three.log)"
is "its jail" 0 "$(status vsctl setup box)"
container crun one $alone &
one=$!
wait_for grep signal one.log
is "it has the address of its context, and nothing of others" "$confined" "$(cat one.log)"
# tasks: the number of tasks in its context.
tasks() { vsctl status box --json | jq '.. | .tasks? // empty'; }
is "it is alone in its context" "1 2" "$(tasks) $(pgrep -cf '^crun.* one$|acts.py bind=192.0.2.15')"
is "what the runtime adds is not armed" "bind to 192.0.2.11; signal ok; " \
	"$(crun $alone exec one /usr/bin/python3 $files/acts.py bind=192.0.2.11 "signal=$(main web)" 2>err)"

# runc, which always makes a cgroup, and filters devices there by a program of BPF.
mkdir /sys/fs/cgroup/containers
jq '.linux.cgroupsPath = "/containers/three"' /srv/bundle/config.json >changed && cp changed /srv/bundle/config.json
container runc three &
three=$!
wait_for grep signal three.log
is "runc: the same" "$confined" "$(cat three.log)"
is "... it is in the context, and the runtime is not" "2 1" "$(tasks) $(pgrep -cf '^runc .*run .* three$')"
is "... what the runtime adds is not armed" "bind to 192.0.2.11; signal ok; " \
	"$(runc exec three /usr/bin/python3 $files/acts.py bind=192.0.2.11 "signal=$(main web)" 2>err)"
runc kill three KILL >out 2>err
wait $three

# The other way: the cgroup. No hook is needed.
groups=--cgroup-manager=cgroupfs
jq '.linux.cgroupsPath = "/containers/two" | del(.hooks)' /srv/bundle/config.json >changed && cp changed /srv/bundle/config.json
is "a container by its cgroup" 0 "$(status vsctl bind box /sys/fs/cgroup/containers --child two)"
container crun two $groups &
two=$!
wait_for grep signal two.log
is "... is confined" "$confined" "$(cat two.log)"
is "... the runtime is not in the context" 2 "$(tasks)"
is "... what it adds is" "bind EADDRNOTAVAIL; signal EPERM; " \
	"$(crun $groups exec two /usr/bin/python3 $files/acts.py bind=192.0.2.11 "signal=$(main web)" 2>err)"

# --- logins: sshd of the host, whose sessions are in contexts
jail guests 2018 192.0.2.18 "SETUID SETGID CHOWN FOWNER FSETID KILL AUDIT_WRITE" root /usr/bin/true
is "a context for logins" 0 "$(status vsctl setup guests)"
printf '# Accounts and contexts.\nroot -\n@src 2018\nuser 2019\n' >/etc/security/clip.conf
printf '%s\n' 'auth required pam_deny.so' 'account required pam_permit.so' "account required $files/pam_clip.so" \
	"session required pam_exec.so quiet $files/before" "session required $files/pam_clip.so" >/etc/pam.d/sshd
# What happens to the process that opens a session just before it enters, if anything.
# shellcheck disable=SC2016 # for the script
printf '#!/bin/sh\n[ "$PAM_TYPE" != open_session ] || [ ! -e %s/happens ] || . %s/happens\n' $dir $dir >$files/before
chmod 755 $files/before
mkdir -p /run/sshd
printf '%s\n' 'ListenAddress 192.0.2.10' 'HostKey /srv/login/host' "AuthorizedKeysFile $dir/key.pub" 'UsePAM yes' \
	'PidFile none' 'StrictModes no' 'PermitRootLogin yes' >pam_sshd
chmod 755 $dir
/usr/sbin/sshd -D -e -f $dir/pam_sshd 2>pam_log &
server=$!
# as USER COMMAND...
as() {
	user=$1
	shift
	ssh -q -i key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$user@192.0.2.10" "$@"
}
wait_for as root true
is "root has no context" "bind to 192.0.2.11; " "$(as root python3 $files/acts.py bind=192.0.2.11)"
is "a member of the group is in one" "bind to 192.0.2.18; bind EADDRNOTAVAIL; signal EPERM; " \
	"$(as builder python3 $files/acts.py bind=0.0.0.0 bind=192.0.2.11 "signal=$(main web)")"
is "... as its user" builder "$(as builder id -un)"
is "... with a terminal" yes "$(as builder -tt 'test -t 0 && echo yes' | tr -d '\r')"
is "... and nothing is left of the sessions" 0 "$(wait_for test "$(vsctl status guests --json | jq '.jails[0].tasks')" = 0
	vsctl status guests --json | jq '.jails[0].tasks')"
is "a user whose context is not there" 255 "$(status as user true)"
is "... is in no session" yes "$(says 'Access denied for user user by PAM account configuration' pam_log)"
verictl context create 2019 >out 2>err
is "... and then has one, which takes the rights of sshd" 255 "$(status as user true)"
echo "$files/verictl context delete 2019" >happens
is "... and one that goes away before the session" 255 "$(status as user true)"
is "... is gone" no "$(verictl context list | grep -q '^2019' && echo yes || echo no)"
# shellcheck disable=SC2016 # for the script
printf 'python3 %s/acts.py "trace=$PPID" "follow=$PPID" >%s/tracer 2>&1 &\nuntil grep -q trace %s/tracer; do sleep 0.1; done\n' \
	$files $dir $dir >happens
refused=$(dmesg | grep -c 'reason=.*(not-alone)')
is "a process that cannot enter, because it is traced, ends without a session" 255 "$(status timeout 120 \
	ssh -q -i key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null builder@192.0.2.10 true)"
is "... it was traced, and refused" "yes 1" \
	"$(grep -q 'trace ok' tracer && echo yes) $(($(dmesg | grep -c 'reason=.*(not-alone)') - refused))"
pkill -f 'acts.py trace='
rm -f happens
is "... and where it is not traced, it enters" "bind EADDRNOTAVAIL; " "$(as builder python3 $files/acts.py bind=192.0.2.11)"
sed -i 's/2019/-/' /etc/security/clip.conf
is "... or none is needed" user "$(as user id -un)"
echo 'user 2018 2019' >>/etc/security/clip.conf
is "with a file that is not understood, each login is refused" "255 255 255" \
	"$(status as root true) $(status as builder true) $(status as user true)"
sed -i '$d' /etc/security/clip.conf
chmod 666 /etc/security/clip.conf
is "... nor one that others can write" "255 255" "$(status as root true) $(status as builder true)"
chmod 644 /etc/security/clip.conf
is "as before" builder "$(as builder id -un)"
kill $server
wait $server

# --- the end
is "stop ends the containers" 0 "$(status vsctl stop box)"
wait $one
is "... and with them the runtime" 143 $?
wait $two
is "... of both" 143 $?
is "... which has nothing left" "" "$(crun list -q)"
rmdir /sys/fs/cgroup/containers
for name in web store records login sandbox guests; do is "stop $name" 0 "$(status vsctl stop $name)"; done
is "no port is open" "" "$(ss -Hltn)"
is "nothing is left" "$before" "$(left)"
jail broken 2016 192.0.2.16 "" root /usr/bin/nothing
is "a start that fails" 127 "$(status vsctl start broken)"
is "... leaves nothing" "$before" "$(left)"

finish

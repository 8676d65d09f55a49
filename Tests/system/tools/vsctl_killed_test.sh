#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vsctl: a start that is killed at each of its system calls. Prints TAP.
# append: guest.newroot
dir=/tmp/vsctl3
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
# shellcheck source=Tests/system/support/jails.sh
. /usr/lib/clip/tests/jails.sh
mkdir -p "$dir" && cd "$dir" || exit 1
kill_at=/usr/lib/clip/tests/kill_at_call
jail web 2001
# The directories that stay are there from here on.
vsctl setup web >out 2>err && vsctl stop web >out 2>err
before=$(left)

# --- in the middle: the setup command, while the process of the jail waits
# shellcheck disable=SC2016 # for the command
printf '#!/bin/sh\nkill -KILL $PPID\n' >killer && chmod 755 killer
jail web 2001 "s,^HostName=.*,SetupCommand=$dir/killer,"
is "a start that its setup command kills" 137 "$(status vsctl start web)"
is "list: it was interrupted" yes "$(vsctl list >out; says '2001  interrupted  ' out)"
is "... for programs" yes "$(vsctl list --json >out; says '"interrupted":true' out)"
is "status: it does not run" 1 "$(status vsctl status web)"
is "... and says why" yes "$(says 'interrupted' out)"
is "... for programs" yes "$(vsctl status web --json >out; says '"state":"interrupted"' out)"
is "the context is there" 1 "$(verictl context list | grep -c '^2001 ')"
is "nothing runs in it" 1 "$(status inside /bin/true)"
is "another jail with this number" 4 "$(jail other 2001; status vsctl start other)"
is "... has left nothing" "" "$(find /run/vsctl -name other)"
is "stop" 0 "$(status vsctl stop web)"
is "... and nothing is left" "$before" "$(left)"
is "list: it does not run" yes "$(vsctl list >out; says '2001  -  /etc/jails/web.conf' out)"
is "killed again" 137 "$(status vsctl start web)"
jail web 2001
is "the next start removes what was left" 0 "$(status vsctl start web)"
is "... and it runs" yes "$(vsctl list >out; says '2001  runs  ' out)"
is "stop" 0 "$(status vsctl stop web)"
is "... and nothing is left" "$before" "$(left)"
rm "$jails/other.conf"

# --- a start that goes on
printf '#!/bin/sh\n: >%s/waits\nuntil [ -e %s/go ]; do sleep 0.1; done\n' $dir $dir >killer
jail web 2001 "s,^HostName=.*,SetupCommand=$dir/killer,"
vsctl start web 2>starts &
start=$!
until [ -e waits ]; do sleep 0.1; done
is "status: it is being started" yes "$(vsctl status web >out; says 'is being started' out)"
is "stop does not disturb it" 4 "$(status vsctl stop web)"
is "... nor does a second start" 4 "$(status vsctl start web)"
is "... they say why" yes "$(says 'another vsctl is busy with web' err)"
: >go
wait $start
is "it comes to its end" 0 $?
is "... and runs" 0 "$(status vsctl status web)"
is "stop" 0 "$(status vsctl stop web)"
is "... and nothing is left" "$before" "$(left)"

# --- a context of others, made when the start was killed and had not made its own
mkdir /run/vsctl/web
cat >/run/vsctl/web/state <<-'END'
	context=2001
	serial=0
	process=0
	started=0
	keeps-context=0
	stop-timeout=5
	namespaces=0
	only-set-up=0
	starting=1
END
verictl context create 2001 >out 2>err
echo '* 2001 - - - - - sha256 0000000000000000000000000000000000000000000000000000000000000001' |
	verictl load -f - 2>err
is "a context with rules is not what was left" 0 "$(status vsctl stop web)"
is "... and stays" 1 "$(verictl context list | grep -c '^2001 ')"
is "a start is refused then" 4 "$(jail web 2001; status vsctl start web)"
is "... by its reason" yes "$(says 'create context 2001' err)"
verictl context delete 2001 2>err
is "nothing is left" "$before" "$(left)"

# --- at each call
# killed_everywhere STEP WHAT COMMAND...: COMMAND is killed at each STEPth call from the
# lock on, and then the jail is stopped, or started and stopped. "prepare" comes first.
killed_everywhere() {
	step=$1 what=$2
	shift 2
	prepare
	numbers=$($kill_at 0 "$@" 2>err)
	vsctl stop web 2>>err
	first=${numbers% *} last=${numbers#* }
	[ "$first" -gt 0 ] || first=1
	is "$what: there are calls" yes "$([ "$last" -gt $((first + 50)) ] && echo yes)"
	bad='' killed=0 wanted=0 call=$first
	while [ "$call" -le "$last" ]; do
		prepare
		wanted=$((wanted + 1))
		[ "$(status $kill_at "$call" "$@")" != 137 ] || killed=$((killed + 1))
		if [ $((wanted % 2)) = 0 ] && [ "$(status vsctl status web)" = 1 ]; then
			[ "$(status vsctl start web)" = 0 ] || bad="$bad start:$call:$(tail -n 1 err)"
		fi
		[ "$(status vsctl stop web)" = 0 ] || bad="$bad stop:$call:$(tail -n 1 err)"
		[ "$(left)" = "$before" ] || bad="$bad left:$call:$(left | tr '\n' ' ')"
		call=$((call + step))
	done
	# Where it waits, the number of calls depends on the time: the count can have more
	# of them than a later run, which then ends before it is killed.
	is "... killed nearly each time" yes "$([ $((killed * 2)) -ge "$wanted" ] && echo yes || echo "$killed of $wanted")"
	is "... and nothing was left" "" "$bad"
}
prepare() { :; }
jail web 2001 "s,^HostName=.*,&\\nSetupCommand=/bin/true,"
killed_everywhere 1 start vsctl start web
jail web 2001
killed_everywhere 8 setup vsctl setup web
jail web 2001 '/Limits/d; /Tasks/d'
killed_everywhere 8 run vsctl run web -- /bin/true
prepare() { vsctl start web 2>>err; }
killed_everywhere 8 stop vsctl stop web

finish

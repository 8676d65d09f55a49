#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl events against the real kernel, in the guest. Prints TAP.
# Not /tmp: that is mounted nosuid, where nothing is granted.
dir=/opt/events
tests=/usr/lib/clip/tests
program=/usr/libexec/clip/verictl-events
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

# status_during ACT COMMAND...: prints the exit status of a command. ACT is repeated
# until the command ends, because only the kernel knows when it begins to listen.
status_during() {
	act=$1
	shift
	"$@" >"$dir/out" 2>"$dir/err" &
	listener=$!
	# More than any wait takes.
	tries=10000
	while [ $tries -gt 0 ] && kill -0 $listener 2>/dev/null; do
		as_user "$act" >/dev/null 2>&1
		tries=$((tries - 1))
	done
	kill $listener 2>/dev/null
	wait $listener
	echo $?
}

mkdir -p "$dir" && chmod 755 "$dir" && cd "$dir" || exit 1
cp "$tests/probe" good && cp "$tests/probe" 'b"d e' && chmod 755 good 'b"d e'
verictl gen --context 0 --caps-eff NET_BIND_SERVICE --caps-perm NET_BIND_SERVICE \
	--privs c -o rules "$dir/good" "$dir/b\"d e"
# The rules are changed once they count.
verictl gen --context 0 --flags er --privs V -o tool /usr/sbin/verictl
verictl load -f rules -f tool && verictl -e || exit 1
echo x >>'b"d e'
digest=$(sha256sum 'b"d e' | cut -c1-64)
inode=$(stat -c %i 'b"d e')
bad="'$dir/b\"d e'"

# --- callers that may listen, and the end without an event
is "events has help of its own" 0 "$(status verictl events --help)"
is "a count of 0" 2 "$(status verictl events --count 0)"
is "--follow has no end" 2 "$(status verictl events --follow --count 1)"
is "an ordinary user may not listen" 4 "$(status as_user 'verictl events --timeout 1')"
is "... and the error names the capability" yes "$(says CAP_SYS_ADMIN err)"
is "not in another network namespace" 5 "$(status unshare -n verictl events --timeout 1)"
is "nothing happens" 1 "$(status verictl events --timeout 1)"
is "... and nothing is printed" "" "$(cat out err)"
mv "$program" "$program.away"
is "without the program" 5 "$(status verictl events --timeout 1)"
is "... it says so" yes "$(says 'verictl-events is not installed' err)"
mv "$program.away" "$program"

# --- what is printed
sent=$(value events)
is "the first event" 0 "$(status_during "$bad" verictl events)"
is "... is one line" 1 "$(wc -l <out)"
is "... names the refusal" yes "$(says 'Z refused exec: reason=2 (digest-mismatch) errno=13 (EACCES) context=0 pid=' out)"
is "... the task" yes "$(says ' uid=1000 comm="sh"' out)"
is "... which file" yes "$(says " inode=$inode " out)"
is "... its digest" yes "$(says " found=$digest " out)"
is "... by which rule" yes "$(says "rule=\"rules\"" out)"
is "... and no field is forged" yes "$(says "path=\"$dir/b\\042d e\"" out)"
is "the kernel counts it" yes "$([ "$(value events)" -gt "$sent" ] && echo yes)"
is "status shows the count" yes "$(verictl status >out; says "events " out)"
is "as JSON" 0 "$(status_during "$bad" verictl events --json --count 2)"
is "... one object a line" 2 "$(grep -c '^{"schema":1,"time":"20.*}$' out)"
is "... with the same" yes "$(says '"kind":"exec","refused":true,"enforced":true,"reason":"digest-mismatch","error":"EACCES"' out)"
is "... and the path as it is" yes "$(says "\"path\":\"$dir/b\\\"d e\"" out)"
is "grants are left out" 1 "$(status_during "$dir/good" verictl events --timeout 2)"
is "grants on request" 0 "$(status_during "$dir/good" verictl events --grants --json --count 2)"
is "... a file that matches" yes "$(says '"kind":"exec","refused":false' out)"
is "... and its grant" yes "$(says '"effective":["NET_BIND_SERVICE"],"permitted":["NET_BIND_SERVICE"],"inheritable":[],"privileges":"c"' out)"
make="rm -f /tmp/made; : >/tmp/made; sleep 0.1"
is "new files are left out" 1 "$(status_during "$make" verictl events --timeout 2)"
is "new files on request" 0 "$(status_during "$make" verictl events --creations --count 1)"
is "... and the task that made it" yes "$(says 'created by open: reason=0 (none) context=0 pid=' out)"
is "... and where" yes "$(says 'path="/tmp/made"' out)"
is "... as JSON" 0 "$(status_during "$make" verictl events --creations --json --count 1)"
is "... with the act" yes "$(says '"kind":"create","refused":false,"enforced":true,"reason":"none","error":null,"act":"open"' out)"

# --- the recipe of docs/verictl.md: what a permissive context lets through becomes rules
# Its content is that of no other file.
cp "$tests/tiny" new && chmod 755 new && echo x >>new
verictl events --follow --json >learned 2>err &
listener=$!
sleep 2
verictl load -f - <<END
$(verictl gen --context 0 --allow -r /bin /sbin /usr "$dir/good")
END
permitted=$(value permitted)
verictl enable --exec --permissive >/dev/null 2>&1
is "permissive mode" yes "$(verictl status | grep -q permissive && echo yes)"
"$dir/new" && "$dir/new" && "$dir/new" && "$dir/new" && "$dir/new"
tries=50
while [ $tries -gt 0 ] && ! grep -q "\"path\":\"$dir/new\"" learned; do
	sleep 0.1
	tries=$((tries - 1))
done
sleep 1
kill $listener
wait $listener
is "each exec is counted" yes "$([ "$(value permitted)" -ge "$((permitted + 5))" ] && echo yes)"
is "the file is there once" 1 "$(grep -c "\"path\":\"$dir/new\"" learned)"
is "... with its digest" yes "$(says "\"found\":\"$(sha256sum new | cut -c1-64)\"" learned)"
sed -n '/"enforced":false/s/.*"algorithm":"\([^"]*\)".*"found":"\([^"]*\)".*/* 0 - - - - - \1 \2/p' \
	learned | sort -u >./more
is "... which makes a rule" yes "$(says "* 0 - - - - - sha256 $(sha256sum new | cut -c1-64)" ./more)"
verictl load -f ./more
permitted=$(value permitted)
"$dir/new"
is "nothing would be refused now" "$permitted" "$(value permitted)"
verictl disable >/dev/null 2>&1
verictl -e

# --- for ever
verictl events --follow >out 2>err &
listener=$!
tries=300
while [ $tries -gt 0 ] && [ "$(wc -l <out)" -lt 3 ]; do
	as_user "$bad" 2>/dev/null
	tries=$((tries - 1))
done
is "--follow goes on" yes "$(kill -0 $listener && echo yes)"
is "... printing" yes "$([ "$(wc -l <out)" -ge 3 ] && echo yes)"
kill $listener
wait $listener
verictl events >out 2>err &
listener=$!
while kill -0 $listener 2>/dev/null; do
	verictl load -f rules --skip-missing 2>/dev/null
	verictl unload -f rules 2>/dev/null
done
wait $listener
is "a change of rules is an event" 0 $?
is "... and says so" yes "$(says 'done commit: reason=0 (none) context=0 pid=' out)"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl learn, suggest, explain, allow and permissive against the real kernel, in
# the guest. Prints TAP.
# Not /tmp: that is mounted nosuid, where nothing is granted.
dir=/opt/learn
tests=/usr/lib/clip/tests
record=/var/lib/verictl/learned.jsonl
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

# wait_for TEXT FILE: prints "yes" when the file has the text, within ten seconds.
wait_for() {
	tries=100
	while [ $tries -gt 0 ] && ! grep -qF -- "$1" "$2" 2>/dev/null; do
		sleep 0.1
		tries=$((tries - 1))
	done
	says "$1" "$2"
}

mkdir -p "$dir" /var/lib /run && chmod 755 "$dir" && cd "$dir" || exit 1
mount -t tmpfs none /var/lib
mount -t tmpfs none /etc/verictl.d
# Contents that no allowed file has.
cp "$tests/probe" 'a b' && echo a >>'a b' && cp "$tests/probe" other && echo b >>other
chmod 755 'a b' other
verictl gen --context 0 --flags er --privs V -o /etc/verictl.d/verictl /usr/sbin/verictl
# Only the directories that this guest has.
set --
for place in /init /bin /sbin /usr /lib /lib64; do
	if [ -e $place ]; then set -- "$@" $place; fi
done
verictl gen --context 0 --allow -r "$@" -o /etc/verictl.d/system 2>/dev/null
verictl load --all >/dev/null 2>err || exit 1

# --- the recorder
is "nothing is recorded at first" 1 "$(status verictl learn status)"
is "start" 0 "$(status verictl learn start --exec)"
is "... and the context is permissive" yes "$(says 'active:enforce_exec:permissive' err)"
is "... and the recorder runs" 0 "$(status verictl learn status)"
is "start again" 0 "$(status verictl learn start --exec)"
is "... says so" yes "$(says 'was running already' err)"
is "a second recorder" 1 "$(status verictl learn run)"
as_user "'$dir/a b'" >/dev/null 2>&1
is "a refusal is recorded" yes "$(wait_for '"path":"/opt/learn/a b"' $record)"
is "... for root only" 600 "$(stat -c %a $record)"
is "stop" 0 "$(status verictl learn stop)"
is "... and nothing is recorded" 1 "$(status verictl learn status --json)"
is "... but the record stays" yes "$(says '"recording":false,"pid":null,"different":1,' out)"

# --- proposals
digest=$(sha256sum 'a b' | cut -c1-64) size=$(stat -c %s 'a b')
is "suggest" 0 "$(status verictl suggest)"
is "... the digest and the name" yes "$(says "* 0 - - - - - sha256 $digest:$size # /opt/learn/a\\040b" out)"
is "... and why" yes "$(says '(not-allowed)' out)"
cp out /etc/verictl.d/learned
is "... check takes it" 0 "$(status verictl check --strict /etc/verictl.d/learned)"
is "enforce" 0 "$(status verictl level active:enforce_exec --final)"
is "it is refused before the rule is loaded" 126 "$(status as_user "'$dir/a b'")"
is "load" 0 "$(status verictl load --all)"
is "it runs afterwards" 0 "$(status as_user "'$dir/a b'")"
is "another file does not" 126 "$(status as_user "$dir/other")"
is "nothing is proposed any more" 0 "$(status verictl suggest)"
is "... " "" "$(grep -v '^#' out)"

# --- a context that enforces is not weakened
is "start in a context that enforces" 0 "$(status verictl learn start)"
is "... leaves it so" yes "$(says 'stays as it is' err)"
is "... " yes "$(verictl level >out; says 'active:enforce_exec' out)"
is "... and not permissive" 0 "$(grep -c permissive out)"
as_user "$dir/other" >/dev/null 2>&1
is "... and records what is refused" yes "$(wait_for '"path":"/opt/learn/other"' $record)"
verictl learn stop >/dev/null 2>&1

# --- explanations
is "explain the last refusal" 0 "$(status verictl explain --last)"
is "... in words" yes "$(says 'refused to run /opt/learn/other' out)"
is "... with the next step" yes "$(says 'verictl gen --allow --context 0 /opt/learn/other' out)"
is "explain to an ordinary user" 1 "$(status as_user "verictl explain $dir/other")"
is "... no, and why" yes "$(says 'other: no; exec would fail with EACCES: the file is neither listed nor allowed' out)"
is "... yes" 0 "$(status as_user "verictl explain '$dir/a b'")"
is "... without a digest" 0 "$(grep -c "$digest" out)"
chmod 700 other
is "... nothing of a file that he may not open" 6 "$(status as_user "verictl explain $dir/other")"
chmod 755 other

# --- exceptions
is "allow for a while" 0 "$(status verictl allow "$dir/other" --for 1h)"
is "... it runs" 0 "$(status as_user "$dir/other")"
is "... and is listed" 0 "$(status verictl allow list)"
is "... with its name" yes "$(says '# /opt/learn/other' out)"
is "... load --all keeps it" 0 "$(status verictl load --all)"
is "... and it runs" 0 "$(status as_user "$dir/other")"
is "... no user may make one" 4 "$(status as_user "verictl allow $dir/other --for 1h")"
is "revoke" 0 "$(status verictl allow --revoke "$dir/other")"
is "... it does not run" 126 "$(status as_user "$dir/other")"
is "permissive for a while" 0 "$(status verictl permissive --for 2s)"
is "... it runs" 0 "$(status as_user "$dir/other")"
sleep 3
# The kernel takes the word away as soon as it has the time.
is "... and does not afterwards" 126 "$(for _ in $(seq 20); do
	got=$(status as_user "$dir/other")
	[ "$got" = 0 ] || break
	sleep 1
done; echo "$got")"
is "... because the word is gone" 0 "$(verictl level | grep -c permissive)"
verictl disable >/dev/null 2>&1
umount /etc/verictl.d /var/lib
finish

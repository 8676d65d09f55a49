# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Commands that are killed instead of each of their system calls while they change a policy.
# A script sets $dir and sources tap.sh before this file; with an argument, only the part of
# this name runs. Makes two policies, "one" and "two".
tests=/usr/lib/clip/tests
rules=/etc/verictl.d
clip=/sys/kernel/security/clip
only=${1-}
mkdir -p "${dir:?}" /etc/verictl /etc/devctl.d && chmod 755 "$dir" && cd "$dir" || exit 1
rm -f "$rules"/* /etc/devctl.d/*

# sum FILE...: one word for the content of files, "-" where there is none.
sum() {
	for file; do
		if [ -e "$file" ]; then sha256sum <"$file" | cut -c1-12; else echo -; fi
	done | tr '\n' ' '
}

# All entries and digests in force, which are listed in no order.
in_force() { sort $clip/entries $clip/digests | sha256sum | cut -c1-12; }

# killed_everywhere WHAT SEEN COMMAND...: COMMAND is killed at each of its calls. The function
# "prepare" makes the old state; SEEN prints words of which each must be the old or the new one.
# The status is 1 if another part was asked for.
killed_everywhere() {
	what=$1 seen=$2
	shift 2
	[ "${only:-$what}" = "$what" ] || return 1
	prepare
	old=$($seen)
	calls=$("$tests/kill_at_call" 0 "$@" 2>err | tail -n 1)
	new=$($seen)
	calls=${calls#* }
	is "$what: it has calls, and changes something" yes "$([ "$calls" -gt 20 ] && [ "$old" != "$new" ] && echo yes ||
		echo "$calls calls, $old, $new")"
	bad='' killed=0 olds=0 news=0 call=1
	while [ "$call" -le "$calls" ]; do
		prepare
		[ "$($seen)" = "$old" ] || bad="$bad prepare:$call"
		[ "$(status "$tests/kill_at_call" "$call" "$@")" != 137 ] || killed=$((killed + 1))
		now=$($seen)
		case $now in
		"$old") olds=$((olds + 1)) ;;
		"$new") news=$((news + 1)) ;;
		*) mixed "$now" || bad="$bad $call:$now" ;;
		esac
		# Every fourth time it is done again, from what was left.
		if [ $((call % 4)) = 0 ]; then
			[ "$(status "$@")" = 0 ] && [ "$($seen)" = "$new" ] || bad="$bad again:$call:$(tail -n 1 err)"
		fi
		call=$((call + 1))
	done
	echo "# $what: killed at $killed of $calls calls: $olds times the old state, $news times the new one"
	is "... killed at nearly each" yes "$([ $((killed * 10)) -ge $((calls * 9)) ] && echo yes || echo "$killed of $calls")"
	is "... the old state or the new one" "" "$bad"
	is "... both were seen" yes "$([ $olds -gt 0 ] && [ $news -gt 0 ] && echo yes || echo "$olds, $news")"
}

# mixed WORDS: whether each word is that of the old state or of the new one. A command that
# changes the kernel and a file cannot change both at once.
mixed() {
	# shellcheck disable=SC2086  # words
	set -- $old -- $new -- $1
	number_of_words=0
	for word; do [ "$word" != -- ] || break; number_of_words=$((number_of_words + 1)); done
	[ $# = $((3 * number_of_words + 2)) ] || return 1
	at=1
	while [ "$at" -le "$number_of_words" ]; do
		eval "is_old=\$$at is_new=\${$((at + number_of_words + 1))} is_now=\${$((at + 2 * number_of_words + 2))}"
		# shellcheck disable=SC2154  # of eval
		[ "$is_now" = "$is_old" ] || [ "$is_now" = "$is_new" ] || return 1
		at=$((at + 1))
	done
}

# Two policies without a common entry. That of verictl is a file of its own.
for name in a b c d; do
	cp $tests/tiny "$dir/$name"
	echo $name >>"$dir/$name"
done
# Without u, a traced verictl has no privileges.
verictl gen --context 0 --flags eru --privs V -o tool /usr/sbin/verictl
{
	verictl gen --context 0 --caps-eff NET_ADMIN --caps-perm NET_ADMIN "$dir/a"
	verictl gen --context 0 "$dir/b"
	verictl gen --context 0 --allow "$dir/c"
} >one
{
	verictl gen --context 0 --caps-eff KILL --caps-perm KILL "$dir/a"
	verictl gen --context 0 "$dir/d"
	verictl gen --context 0 --allow "$dir/b" "$dir/d"
} >two
cp tool "$rules/tool"

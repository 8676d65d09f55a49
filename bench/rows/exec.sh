# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034,SC2016
# Starting a program: clip in its states, and the kernel's own peers.

# compare_starts STATE KEY: the five ways in which a program is started.
compare_starts() {
	local how
	for how in vfork-static vfork-interp fork-static fork-interp exit; do
		compare_call "exec-$how-$1" "$2-$how"
	done
}

bench_exec() {
	local ext4=$build/tests/ext4.img state with without
	on_both 'sh /bench/exec.sh'
	for state in idle unlisted sha256 capability fsverity wx latches; do
		compare_starts "$state" "$state"
	done
}

# with_peer NAME: the kernel NAME must refuse what the kernel without it runs.
with_peer() {
	local ext4=$build/tests/ext4.img with without
	on_both "sh /bench/$1.sh" "$1"
	[[ $(value unmarked <<<"$without") == 0 && $(value unmarked <<<"$with") != 0 ]] ||
		die "$1 did not refuse a file that it should"
	compare_starts "$1" peer
}

bench_ima() { with_peer ima; }

# Its policy is signed with the key that the kernel trusts.
bench_ipe() {
	local file keys=$build/kernel/keys policy=$work/ipe.policy
	{
		echo 'policy_name=bench policy_version=0.0.1'
		echo 'DEFAULT action=ALLOW'
		echo 'DEFAULT op=EXECUTE action=DENY'
		for file in tiny tiny-interp tiny-loader; do
			echo "op=EXECUTE fsverity_digest=sha256:$("$build/bin/verictl" gen --algo fsverity-sha256 \
				"$overlay/bench/$file" 2>/dev/null | awk '{ print $NF }') action=ALLOW"
		done
		echo 'op=EXECUTE boot_verified=TRUE action=ALLOW'
	} >"$policy"
	openssl smime -sign -binary -in "$policy" -signer "$keys/trusted.pem" -inkey "$keys/trusted.key" \
		-noattr -nodetach -nosmimecap -outform der -out "$overlay/bench/ipe.p7b"
	with_peer ipe
}

# A program that is listed, among more and more others. The first rule is that of
# verictl, which may then load into an active context.
bench_entries() {
	local ext4=$build/tests/ext4.img out
	out=$(in_guest test 'mkdir -p /mnt/d; mount -t ext4 /dev/vda /mnt/d; cp /bench/tiny /mnt/d/
		verictl gen --context 0 --flags er --privs V /usr/sbin/verictl >/tmp/rules
		verictl gen --context 0 --flags e /mnt/d/tiny >>/tmp/rules
		verictl load -f /tmp/rules; verictl -e
		for count in 10 100 1000 10000 100000; do
			/bench/many /tmp/many-$count $count >/tmp/rules; verictl load -f /tmp/rules || exit 1
			/bench/exec_bench entries-$count vfork /mnt/d/tiny
		done')
	curve_of exec-entries instructions entries entries "$out"
}

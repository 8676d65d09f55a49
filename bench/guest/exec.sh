# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# usage: sh /bench/exec.sh [STATE]...
#
# What it costs to start a program, in one state of clip after the other. Each
# state has files of its own, because rules are loaded once, before they count.
# Prints STATE-MODE-KIND=INSTRUCTIONS.
rounds=300
mkdir -p /mnt/d
mount -t ext4 /dev/vda /mnt/d || exit 1
cp /bench/tiny-loader /mnt/d/
for state in unlisted sha256 capability fsverity; do
	cp /bench/tiny "/mnt/d/static-$state"
	cp /bench/tiny-interp "/mnt/d/interp-$state"
done
/bench/mark_file verity /mnt/d/static-fsverity || exit 1
/bench/mark_file verity /mnt/d/interp-fsverity || exit 1
sync

# measure STATE FILES
measure() {
	for mode in vfork fork; do
		for kind in static interp; do
			/bench/exec_bench "$1-$mode-$kind" "$mode" "/mnt/d/$kind-$2" "$rounds" || exit 1
		done
	done
	/bench/exec_bench "$1-exit" exit "/mnt/d/static-$2" "$rounds" || exit 1
}

verictl gen --flags e --context 0 /mnt/d/static-sha256 /mnt/d/interp-sha256 >/tmp/rules
verictl gen --flags e --context 0 --caps-eff KILL --caps-perm KILL /mnt/d/static-capability /mnt/d/interp-capability >>/tmp/rules
verictl gen --flags e --context 0 --algo fsverity-sha256 /mnt/d/static-fsverity /mnt/d/interp-fsverity >>/tmp/rules
# Large programs have run before: they leave more free pages at hand. The first of
# all figures would differ.
/bench/exec_bench first vfork /mnt/d/static-unlisted "$rounds"
measure idle unlisted
verictl load -f /tmp/rules
verictl -e
verictl status >&2
measure unlisted unlisted
measure sha256 sha256
measure capability capability
measure fsverity fsverity
echo 1 >/proc/sys/kernel/clip/wx_memory
measure wx sha256
# shellcheck source=bench/guest/latches.sh
. /bench/latches.sh
measure latches capability

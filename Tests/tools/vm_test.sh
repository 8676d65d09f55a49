#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/vm_test.sh [KERNEL]
#
# Tests of tools/vm, as TAP. KERNEL is "baseline" by default: this is
# about the machine, not about clip.
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
kernel=${1-baseline}
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
count=0
failed=0

vm() { "$root/tools/vm" --kernel "$kernel" --log "$work/log" "$@"; }

# check NAME COMMAND...: one line of TAP.
check() {
	local name=$1 result='not ok'
	shift
	count=$((count + 1))
	if "$@"; then result='ok'; else failed=$((failed + 1)); fi
	echo "$result $count - $name"
}

# status N ARGUMENT...: tools/vm must end with it.
status() {
	local want=$1 got=0
	shift
	vm "$@" </dev/null >"$work/out" 2>"$work/err" || got=$?
	((got == want)) || { echo "# status $got, not $want"; sed 's/^/# /' "$work/err"; return 1; }
}

exit_statuses() {
	status 0 -- true && status 7 -- sh -c 'exit 7' && status 255 -- sh -c 'exit 255' &&
		status 127 -- /no/such/program && status 143 -- sh -c 'kill -TERM $$'
}

quiet() { status 0 -- true && [[ ! -s $work/out && ! -s $work/err ]]; }

separate() {
	status 3 -- sh -c 'echo to out; echo to err >&2; echo again >/dev/stderr; exit 3' &&
		[[ $(<"$work/out") == 'to out' && $(<"$work/err") == $'to err\nagain' ]]
}

# All byte values, and more than fits into any buffer on the way.
binary() {
	mkdir -p "$work/bytes"
	head -c 3000000 /dev/urandom >"$work/bytes/data"
	printf '\0\r\n\377\004\003' >>"$work/bytes/data"
	status 0 --overlay "$work/bytes" -- sh -c 'cat /data; cat /data >&2' &&
		cmp "$work/bytes/data" "$work/out" && cmp "$work/bytes/data" "$work/err"
}

input() {
	[[ $(echo hi | vm -- cat) == hi ]] &&
		vm -- cat <"$work/bytes/data" >"$work/out" && cmp "$work/out" "$work/bytes/data" &&
		[[ $(vm -- wc -c </dev/null) == 0 ]]
}

# A guest that ignores its input must not wait for it, nor this test for its end.
unread_input() {
	local got=0
	mkfifo "$work/fifo"
	exec 4<>"$work/fifo"	# a writer that never writes and never closes
	vm --timeout 30 -- true <"$work/fifo" || got=$?
	exec 4>&-
	((got == 0)) || return
	vm --timeout 30 -- true <"$work/bytes/data"
}

# shellcheck disable=SC2016  # nothing expands on this side
arguments() {
	status 0 -- printf '<%s>' 'two words' '' "it's" '$HOME' '*' &&
		[[ $(<"$work/out") == "<two words><><it's><\$HOME><*>" ]]
}

streamed() {
	local first
	coproc GUEST { vm -- sh -c 'echo first; sleep 600' </dev/null 2>/dev/null; }
	read -r -t 60 -u "${GUEST[0]}" first
	kill -TERM "$GUEST_PID"
	wait "$GUEST_PID" 2>/dev/null
	[[ $first == first ]]
}

usage() {
	status 125 && status 125 --no-such-option -- true && status 125 --mem many -- true &&
		status 125 --kernel nonsense -- true && grep -q 'make build' "$work/err" &&
		status 125 --overlay "$work/missing" -- true && status 125 --timeout
}

hang() {
	status 124 --timeout 15 --append "vmtest=$$.hang " -- sleep 1000 &&
		grep -q 'time limit' "$work/err" && ! guest_runs hang
}

panic() {
	local begin=$SECONDS
	status 123 -- sh -c 'echo c >/proc/sysrq-trigger; sleep 1000' &&
		grep -q 'Kernel panic' "$work/err" && ((SECONDS - begin < 30))
}

no_status() { status 123 -- sh -c 'echo b >/proc/sysrq-trigger; sleep 1000'; }

append() {
	status 0 --append clip.one=1 --append 'clip.two=2' -- cat /proc/cmdline &&
		grep -q ' clip.one=1 clip.two=2' "$work/out"
}

# What tools/check sets for all guests that want the kernel "test".
other_kernel() {
	mkdir -p "$work/counted"
	CLIP_VM_KERNEL=$kernel CLIP_VM_APPEND=clip.all=1 CLIP_VM_SLOWER=2 CLIP_VM_COVERAGE=$work/counted \
		status 0 --kernel test -- cat /proc/cmdline &&
		grep -q ' clip.all=1 guest.slower=2' "$work/out" && [[ $(find "$work/counted" -type f | wc -l) == 1 ]]
}

# A kernel that does not count leaves an empty file.
coverage() {
	status 0 --coverage "$work/coverage" -- true && [[ -f $work/coverage && ! -s $work/coverage ]] &&
		status 125 --coverage "$work/missing/coverage" -- true
}

overlay() {
	mkdir -p "$work/a/etc" "$work/b/etc" "$work/b/bin"
	echo from a >"$work/a/etc/file"
	echo from b | tee "$work/b/etc/file" >"$work/b/etc/passwd"
	printf '#!/bin/sh\necho program ran\n' >"$work/b/bin/program"
	chmod 755 "$work/b/bin/program"
	status 0 --overlay "$work/a" --overlay "$work/b" -- \
		sh -c 'cat /etc/file /etc/passwd; program; stat -c %u:%g /etc/file; ls -d /bin/sh' &&
		[[ $(<"$work/out") == $'from b\nfrom b\nprogram ran\n0:0\n/bin/sh' ]]
}

# The first disk is vda, the second vdb; what the guest writes stays.
disks() {
	truncate -s 1M "$work/disk,1" "$work/disk2"
	printf first | dd of="$work/disk,1" conv=notrunc status=none
	printf other | dd of="$work/disk2" conv=notrunc status=none
	status 0 --disk "$work/disk,1" --disk "$work/disk2" -- \
		sh -c 'head -c 5 /dev/vda; head -c 5 /dev/vdb; printf mark | dd of=/dev/vdb seek=1 bs=512 2>/dev/null; sync' &&
		[[ $(<"$work/out") == firstother ]] &&
		[[ $(tail -c +513 "$work/disk2" | head -c 4) == mark ]]
}

# shellcheck disable=SC2016
environment() {
	status 0 -- sh -c 'echo $CLIP_VM $(id -u) $(hostname) $$; ip addr show lo; ls /dev/fd/0 /dev/shm /dev/pts/ptmx /sys/kernel/security/lsm' &&
		grep -qE '^1 0 clip [0-9]+$' "$work/out" && grep -q 127.0.0.1 "$work/out"
}

# Messages of the kernel go to the log only.
boot_script() {
	mkdir -p "$work/boot/etc/guest"
	echo 'cat; echo boot script ran; touch /run/booted' >"$work/boot/etc/guest/boot.sh"
	status 0 --overlay "$work/boot" -- ls /run/booted &&
		[[ $(<"$work/out") == /run/booted && ! -s $work/err ]] &&
		grep -q 'boot script ran' "$work/log" &&
		status 1 --overlay "$work/boot" --append guest.noboot -- test -e /run/booted
}

new_root() {
	status 0 --append guest.newroot -- sh -c 'mount -t tmpfs none /mnt && cd /mnt && mkdir old &&
		cp -a /bin /lib /usr . && pivot_root . old && ls -d /old/etc; grep " /old " /old/proc/mounts' &&
		[[ $(<"$work/out") == $'/old/etc\ntmpfs /old tmpfs '* ]]
}

warning() {
	status 0 -- sh -c 'echo "WARNING: made up" >/dev/kmsg' && grep -q 'made up' "$work/err" &&
		status 122 --strict-log -- sh -c 'echo "WARNING: made up" >/dev/kmsg'
}

two_at_once() {
	local first
	vm -- sh -c 'echo one; exit 1' </dev/null >"$work/one" 2>/dev/null &
	first=$!
	[[ $(vm -- echo two </dev/null) == two ]]
	local second=$?
	wait "$first"
	[[ $? == 1 && $second == 0 && $(<"$work/one") == one ]]
}

# A broken pipe downstream ends the guest.
reader_gone() {
	local begin=$SECONDS
	vm -- yes 2>/dev/null </dev/null | head -n 1 >"$work/out"
	[[ ${PIPESTATUS[0]} != 0 && $(<"$work/out") == y ]] && ((SECONDS - begin < 30))
}

orphans() {
	status 5 -- sh -c '(sleep 1000 &); exit 5'
}

same_counts() {
	local run
	for run in 1 2; do
		status 0 --icount -- sh -c 'cat /proc/uptime; dd if=/dev/urandom bs=8 count=1 2>/dev/null | od -x; date' || return
		cp "$work/out" "$work/icount$run"
	done
	cmp "$work/icount1" "$work/icount2"
}

# guest_runs TAG: whether a guest runs that was started with --append vmtest=TAG.
guest_runs() { pgrep -f "^qemu-system-x86_64.* vmtest=$$[.]$1 " >/dev/null; }

# The guest ends with tools/vm, however that ends.
killed() {
	local signal=$1 pid tries
	"$root/tools/vm" --kernel "$kernel" --append "vmtest=$$.$signal " -- sleep 1000 \
		</dev/null >/dev/null 2>&1 &
	pid=$!
	for ((tries = 0; tries < 100; tries++)); do
		! guest_runs "$signal" || break
		sleep 0.1
	done
	guest_runs "$signal" || { echo "# no guest before SIG$signal"; return 1; }
	kill "-$signal" "$pid"
	wait "$pid" 2>/dev/null
	sleep 0.5
	! guest_runs "$signal"
}

echo 'TAP version 13'
check 'exit statuses come back' exit_statuses
check 'nothing is printed that the command did not print' quiet
check 'stdout and stderr are separate' separate
check 'output is byte-exact' binary
check 'input arrives, and so does its end' input
check 'unread input does not block' unread_input
check 'arguments arrive as they are' arguments
check 'output is streamed' streamed
check 'bad usage is 125' usage
check 'a hang is 124' hang
check 'a panic is 123, soon' panic
check 'a guest that ends without a status is 123' no_status
check '--append reaches the command line' append
check 'another kernel for all suites' other_kernel
check '--coverage' coverage
check '--overlay' overlay
check '--disk' disks
check 'the guest is set up' environment
check 'boot.sh runs first, unless guest.noboot' boot_script
check 'guest.newroot makes pivot_root possible' new_root
check 'a kernel warning is reported, and 122 with --strict-log' warning
check 'two at once' two_at_once
check 'a reader that goes away ends the guest' reader_gone
check 'a child left behind does not hold the guest' orphans
check '--icount repeats exactly' same_counts
check 'SIGTERM ends the guest' killed TERM
check 'SIGKILL ends the guest' killed KILL
echo "1..$count"
((failed == 0))

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034
# Everyday calls on files, memory and sockets, without latches and with them. Both
# halves are one boot, and so are those of the kernel without clip.

# halves WHAT: the lines of each half of an output, behind a line "second".
first_half() { sed '/^second$/,$d'; }
second_half() { sed '1,/^second$/d'; }

# compare_halves GROUP FIRST SECOND CALL...: FIRST and SECOND end the names of the rows.
compare_halves() {
	local group_name=$1 first=$2 second=$3 call whole_with=$with whole_without=$without with without
	shift 3
	with=$(first_half <<<"$whole_with") without=$(first_half <<<"$whole_without")
	for call; do compare_call "$group_name-$call$first" "$call"; done
	with=$(second_half <<<"$whole_with") without=$(second_half <<<"$whole_without")
	for call; do compare_call "$group_name-$call$second" "$call"; done
}

# Few files: a long chain in the table of names would cost more than clip.
bench_files() {
	local with without
	on_both '/bench/many /tmp/many 100 >/tmp/rule; verictl load -f /tmp/rule; verictl -e; /bench/file_bench /tmp
		. /bench/latches.sh; echo second; /bench/file_bench /tmp'
	compare_halves file '' -latches open open-write read write stat mmap-exec
}

bench_mem() {
	local with without
	on_both 'verictl -e; /bench/mem_bench /tmp
		echo 1 >/proc/sys/kernel/clip/wx_memory; echo second; /bench/mem_bench /tmp'
	compare_halves mem -off -on map map-file map-exec protect protect-exec fault fault-file
}

bench_net() {
	local with without
	on_both 'verictl gen --privs cs /bench/net_bench >/tmp/rule; verictl load -f /tmp/rule; verictl -e
		/bench/net_bench; echo 1 >/proc/sys/kernel/clip/network; echo second; /bench/net_bench'
	compare_halves net -off -on connect stream datagram
	# The kernel without clip has no contexts.
	on_both '/bench/net_bench context 2>/dev/null || /bench/net_bench'
	compare_call net-connect-context connect
	compare_call net-stream-context stream
	compare_call net-datagram-context datagram
}

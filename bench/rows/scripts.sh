# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034
# Interpreters that ask.

bench_scripts() {
	local out check execute
	out=$(in_guest "$kernel" 'echo text >/tmp/file; chmod 755 /tmp/file; verictl gen --flags e /tmp/file >/tmp/rule
		verictl load -f /tmp/rule; verictl level active:enforce_script; /bench/check_bench /tmp/file')
	check=$(value check <<<"$out")
	execute=$(value execute <<<"$out")
	add scripts-check "$check" instructions exec "$(ratio "$check" "$execute")" "$execute"
}

bench_asks() {
	local disk mem=2048 out asks stock
	# The files lie on a mount without noexec, and no rule is needed.
	# shellcheck disable=SC2016 # for the shell of the guest
	local script='d=/mnt/d; mkdir $d && mount -t squashfs -o ro /dev/vda $d && mount -t tmpfs tmpfs $d/opt &&
		mount -t tmpfs tmpfs $d/usr/libexec/clip && cp /usr/libexec/clip/python3-asks.so $d/usr/libexec/clip &&
		cp /bench/command_bench /bench/imports.py /usr/bin/execbits /usr/lib/clip/interpreters/python3-asks $d/opt && chmod 755 $d/opt/*
		bits="/opt/execbits set --file --interactive --lock --"
		chroot $d /opt/command_bench stock 5 /usr/bin/python3 /opt/imports.py
		chroot $d $bits /opt/command_bench asks 5 /opt/python3-asks /opt/imports.py
		chroot $d $bits /opt/python3-asks /opt/imports.py count'
	disk=$("$root/tools/guest-debian" python3 perl busybox)
	out=$(in_guest "$kernel" "$script")
	asks=$(value asks <<<"$out")
	stock=$(value stock <<<"$out")
	note "$(value modules <<<"$out") modules are imported"
	add asks-imports "$asks" instructions python3 "$(ratio "$asks" "$stock")" "$stock"
}

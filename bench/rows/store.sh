# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034,SC2016
# The tables of entries: their memory, and what changes, refusals and deletions cost
# when much is listed.

bench_load() {
	local out
	out=$(in_guest "$kernel" '/bench/many /tmp/many 100000 >/tmp/rule
		verictl compile -o /tmp/image /tmp/rule >/dev/null; /bench/load_bench /tmp/image')
	add load-100k "$(value commit <<<"$out")" instructions "stat of the same" \
		"$(ratio "$(value commit <<<"$out")" "$(value stat <<<"$out")")" "$(value stat <<<"$out")"
}

# What clip counts itself, and by how much all of the kernel's memory has grown.
bench_memory() {
	local out entries names
	out=$(in_guest "$kernel" '/bench/many /tmp/many 100000 >/tmp/rule
		verictl compile -o /tmp/image /tmp/rule >/dev/null; /bench/load_bench /tmp/image')
	entries=$(value entries <<<"$out")
	names=$(value name-bytes <<<"$out")
	local bytes=$(($(value entry-bytes <<<"$out") + $(value table-bytes <<<"$out")))
	add_value memory-entry "$(divide "$bytes" "$entries")" bytes
	add_value memory-entry-named "$(divide $((bytes + names)) "$entries")" bytes
	add_value memory-entry-kernel "$(divide "$(value kernel <<<"$out")" "$entries")" bytes
	allow_digests 100000 >"$overlay/bench/digests"
	out=$(in_guest "$kernel" 'verictl compile -o /tmp/image /bench/digests >/dev/null; /bench/load_bench /tmp/image')
	rm -f -- "$overlay/bench/digests"
	add_value memory-digest "$(divide "$(value digest-bytes <<<"$out")" "$(value digests <<<"$out")")" bytes
	add_value memory-digest-kernel "$(divide "$(value kernel <<<"$out")" "$(value digests <<<"$out")")" bytes
}

# A million files take 2 GB, and minutes under emulation.
bench_store() {
	local out call mem=6144 limit=3600
	out=$(in_guest "$kernel" 'mkdir /store; mount -t tmpfs -o size=100%,nr_inodes=0 store /store
		/bench/store_bench /store/s 100 1000 10000 100000 1000000')
	for call in commit rename unlink; do
		curve_of "store-$call" instructions entries "$call" "$out"
	done
}

bench_contexts() {
	local out
	# One file of this filesystem is listed: otherwise nothing is looked for.
	out=$(in_guest "$kernel" '/bench/many /tmp/many 1 >/tmp/rule; verictl load -f /tmp/rule >&2
		mkdir /tmp/files; /bench/contexts_bench /tmp/files 0 10 100 300 1000')
	curve_of contexts-unlink instructions contexts contexts "$out"
}

bench_mapped() {
	local out
	out=$(in_guest "$kernel" 'echo 1 >/proc/sys/kernel/clip/wx_memory; cp /bench/tiny /tmp/file
		/bench/mapped_bench /tmp/file 0 10 600 6000 60000')
	curve_of mapped-open-write instructions mappings mapped "$out"
}

# Files of 64 MB. "hash" is one that may run, at its first exec: that is what reading
# and hashing it costs. "mismatch" is listed with another digest; "unknown" is not
# listed, and no digest is of a file of its size; "known" has the size of one.
bench_refused() {
	local out kind
	out=$(in_guest "$kernel" 'mkdir /store; mount -t tmpfs -o size=100%,mode=755 store /store; cd /store
		cp /bench/tiny good; for name in hash mismatch unknown known; do cp /bench/tiny $name; truncate -s 64M $name; done
		truncate -s 65M unknown; printf x >>known; printf y >>mismatch; cp known same; truncate -s 1M same
		truncate -s $(stat -c %s known) same; printf z | dd of=same bs=1 seek=100000 conv=notrunc 2>/dev/null
		verictl gen --context 0 --flags e good hash >/tmp/rules
		sed -n "s,^/store/good,/store/mismatch,p" /tmp/rules >>/tmp/rules
		verictl gen --context 0 --allow same /bench/exec_bench /bench/refuse_bench /usr/bin/busybox \
			/usr/sbin/verictl >>/tmp/rules
		verictl load -f /tmp/rules; verictl level --final active:enforce_exec >&2
		/bench/exec_bench hash vfork /store/hash 1; /bench/exec_bench same vfork /store/same 1
		for kind in mismatch unknown known; do
			/bench/refuse_bench $kind /store/good /store/$kind
		done')
	local hash good first again
	hash=$(value hash <<<"$out")
	for kind in unknown known mismatch; do
		good=$(value "$kind-good" <<<"$out")
		first=$(value "$kind-first" <<<"$out")
		again=$(value "$kind-again" <<<"$out")
		if [[ $kind == unknown ]]; then
			add refused-unknown-first "$first" instructions "a good exec" "$(ratio "$first" "$good")" "$good"
		else
			add "refused-$kind-first" "$first" instructions "hashing 64 MB" "$(ratio "$first" "$hash")" "$hash"
		fi
		add "refused-$kind-again" "$again" instructions "a good exec" "$(ratio "$again" "$good")" "$good"
	done
}

# One program that is listed in two contexts and is executed in both in turns.
bench_twice() {
	local out turns once
	out=$(in_guest "$kernel" 'mkdir /store; mount -t tmpfs store /store; cp /bench/tiny /store/file
		truncate -s 4M /store/file; for context in 0 7; do
			verictl gen --context $context --flags e /store/file; done >/tmp/rules
		LOAD="verictl load -f /tmp/rules >&2; verictl -e" /bench/twice_bench /store/file 7')
	turns=$(value turns <<<"$out")
	once=$(($(value own <<<"$out") + $(value other <<<"$out")))
	add twice-turns "$turns" instructions "each alone" "$(ratio $((turns * 2)) "$once")" $((once / 2))
}

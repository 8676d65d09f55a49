# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034,SC2016
# The tools: text, hashing, the time until they do something, their size.

verictl=$build/bin/verictl

# cost RUNS COMMAND...: what bench/cost.c prints.
cost() { "$work/cost" "$@" || die "'${*:2}' failed"; }

# --- text --------------------------------------------------------------------

# Rules for paths that are not there, as on a machine where rules are packaged.
rule_text() {
	awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "/opt/tree/%03d/program-%06d 0 e NET_BIND_SERVICE|KILL NET_BIND_SERVICE|KILL - cs sha256 %064x\n",
				i % 1000, i, i
	}'
}

# Elapsed time on two processors, against a parser as the old tool had one, which
# uses one. Whatever else runs on the machine makes both slower.
bench_text() {
	local lines=200000 peer ours verb most=$work/rules.200000 points=() count
	host_program line_parser
	rule_text $lines >"$most"
	peer=$(value elapsed <<<"$(cost 9 "$work/line_parser" "$most")")
	for verb in check compile; do
		if [[ $verb == check ]]; then
			ours=$(cost 9 "$verictl" check "$most")
		else
			ours=$(cost 9 "$verictl" compile -o "$work/image" "$most")
		fi
		add "text-$verb" "$(value elapsed <<<"$ours")" us "the line parser" \
			"$(ratio "$(value elapsed <<<"$ours")" "$peer")" "$peer"
		add_value "text-$verb-memory" "$(divide "$(($(value memory <<<"$ours") * 1024))" 1000000)" MB
	done
	for count in 12500 25000 50000 100000; do
		head -n "$count" "$most" >"$work/rules.less"
		points+=("$count:$(value processor <<<"$(cost 5 "$verictl" check "$work/rules.less")")")
	done
	points+=("$lines:$(value processor <<<"$(cost 5 "$verictl" check "$most")")")
	add_curve text-check-time us lines "${points[@]}"
}

# --- hashing -----------------------------------------------------------------

# A copy of /usr/bin, because a peer writes attributes.
tree_of_programs() {
	local tree=$work/tree
	if [[ ! -e $work/tree.done ]]; then
		rm -rf -- "$tree"
		mkdir -p "$tree"
		find /usr/bin -type f -perm /111 -print0 | xargs -0 cp -p -t "$tree"
		chmod -R u+rw "$tree"
		touch "$work/tree.done"
	fi
	find "$tree" -type f -print0 | sort -z >"$work/files"
	# All of it into the page cache.
	xargs -0 cat <"$work/files" >/dev/null
	bytes=$(xargs -0 stat -c %s <"$work/files" | awk '{ s += $1 } END { print s }')
}

sha256sum_files() { xargs -0 -P2 -n64 sha256sum <"$work/files"; }
hash_files() { "$work/hash_files" <"$work/files"; }

# Bytes a second that two processes hash when they do nothing else.
hash_limit() {
	openssl speed -multi 2 -seconds 3 -bytes 16384 -evp sha256 2>/dev/null |
		awk '/^(sha256|SHA2-256|evp)/ { v = $NF; sub(/k$/, "", v); printf "%d", v * 1000 }'
}

# best COMMAND...: the shortest of five runs, in microseconds.
best() {
	local least=0 begin took i
	for i in 1 2 3 4 5; do
		begin=${EPOCHREALTIME/./}
		"$@" >/dev/null 2>&1 || die "'$*' failed"
		took=$((${EPOCHREALTIME/./} - begin))
		((least == 0 || took < least)) && least=$took
	done
	echo "$least"
}

# unpack_peer PROGRAM PACKAGE: a program of a Debian package that is not installed;
# sets $program, and its $loader and $dirs of libraries.
unpack_peer() {
	local files
	files=$("$root/tools/guest-package" "$2")
	program=$(find "$files/usr" -path "*bin/$1" -print -quit)
	loader=$(find "$files/usr/lib" -name 'ld-linux-x86-64.so.2' -print -quit)
	dirs=$(find "$files/usr/lib" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
	[[ -n $program && -n $loader ]] || die "no $1 in $2"
}

evmctl_files() { "$loader" --library-path "$dirs" "$program" ima_hash -a sha256 --xattr-user -r "$work/tree"; }

# It writes its list of trusted files below /etc, of which it gets one of its own;
# the list must be long enough.
fapolicyd_files() {
	unshare -rm bash -c 'mount -t tmpfs none /etc && mkdir -p /etc/fapolicyd/trust.d && least=$1 && shift && "$@" &&
		(($(wc -l </etc/fapolicyd/fapolicyd.trust) >= least))' - "$(tr -dc '\0' <"$work/files" | wc -c)" \
		"$loader" --library-path "$dirs" "$program" --file add "$work/tree/"
}

bench_gen() {
	local bytes ours theirs limit speed program loader dirs
	host_program hash_files -lcrypto -lpthread
	tree_of_programs
	ours=$(best "$verictl" gen -r "$work/tree")
	theirs=$(best hash_files)
	add gen-vs-threads "$ours" us "two threads in C" "$(ratio "$ours" "$theirs")" "$theirs"
	theirs=$(best sha256sum_files)
	speed=$((bytes / ours))
	add gen-vs-sha256sum "$speed" MB/s sha256sum-P2 "$(ratio "$theirs" "$ours")" "$((bytes / theirs))"
	limit=$(hash_limit)
	add gen-vs-limit "$speed" MB/s openssl-speed-multi2 "$(ratio "$speed" "$((limit / 1000000))")" "$((limit / 1000000))"
	unpack_peer evmctl ima-evm-utils
	theirs=$(best evmctl_files)
	add gen-vs-evmctl "$speed" MB/s "evmctl ima_hash" "$(ratio "$theirs" "$ours")" "$((bytes / theirs))"
	unpack_peer fapolicyd-cli fapolicyd
	theirs=$(best fapolicyd_files)
	add gen-vs-fapolicyd "$speed" MB/s "fapolicyd-cli --file add" "$(ratio "$theirs" "$ours")" "$((bytes / theirs))"
}

bench_verify() {
	local bytes ours theirs
	host_program hash_files -lcrypto -lpthread
	tree_of_programs
	"$verictl" gen --context 0 -r "$work/tree" >"$work/tree.rules" 2>/dev/null
	ours=$(best "$verictl" verify --changed-only -f "$work/tree.rules")
	theirs=$(best hash_files)
	add verify "$ours" us "two threads in C" "$(ratio "$ours" "$theirs")" "$theirs"
}

# --- commands in the guest ---------------------------------------------------

# passed FROM TO TEXT: the instructions between two clocks.
passed() { echo $(($(value "$2" <<<"$3") - $(value "$1" <<<"$3"))); }

bench_commands() {
	local out load verb took
	out=$(in_guest "$kernel" '/bench/many /tmp/many 30000 >/tmp/rule; verictl show >/dev/null
		/bench/clock start; verictl load -f /tmp/rule >&2 || exit 1
		/bench/clock load; verictl show >/dev/null || exit 1
		/bench/clock show; verictl show --json >/dev/null || exit 1
		/bench/clock show-json')
	load=$(passed start load "$out")
	add_value load-30k "$load" instructions
	took=$(passed load show "$out")
	add show-30k "$took" instructions load "$(ratio "$took" "$load")" "$load"
	took=$(passed show show-json "$out")
	add show-json-30k "$took" instructions load "$(ratio "$took" "$load")" "$load"
}

# The answer is yes only with rules in force: the guest's own are.
bench_start() {
	local out append=guest.boot
	out=$(in_guest "$kernel" 'verictl -e; /bench/command_bench status 15 /usr/sbin/verictl status | grep "^status="')
	add_value start-status "$(value status <<<"$out")" instructions
}

# To the first instruction of a service, in the same guest. The initramfs cannot be left
# with pivot_root.
bench_jail() {
	local out package=bubblewrap append='guest.noboot guest.newroot' ours theirs
	out=$(in_guest "$kernel" 'sh /bench/jail.sh')
	ours=$(value vsctl <<<"$out")
	theirs=$(value bwrap <<<"$out")
	add jail-start "$ours" instructions bubblewrap "$(ratio "$ours" "$theirs")" "$theirs"
}

bench_size() {
	local program directory
	while read -r program directory; do
		cp -- "$build/bin/$program" "$work/stripped"
		strip "$work/stripped"
		add_value "size-$program" "$(divide "$(stat -c %s "$work/stripped")" 1000000)" MB
	done < <(installed_programs)
}

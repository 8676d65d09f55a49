# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the rows of bench/run: how a figure is recorded, and how a guest is
# measured. bench/run sources this after tools/lib.sh.
# shellcheck disable=SC2034,SC2154 # variables of the sourced and the sourcing scripts

bench=$root/bench
work=$build/bench
overlay=$work/overlay

# --- figures -----------------------------------------------------------------

# Each is a line of JSON in $rows, which bench/run joins to build/bench.json.

number() { [[ $1 =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "not a number: '$1'"; }

# add NAME VALUE UNIT AGAINST RATIO [PEER'S VALUE]
add() {
	number "$2" && number "$5"
	printf '{"name":"%s","group":"%s","value":%s,"unit":"%s","against":"%s","ratio":%s%s}\n' \
		"$1" "$group" "$2" "$3" "$4" "$5" "${6+,\"peer\":$6}" >>"$rows"
	printf '%-30s %14s %-13s %10s of %s%s\n' "$1" "$2" "$3" "$5" "$4" "${6+ ($6)}"
}

# add_value NAME VALUE UNIT: a figure that is compared with nothing.
add_value() {
	number "$2"
	printf '{"name":"%s","group":"%s","value":%s,"unit":"%s"}\n' "$1" "$group" "$2" "$3" >>"$rows"
	printf '%-30s %14s %s\n' "$1" "$2" "$3"
}

# add_curve NAME UNIT OVER SIZE:VALUE...: how VALUE grows with the number of OVER.
# The exponent is that of the power of the size that fits best, by least squares of
# the logarithms (a size of 0 counts as 1); the spread is the largest value by the
# smallest.
add_curve() {
	local name=$1 unit=$2 over=$3 points fit
	shift 3
	points=$(printf '[%s],' "$@")
	points=${points//:/,} points=${points%,}
	fit=$(printf '%s\n' "$@" | awk -F: '
		NR == 1 || $2 < least { least = $2 }
		$2 > most { most = $2 }
		{ x = log($1 < 1 ? 1 : $1); y = log($2); n++; sx += x; sy += y; sxx += x * x; sxy += x * y }
		END { printf "%.3f %.4f", (n * sxy - sx * sy) / (n * sxx - sx * sx), most / least }')
	printf '{"curve":"%s","group":"%s","unit":"%s","over":"%s","points":[%s],"exponent":%s,"spread":%s}\n' \
		"$name" "$group" "$unit" "$over" "$points" "${fit% *}" "${fit#* }" >>"$rows"
	printf '%-30s %14s %-13s %10s the largest by the smallest, exponent %s of %s\n' \
		"$name" "${*##*:}" "$unit" "${fit#* }" "${fit% *}" "$over"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.4f", a / b }'; }
divide() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }'; }

# value KEY: the number that was printed as a line KEY=number.
value() {
	local found
	found=$(sed -n "s/^$1=\\([0-9][0-9]*\\)\$/\\1/p" | tail -n 1)
	[[ -n $found ]] || die "nothing printed '$1='"
	echo "$found"
}

# curve_of NAME UNIT OVER KEY TEXT: the figures that TEXT has as KEY-SIZE=VALUE.
curve_of() {
	local points
	mapfile -t points < <(sed -n "s/^$4-\\([0-9]*\\)=\\([0-9]*\\)\$/\\1:\\2/p" <<<"$5")
	((${#points[@]})) || die "nothing printed '$4-'"
	add_curve "$1" "$2" "$3" "${points[@]}"
}

# allow_digests COUNT: rules. Like those of real files, they differ in each byte, and
# most of the files have a size of their own.
allow_digests() {
	awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "* 0 - - - - - sha256 %08x%08x%048x:%d\n", i * 2654435761 % 4294967296,
				i * 40503 % 4294967296, i, i * 7919 % 1000000
	}'
}

# --- programs ----------------------------------------------------------------

# guest_program NAME [OPTION]...: compile bench/NAME.c for the guest.
guest_program() {
	local name=$1
	shift
	gcc -O2 -Wall -static -I"$root/kernel-module/include/uapi" "$@" -o "$overlay/bench/$name" "$bench/$name.c"
}

host_program() {
	local name=$1
	shift
	gcc -O2 -Wall -o "$work/$name" "$bench/$name.c" "$@"
}

stage_guest_programs() {
	local name
	rm -rf -- "$overlay"
	mkdir -p "$overlay/bench"
	for name in exec_bench file_bench mem_bench net_bench check_bench command_bench many mark_file \
		refuse_bench mapped_bench contexts_bench twice_bench store_bench load_bench clock arrive_bench; do
		guest_program "$name"
	done
	guest_program tiny -nostdlib
	guest_program arrive -nostdlib -fno-stack-protector
	# The same behind a loader, which ends as soon as it is reached.
	gcc -O2 -Wall -nostdlib -fPIC -shared -Wl,-e,_start -o "$overlay/bench/tiny-loader" "$bench/tiny.c"
	gcc -O2 -Wall -nostdlib -fPIC -pie -Wl,--dynamic-linker=/mnt/d/tiny-loader \
		-o "$overlay/bench/tiny-interp" "$bench/tiny.c"
	cp -r "$bench/imports.py" "$bench/guest/"* "$overlay/bench/"
}

# --- guests ------------------------------------------------------------------

# in_guest KERNEL SCRIPT: run SCRIPT in the guest with counted instructions. The
# guest gets a copy of the disk $ext4 if it is set, and the programs of the Debian
# package $package.
in_guest() {
	local out disks=() copy programs=()
	[[ -z ${package-} ]] || programs=(--overlay "$("$root/tools/guest-package" "$package")")
	if [[ -n ${ext4-} ]]; then
		copy=$(mktemp "$work/disk.XXXXXX")
		cp -- "$ext4" "$copy"
		disks=(--disk "$copy")
	fi
	[[ -z ${disk-} ]] || disks+=(--disk "$disk")
	out=$("$root/tools/vm" --kernel "$1" --icount --timeout "${limit:-900}" --mem "${mem:-1536}" \
		--append "${append:-guest.noboot}" --append kunit.enable=0 \
		"${programs[@]}" --overlay "$overlay" "${disks[@]}" -- sh -c "$2") || die "the guest failed: $out"
	[[ -z ${copy-} ]] || rm -f -- "$copy"
	printf '%s\n' "$out"
}

# on_both SCRIPT [KERNEL]: run SCRIPT on the kernel without clip and on another one,
# at the same time; the output is left in $without and $with. Every figure has such
# a twin: the same commands, in the same order. What ran before changes the caches
# and free lists of the guest, and with them the price of a fork, by more than what
# is measured here.
on_both() {
	local dir pid status=0
	dir=$(mktemp -d "$work/both.XXXXXX")
	in_guest baseline "$1" >"$dir/without" &
	pid=$!
	in_guest "${2:-$kernel}" "$1" >"$dir/with" || status=$?
	wait "$pid" || status=$?
	without=$(<"$dir/without") with=$(<"$dir/with")
	rm -rf -- "$dir"
	return "$status"
}

# compare_call NAME KEY: the figures of KEY in the two outputs.
compare_call() {
	local ours theirs
	ours=$(value "$2" <<<"$with")
	theirs=$(value "$2" <<<"$without")
	add "$1" "$ours" instructions baseline "$(ratio "$ours" "$theirs")" "$theirs"
}

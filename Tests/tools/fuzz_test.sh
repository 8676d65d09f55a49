#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/fuzz_test.sh
#
# Tests of tools/fuzz, as TAP. The kernel's reader of images is built with sanitizers and
# gets its seeds, and each target has seeds. The seeds of the other targets are run by the
# Swift tests, because their build for libFuzzer takes minutes.
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
seeds=$root/Tests/fuzz/seeds
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"

# The names of the targets, as the manual has them.
targets() { "$root/tools/fuzz" --help | sed -n '/^Fuzz what/,/^  --runs/s/^  \([a-z][a-z-]*\)  *[^ ].*/\1/p' | grep -v '^--'; }

seeds_of_all() {
	local target bad=0
	diff <(targets | sort) <(ls "$seeds") || bad=1
	for target in $(targets); do
		(($(find "$seeds/$target" -type f | wc -l) <= 40)) || { echo "$target: more than 40 seeds" && bad=1; }
		(($(cat "$seeds/$target"/* | wc -c) <= 60000)) || { echo "$target: more than 60 kB of seeds" && bad=1; }
	done
	((!bad))
}

# Each seed was run.
seeds_of_image() {
	local output files
	files=$(find "$seeds/image" -type f | wc -l)
	output=$("$root/tools/fuzz" --runs 0 image) || return
	echo "$output, $files seeds"
	[[ $output =~ ^image:\ ([0-9]+)\ runs$ ]] && ((BASH_REMATCH[1] >= files))
}

# refused TEXT ARGUMENT...: a wrong use is named, and runs nothing.
refused() {
	local text=$1 output status=0
	shift
	output=$("$root/tools/fuzz" "$@" 2>&1) || status=$?
	echo "$output"
	((status == 1)) && [[ $output == *"$text"* && $output != *runs* ]]
}

# A reader that breaks its word is found: an image that is good with a check that never holds.
finds_a_fault() {
	local clang status=0
	clang=$(dirname -- "$(readlink -f -- "$(command -v "${SWIFT:-swift}")")")/clang
	sed 's/CHECK(rule->path_length <= CLIP_PATH_MAX);/CHECK(rule->path_length > CLIP_PATH_MAX);/' \
		"$root/Tests/fuzz/image_fuzzer.c" >"$work/fault.c"
	! cmp -s "$work/fault.c" "$root/Tests/fuzz/image_fuzzer.c" || return
	"$clang" -std=gnu23 -O1 -Wno-unused-function -fuse-ld=lld -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -I"$root/Tests/fuzz/shim" -I"$root/kernel-module" \
		-I"$root/kernel-module/include" -o "$work/fault" "$work/fault.c" \
		"$root/kernel-module/load/image.c" -lz || return
	"$work/fault" -runs=0 -artifact_prefix="$work/" "$seeds/image" >"$work/log" 2>&1 || status=$?
	tail -n 5 "$work/log"
	((status != 0)) && grep -q 'not so: rule->path_length > CLIP_PATH_MAX' "$work/log"
}

check "each target has seeds, and not many" seeds_of_all
check "the seeds of image are run" seeds_of_image
check "... and a check that does not hold is found" finds_a_fault
check "an unknown target" refused "unknown target 'imag'" image imag
check "a word where a number of runs belongs" refused "not a number" --runs x image
echo "1..$count"
exit "$((failed > 0))"

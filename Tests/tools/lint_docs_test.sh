#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/lint_docs_test.sh
#
# Tests of tools/lints/docs and tools/lints/words, as TAP: each breaks one thing
# in a copy of the tree and expects a complaint that was not there before.
# Needs build/bin ("make tools").
# shellcheck disable=SC2317,SC2016 # functions are called through check; backticks of Markdown
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
copy=$work/tree
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"

docs() { "$root/tools/lints/docs" --root "$copy" --bin "$root/build/bin"; }

# The file with this name, wherever it lies.
file() { git -C "$copy" ls-files "$1" "*/$1"; }

# broken FILE SED-SCRIPT WORDS: with FILE changed, there is a complaint with WORDS.
broken() {
	local path status=0
	path=$copy/$(file "$1")
	cp -- "$path" "$work/saved"
	sed -i -E -- "$2" "$path"
	if cmp -s -- "$path" "$work/saved"; then
		echo "nothing was changed in $1"
		return 1
	fi
	docs >"$work/after" 2>&1 || status=$?
	cp -- "$work/saved" "$path"
	((status == 1)) || { echo "status $status"; cat "$work/after"; return 1; }
	if grep -qF -- "$3" "$work/before"; then
		echo "the complaint was there before"
		return 1
	fi
	grep -qF -- "$3" "$work/after" || { echo "no complaint '$3':"; cat "$work/after"; return 1; }
}

# clean AREA: no phrase above the ceiling. A page with one more phrase has one.
words() { "$root/tools/lints/words" --root "$copy" "$@"; }
phrase() {
	local status=0
	echo 'Nobody is told.' >>"$copy/README.md"
	words docs >"$work/after" || status=$?
	git -C "$copy" checkout -q README.md
	((status == 1)) && grep -q "README.md:.*'Nobody'" "$work/after"
}

mkdir "$copy"
git -C "$root" ls-files -co --exclude-standard -z | (cd "$root" && xargs -0 cp --parents -t "$copy" 2>/dev/null)
git -C "$copy" init -q
git -C "$copy" add -A
git -C "$copy" -c user.name=test -c user.email=test -c commit.gpgsign=false commit -qm copy
docs >"$work/before" 2>&1

echo "TAP version 13"
check "a number in words" broken architecture.md 's/needs \w+ patches/needs three patches/' "three on the page"
check "a number in digits" broken architecture.md 's/, [0-9]+ changed lines/, 19 changed lines/' "19 on the page"
check "a number whose sentence is gone" broken architecture.md 's/changed lines/lines/' "no text like"
check "the word of a reason" broken interface.md 's/\| 24 \| exists/| 24 | is-there/' "reason 24: is-there"
check "a reason that is missing" broken interface.md '/^\| 30 \| wx-memory/d' "reason 30 (wx-memory) is missing"
check "the errno of a reason" broken interface.md '/^\| 24 \|/s/EEXIST/EINVAL/' "reason exists: \`EINVAL\`"
check "the size of a structure" broken interface.md 's/`struct clip_commit` \| 96/`struct clip_commit` | 72/' "72 bytes on the page"
check "the number of a request" broken interface.md 's/0xc060c101/0xc058c101/' "request CLIP_IOC_COMMIT"
check "a field of the image" broken image-format.md 's/^\| 40 \| 8 \| strings_offset/| 44 | 8 | strings_offset/' "strings_offset"
check "a word of a level" broken contexts.md 's/`wx_memory` \|/`w_xor_x` |/' "level 32768"
check "the letter of a flag" broken rules.md 's/^\| `j` \| JIT/| `J` | JIT/' "flag J"
check "the letter of a privilege" broken privileges.md 's/FUSE `f`/FUSE `g`/' 'FUSE `g`'
check "a kind of event" broken events.md '/^\| `map` \|/d' "kind map"
check "a sysctl in the table" broken exec.md '/^\| `devices_strict`/d' "sysctl devices_strict"
check "a sysctl in prose" broken memory.md 's/kernel.clip.fuse/kernel.clip.fuze/' "kernel.clip.fuze"
check "an option of a command" broken verictl.md 's/`--beside`/`--besides`/' "--besides"
check "an option that the page lacks" broken verictl.md 's/--skip-missing/--skip/g' "takes --skip-missing"
check "an option in a command line" broken README.md 's/--caps-perm/--caps-permitted/' "--caps-permitted"
check "a command" broken rules.md 's/verictl load --beside/verictl lode --beside/' "verictl lode"
check "a link" broken rules.md 's/\(enforcement\/exec.md\)/(enforcement\/exe.md)/' "exe.md"
check "an anchor" broken rules.md 's/\(#levels\)/(#level)/' "link to #level"
check "a path" broken image-format.md 's/ImageDecoder.swift/ImageReader.swift/' "ImageReader.swift"
check "a function" broken CONTRIBUTING.md 's/clip_reason_errno\(\)/errno_of()/' "errno_of()"
check "a test" broken exec.md 's/`exec.privileges_alone`/`exec.privileges_only`/' "exec.privileges_only"
check "a test of the fixture before" broken exec.md 's/`\.holder_of_others`/`.holder_of_other`/' "holder_of_other"
check "a test in an example" broken testing.md 's/exec_test -t [a-z_]+/exec_test -t no_such_test/' "exec_test -t no_such_test"
check "a KUnit case" broken exec.md 's/`caps_invariants`/`caps_invariant`/' "caps_invariant"
check "a target of make" broken testing.md 's/make check /make chekc /' "make chekc"
check "a cell of the matrix" broken scripts.md 's/^(\| a script by `#!` \|) listed \| listed \|/\1 all | listed |/' "python3, a script by"
check "a long line" broken tpe.md '3s/^/A line that begins with all of these words has far too many of them to be read with ease. /' "columns"
check "a source without a row" broken architecture.md '/^\| `core\/counters.c`/d' "core/counters.c: no row"
check "an attack without a row and without a reason" broken attacks.md '/^\| T-18 \| it takes/d' "T-18: it has neither a row"
check "an attack with a row and with a reason" broken attacks.md 's/^\| T-18 \| it takes/| T-18, T-01 | it takes/' "T-01: it has a row"
check "a change of the header" broken clip.h 's/CLIP_REASON_MOUNT\] = "mount"/CLIP_REASON_MOUNT] = "mounts"/' "reason 47"
check "a figure of the page" broken testing.md 's/^  [0-9]+ targets: .*/  17 targets: 17 runs/' \
	"no line '17 targets: 17 runs'"
check "a figure that the page lacks" broken testing.md '/^  image: [0-9]+ runs/d' "the figures are not those of"
check "a figure of the record" broken figures 's/^  image: [0-9]+ runs/  image: 1 runs/' "the sum is not"
check "a failure in the record" broken figures 's/; 0 wrong$/; 2 wrong/' "a run that failed"
check "a line that no command prints" broken figures 's/^  slab .*/  no slab/' "it prints no line 'no slab'"
check "a target that was not fuzzed" broken fuzz 's/^(of_tools=\()/\1more /' "make fuzz: recorded with"
check "a row that was not tried" broken layers.c '$a /* { "Z-99", "no_such_row" } */' "make hostile: recorded with"
check "a phrase" phrase
echo "1..$count"
exit $((failed > 0))

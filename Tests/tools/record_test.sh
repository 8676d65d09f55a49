#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/record_test.sh
#
# Tests of tools/record, as TAP, in a copy of the tree: what it writes, and of what it
# records nothing. The outputs are made up.
# shellcheck disable=SC2016,SC2317 # functions are called through check, by eval
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

again=()
record() { "$copy/tools/record" --file "$work/output" "${again[@]}" "$@" >"$work/said" 2>&1; }
figures() { cat "$copy/Tests/figures" "$copy/docs/testing.md"; }

# recorded NAME LINE...: the output in $work/output is accepted, and the record and the page
# have each line.
recorded() {
	local line name=$1
	shift
	record "$name" || { cat "$work/said"; return 1; }
	for line; do
		(($(figures | grep -cxF -- "$line") == 2)) || { echo "not twice: '$line'"; return 1; }
	done
}

# refused NAME WORDS: it is not accepted, and nothing is written.
refused() {
	local status=0
	figures >"$work/before"
	record "$1" || status=$?
	((status == 1)) || { echo "status $status"; return 1; }
	grep -qF -- "$2" "$work/said" || { cat "$work/said"; return 1; }
	figures | cmp -s - "$work/before" || { echo "it has written something"; return 1; }
}

output() { printf '%s\n' "$@" >"$work/output"; }

mkdir "$copy"
git -C "$root" ls-files -co --exclude-standard -z | (cd "$root" && xargs -0 cp --parents -t "$copy" 2>/dev/null)
git -C "$copy" init -q
git -C "$copy" add -A

# Names of what the suite "together" runs.
names=$(PYTHONDONTWRITEBYTECODE=1 python3 - "$copy" <<'PROGRAM'
import sys
sys.path.insert(0, sys.argv[1] + "/tools/lints")
import figures
from tree import Tree
print("\n".join(figures.programs_together(Tree(sys.argv[1], ""))))
PROGRAM
)
count_of_names=$(wc -l <<<"$names")

echo "TAP version 13"
output 'hostile: something else' '4711 passed, 0 failed'
check "the last line of a command" recorded hostile '  4711 passed, 0 failed'
output '4712 passed, 0 failed'
check "a later run replaces it" recorded hostile '  4712 passed, 0 failed'
check "the earlier one is gone" eval "! figures | grep -q '4711 passed'"
output 'TAP version 13' '# 12 passed, 0 failed'
check "a comment of TAP" recorded regression '  12 passed, 0 failed'
output '4712 passed, 1 failed'
check "a run that failed" refused hostile "a run that failed is not recorded"
output 'hostile: FAILED'
check "a run without figures" refused hostile "no line with figures"
mapfile -t lines <<<"$names"
lines=("${lines[@]/%/: 1 passed, 0 failed}")
output "${lines[@]}" "$count_of_names passed, 0 failed"
check "a program for each line" recorded together "make together: $count_of_names programs" \
	"  $count_of_names passed, 0 failed"
output "${lines[@]:1}" "$((count_of_names - 1)) passed, 0 failed"
check "a program that did not run" refused together "no line of together-first"
output "${lines[@]:1}" "together-first: 3 passed, 1 failed" "$((count_of_names + 2)) passed, 1 failed"
check "a program that failed" refused together "a run that failed is not recorded"
again=(--again "$work/again")
echo "together-first: 4 passed, 0 failed" >"$work/again"
check "it ran again" recorded together "  $((count_of_names + 3)) passed, 0 failed"
echo "together-first: 3 passed, 1 failed" >"$work/again"
check "it failed again" refused together "a run that failed is not recorded"
check "a command without a line for each program" refused regression "prints no line for each program"
again=()
before=$(sed -n 's/^  image: \([0-9]*\) runs$/\1/p' "$copy/Tests/figures")
output 'image: 5 runs'
check "a target that was not fuzzed" refused fuzz "no line of rules"
sed -n 's/^  \([a-z-]*\): [0-9]* runs$/\1: 5 runs/p' "$copy/Tests/figures" >"$work/output"
check "runs of a fuzzer are added" recorded fuzz "  image: $((before + 5)) runs"
check "an unknown name" eval '! record nonsense && grep -q "invalid choice" "$work/said"'
echo "1..$count"
exit $((failed > 0))

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/bench_test.sh
#
# Tests of bench/judge and bench/report, as TAP, on figures that are made up: each
# limit that is met has a twin that is not. Needs nothing that is built.
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
judge=$root/bench/judge
report=$root/bench/report
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"

mkdir "$work/rows" "$work/docs"
cat >"$work/rows/exec" <<'END'
{"name":"exec-a","group":"exec","value":1006,"unit":"instructions","against":"baseline","ratio":1.0060,"peer":1000}
{"name":"exec-peer","group":"exec","value":2014,"unit":"instructions","against":"baseline","ratio":1.0070,"peer":2000}
END
cat >"$work/rows/size" <<'END'
{"name":"size-a","group":"size","value":8.4,"unit":"MB"}
{"curve":"store-unlink","group":"store","unit":"instructions","over":"entries","points":[[100,1000],[1000,1040]],"exponent":0.017,"spread":1.0400}
END

# limits LINE...: a file of limits in one group.
limits() { printf '%s\n' '[exec]' "$@" >"$work/limits"; }

# judged STATUS TEXT [OPTION]...: what judge says of the results.
judged() {
	local wanted=$1 text=$2 got=0 output
	shift 2
	output=$("$judge" --limits "$work/limits" "$@" "$work/bench.json" 2>&1) || got=$?
	printf '%s\n' "status $got" "$output"
	((got == wanted)) && [[ $output == *"$text"* ]]
}

# meets and misses LIMIT TEXT
meets() { limits "$1" && judged 0 '1 limits, 0 not met'; }
misses() { limits "$1" && judged 1 "$2"; }

join() { "$judge" --join --machine 'a "machine"' -o "$work/bench.json" "$work/rows"; }
has() { grep -qF -- "$2" "$1"; }
is_json() { python3 -m json.tool "$work/bench.json" >/dev/null; }

echo 'TAP version 13'
check 'rows are joined' join
check 'the result is JSON' is_json
check 'the result has the schema' has "$work/bench.json" '{"schema":1,"machine":"a \"machine\"","results":['
check 'a ratio at its limit' meets 'exec-a <= 1.006'
check 'a ratio past its limit' misses 'exec-a <= 1.0059' 'exec-a: 1.006, and the limit is <= 1.0059'
check 'a ratio that must be large' meets 'exec-a >= 1.006'
check 'a ratio that is too small' misses 'exec-a >= 1.0061' 'exec-a: 1.006, and the limit is >= 1.0061'
check 'a row below another one' meets 'exec-a <= exec-peer'
check 'a row above another one' misses 'exec-peer <= exec-a' 'exec-peer: 1.007, and the limit is <= 1.006'
check 'a value without a ratio' meets 'size-a <= 8.4'
check 'a value that is too large' misses 'size-a <= 8.3' 'size-a: 8.4'
check 'the spread of a curve' meets 'store-unlink <= 1.04'
check 'a curve that is too steep' misses 'store-unlink <= 1.03' 'store-unlink: 1.04'
check 'a row that was not measured fails' misses 'exec-b <= 2' 'exec-b: not measured'
check 'so does one to compare with' misses 'exec-a <= exec-b' 'exec-b was not measured'

# A limit that several groups are needed for.
printf '%s\n' '[exec]' 'exec-a <= 2' '[exec ima]' 'exec-b <= 2' >"$work/limits"
check 'limits of other groups do not count' judged 0 '1 limits, 0 not met' --group exec
check 'limits of all groups that are there count' judged 1 'exec-b: not measured' --group exec --group ima

unreadable() { judged 2 "$1"; }
limits 'exec-a < 2'
check 'an unknown operator' unreadable 'not ROW <= LIMIT'
echo 'exec-a <= 2' >"$work/limits"
check 'a limit outside of a group' unreadable 'before the first [GROUP]'
echo '# nothing' >"$work/limits"
check 'limits without a limit' unreadable 'no limits'
limits 'exec-a <= 2'
mv "$work/bench.json" "$work/kept"
check 'no figures' unreadable 'No such file'
mv "$work/kept" "$work/bench.json"

# The limits of the tree: each group is one of bench/run, and no row has two numbers.
groups_known() {
	local group
	# shellcheck disable=SC2013 # each word is a group
	for group in $(sed -n 's/^\[\(.*\)\]$/\1/p' "$root/bench/limits"); do
		grep -qE "^bench_$group\(\)" "$root"/bench/rows/*.sh || { echo "no group $group"; return 1; }
	done
}
no_row_twice() { ! awk '$3 ~ /^[0-9]/ { print $1 }' "$root/bench/limits" | sort | uniq -d | grep .; }
check 'the groups of bench/limits are there' groups_known
check 'bench/limits has one number for a row' no_row_twice

unknown_group() { ! "$root/bench/run" nosuch >"$work/out" 2>&1 && has "$work/out" "unknown figure 'nosuch'"; }
check 'bench/run refuses an unknown group' unknown_group

limits 'exec-a <= 1.006' 'exec-peer <= 1.006' 'exec-b <= 2'
made() { "$report" --results "$work/bench.json" --limits "$work/limits" --docs "$work/docs" "$@"; }
page=$work/docs/performance.md
check 'a page is made' made
check 'it says how many limits are met' has "$page" '1 of 3 limits are'
check 'a limit that is met' has "$page" '| exec-a | 1.006 | at most 1.006 | met |'
check 'a limit that is not' has "$page" '| exec-peer | 1.007 | at most 1.006 | **not met** |'
check 'a limit without a figure' has "$page" '| exec-b | - | at most 2 | not measured |'
check 'a figure with its peer' has "$page" '| exec-a | 1,006 instructions | baseline | 1,000 | 1.0060 |'
check 'a curve' has "$page" '| store-unlink | instructions by entries | 100: 1,000; 1,000: 1,040 | 0.017 | 1.040 |'
check 'a picture' python3 -c 'import sys, xml.dom.minidom as d; d.parse(sys.argv[1])' "$work/docs/growth.svg"
check 'the picture has the curve' has "$work/docs/growth.svg" '>store-unlink</text>'
check 'the page is what the figures give' made --check
sed -i 's/1,006/1,005/' "$page"
differs() { ! made --check; }
check 'a page that was changed is found' differs

echo "1..$count"
exit $((failed > 0))

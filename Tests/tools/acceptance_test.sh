#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/acceptance_test.sh
#
# The promises of README, tested from outside, as TAP: the demonstration, the
# status as JSON, exit statuses, the examples, good and malformed rule lines.
# Needs "make build".
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
verictl=$root/build/bin/verictl
rules=$root/Tests/tools/rules
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
count=0
failed=0

# check NAME COMMAND...: one line of TAP.
check() {
	local name=$1 result='not ok'
	shift
	count=$((count + 1))
	if "$@" >"$work/out" 2>"$work/err"; then
		result=ok
	else
		failed=$((failed + 1))
		sed 's/^/# /' "$work/out" "$work/err"
	fi
	echo "$result $count - $name"
}

exits() {
	local want=$1 got=0
	shift
	"$@" || got=$?
	((got == want)) || { echo "exit status $got instead of $want"; return 1; }
}

json_status() {
	"$root/tools/vm" -- sh -c 'verictl -e && verictl status --json' 2>"$work/err" |
		python3 -c 'import json, sys
status = json.load(sys.stdin)
assert status["schema"] == 1 and status["active"] is True, status
assert status["entries"] >= 1, status'
}

# The rule line is malformed, and the error is about this field.
names_field() {
	local line=$1 field=$2 got=0
	printf '%s\n' "$line" >"$work/rule"
	"$verictl" check --json "$work/rule" >"$work/json" || got=$?
	((got == 3)) || { echo "exit status $got instead of 3"; return 1; }
	python3 - "$field" "$work/json" <<-'EOF'
		import json, sys
		errors = [d for d in json.load(open(sys.argv[2]))["diagnostics"] if d["severity"] == "error"]
		assert errors, "no error"
		fields = [d.get("field") for d in errors]
		assert int(sys.argv[1]) in fields, f"fields {fields}"
	EOF
}

# A changed program is refused, and an unchanged one runs.
stays_in_force() {
	local demo=/usr/lib/clip/demo
	"$root/tools/vm" --append 'lsm=landlock security=none clip=0' -- sh -c "grep -q clip /sys/kernel/security/lsm &&
		verictl -e && $demo/hello.sh && printf x >>$demo/hello.sh && ! $demo/hello.sh"
}

echo "TAP version 13"
check "the demonstration of make run" exits 0 "$root/tools/vm" --disk "$root/build/guest/python.squashfs" \
	-- /usr/lib/clip/demo/show.sh
check "status --json is JSON and says that rules are in force" json_status
check "tools/vm returns the command's status" exits 7 "$root/tools/vm" -- sh -c 'exit 7'
check "no word of the command line leaves clip out" stays_in_force
check "the examples parse" exits 0 "$verictl" check "$root/verictl.d"
check "the fingerprint in the examples is the file's" grep -q \
	"$(sha256sum <"$root/tools/guest/rootfs/usr/lib/clip/demo/hello.sh" | cut -d' ' -f1)" "$root/verictl.d/base"
check "the good lines pass" exits 0 "$verictl" check "$rules/good.rules"
check "there are 25 of them" exits 0 test "$(grep -vc '^#' "$rules/good.rules")" = 25
while IFS=$'\t' read -r number field line; do
	check "malformed line $number: field $field" names_field "$line" "$field"
done < <(grep -v '^#' "$rules/malformed.tsv")
echo "1..$count"
exit $((failed > 0))

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# One line of TAP for each command. Source it when $work is a directory; the test
# ends with the plan, from $count, and with a status from $failed.
count=0
failed=0

# check NAME COMMAND...: the output of the command is shown if it fails.
check() {
	local name=$1 result='not ok'
	shift
	count=$((count + 1))
	if "$@" >"${work:?}/tap" 2>&1; then
		result=ok
	else
		failed=$((failed + 1))
		sed 's/^/# /' "$work/tap"
	fi
	echo "$result $count - $name"
}

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/program_strip_test.sh
#
# Tests of tools/program-strip, as TAP: a program stays protected, and a program that
# would not be is refused, and not written.
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"

cat >"$work/program.c" <<'C'
#include <stdio.h>

/* A pointer that is relocated, and constant then. */
static const char *const words[] = { "right" };

int main(int argc, char **argv)
{
	return puts(words[argc - 1]) < 0;
}
C

compile() { gcc -O2 -fPIE -pie -o "$work/$1" "$work/program.c" "${@:2}"; }
strip_it() { "$root/tools/program-strip" "$work/$1" "$work/$1.out" >"$work/said" 2>&1; }
headers() { readelf -Wl "$1"; }

# What is read-only after relocation begins and ends where it did.
relro() { headers "$1" | awk '$1 == "GNU_RELRO" { print $3, $6 }'; }

keeps_what_protects() {
	compile good -Wl,-z,relro,-z,now || return 1
	strip_it good || { cat "$work/said"; return 1; }
	[[ -n $(relro "$work/good") && $(relro "$work/good") == "$(relro "$work/good.out")" ]] || return 1
	! readelf -WS "$work/good.out" | grep -q '\.eh_frame ' || return 1
	! headers "$work/good.out" | grep -q 'RWE' || return 1
	[[ $("$work/good.out") == right ]]
}

# refused NAME WORDS: status 1, one line that says why, and no program.
refused() {
	local status=0
	strip_it "$1" || status=$?
	cat "$work/said"
	((status == 1)) && [[ ! -e $work/$1.out ]] && ! grep -q Traceback "$work/said" &&
		grep -q -- "$2" "$work/said"
}

without_relro() { compile open -Wl,-z,norelro && refused open 'nothing would be read-only'; }

# One segment for code and data.
with_writable_code() {
	gcc -O2 -static -nostartfiles -Wl,-N,-z,relro -o "$work/mixed" -x c - <<<'int word = 1; void _start(void) { word = 2; for (;;) ; }' &&
		refused mixed 'mixed: '
}

no_program() { echo '#!/bin/sh' >"$work/script"; refused script 'script: '; }
missing() { refused absent 'absent'; }

usage() {
	local status=0
	"$root/tools/program-strip" "$work/good" >"$work/said" 2>&1 || status=$?
	((status == 2)) && grep -q '^usage: ' "$work/said"
}

check 'a program keeps what protects it, and runs' keeps_what_protects
check 'a program whose data stays writable is refused' without_relro
check 'a program with writable code is refused' with_writable_code
check 'a file that is no program is refused' no_program
check 'a file that does not exist is refused' missing
check 'an argument is missing' usage
echo "1..$count"
exit $((failed > 0))

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The common part of the scripts. They set $dir, a directory of their own, source
# this file, and end with "finish". Prints TAP.
number=0
failed=0

# is WHAT WANTED GOT
is() {
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number $1"
	else
		failed=$((failed + 1))
		echo "# wanted: $2"
		echo "# got:    $3"
		sed 's/^/# /' "${dir:?}/err" "$dir/out" 2>/dev/null
		echo "not ok $number $1"
	fi
}

# status COMMAND...: prints its exit status; its output is in the files out and err.
status() {
	"$@" >"${dir:?}/out" 2>"$dir/err"
	echo $?
}

# says TEXT FILE: prints "yes" if the file has the text, or else the file.
says() { if grep -qF -- "$1" "$2"; then echo yes; else cat "$2"; fi; }

as_user() { su -s /bin/sh user -c "$1"; }

# value KEY: prints a number of the kernel's status.
value() { sed -n "s/^$1 //p" /sys/kernel/security/clip/status; }

# Prints the plan; the exit status is that of the script.
finish() {
	echo "1..$number"
	[ "$failed" -eq 0 ]
}

echo "TAP version 13"

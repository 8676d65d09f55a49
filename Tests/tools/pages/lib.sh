# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the scripts beside this one use. Each result is a frame of lines, which
# "pages" reads: its name and the exit status, what was printed, and an end.
PAGES=${PAGES:-/pages}

# output NAME COMMAND...: what a command prints that the page does not name.
output() {
	frame=$1
	shift
	"$@" >"$PAGES/said" 2>&1 </dev/null
	printf '@@ %s %s\n' "$frame" "$?"
	cat "$PAGES/said"
	printf '\n@@\n'
}

# block NAME: the commands of a block, in this directory.
block() {
	for file in "$PAGES/$1".*; do
		output "${file##*/}" sh "$file"
	done
}

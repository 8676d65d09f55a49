#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: python3 perl busybox
#
# What each of the two securebits means to the interpreters that ask, and what
# they execute without any bit: the first table of docs/enforcement/scripts.md.
# Prints TAP.
dir=/tmp/bits
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
# shellcheck source=Tests/system/script/debian.sh
. /usr/lib/clip/tests/debian.sh

only_file() {
	cat <<'END'
python3-asks  r-- r-- r.. r.. rrr -.. r-- r-- r-- r-- -.. r--
dash-asks     r-- r-- r.. r.. rrr -.. r-- ... ... ... -.. r--
END
}

only_interactive() {
	cat <<'END'
python3-asks  rrr r-- -.. -.. r-- -.. rrr rrr rrr rrr r.. rrr
dash-asks     rrr r-- -.. -.. r-- -.. rrr ... ... ... r.. rrr
END
}

no_bits() {
	cat <<'END'
python3-asks  rrr r-- r.. r.. rrr r.. rrr rrr rrr rrr r.. rrr
dash-asks     rrr r-- r.. r.. rrr r.. rrr ... ... ... r.. rrr
END
}

compare "EXEC_RESTRICT_FILE" only_file SECURE=--file
compare "EXEC_DENY_INTERACTIVE" only_interactive SECURE=--interactive
compare "no bits" no_bits SECURE=

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: python3 perl busybox
#
# What interpreters execute where scripts are enforced and both securebits are
# locked: interpreter by input by place of the file. The tables are those of
# docs/enforcement/scripts.md. Prints TAP.
dir=/tmp/matrix
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
# shellcheck source=Tests/system/script/debian.sh
. /usr/lib/clip/tests/debian.sh

table() {
	cat <<'END'
python3       rrr r-- r.. r.. rrr r.. rrr rrr rrr rrr r.. rrr
python3-asks  r-- r-- -.. -.. r-- -.. r-- r-- r-- r-- -.. r--
dash          rrr r-- r.. r.. rrr r.. rrr ... ... ... r.. rrr
dash-asks     r-- r-- -.. -.. r-- -.. r-- ... ... ... -.. r--
bash          rrr r-- r.. r.. rrr r.. rrr ... ... ... r.. rrr
busybox       rrr r-- r.. r.. rrr r.. rrr ... ... ... r.. rrr
perl          rrr r-- r.. r.. rrr r.. rrr ... ... ... r.. rrr
END
}

# Both bits, and flag O in the entry of the interpreter.
indirect() {
	cat <<'END'
python3       --- r-- -.. -.. --- -.. rrr rrr --- rrr -.. ---
dash          --- r-- -.. -.. --- -.. rrr ... ... ... -.. ---
bash          --- r-- -.. -.. --- -.. rrr ... ... ... -.. ---
busybox       --- r-- -.. -.. --- -.. rrr ... ... ... -.. ---
perl          --- r-- -.. -.. --- -.. rrr ... ... ... -.. ---
END
}

is "the kernel has the bits" "file             set, locked" \
	"$(secured /opt/drive/execbits show 2>err | head -n 1)"
compare "both bits" table

# --- flag O
for name in python3 dash bash busybox perl; do
	verictl gen --context 7 --flags eO "$root$(in_debian readlink -f /usr/bin/$name)"
done >rules 2>err
is "entries with flag O" 0 "$(status verictl load -f rules)"
compare "flag O" indirect

finish

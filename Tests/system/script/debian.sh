# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# A Debian below $root, from the first disk, with the interpreters that ask in
# /opt/bin, and a context 7 where scripts are enforced. The files of matrix.sh are
# there, and those of v and of Python's library are allowed. Source it after tap.sh.
root=/mnt/debian

in_debian() { chroot "$root" "$@"; }
in_context() { verictl context enter 7 -- chroot "$root" "$@"; }

# secured COMMAND...: with both bits, locked.
secured() { in_context /opt/drive/execbits set --file --interactive --lock -- "$@"; }

mount_debian() {
	mkdir -p $root "${dir:?}" && mount -t squashfs -o ro /dev/vda $root && mount -t tmpfs tmpfs $root/opt &&
		mount -t tmpfs tmpfs $root/usr/libexec/clip &&
		mount -t tmpfs -o nosuid,nodev,noexec tmpfs $root/srv &&
		mount -t tmpfs -o nosuid,nodev,noexec tmpfs $root/tmp &&
		mount -t proc proc $root/proc && mount -t devtmpfs devtmpfs $root/dev
}

fill_debian() {
	cp /usr/libexec/clip/python3-asks.so /usr/lib/clip/tests/python3-allows.so $root/usr/libexec/clip || return
	mkdir $root/opt/bin $root/opt/drive && cp /usr/lib/clip/interpreters/* /usr/lib/clip/tests/python3-allows $root/opt/bin &&
		cp /usr/lib/clip/tests/memfd /usr/lib/clip/tests/prctl_filter /usr/lib/clip/tests/matrix.sh \
			/usr/bin/execbits /usr/bin/busybox $root/opt/drive &&
		in_debian /opt/drive/busybox sh /opt/drive/matrix.sh files
}

# allow FILE...: what they contain, in context 7.
allow() { verictl gen --root $root --context 7 --allow "$@" >rules.allow && verictl load -f rules.allow; }

make_context() {
	library=$root/usr/lib/python3.11
	verictl context create 7 --level active:enforce_script --caps SYS_CHROOT && allow $library/*.py &&
		allow --scripts -r $root/opt/v $library/encodings $library/importlib $library/collections $library/re \
			$library/__pycache__ $library/lib-dynload
}

# --- tables: an interpreter, and for each input whether a file is executed that is
# listed (v), not listed (u), listed and on a noexec mount (w). "r" is for "it
# ran", "-" for refused, "." for nothing to try.
inputs="file exec command pipe stdin stream import compiled archive runpy memory descriptor"

# wanted TABLE: a line "INTERPRETER INPUT PLACE ran|refused" for each cell.
wanted() {
	$1 | awk -v inputs="$inputs" '{
		split(inputs, name, " ")
		for (i = 2; i <= NF; i++)
			for (p = 1; p <= 3; p++) {
				c = substr($i, p, 1)
				if (c != ".")
					print $1, name[i - 1], substr("vuw", p, 1), c == "r" ? "ran" : "refused"
			}
	}'
}

# compare WHAT TABLE [OPTION...]: one result for each cell; with those options of
# execbits, or else with those of the table.
compare() {
	what=$1
	wanted "$2" >cells.wanted
	shift 2
	cut -d' ' -f1-3 cells.wanted >asked
	in_context /opt/drive/busybox env "$@" sh /opt/drive/matrix.sh cells <asked >cells.got 2>err
	while read -r interpreter input place answer; do
		is "$what: $interpreter $input $place" "$answer" \
			"$(sed -n "s/^$interpreter $input $place //p" cells.got)"
	done <cells.wanted
}

{ mount_debian && cd "$dir" && fill_debian && make_context; } >"$dir.log" 2>&1 || { cat "$dir.log"; exit 1; }

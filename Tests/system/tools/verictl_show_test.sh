#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl show where many files of one directory are listed: whether each still has
# its name is what stat(1) says, on each file system. Prints TAP.
dir=/opt/show
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

many=120
mkdir -p "$dir" && chmod 755 "$dir" && cd "$dir" || exit 1
rm -f /etc/verictl.d/*
verictl load --all 2>err
echo content >file

# make DIRECTORY: files, each with another content.
make() {
	mkdir -p "$1"
	i=0
	while [ $i -lt $many ]; do
		echo "$i" >"$1/program-$i"
		chmod 755 "$1/program-$i"
		i=$((i + 1))
	done
}

# load DIRECTORY
load() { verictl gen --context 0 -r "$1" >rules 2>err && verictl load -f rules 2>err; }

# truth DIRECTORY: the paths of the rules that lead to the files that were listed.
truth() {
	sed -n "s,^context=0 .* inode=\\([^ ]*\\) .* digest=\\([^ ]*\\) path=\\($1/[^ ]*\\) .*,\\1 \\2 \\3,p" \
		/sys/kernel/security/clip/entries | while read -r inode digest path; do
		[ "$(stat -Lc '%i' "$path" 2>/dev/null)" = "$inode" ] || continue
		[ "$(sha256sum <"$path" | cut -d' ' -f1)" = "$digest" ] && echo "$path"
	done | sort
}

# said DIRECTORY: what show says of them, and whether JSON says the same.
said() {
	verictl show 2>err | grep "^$1/" | cut -d' ' -f1 | sort >said
	verictl show --json 2>err | sed 's/},{"path"/},\n{"path"/g' | grep "\"$1/" |
		grep -v '"path_is_current":false' | sed 's/.*"path":"\([^"]*\)".*/\1/' | sort >said.json
	cmp -s said said.json && cat said
}

# same WHAT COUNT DIRECTORY
same() {
	truth "$3" >wanted
	said "$3" >names
	is "$1: so many paths lead to their files" "$2" "$(grep -c . wanted)"
	is "... and show says so" "$(md5sum <wanted)" "$(md5sum <names)"
}

# --- tmpfs
mkdir -p tmpfs && mount -t tmpfs none tmpfs
make "$dir/tmpfs/bin"
load "$dir/tmpfs"
same "tmpfs" $many "$dir/tmpfs/bin"
mv tmpfs/bin/program-7 tmpfs/bin/moved
is "a file that was renamed" "$dir/tmpfs/bin/moved" "$(verictl show | sed -n "s,^\($dir/tmpfs/bin/moved\) .*,\1,p")"
mv tmpfs/bin/moved tmpfs/bin/program-7
mv tmpfs/bin/program-8 tmpfs/other
echo new >tmpfs/bin/program-8
is "a name that another file has" "# no longer the name of the file: $dir/tmpfs/bin/program-8" \
	"$(verictl show | grep "$dir/tmpfs/bin/program-8 " | cut -d' ' -f1-9)"
same "... and all others" $((many - 1)) "$dir/tmpfs/bin"
mv tmpfs/other tmpfs/bin/program-8
is "a name with spaces" 0 "$(cp tmpfs/bin/program-9 'tmpfs/bin/a b'; status verictl load -f - <rules)"
same "back again" $many "$dir/tmpfs/bin"

# --- mounts on files
is "a file is mounted on another one" 0 "$(status mount --bind "$dir/file" tmpfs/bin/program-10)"
same "all but that one" $((many - 1)) "$dir/tmpfs/bin"
is "it is said to be another one" "# no longer the name of the file: $dir/tmpfs/bin/program-10" \
	"$(verictl show | grep "$dir/tmpfs/bin/program-10 " | cut -d' ' -f1-9)"
umount tmpfs/bin/program-10
same "after it was unmounted" $many "$dir/tmpfs/bin"
ln -s "$dir/tmpfs/bin" link
sed "s,^$dir/tmpfs/bin/,$dir/link/," rules >linked
verictl unload -f rules 2>err
is "rules through a link" 0 "$(status verictl load -f linked)"
same "a link to the directory" $many "$dir/link"
mount --bind "$dir/file" link/program-11
same "a mount behind the link" $((many - 1)) "$dir/link"
umount link/program-11
mkdir over
mount -t tmpfs none over
is "a mount on the directory" 0 "$(status mount --bind over tmpfs/bin)"
same "hides them all" 0 "$dir/link"
umount tmpfs/bin
verictl unload -f linked 2>err
umount over

# --- a mount that only another namespace has
unshare -m sh -c "while [ ! -e $dir/go ]; do sleep 0.1; done
	mount --bind $dir/file $dir/tmpfs/bin/program-14; touch $dir/mounted; exec sleep 1000" &
other=/proc/$!/root$dir/tmpfs/bin
sed "s,^$dir/tmpfs/bin/,$other/," rules >linked
is "rules through another namespace" 0 "$(status verictl load -f linked)"
same "that namespace" $many "$other"
touch go
while [ ! -e mounted ]; do sleep 0.1; done
same "... where a file is mounted" $((many - 1)) "$other"
kill $!
wait $! 2>err
verictl unload -f linked 2>err

# --- ext4
cp /usr/lib/clip/tests/ext4.img image
mkdir -p ext4
is "ext4" 0 "$(status mount -t ext4 -o loop image ext4)"
make "$dir/ext4/bin"
ln ext4/bin/program-1 ext4/bin/hard
load "$dir/ext4"
same "ext4" $many "$dir/ext4/bin"
mount --bind "$dir/file" ext4/bin/program-12
same "... but for one" $((many - 1)) "$dir/ext4/bin"
umount ext4/bin/program-12
cp ext4/bin/program-13 new && chmod 755 new && cp new ext4/bin/new && mv ext4/bin/new ext4/bin/program-13
same "... replaced" $((many - 1)) "$dir/ext4/bin"

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: systemd-sysv login passwd openssh-server openssh-client git python3 perl gcc libc6-dev openjdk-17-jre-headless nodejs dbus procps
#
# Code that is made on a machine where only allowed programs run: what a compiler
# makes, a virtual environment of Python, an installer. Each is refused, runs in a
# tree that verictl run-allowed has started, by an exception, and by a rule. Prints
# TAP.
root=/mnt/debian
dir=/tmp/builds
gcc=/usr/lib/gcc/x86_64-linux-gnu/12
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

in_debian() { chroot $root /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/root "$@"; }
# The same in a marked tree.
allowed() { verictl run-allowed --for 10m -- chroot $root /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/root "$@"; }
build() { "$@" sh -c 'cd /srv/build && gcc -o hello hello.c && ./hello'; }
permitted() { value permitted; }

mkdir -p $root $dir && cd $dir || exit 1
{
	mount -t squashfs -o ro /dev/vda $root
	for name in tmp srv root; do mount -t tmpfs tmpfs $root/$name; done
	mount -t proc proc $root/proc && mount -t devtmpfs devtmpfs $root/dev
	mkdir $root/srv/build && cd $root/srv/build
	printf '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n' >hello.c
	# A program that writes the source of a library, as many builds have one.
	printf '#include <stdio.h>\nint main(void) { return puts("int answer(void) { return 42; }") < 0; }\n' >maker.c
	printf '#!/bin/sh\nset -e\ncp /srv/build/hello /tmp/payload\necho >>/tmp/payload\n/tmp/payload\n' >install.sh
	cp hello.c other.c && chmod 755 install.sh
} >err 2>&1 || { cat err; exit 1; }
cd $dir || exit 1

# --- only the compiler, the shell and Python are allowed, with what they load
rm -f /etc/verictl.d/*
set -- $root/usr/bin/x86_64-linux-gnu-gcc-12 $root/usr/bin/x86_64-linux-gnu-as $root/usr/bin/x86_64-linux-gnu-ld.bfd \
	$root$gcc/cc1 $root$gcc/collect2 $root$gcc/liblto_plugin.so $root/usr/bin/python3.11 $root/usr/bin/dash
for program in env cp cat; do set -- "$@" "$root/usr/bin/$program"; done
for module in "$root"/usr/lib/python3.11/lib-dynload/*.so; do set -- "$@" "$module"; done
{
	verictl gen --context 0 --allow -r -o /etc/verictl.d/guest /init /usr/bin /usr/sbin /usr/lib/clip/tests
	verictl gen --context 0 --flags er --privs V -o /etc/verictl.d/verictl /usr/sbin/verictl
	verictl gen --root $root --context 0 --allow --libs -o /etc/verictl.d/debian "$@"
	verictl load --all
} >out 2>err || { cat out err; exit 1; }
is "only allowed programs run" 0 "$(status verictl level active:enforce_exec:enforce_lib)"

# --- what a compiler makes
is "the compiler runs, and what it makes does not" 126 "$(status build in_debian)"
is "... for the lack of a rule" yes "$(says 'Permission denied' err)"
before=$(permitted) refused=$(value refused)
is "in a marked tree it does" hello "$(build allowed 2>err)"
is "... and is reported" yes "$([ "$(permitted)" -gt "$before" ] && echo yes)"
is "... and nothing was refused" "$refused" "$(value refused)"
is "outside it does not" 126 "$(status in_debian /srv/build/hello)"
# shellcheck disable=SC2016 # for the shell in Debian
is "a build that runs what it has made" 0 "$(status allowed sh -c 'cd /srv/build && gcc -o maker maker.c &&
	./maker >made.c && gcc -shared -o made.so made.c')"
load='import ctypes; print(ctypes.CDLL("/srv/build/made.so").answer())'
is "its library is mapped in a marked tree" 42 "$(allowed python3 -c "$load" 2>err)"
is "... and not outside" 1 "$(status in_debian python3 -c "$load")"
is "the status is that of the command" 7 "$(status allowed sh -c 'exit 7')"

# --- an installer that unpacks a program to /tmp
is "an installer runs, and its program does not" 126 "$(status in_debian sh /srv/build/install.sh)"
is "in a marked tree it does" hello "$(allowed sh /srv/build/install.sh 2>err)"

# --- a virtual environment
is "a virtual environment" 0 "$(status in_debian python3 -m venv --without-pip --copies /srv/venv)"
is "... has an interpreter of the same content" 3 "$(in_debian /srv/venv/bin/python -c 'print(1 + 2)' 2>err)"
cp $root/srv/build/made.so "$root/srv/venv/lib/python3.11/site-packages/made.so"
load='import ctypes; print(ctypes.CDLL("/srv/venv/lib/python3.11/site-packages/made.so").answer())'
is "... and a compiled module that no rule allows" 1 "$(status in_debian /srv/venv/bin/python -c "$load")"
is "rules for it" 0 "$(verictl gen --root $root --context 0 --allow -r -o /etc/verictl.d/venv $root/srv/venv 2>err &&
	status verictl load --all)"
is "... allow it" 42 "$(in_debian /srv/venv/bin/python -c "$load" 2>err)"
is "... and nothing else" 126 "$(status in_debian /srv/build/hello)"

# --- an exception
is "an exception" 0 "$(status verictl allow file $root/srv/build/hello --for 30m)"
is "... lets it run" 0 "$(status in_debian /srv/build/hello)"
is "... and is one of this content" 126 "$(echo >>$root/srv/build/hello && status in_debian /srv/build/hello)"
is "another build has another content" 126 "$(status in_debian sh -c 'cd /srv/build && gcc -O1 -o other other.c && ./other')"

# --- what has a rule keeps it
in_debian cp /srv/build/hello /srv/build/good && in_debian cp /srv/build/hello /srv/build/changed
verictl gen --root $root --context 0 -o rule $root/srv/build/good $root/srv/build/changed 2>err
echo >>$root/srv/build/changed
sed "s,^/srv,$root/srv," rule >rules && verictl load -f rules >out 2>err
is "a listed program runs" 0 "$(status in_debian /srv/build/good)"
is "changed, it does not, in a marked tree either" "126 126" \
	"$(status in_debian /srv/build/changed) $(status allowed /srv/build/changed)"
is "without the right there is no marked tree" 4 "$(status su -s /bin/sh user -c 'verictl run-allowed -- /bin/true')"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What "make run" shows, in the guest. Each step says what is to be seen, and
# fails if it is not.
demo=/usr/lib/clip/demo
failed=0

say() { printf '\n== %s\n' "$*"; }

# expect STATUS COMMAND...: show the command, run it as an ordinary user.
expect() {
	want=$1
	shift
	printf '   user$ %s\n   ' "$*"
	su -s /bin/sh user -c "$*" 2>&1
	got=$?
	[ "$got" = "$want" ] && return
	printf '   UNEXPECTED: status %s instead of %s\n' "$got" "$want"
	failed=1
}

say "The rule that was loaded at boot from /etc/verictl.d/demo, and from now on counts:"
grep -v '^#' /etc/verictl.d/demo
# Once it is active only a listed verictl could change anything; none has to.
verictl enable --final 2>&1 | grep '^context' || failed=1

say "The listed program, run by an ordinary user, has exactly the capability" \
	"of its entry (NET_BIND_SERVICE, bit 10) and may take port 80:"
expect 0 "$demo/bind80"

say "The same bytes in another file have no entry, and so no capability:"
cp "$demo/bind80" /tmp/bind80 && chmod 755 /tmp/bind80
expect 1 /tmp/bind80

say "With one byte appended, the listed program does not run at all (EACCES):"
size=$(stat -c %s "$demo/bind80")
printf x >>"$demo/bind80"
expect 126 "$demo/bind80"

say "Why? The kernel's message about the refusal, with its reason:"
dmesg | grep 'clip: refused exec: reason=2' | tail -1

say "With the byte taken away again, it runs as before:"
truncate -s "$size" "$demo/bind80"
expect 0 "$demo/bind80"

say "A Python program runs from a filesystem that is executable and cannot be written." \
	"Both securebits are set, so that the interpreter obeys the kernel:"
home=/srv/user
mkdir -p /opt "$home"
mount -t squashfs -o ro,nosuid,nodev /dev/vda /opt || failed=1
for library in /opt/lib/*.so*; do
	[ -e "/usr/lib/${library##*/}" ] || ln -s "$library" /usr/lib/
done
ln -s /opt/bin/python3-asks /usr/bin/python3-asks
expect 0 execbits set --file --interactive --lock -- /opt/hello.py

say "In a home that can be written and is not executable it does not run. The kernel" \
	"executes only the interpreter; it is the interpreter that asks, and is refused:"
mount -t tmpfs -o noexec,nosuid,nodev tmpfs "$home" || failed=1
cp /opt/hello.py "$home" && chmod 755 "$home/hello.py"
expect 126 execbits set --file --interactive --lock -- python3-asks "$home/hello.py"

say "Without the bits, as by any other interpreter, it is read and executed:"
expect 0 python3-asks "$home/hello.py"

say "verictl status:"
verictl status || failed=1

exit "$failed"

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

say "verictl status:"
verictl status || failed=1

exit "$failed"

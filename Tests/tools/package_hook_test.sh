#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/package_hook_test.sh
#
# What the hook of dpkg makes of command lines, as TAP: dpkg itself runs it, on a root
# of its own, and a program that stands for verictl writes down which packages it
# is asked about, and refuses those whose names have the word "bad". What verictl
# answers is for package_test.sh in the guest.
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

# The mounts are of a namespace of its own.
if [[ -z ${PACKAGE_HOOK_INSIDE-} ]]; then
	PACKAGE_HOOK_INSIDE=1 exec unshare --mount --map-root-user --user "$0" "$@"
fi
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
hook=$here/../../packaging/files/usr/libexec/clip/package-hook
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$here/check.sh"
cd "$work" || exit

asked=$work/asked
mkdir -p sbin etc debs "debs/more" root/var/lib/dpkg/{info,updates,triggers}
touch root/var/lib/dpkg/{status,available}
cat >sbin/verictl <<END
#!/bin/sh
[ "\$1" = package ] || exit 0
shift 3
printf '%s\n' "\$@" >>$asked
case " \$* " in *bad*) exit 1 ;; esac
END
chmod 755 sbin/verictl
mount --bind sbin /usr/sbin || exit
mount -t tmpfs none /etc && mkdir /etc/verictl || exit
# The kernel's device cannot be made here; any other one will do for the shell.
sed 's,/dev/veriexec,/dev/null,' "$hook" >run-hook && chmod 755 run-hook

# make NAME FILE: a package that installs nothing but its name.
make() {
	rm -rf tree && mkdir -p tree/DEBIAN "tree/srv/$1"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: test <test@example.org>\nDescription: test\n' \
		"$1" >tree/DEBIAN/control
	dpkg-deb -Zgzip -z1 --root-owner-group -b tree "$2" >/dev/null || exit
}
newline=$'\n'
make good debs/good.deb
make bad debs/more/bad.deb
make bad ./-bad.deb
make bad "debs/bad${newline}x.deb"
cp debs/more/bad.deb "bad package"
mkdir lines && mv "debs/bad${newline}x.deb" lines/
mkfifo fifo
ln -s ../debs/more/bad.deb lines.deb

# with_dpkg ARGUMENT...: the status of dpkg, whose hook is ours.
with_dpkg() {
	rm -rf root/srv root/var/lib/dpkg/info/* "$asked"
	: >root/var/lib/dpkg/status
	dpkg --root="$work/root" --force-not-root --force-bad-path --log=/dev/null --pre-invoke="exec $work/run-hook dpkg" \
		"$@" >out 2>&1 </dev/null
}
is_said() { grep -q '^verictl: the new packages are not allowed' out; }
mode() { echo "mode = $1" >/etc/verictl/boot.conf; }

# The command line is refused before anything is unpacked.
refused() {
	if with_dpkg "$@" || [[ -e root/srv || -s root/var/lib/dpkg/status ]] || ! is_said; then
		cat out
		return 1
	fi
}
# It is not, and the packages are those that were asked about.
unpacked() {
	if ! with_dpkg "$@" || [[ ! -d root/srv/good ]] || ! grep -qx '.*good.deb' "$asked"; then
		cat out
		return 1
	fi
}
as_frontend() { DPKG_FRONTEND_LOCKED=1 "$@"; }

echo "TAP version 13"
mode enforcing
check "a package that verictl allows" unpacked -i debs/good.deb
check "... only unpacked" unpacked --unpack debs/good.deb
check "... behind --" unpacked -i -- debs/good.deb
check "... in a directory" unpacked -R -i "$(mkdir one && cp debs/good.deb one && echo one)"
check "... with letters in one word" unpacked -iR one
check "... for a program that has locked dpkg" as_frontend unpacked --unpack debs/good.deb
check "one that it refuses" refused -i debs/more/bad.deb
check "... only unpacked" refused --unpack debs/more/bad.deb
check "... beside one that is allowed" refused -i debs/good.deb debs/more/bad.deb
check "... under a name that does not belong to a package" refused -i "bad package"
check "... whose name starts with a dash" refused -i -- -bad.deb
check "... in a directory" refused -i -R debs
check "... with letters in one word" refused -iR debs
check "... in the other order" refused -Ri debs
check "... with the long option" refused --recursive --install debs
check "... with a newline in its name" refused -i debs/good.deb "lines/bad${newline}x.deb"
check "... in a directory" refused -iR one lines
check "... for a program that says it has locked dpkg" as_frontend refused -i debs/more/bad.deb
check "a pipe, which can be read once" refused -i debs/good.deb fifo
check "nothing that is a package" refused -i nowhere.deb
check "an empty directory" refused -iR "$(mkdir empty && echo empty)"
check "what is not about new packages is not asked about" with_dpkg --configure -a
check "... by a refusal" test ! -e "$asked"
mode permissive
check "permissive: nothing is refused" with_dpkg -i debs/more/bad.deb
check "... it is said" is_said
mode off
check "off: verictl is not called" with_dpkg -i debs/more/bad.deb
check "... of verictl" test ! -e "$asked"

# A parent whose command line cannot be read.
unreadable() {
	if DPKG_HOOK_ACTION=install unshare --pid --fork "$work/run-hook" dpkg >out 2>&1 || ! is_said; then
		cat out
		return 1
	fi
}
mode enforcing
check "a command line that cannot be read" unreadable
echo "1..$count"
exit $((failed > 0))

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: apt
#
# Packages are installed, upgraded and removed by apt where only allowed programs
# run, with the hooks that allow their digests before dpkg unpacks them and take the
# old ones back. Meanwhile a program of the package runs without a refusal. Rules
# come from packages, from a dpkg that was killed, and from an upgrade of verictl
# itself. Prints TAP.
root=/mnt/debian
dir=/tmp/packages
made=$root/var/lib/verictl.d
tests=/usr/lib/clip/tests
# shellcheck source=Tests/system/support/tap.sh
. $tests/tap.sh

in_debian() { chroot $root /usr/bin/env -i PATH=/usr/sbin:/usr/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
apt_get() { in_debian apt-get -q -y -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 "$@"; }

# --- a Debian that can be written: its programs on tmpfs, below it as they are
mkdir -p $root $dir && cd $dir || exit 1
{
	mkdir lower writable && mount -t squashfs -o ro /dev/vda lower && mount -t tmpfs tmpfs writable &&
		mkdir writable/upper writable/work writable/sbin &&
		mount -t overlay -o lowerdir=lower,upperdir=writable/upper,workdir=writable/work overlay $root &&
		cp -a $root/usr/sbin/. writable/sbin && cp /usr/sbin/verictl writable/sbin &&
		mount --bind writable/sbin $root/usr/sbin &&
		mount -t proc proc $root/proc && mount -t sysfs sysfs $root/sys &&
		mount -t securityfs securityfs $root/sys/kernel/security &&
		mount -t devtmpfs devtmpfs $root/dev && mount -t tmpfs tmpfs $root/run &&
		mkdir $root/srv/repo
} >err 2>&1 || { cat err; exit 1; }

# build NAME VERSION [SCRIPT]: a package of one program, whose content has the
# version, and perhaps a postinst, in the directory of the repository.
build() {
	tree=$root/srv/tree
	rm -rf $tree && mkdir -p $tree/usr/bin $tree/DEBIAN && cp $tests/tiny "$tree/usr/bin/$1" &&
		echo "$1 $2" >>"$tree/usr/bin/$1" && chmod 755 "$tree/usr/bin/$1" || return
	[ -z "$3" ] || { printf '#!/bin/sh\n%s\n' "$3" >$tree/DEBIAN/postinst && chmod 755 $tree/DEBIAN/postinst; }
	printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: test <test@example.org>\nDescription: a test\n' \
		"$1" "$2" >$tree/DEBIAN/control
	in_debian dpkg-deb --root-owner-group -Zgzip -b /srv/tree "/srv/repo/$1_$2_amd64.deb" >/dev/null
}

# publish FILE...: what the repository has.
publish() {
	for file; do
		in_debian dpkg-deb -f "/srv/repo/$file"
		echo "Filename: ./$file"
		echo "Size: $(stat -c %s "$root/srv/repo/$file")"
		echo "SHA256: $(sha256sum "$root/srv/repo/$file" | cut -c1-64)"
		echo
	done >$root/srv/repo/Packages
	apt_get update
}

# The digest of the program of a version.
digest_of() { { cat $tests/tiny; echo "$1 $2"; } | sha256sum | cut -c1-64; }
# Whether the kernel allows the program of a version.
allowed() { if grep -q "$(digest_of "$1" "$2")" /sys/kernel/security/clip/digests; then echo yes; else echo no; fi; }
# Whether a copy of the program of a version runs.
copy_runs() {
	{ cat $tests/tiny; echo "$1 $2"; } >$root/srv/copy && chmod 755 $root/srv/copy
	in_debian /srv/copy >/dev/null 2>&1
	echo $?
}
# shellcheck disable=SC2016 # for dpkg-query
installed() { in_debian dpkg-query -W -f '${Version} ${db:Status-Status}' "$1" 2>/dev/null; }

# shellcheck disable=SC2016 # for the shell of the script
{
	build tool 1.0 && build tool 2.0 'exec true' && build other 1.0 &&
		build tool 3.0 '[ -e /run/kill ] || exit 0; rm /run/kill; kill -9 $PPID' && build mine 1.0 &&
		rm -f $root/etc/apt/sources.list.d/* && rm -rf $root/var/lib/apt/lists/* &&
		echo 'deb [trusted=yes] file:/srv/repo ./' >$root/etc/apt/sources.list &&
		publish tool_1.0_amd64.deb other_1.0_amd64.deb && apt_get install tool
} >err 2>&1 || { cat err; exit 1; }

# --- the rules of what is installed; then nothing else runs
mkdir -p $root/etc/verictl.d $root/etc/apt/apt.conf.d
{
	verictl gen --context 0 --allow -r /init /bin /sbin /usr
	verictl gen --root $root --context 0 --flags e --privs V $root/usr/sbin/verictl
} >$root/etc/verictl.d/guest 2>err
cat >$root/etc/apt/apt.conf.d/80verictl <<'END'
DPkg::Pre-Install-Pkgs { "verictl package preload --apt"; };
DPkg::Post-Invoke { "verictl package sync"; };
END
is "package sync lists what is installed" 0 "$(status in_debian verictl package sync)"
is "... each package" "$(in_debian dpkg-query -W -f '.' | wc -c)" "$(find $made -name 'pkg-*' | wc -l)"
is "... by its files" yes "$(grep -q "$(digest_of tool 1.0):[0-9]* # /usr/bin/tool\$" $made/pkg-tool && echo yes)"
is "... which gen --package says, too" 0 \
	"$(in_debian verictl gen --package tool | cmp - $made/pkg-tool >out 2>err; echo $?)"
is "sync again does nothing" yes "$(in_debian verictl package sync 2>&1 | grep -q '^0 rule files written, 0 removed' && echo yes)"
is "only allowed programs run now" 0 "$(status in_debian verictl level active:enforce_exec:enforce_lib)"
is "the program runs" 0 "$(status in_debian tool)"
is "a program that is not allowed does not" 126 "$(copy_runs tool 2.0)"
is "... and a copy of the installed one does" 0 "$(copy_runs tool 1.0)"
is "Debian's own programs run" 0 "$(status in_debian perl -e 'exit 0')"

# --- an upgrade, while the program is started again and again
: >$root/run/loop
# shellcheck disable=SC2016 # for the shell in Debian
in_debian sh -c 'n=0; while [ -e /run/loop ]; do tool || echo "refused: $?"; n=$((n + 1)); done; echo "runs: $n"' \
	>loop 2>&1 &
loop=$!
publish tool_2.0_amd64.deb other_1.0_amd64.deb >err 2>&1
is "apt-get upgrade" 0 "$(status apt_get upgrade)"
is "... has upgraded" "2.0 installed" "$(installed tool)"
rm $root/run/loop
wait $loop
is "nothing was refused meanwhile" 0 "$(grep -c refused loop)"
is "... in several runs" yes "$([ "$(sed -n 's/^runs: //p' loop)" -gt 10 ] && echo yes)"
is "the new version runs" 0 "$(status in_debian tool)"
is "the old version is no longer allowed" 126 "$(copy_runs tool 1.0)"
is "... its digest is gone" no "$(allowed tool 1.0)"
is "no file of an upcoming version is left" 0 "$(find $made -name 'new-*' | wc -l)"
is "the file says the version" "#> package tool 2.0 amd64" "$(head -n 1 $made/pkg-tool)"

# --- an upgrade that is killed after unpacking
publish tool_3.0_amd64.deb other_1.0_amd64.deb >err 2>&1
: >$root/run/kill
is "an upgrade is killed while it configures" 100 "$(status apt_get upgrade)"
is "... so it is not done" "3.0 half-configured" "$(installed tool)"
in_debian verictl package sync 2>err
is "the unpacked version runs" 0 "$(status in_debian tool)"
is "... and is allowed, as the old one" "yes yes" "$(allowed tool 3.0) $(allowed tool 2.0)"
is "it is resumed" 0 "$(status in_debian dpkg --configure -a)"
is "... and done" "3.0 installed" "$(installed tool)"
is "package sync" 0 "$(status in_debian verictl package sync)"
is "the new version is allowed, the old one not" "yes no" "$(allowed tool 3.0) $(allowed tool 2.0)"

# --- packages that are not what apt's lists have
before="$(value generation) $(value digests)"
cp $root/srv/repo/other_1.0_amd64.deb $root/srv/other_1.0_amd64.deb
printf x | dd of=$root/srv/other_1.0_amd64.deb bs=1 seek=700 conv=notrunc 2>/dev/null
is "a package of which a byte was changed" 1 "$(status in_debian verictl package preload /srv/other_1.0_amd64.deb)"
is "... is named" yes "$(says other_1.0_amd64.deb err)"
is "a package that apt's lists do not have" 100 "$(status apt_get install /srv/repo/mine_1.0_amd64.deb)"
is "... is refused with the reason" yes "$(cat out err >all; says "apt's lists do not have the package mine 1.0 amd64" all)"
is "... before it is unpacked" no "$([ -e $root/usr/bin/mine ] && echo yes || echo no)"
is "nothing has changed in the kernel" "$before" "$(value generation) $(value digests)"
is "... nor in the files" 0 "$(find $made -name 'new-*' | wc -l)"
is "dpkg takes no commands from a descriptor, past its hooks" 2 "$(status in_debian dpkg --command-fd 0)"
is "one that dpkg installs without a hook" 0 "$(status in_debian dpkg -i /srv/repo/mine_1.0_amd64.deb)"
is "... is named by package sync" 6 "$(status in_debian verictl package sync)"
is "... with the reason" yes "$(says "the package mine 1.0 amd64 was installed without" err)"
is "... and does not run" 126 "$(status in_debian mine)"
is "... but the others do" 0 "$(status in_debian tool)"
is "it can be purged" 0 "$(status in_debian dpkg -P mine)"
is "... and all is well again" 0 "$(status in_debian verictl package sync)"
is "the package as it is in the lists" 0 "$(status apt_get install other)"
is "... runs" 0 "$(status in_debian other)"
mkdir -p $root/etc/verictl && echo 'local = allow' >$root/etc/verictl/packages.conf
is "packages of one's own, if that is set" 0 "$(status apt_get install /srv/repo/mine_1.0_amd64.deb)"
is "... run" 0 "$(status in_debian mine)"

# --- removal
is "apt-get remove" 0 "$(status apt_get remove tool)"
is "... removes the rule file" no "$([ -e $made/pkg-tool ] && echo yes || echo no)"
is "... and the digest" no "$(allowed tool 3.0)"

# --- verictl itself is replaced; the old file keeps its right until then
ln $root/usr/sbin/verictl $root/usr/sbin/.verictl.previous
cp $root/usr/sbin/verictl $root/usr/sbin/verictl.new
echo x >>$root/usr/sbin/verictl.new
verictl gen --root $root --context 0 --flags e --privs V $root/usr/sbin/verictl.new 2>err |
	sed 's/verictl.new/verictl/' >rule
sed -i '/sbin.verictl /d' $root/etc/verictl.d/guest && cat rule >>$root/etc/verictl.d/guest
mv $root/usr/sbin/verictl.new $root/usr/sbin/verictl
is "the new verictl may not run yet" 126 "$(status in_debian verictl status)"
is "the previous one syncs" 0 "$(status in_debian /usr/sbin/.verictl.previous package sync)"
rm $root/usr/sbin/.verictl.previous
is "the new one runs, and can change rules" 0 "$(status in_debian verictl load --all)"

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: systemd initramfs-tools libmnl0 libarchive13 build/deb/repository
# kernels: test baseline
#
# The package verictl on a Debian, with and without clip in the kernel: it is
# installed inert, its hooks for apt and dpkg do nothing until rules are loaded at
# boot and in force, and a purge leaves nothing. Prints TAP.
dir=/tmp/package
root=/mnt/debian
hook=/usr/libexec/clip/package-hook
previous=/usr/sbin/.verictl.previous
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
mkdir -p $dir/lower $dir/write $root && cd $dir || exit 1

# The path of env, so that busybox does not run a dpkg of its own.
in_debian() { chroot $root /usr/bin/env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
# shellcheck disable=SC2016 # for dpkg-query
dpkg_status() { in_debian dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null || echo none; }
file_state() { (cd $root && find etc usr lib var/lib ! -path 'var/lib/apt/*' ! -path 'var/lib/dpkg/*' | sort); }
# What the tool itself says of a table that others change: nothing.
generation() { sed -n 's/^generation //p' /sys/kernel/security/clip/status 2>/dev/null; }
mode() { printf 'mode = %s\n' "$1" >$root/etc/verictl/boot.conf; }

# make_package NAME VERSION [RULES]: a package with one program, not from apt, in
# /srv/test, and a file of rules if there are any.
make_package() {
	rm -rf tree && mkdir -p tree/DEBIAN tree/usr/bin
	[ -z "$3" ] || { mkdir -p tree/usr/lib/verictl.d && echo "$3" >tree/usr/lib/verictl.d/"$1"; }
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDescription: a test\n' \
		"$1" "$2" >tree/DEBIAN/control
	printf '#!/bin/sh\necho %s\n' "$2" >tree/usr/bin/"$1"
	chmod 755 tree/usr/bin/"$1"
	rm -rf "$root/srv/test/tree" && cp -a tree $root/srv/test/
	in_debian dpkg-deb -Zgzip -z1 --root-owner-group -b /srv/test/tree "/srv/test/$1_$2.deb" >out
}

{
	mount -t tmpfs tmpfs write && mkdir write/upper write/work
	mount -t squashfs -o ro /dev/vda lower
	mount -t overlay -o lowerdir=lower,upperdir=write/upper,workdir=write/work overlay $root
	rmdir $root/usr/libexec/clip
	# An overlay takes no entries.
	cp -a lower/usr/sbin write/sbin && mount --bind write/sbin $root/usr/sbin
	mount -t proc proc $root/proc
	mount -t sysfs sysfs $root/sys
	mount -t securityfs securityfs $root/sys/kernel/security
	mount -t devtmpfs devtmpfs $root/dev
	mkdir -p $root/dev/pts && mount -t devpts devpts $root/dev/pts
	mkdir -p $root/srv/test && mv $root/repository $root/srv/clip
	mkdir -p $root/etc/apt/sources.list.d
	rm -f $root/etc/apt/sources.list $root/etc/apt/sources.list.d/*
	cp $root/srv/clip/clip.sources $root/etc/apt/sources.list.d/
} >err 2>&1
clip=no
[ ! -c /dev/veriexec ] || clip=yes
file_state >before

is "apt reads the repository, and finds its signature good" 0 "$(status in_debian apt-get -q update)"
is "... without a warning" "" "$(grep -E '^[WE]:' out err)"
old=$(generation)
is "apt installs verictl" 0 "$(status in_debian apt-get -qy install verictl)"
is "... without a word of ours" "" "$(grep -E '^(verictl|W|E):' out err)"
is "... completely" "ii " "$(dpkg_status verictl)"
is "no unit is enabled" "" "$(find $root/etc/systemd/system -name '*verictl*' -o -name '*devctl*')"
is "... which systemd says, too" disabled "$(in_debian systemctl is-enabled verictl-load.service)"
is "... of all" "disabled disabled" "$(in_debian systemctl is-enabled verictl-lock.service devctl-load.service | xargs)"
is "the units are well-formed" "" "$(in_debian systemd-analyze --man=no verify verictl-load.service verictl-lock.service verictl-learn.service \
	devctl-load.service 2>&1 | grep -iE 'verictl|devctl' | grep -v 'Unknown command\|unmounted')"
is "rules are not loaded at boot" yes "$(says 'mode = off' $root/etc/verictl/boot.conf)"
is "the table is as before" "$old" "$(generation)"
for program in verictl devctl hardenctl execbits; do
	is "$program runs" 0 "$(status in_debian $program --version)"
done
is "hardenctl finds its rules" 0 "$(status in_debian hardenctl list)"
if [ $clip = no ]; then
	is "without clip, status says so" 5 "$(status in_debian verictl status)"
	is "... in one line" 1 "$(wc -l <err)"
	is "... as does load" 5 "$(status in_debian verictl load --entry "* 0 - - - - - sha256 $(echo | sha256sum | cut -c-64)")"
fi

# --- hooks --------------------------------------------------------------------

make_package one 1
is "dpkg installs a package, not from apt" 0 "$(status in_debian dpkg -i /srv/test/one_1.deb)"
is "... without a word of ours" "" "$(grep verictl out err)"
make_package two 1 "# a comment, and no rule"
is "a package that brings rules is installed" 0 "$(status in_debian apt-get -qy install /srv/test/two_1.deb)"
is "... and we are told" yes "$(says 'Processing triggers for verictl' out)"
is "... and done with it" "ii " "$(dpkg_status verictl)"

for mode in off permissive enforcing; do
	mode $mode
	is "$mode, rules not in force: the hook after" 0 "$(status in_debian $hook post)"
	is "... says nothing" "" "$(cat out err)"
	is "$mode, rules not in force: that of apt" 0 "$(echo /srv/test/one_1.deb | status in_debian $hook apt)"
	is "... says nothing" "" "$(cat out err)"
done
is "a wrong word is an error" 2 "$(status in_debian $hook nothing)"
make_package one 2
is "enforcing, rules not in force: dpkg installs" 0 "$(status in_debian dpkg -i /srv/test/one_2.deb)"
is "... that version" 2 "$(in_debian one)"

if [ $clip = yes ]; then
	# One listed file, and the context is active: rules are in force.
	make_package one 3
	in_debian verictl gen --context 0 --flags er --privs V /usr/sbin/verictl >rules
	verictl unload --all && in_debian verictl load --entry "$(cat rules)" && in_debian verictl enable >out 2>err
	is "rules are in force" 0 "$(status in_debian verictl status)"
	mode off
	is "off, rules in force: dpkg installs" 0 "$(status in_debian dpkg -i /srv/test/one_2.deb)"
	is "... without a word of ours" "" "$(grep verictl out err)"
	mode enforcing
	is "enforcing: a package that is not authenticated is refused" no \
		"$([ "$(status in_debian dpkg -i /srv/test/one_3.deb)" = 0 ] && echo yes || echo no)"
	is "... by us" yes "$(grep -q '^verictl: the new packages are not allowed' err && echo yes)"
	is "... and the old version is there" 2 "$(in_debian one)"
	is "... undamaged" "ii " "$(dpkg_status one)"
	is "... by its name in a directory, too" no "$(cp $root/srv/test/one_3.deb $root/srv/test/tree/ &&
		[ "$(status in_debian dpkg -i -R /srv/test/tree)" = 0 ] && echo yes || echo no)"
	is "... and the old version is there" 2 "$(in_debian one)"
	cp $root/srv/test/one_3.deb "$root/srv/test/one 3"
	is "... nor by a name that does not belong to a package" no \
		"$([ "$(status in_debian dpkg -i "/srv/test/one 3")" = 0 ] && echo yes || echo no)"
	is "... and the old version is there" 2 "$(in_debian one)"
	is "... and by apt" no "$([ "$(status in_debian apt-get -qy install /srv/test/one_3.deb)" = 0 ] && echo yes || echo no)"
	is "... and the old version is there" 2 "$(in_debian one)"
	mode permissive
	is "permissive: the package is installed" 0 "$(status in_debian dpkg -i /srv/test/one_3.deb)"
	is "... that version" 3 "$(in_debian one)"
	is "... with a word of ours" yes "$(grep -q '^verictl: ' err && echo yes)"
	mode off
	inode=$(stat -c %i $root/usr/sbin/verictl)
	in_debian dpkg --unpack "$(cd $root && echo ./srv/clip/verictl_*.deb)" >out 2>err
	is "reinstalling verictl keeps the inode that has the entry" "$inode" "$(stat -c %i $root$previous)"
	is "... beside the new one" no "$([ "$inode" = "$(stat -c %i $root/usr/sbin/verictl)" ] && echo yes || echo no)"
	is "... until it is configured" 0 "$(status in_debian dpkg --configure -a)"
	is "... and then its name is removed" no "$([ -e $root$previous ] && echo yes || echo no)"
fi

# --- initramfs ----------------------------------------------------------------

# initramfs MODE: what the hook puts into it.
initramfs() {
	mode "$1"
	rm -rf "$root/srv/initramfs" && mkdir -p "$root/srv/initramfs/scripts"
	in_debian DESTDIR=/srv/initramfs verbose=n /usr/share/initramfs-tools/hooks/verictl >out 2>err || echo failed
	(cd $root/srv/initramfs && find . -type f)
}
is "with the mode off, nothing is in the initramfs" "" "$(initramfs off)"
is "... and verictl is with each other one" ./usr/sbin/verictl "$(initramfs permissive)"
is "... as it is installed" 0 "$(initramfs enforcing >/dev/null
	status cmp $root/usr/sbin/verictl $root/srv/initramfs/usr/sbin/verictl)"
for script in hooks/verictl scripts/init-bottom/verictl; do
	is "$script needs no other one" "0 " "$(status in_debian /usr/share/initramfs-tools/$script prereqs) $(cat out err)"
done
mode off

# --- removal ------------------------------------------------------------------

mkdir -p $root/var/lib/verictl.d $root/var/lib/verictl
echo '# made here' >$root/var/lib/verictl.d/pkg-one
echo x >$root/var/lib/verictl/policy.img
echo '#' >$root/etc/verictl/intent.d/one
is "other packages can be purged" 0 "$(status in_debian apt-get -qy purge one two)"
is "verictl can be removed" 0 "$(status in_debian apt-get -qy remove verictl)"
is "... but for its configuration" "rc " "$(dpkg_status verictl)"
make_package one 4
is "its hooks are harmless without it" 0 "$(status in_debian dpkg -i /srv/test/one_4.deb)"
is "... and silent" "" "$(grep -i verictl out err)"
is "... also for apt" 0 "$(status in_debian apt-get -qy purge one)"
rm -rf $root/srv/initramfs
is "verictl can be purged" 0 "$(status in_debian apt-get -qy purge verictl)"
file_state >after
is "... and nothing is left" "" "$(diff before after | grep '^[<>]')"
finish

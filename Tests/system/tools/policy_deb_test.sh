#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: systemd initramfs-tools libmnl0 libarchive13 build/deb/repository
#
# Packages of signed policies, on a Debian that installs verictl from the repository:
# one is made, is refused without a trusted signature, is loaded, is replaced by a
# newer one and by no older one, and decides about other packages. Prints TAP.
dir=/tmp/policy
root=/mnt/debian
tests=/usr/lib/clip/tests
# shellcheck source=Tests/system/support/tap.sh
. $tests/tap.sh
mkdir -p $dir/lower $dir/write $root && cd $dir || exit 1

# The path of env, so that busybox does not run a dpkg of its own.
in_debian() { chroot $root /usr/bin/env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
# shellcheck disable=SC2016 # for dpkg-query
state() { in_debian dpkg-query -W -f '${Version} ${db:Status-Status}' verictl-policy 2>/dev/null || echo none; }
generation() { sed -n 's/^generation //p' /sys/kernel/security/clip/status; }
policy() { in_debian verictl status | sed -n 's/^policy *[0-9a-f]*//p'; }
conf() { printf '%s\n' "$@" >$root/etc/verictl/boot.conf; }
same() { if cmp -s "$root/srv/$1" $root/etc/verictl/policy.img; then echo yes; else echo no; fi; }
make_package() { in_debian verictl-policy-deb --output /srv --certificate /srv/fleet.pem "$@"; }

# image NUMBER [NAME]: an image with this number, signed, of the rules /srv/rules.
image() {
	in_debian verictl compile -o "/srv/${2-$1}.img" --policy-version "$1" /srv/rules &&
		in_debian verictl sign "/srv/${2-$1}.img" --key /srv/fleet.key --certificate /srv/fleet.pem
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
	mv $root/repository $root/srv/clip
	rm -f $root/etc/apt/sources.list $root/etc/apt/sources.list.d/*
	cp $root/srv/clip/clip.sources $root/etc/apt/sources.list.d/
	in_debian apt-get -q update && in_debian apt-get -qy install verictl
	# Without debhelper, which it depends on.
	in_debian dpkg -x "$(cd $root && echo ./srv/clip/dh-verictl_*.deb)" /
	cp $tests/trusted.key $root/srv/fleet.key && cp $tests/trusted.pem $root/srv/fleet.pem
	verictl unload --all
	mkdir $root/srv/rules
} >err 2>&1
in_debian verictl gen --context 0 --flags er --privs V /usr/sbin/verictl >$root/srv/rules/verictl

# --- making one
is "an image without a number is no policy" 3 "$(image 0 none >err 2>&1; status make_package /srv/none.img)"
is "an image is compiled" 0 "$(status in_debian verictl compile -o /srv/7.img --policy-version 7 /srv/rules)"
is "without a signature there is no package" 1 "$(status make_package /srv/7.img)"
is "it is signed" 0 "$(status image 7)"
is "the signature of another image does not count" 1 "$(image 6 && cp $root/srv/6.img $root/srv/bad.img &&
	cp $root/srv/7.img.p7s $root/srv/bad.img.p7s && status make_package /srv/bad.img)"
is "nothing was made" 0 "$(find $root/srv -name '*policy*' | wc -l)"
is "a package is made" 0 "$(status make_package /srv/7.img)"
is "... and named" /srv/verictl-policy_7_all.deb "$(cat out)"
before=$(sha256sum <$root/srv/verictl-policy_7_all.deb)
is "the same image gives the same bytes" "$before" \
	"$(make_package /srv/7.img >/dev/null && sha256sum <$root/srv/verictl-policy_7_all.deb)"
image 6 2>/dev/null && image 8 2>/dev/null && make_package /srv/6.img >out 2>err && make_package /srv/8.img >out 2>err

# --- trust
old=$(generation)
is "no certificate is trusted: it is refused" 1 "$(status in_debian dpkg -i /srv/verictl-policy_7_all.deb)"
is "... with the reason" yes "$(says 'there is no certificate' err)"
is "... and nothing is at its place" no "$([ -e $root/etc/verictl/policy.img ] && echo yes || echo no)"
is "... nor in the kernel" "$old" "$(generation)"
mkdir -p $root/etc/verictl/keys && cp $root/srv/fleet.pem $root/etc/verictl/keys/fleet.pem
is "with the certificate, it is configured" 0 "$(status in_debian dpkg --configure -a)"
is "... completely" "7 installed" "$(state)"
is "... and at its place" yes "$(same 7.img)"
is "... and not loaded while the mode is off" "$old" "$(generation)"

# --- loading
conf "mode = enforcing" "level = active" "signature = optional"
is "signatures are not required: it is not loaded" "0 $old" "$(status in_debian dpkg -i /srv/verictl-policy_8_all.deb) $(generation)"
conf "mode = enforcing" "level = active" "signature = required"
is "they are required: it is loaded" 0 "$(status in_debian dpkg -i /srv/verictl-policy_8_all.deb)"
is "... which status says" ", number 8, signed by fleet.pem; on disk: the same" "$(policy)"
is "... and the number is kept" 8 "$(cat $root/var/lib/verictl/policy.version)"
old=$(generation)
is "an older one is refused" 1 "$(status in_debian dpkg -i /srv/verictl-policy_7_all.deb)"
is "... before it is unpacked" "8 installed" "$(state)"
is "... and the newer one stays" "yes $old" "$(same 8.img) $(generation)"
# A newer one whose signature was exchanged.
rm -rf $root/srv/tree && in_debian dpkg-deb -R /srv/verictl-policy_8_all.deb /srv/tree &&
	sed -i 's/^Version: 8/Version: 9/' $root/srv/tree/DEBIAN/control
printf X | dd of=$root/srv/tree/usr/share/verictl/policy/policy.img.p7s bs=1 seek=200 conv=notrunc 2>err
in_debian dpkg-deb -Znone -b /srv/tree /srv/bad.deb >out 2>err
is "a damaged signature is refused" 1 "$(status in_debian dpkg -i /srv/bad.deb)"
is "... and the policy stays" "yes $old" "$(same 8.img) $(generation)"
is "... which can be installed again" "0 8 installed" "$(status in_debian dpkg -i /srv/verictl-policy_8_all.deb) $(state)"
is "boot load takes it" 0 "$(status in_debian verictl boot load)"
is "... and says so" ", number 8, signed by fleet.pem; on disk: the same" "$(policy)"

# --- other packages: the context is active now, so that the hook asks. Only what the
# policy has is unpacked, and the rules are not those of the packages.
printf 'local = allow\n' >$root/etc/verictl/packages.conf
mkdir -p $root/srv/one/DEBIAN $root/srv/one/usr/bin && printf '#!/bin/sh\necho one\n' >$root/srv/one/usr/bin/one
chmod 755 $root/srv/one/usr/bin/one
printf 'Package: one\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDescription: a test\n' \
	>$root/srv/one/DEBIAN/control
in_debian dpkg-deb -Znone -b /srv/one /srv/one.deb >out 2>err
old=$(generation)
is "a package that the policy does not have is refused" no "$([ "$(status in_debian dpkg -i /srv/one.deb)" = 0 ] && echo yes || echo no)"
is "... with the reason" yes "$(says '/usr/bin/one: the signed policy does not allow it' err)"
is "... before it is unpacked" no "$([ -e $root/usr/bin/one ] && echo yes || echo no)"
in_debian verictl gen --context 0 --from-deb /srv/one.deb >$root/srv/rules/one 2>err
in_debian sh -c 'cd /srv && verictl gen --context 0 --allow -r -o rules/policy /usr/share/verictl-policy-deb' 2>err
image 10 2>err && make_package /srv/10.img >out 2>err
conf "mode = permissive" "level = active" "signature = required"
is "the next policy has it, and the scripts of policies" 0 "$(status in_debian dpkg -i /srv/verictl-policy_10_all.deb)"
is "... and is in force" ", number 10, signed by fleet.pem; on disk: the same" "$(policy)"
conf "mode = enforcing" "level = active" "signature = required"
image 11 2>err && make_package /srv/11.img >out 2>err
old=$(generation)
is "now the package is installed" 0 "$(status in_debian dpkg -i /srv/one.deb)"
is "... and changes no rule" "$old" "$(generation)"
is "and so is the next policy, by the hook" 0 "$(status in_debian dpkg -i /srv/verictl-policy_11_all.deb)"
is "... which is in force" ", number 11, signed by fleet.pem; on disk: the same" "$(policy)"
is "... and the only one that is kept" 1 "$(find $root/etc/verictl -type d -name 'policy.*' | wc -l)"

# --- removal
is "it can be removed" 0 "$(status in_debian dpkg -r verictl-policy)"
is "... and stays for the next boot" yes "$(same 11.img)"
is "it can be purged" 0 "$(status in_debian dpkg -P verictl-policy)"
is "... and nothing of it is left" 0 "$(find $root/etc/verictl -name 'policy*' | wc -l)"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kernel: hardened
# The hardened kernel in a guest (issue 17): hardenctl finds nothing to complain
# about, and names each thing that is softened. With the word "soft" the command
# line has been softened by tools/check. Prints TAP. The end cannot be undone.
dir=/tmp/hardened
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
mkdir -p "$dir" && cd "$dir" || exit 1

# check ARGUMENT...: the subjects that hardenctl names, on one line.
check() { hardenctl check "$@" hardened-guest 2>err | sed 's/^no [a-z]* \(.*\): is .*/\1/' | tr '\n' ' '; }

if [ "$1" = soft ]; then
	is "each softened parameter is named" \
		"page_alloc.shuffle init_on_alloc init_on_free randomize_kstack_offset kfence.sample_interval pti mitigations \
spectre_v2 spec_store_bypass_disable vsyscall proc_mem.force_override bdev_allow_write_mounted random.trust_cpu \
nokaslr slab_debug sysrq_always_enabled " "$(check --only cmdline)"
	finish
	exit
fi

is "options, command line, sysctls, modules and Lockdown are as they should be" 0 \
	"$(status hardenctl check --only config --only cmdline --only sysctl --only lsm --only lockdown hardened-guest)"
is "... which are more than 450 rules" yes "$([ "$(sed -n 's/ rules: .*//p' err)" -gt 450 ] && echo yes)"
is "... and what the guest differs in is reported" yes "$(says 'loglevel=7 instead of loglevel=3' err)"
is "clip is active" yes "$(says clip /sys/kernel/security/lsm)"
is "... and its device is there" yes "$([ -c /dev/veriexec ] && echo yes)"

# restore: all sysctls as they should be. One write may change others: that of
# ip_forward changes accept_redirects.
restore() {
	while read -r key equals value; do
		if [ "$equals" != = ] || [ ! -e "/proc/sys/$(echo "${key#-}" | tr . /)" ]; then continue; fi
		echo "$value" >"/proc/sys/$(echo "${key#-}" | tr . /)" 2>err
	done <"$(echo /etc/sysctl.d/*.conf)"
}

# Each sysctl that can be changed is changed, named, and changed back.
changed=0
while read -r key equals value; do
	case $key in '' | '#'*) continue ;; esac
	key=${key#-}
	path=/proc/sys/$(echo "$key" | tr . /)
	if [ ! -e "$path" ] || [ "$equals" != = ]; then continue; fi
	old=$(cat "$path")
	for other in 0 1 2 28 32768; do
		[ "$other" != "$value" ] || continue
		echo "$other" >"$path" 2>err
		[ "$(cat "$path")" != "$old" ] && break
	done
	[ "$(cat "$path")" != "$old" ] || continue
	changed=$((changed + 1))
	named=$(check --only sysctl)
	case " $named" in *" $key "*) named="$key " ;; esac
	is "softened $key is named" "$key " "$named"
	(restore)
done <"$(echo /etc/sysctl.d/*.conf)"
is "at least 30 were softened" yes "$([ $changed -ge 30 ] && echo yes)"
is "... and all are as they were" "" "$(check --only sysctl)"

echo 0 >/proc/sys/kernel/yama/ptrace_scope 2>err
is "ptrace_scope cannot be lowered" 3 "$(cat /proc/sys/kernel/yama/ptrace_scope)"
echo none >/sys/kernel/security/lockdown 2>err
is "Lockdown cannot be lowered" "none integrity [confidentiality]" "$(cat /sys/kernel/security/lockdown)"
is "memory of the kernel is not there" no "$([ -e /dev/mem ] || [ -e /proc/kcore ] || [ -e /proc/kallsyms ] && echo yes || echo no)"
is "modules cannot be loaded" no "$([ -e /proc/modules ] && echo yes || echo no)"

# An option that was turned off in the installed configuration.
cp /boot/config-* config
sed -i 's/^CONFIG_KFENCE=y/# CONFIG_KFENCE is not set/' config
is "a softened option is named" "CONFIG_KFENCE " "$(check --config config)"

cp /usr/bin/busybox "$dir/su" && chmod 4755 "$dir/su"
mount -o remount,suid /tmp
is "a set-user-id file is named" "$dir/su " "$(check --only setuid)"
rm "$dir/su"
is "mounts that are writable and executable are named" yes "$(check --only mounts | grep -q '/tmp ' && echo yes)"

# The guest as a real system would be. The results are in /tmp, which stays writable.
for mount in $(hardenctl check --only mounts hardened-guest 2>err | sed 's/^no mounts \(.*\): is .*/\1/'); do
	[ "$mount" = / ] || mount -o remount,noexec,nosuid "$mount"
done
mount -o remount,ro /
is "the whole guest is clean then" 0 "$(status hardenctl check hardened-guest)"
finish

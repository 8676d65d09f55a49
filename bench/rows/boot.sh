# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Booting a Debian with rules and without.

debian_packages=(systemd-sysv dbus openssh-server cron login passwd procps)

# Rules and state are on a disk: 60,000 allow digests in one file, and no entry. The first
# boot compiles the rules, the others find the image. What waits for the host differs from
# boot to boot by some per cent, so that the least of three boots counts.
bench_boot() {
	local with without files=$work/boot.files disk=$work/boot.img image
	image=$("$root/tools/guest-debian" "${debian_packages[@]}")
	rm -rf -- "$files" "$disk"
	mkdir -p "$files/loaded/rules" "$files/loaded/state" "$files/off/rules" "$files/off/state"
	allow_digests 60000 >"$files/loaded/rules/digests"
	truncate -s 96M "$disk"
	mkfs.ext4 -q -F -O ^has_journal -d "$files" "$disk"
	boot_debian loaded permissive loads >/dev/null
	with=$(least_boot loaded permissive loads)
	grep -qx digests=60000 <<<"$with" || die "the boot did not load the digests: $with"
	without=$(least_boot off off '')
	! grep -q '^digests=[1-9]' <<<"$without" || die "the boot without rules has some: $without"
	add boot-60k "$(value end <<<"$with")" instructions "without rules" \
		"$(ratio "$(value end <<<"$with")" "$(value end <<<"$without")")" "$(value end <<<"$without")"
	add_value boot-load "$(passed init load "$with")" instructions
	stage_guest_programs
}

# least_boot DIRECTORY MODE LOADS: the times of the shortest of three boots.
least_boot() {
	local out least='' i
	for i in 1 2 3; do
		out=$(boot_debian "$@") || return 1
		if [[ -z $least ]] || (($(value end <<<"$out") < $(value end <<<"$least"))); then least=$out; fi
	done
	printf '%s\n' "$least"
}

# boot_debian DIRECTORY MODE LOADS: the times of the boot. MODE is that of boot.conf, and
# rules are loaded if there is a third word.
boot_debian() {
	local out idle
	stage_guest_programs
	printf 'directory=%s\nmode=%s\nloads=%s\n' "$1" "$2" "$3" >"$overlay/bench/debian/settings"
	out=$("$root/tools/vm" --kernel "$kernel" --icount --timeout 2400 --mem 1536 --log "$work/boot-$1.log" \
		--append "rdinit=/bench/debian/init.sh" --append kunit.enable=0 --append systemd.show_status=0 \
		--overlay "$overlay" --disk "$image" --disk "$disk" -- true) || die "Debian did not boot: $out"
	grep -q '^end=' <<<"$out" || die "Debian did not come up: $out"
	# In the ten seconds before it, nothing was done.
	idle=$(passed idle-start idle-end "$out")
	((idle < 50000000)) || die "waiting counts: $idle instructions"
	printf '%s\n' "$out"
}

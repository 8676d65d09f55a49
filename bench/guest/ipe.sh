# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What it costs to start a program that IPE trusts by its fs-verity digest, as
# clip's entry with one. A file without fs-verity must be refused, or nothing has
# been measured.
mkdir -p /mnt/d
mount -t ext4 /dev/vda /mnt/d || exit 1
cp /bench/tiny /mnt/d/static
cp /bench/tiny /mnt/d/unmarked
cp /bench/tiny-interp /mnt/d/interp
cp /bench/tiny-loader /mnt/d/
for file in static interp tiny-loader; do
	/bench/mark_file verity "/mnt/d/$file" || exit 1
done
sync
cat /bench/ipe.p7b >/sys/kernel/security/ipe/new_policy
echo 1 >/sys/kernel/security/ipe/policies/bench/active
for mode in vfork fork; do
	for kind in static interp; do
		/bench/exec_bench "peer-$mode-$kind" "$mode" "/mnt/d/$kind" 300 || exit 1
	done
done
/bench/exec_bench peer-exit exit /mnt/d/static 300
/mnt/d/unmarked
echo "unmarked=$?"

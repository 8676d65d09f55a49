# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What it costs to start a program that IMA appraises by a digest, as clip's
# sha256 entry: IMA looks at it at exec only. A file without the digest must be
# refused, or nothing has been measured.
mkdir -p /mnt/d
mount -t ext4 /dev/vda /mnt/d || exit 1
cp /bench/tiny /mnt/d/static
cp /bench/tiny /mnt/d/unmarked
cp /bench/tiny-interp /mnt/d/interp
cp /bench/tiny-loader /mnt/d/
for file in static interp; do
	sum=$(sha256sum "/mnt/d/$file")
	/bench/mark_file ima "/mnt/d/$file" "${sum%% *}" || exit 1
done
sync
echo 'appraise func=BPRM_CHECK fsmagic=0xef53' >/sys/kernel/security/ima/policy
for mode in vfork fork; do
	for kind in static interp; do
		/bench/exec_bench "peer-$mode-$kind" "$mode" "/mnt/d/$kind" 300 || exit 1
	done
done
/bench/exec_bench peer-exit exit /mnt/d/static 300
/mnt/d/unmarked
echo "unmarked=$?"

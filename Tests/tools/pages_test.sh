#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/pages_test.sh [--update]
#
# Runs the commands of the pages (README.md, CONTRIBUTING.md, docs/, packaging/man/)
# and compares what they print with the page, or with Tests/tools/pages/golden/ where
# the page does not show it. Prints TAP. Tests/tools/pages/blocks says of each block
# of commands where it is run, or why it cannot be; a block that is not there fails.
# With --update the files in golden/ are written anew.
set -euo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
here=$root/Tests/tools/pages
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

"$here/pages" prepare "$work"
mkdir "$work/host.dir"
(
	cd "$work/host.dir"
	PATH=$root/build/bin:$root/packaging/dh:$PATH PAGES=$work/pages TREE=$root/build/kernel/src \
		VERICTL_POLICY_SCRIPTS=$root/packaging/dh/policy \
		unshare --mount --map-root-user --user sh "$here/host"
) >"$work/host.said" 2>"$work/host.err" </dev/null || true

install -m 755 -D -t "$work/guest/pages" "$here/lib.sh" "$here/fresh" "$here/changed" "$here/tour" "$here/system" "$work"/pages/*
cp "$root/build/kernel/test/.config" "$work/guest/pages/config"
truncate -s 1M "$work/disk"
for name in fresh changed tour system; do
	"$root/tools/vm" --append kunit.enable=0 --append audit=1 --overlay "$work/guest" --timeout 240 \
		--disk "$root/build/guest/python.squashfs" --disk "$work/disk" -- sh "/pages/$name" \
		>"$work/$name.said" 2>"$work/$name.err" </dev/null || true
done
"$here/pages" compare "$work" "$@"

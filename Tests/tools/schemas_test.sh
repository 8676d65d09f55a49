#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/schemas_test.sh
#
# Runs every command of the tools with --json, on this machine and once in the
# guest, and compares the answers with schemas/, as TAP. A command without a schema
# fails, and so does one that gives no answer. It needs root in a mount namespace of
# its own, which hides the rules of this machine.
set -euo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
bin=$root/build/bin
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
here=$root/Tests/tools/schemas

mkdir "$work/schemas" "$work/host" "$work/guest" "$work/help"
# As they are installed.
cp "$root"/schemas/*.json "$root"/schemas/*/*.json "$work/schemas"
for tool in verictl devctl hardenctl execbits vsctl; do
	"$bin/$tool" --experimental-dump-help >"$work/help/$tool"
done
unshare --mount --map-root-user --user "$here/host" "$bin" "$work/host" "$root/hardening" >"$work/answers"
install -m 755 "$here/guest" "$work/guest/schemas"
truncate -s 1M "$work/disk"
"$root/tools/vm" --append "kunit.enable=0 guest.newroot" --overlay "$work/guest" --disk "$work/disk" --timeout 240 -- \
	/schemas >>"$work/answers"
python3 -W ignore::DeprecationWarning "$here/validate" "$work/schemas" "$work"/help/* <"$work/answers"

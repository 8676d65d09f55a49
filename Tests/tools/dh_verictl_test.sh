#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/dh_verictl_test.sh
#
# The debhelper step of the package dh-verictl, as TAP: the package in deb/sample/
# is built with it, by dpkg-buildpackage. Needs "make deb".
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"
cd "$work" || exit
rules=content/usr/lib/verictl.d/sample.tool.conf
line='/usr/bin/tool 0 e - - - -'

refused() { ! "$@"; }

# As if both packages were installed.
install_step() { dpkg-deb -x "$root"/build/deb/dh-verictl_*.deb installed; }
step() { PERL5LIB=$work/installed/usr/share/perl5 PATH=$work/installed/usr/bin:$root/build/bin:$PATH "$@"; }

# build DIRECTORY: the packages are in there afterwards.
build() {
	mkdir -p "$1"
	cp -r "$root/Tests/tools/deb/sample" "$1/"
	(cd "$1/sample" && step dpkg-buildpackage -b -us -uc -d)
}

# Each digest is that of the file as it is in the package.
digests_of_content() {
	local path context rest digest count=0
	while read -r path context rest; do
		digest=$(sha256sum <"content$(printf '%b' "${path//\\/\\0}")")
		[[ $context == 0 && ${rest##* } == "${digest%% *}" ]] || { echo "$path: $digest"; return 1; }
		count=$((count + 1))
	done <"$rules"
	((count == 4))
}

# dh_strip changed the program, or the order of the steps would not matter.
stripped_since() { [[ -s one/sample/tool ]] && refused cmp one/sample/tool content/usr/bin/tool; }

same_bytes() {
	local file
	for file in one/sample*.deb; do cmp "$file" "two/elsewhere/${file#one/}" || return; done
}

lists_the_rules() { (cd content && dpkg-deb -I ../one/sample.tool_1_*.deb md5sums | grep verictl.d/ | md5sum -c); }

sorted_by_path() { sed 's/\\040/ /' "$rules" | LC_ALL=C sort -c; }

# complains TEXT LINE...: the step refuses these lines with this message.
complains() {
	local text=$1 status=0
	shift
	rm -rf refused && cp -r one/sample refused
	printf '%s\n' "$@" >refused/debian/sample.tool.verictl
	rm -f refused/debian/sample.tool/usr/lib/verictl.d/*
	(cd refused && step dh_verictl -psample.tool) >message 2>&1 || status=$?
	cat message
	((status != 0)) && grep -qF "$text" message && ! compgen -G 'refused/debian/sample.tool/usr/lib/verictl.d/*'
}

accepts() {
	rm -rf accepted && cp -r one/sample accepted
	printf '%s\n' "$@" >accepted/debian/sample.tool.verictl
	(cd accepted && step dh_verictl -psample.tool) &&
		[[ $(wc -l <accepted/debian/sample.tool/usr/lib/verictl.d/sample.tool.conf) == 1 ]]
}

echo "TAP version 13"
check "there is the package" install_step
check "a package is built with it" build one
check "... with a file of rules" dpkg-deb -x one/sample.tool_1_*.deb content
check "... for each file, with its digest" digests_of_content
check "... after dh_strip" stripped_since
check "... before dh_md5sums" lists_the_rules
check "... as it was asked for" grep -q '^/usr/bin/tool 0 er KILL KILL - cs sha256 ' "$rules"
check "... also for a pattern" grep -q '^/usr/lib/sample/helper-one 0 e - CHOWN - - ' "$rules"
check "... and a name with a blank" grep -q '^/usr/lib/sample/helper\\040two 0 e - - - - ' "$rules"
check "... sorted" sorted_by_path
check "... that verictl reads" "$root/build/bin/verictl" check --strict --root content "$rules"
check "a package without the file has no rules" refused sh -c 'dpkg-deb -c one/sample-none_1_all.deb | grep verictl'
check "built elsewhere" build two/elsewhere
check "... the packages have the same bytes" same_bytes
check "a line is accepted" accepts "$line"
check "... also twice" accepts "$line" "${line/bin\/tool/bin/t*}"
check "a field too few is refused" complains 'verictl:2:1: error: 6 fields' '# one' '/usr/bin/tool 0 e - - -'
check "a file that is not there is refused" complains "'/usr/bin/other'" "${line/tool/other}"
check "a relative path is refused" complains 'verictl:1:1: error: field 1' "${line#/}"
check "different rules for a file are refused" complains '/usr/bin/tool' "$line" '/usr/bin/t* 0 er - - - -'
check "a wrong word is refused" complains 'CAP_KILL' '/usr/bin/tool 0 e - CAP_KILL - -'
check "a digest is refused" complains 'verictl:1:1: error: 9 fields' "$line sha256 0123"
echo "1..$count"
exit $((failed > 0))

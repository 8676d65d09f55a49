#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/patch_series_test.sh
#
# Tests of tools/patch-series, as TAP: the series applies with git am, and makes
# of a mainline tree what tools/kernel-apply makes of it.
# shellcheck disable=SC2317  # check calls the functions
set -uo pipefail

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"
source=$root/build/kernel/src
series=$work/series
export GIT_AUTHOR_NAME=Test GIT_AUTHOR_EMAIL=test@example.org GIT_COMMITTER_NAME=Test
export GIT_COMMITTER_EMAIL=test@example.org GIT_CONFIG_GLOBAL=/dev/null

write() { "$root/tools/patch-series" --from "Test <test@example.org>" "$series"; }

# A tree with those files of mainline that the series changes.
mainline() {
	local file
	mkdir "$work/linux"
	sed -nE 's,^--- a/(.*),\1,p' "$series"/*.patch | sort -u | while read -r file; do
		mkdir -p "$work/linux/$(dirname "$file")"
		if [[ -e $source/.clip/orig/$file ]]; then
			cp "$source/.clip/orig/$file" "$work/linux/$file"
		else
			cp "$source/$file" "$work/linux/$file"
		fi
	done
	git -C "$work/linux" init -q
	git -C "$work/linux" add -A
	git -C "$work/linux" commit -q -m mainline
}

applies() { git -C "$work/linux" am -q "$series"/*.patch; }

same_as_built() {
	local file
	diff -r --exclude='*.o' --exclude='*.a' --exclude='.*.cmd' --exclude=modules.order \
		--exclude=upstream "$work/linux/security/clip" "$source/security/clip" || return
	for file in "$root"/kernel-module/include/uapi/linux/*.h; do
		cmp "$file" "$work/linux/include/uapi/linux/$(basename "$file")" || return
	done
	while read -r file; do
		cmp "$source/$file" "$work/linux/$file" || return
	done < <(cat "$root"/kernel-module/patches/6.12/*.patch | sed -nE 's,^\+\+\+ b/(.*),\1,p' | sort -u)
}

# The kernel's own rules for patches. Those of core files follow the style of the lines
# around them, which is older than three of the rules. The selftests are programs of user
# space, whose errors are positive.
strict() {
	local patch ignore
	for patch in "$series"/*.patch; do
		ignore=ENOSYS,FILE_PATH_CHANGES
		[[ $patch == *-clip-* ]] || ignore+=,LINE_SPACING,PARENTHESIS_ALIGNMENT,LOGICAL_CONTINUATIONS
		[[ $patch == *-selftests-* ]] ||
			(cd "$source" && perl scripts/checkpatch.pl --strict --no-tree --quiet \
				--ignore "$ignore" "$patch") || return
	done
}

# Each patch says why, and is signed off.
described() {
	local patch
	for patch in "$series"/*.patch; do
		grep -q '^Signed-off-by: Test <test@example.org>$' "$patch" || return
		(($(sed -n '/^$/,/^---$/p' "$patch" | wc -l) > 4)) || return
	done
}

# The module joins the build when all its files are there.
builds_last() {
	local build
	build=$(grep -l 'source "security/clip/Kconfig"' "$series"/*.patch)
	! sed -n "/${build##*/}/,\$p" < <(printf '%s\n' "$series"/*.patch) | tail -n +2 |
		xargs -r grep -l '^+++ b/security/clip/'
}

selftest_compiles() {
	local selftests=tools/testing/selftests
	mkdir -p "$work/linux/$selftests" "$work/out"
	cp "$source/$selftests"/{lib.mk,kselftest.h,kselftest_harness.h} "$work/linux/$selftests/"
	cp -r "$source/scripts" "$work/linux/"
	make -s -C "$work/linux/$selftests/clip" OUTPUT="$work/out" \
		KHDR_INCLUDES="-I$root/kernel-module/include/uapi" "$work/out/exec/exec_test" &&
		[[ -x $work/out/exec/exec_test ]]
}

full_directory() { ! "$root/tools/patch-series" --from "Test <test@example.org>" "$series"; }

no_author() { ! "$root/tools/patch-series" --from "Test" "$work/other" && [[ -z $(ls -A "$work/other") ]]; }

echo 'TAP version 13'
check series_is_written write
check mainline_tree_is_made mainline
check git_am_applies_it applies
check result_is_what_kernel_apply_makes same_as_built
check checkpatch_strict_is_silent strict
check each_patch_says_why_and_is_signed_off described
check build_comes_last builds_last
check selftest_compiles_in_the_tree selftest_compiles
check full_directory_is_refused full_directory
check author_without_an_address_is_refused no_author
echo "1..$count"
exit $((failed > 0))

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/check_test.sh
#
# Tests of what tools/check chooses, as TAP: the parts of a suite are the whole, each
# program once, and over the commits everything has its turn. Runs none of the programs.
# shellcheck disable=SC2016,SC2317 # functions are called through check, by eval
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
copy=$work/tree
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"

chosen() { "$copy/tools/check" --list "$@"; }

# commit: the next commit of the copy. It has no files and always the same date, so that its
# hash does not depend on the tree or the day.
commit() {
	GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z' git -C "$copy" -c user.name=test -c user.email=test -c commit.gpgsign=false \
		commit -q --allow-empty -m "number $((number += 1))"
}

# same NAME: the lines of $work/NAME are those of $work/wanted.
same() { diff <(sort "$work/wanted") <(sort "$work/$1"); }

# slow: of the programs in $work/all, those that --fast leaves out.
slow() { comm -23 <(sort "$work/all") <(sort "$work/wanted"); }

mkdir "$copy"
git -C "$root" ls-files -co --exclude-standard -z | (cd "$root" && xargs -0 cp --parents -t "$copy" 2>/dev/null)
git -C "$copy" init -q
number=0
commit

chosen --part 1/1 system >"$work/all"
chosen --fast --part 1/1 system >"$work/wanted"
for part in 1 2 3 4; do chosen --fast --part "$part/4" system; done >"$work/parts"

# With each commit something of the slow programs, and one of four parts.
for ((commits = 0; commits < 16; commits++)); do
	commit
	chosen system >>"$work/turns"
	"$copy/tools/commit-part" part 4 >>"$work/selected"
	"$copy/tools/commit-part" kernel 8 >>"$work/kernel"
	paste -d' ' <("$copy/tools/commit-part" part 4) <("$copy/tools/commit-part" kernel 2) >>"$work/both"
done
chosen --only 'exec_*' system >"$work/only"
chosen swift kunit server >"$work/suites"
before=$(ls -A "$copy/build" 2>/dev/null)

echo "TAP version 13"
check "there are fast and slow programs" eval '(($(slow | wc -l) > 5 && $(wc -l <"$work/wanted") > 100))'
check "four parts are all fast programs, each once" same parts
check "a commit has all fast programs" eval 'chosen system | comm -23 <(sort "$work/wanted") <(sort) | (! grep .)'
check "a commit has some slow programs, and not all" eval 'n=$(slow | grep -cxFf <(chosen system)); ((n > 0 && n < $(slow | wc -l)))'
check "each slow program has its turn" eval 'comm -23 <(slow) <(sort -u "$work/turns") | (! grep .)'
check "each part has its turn" eval '(($(sort -u "$work/selected" | wc -l) == 4))'
check "the kernels with sanitizers have their turn, and are not the rule" \
	eval 'n=$(grep -c "^[12]/" "$work/kernel"); ((n > 0 && n < 10))'
check "the part does not depend on the kernel" eval '(($(sort -u "$work/both" | wc -l) > 4))'
check "names by a pattern" eval 'grep -q . "$work/only" && ! grep -v ^exec_ "$work/only"'
check "suites that are one program" eval '[[ $(<"$work/suites") == $'"'"'swift\nkunit\nserver'"'"' ]]'
check "nothing is built or removed" test -z "$before"
check "no such part" eval '! chosen --part 5/4 system && ! chosen --part 0/4 system'
check "a part of a commit is the same each time" \
	eval '[[ $("$copy/tools/commit-part" x 1000) == "$("$copy/tools/commit-part" x 1000)" ]]'
check "outside a repository it is the first" \
	eval 'rm -rf "$copy/.git" && [[ $("$copy/tools/commit-part" x 1000) == 1/1000 ]]'
echo "1..$count"
exit $((failed > 0))

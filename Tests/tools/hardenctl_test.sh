#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/hardenctl_test.sh
#
# Tests of hardenctl, as TAP: each refusal of compose on the small Kconfig tree in
# Tests/tools/kconfig, with its twin; the sets of hardening/ on the kernel's tree;
# check on files, with each rule broken once. Needs "make tools" and "make kernel".
# shellcheck disable=SC2317,SC2016,SC2094 # functions are called through check; words of Kconfig and
# Markdown; files are read again while a loop reads them
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
hardenctl=${HARDENCTL:-$root/build/bin/hardenctl}
conf=$root/build/kernel/test/scripts/kconfig/conf
src=$root/build/kernel/src
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
rules=$work/rules
# The small tree, with the names that make and conf know.
small=$work/tree
mkdir -p "$small/arch/x86"
cp "$root/Tests/tools/kconfig/small.Makefile" "$small/Makefile"
cp "$root/Tests/tools/kconfig/small.Kconfig" "$small/Kconfig"
cp "$root/Tests/tools/kconfig/x86.Kconfig" "$small/arch/x86/Kconfig"
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"

# --- compose on the small tree ----------------------------------------------

# new_rules: a directory of rules with nothing in it that counts.
new_rules() {
	rm -rf -- "$rules"
	mkdir -p "$rules/sets"
	printf '# Forbidden.\n\n' >"$rules/forbidden"
	printf '# Parameters.\n' >"$rules/cmdline"
	printf '# Sysctls.\n' >"$rules/sysctl"
	printf '# Compositions.\n' >"$rules/compositions"
}

# set NAME LINE...: a set with these lines, each with a reason.
set_() {
	local name=$1 line
	shift
	{
		printf '# The set %s.\n' "$name"
		for line; do printf '\n# A reason.\n%s\n' "$line"; done
	} >"$rules/sets/$name.config"
}

forbid() { printf '%s\n' "$*" >>"$rules/forbidden"; }

compose() {
	"$hardenctl" compose --rules "$rules" --source "$small" --make "CONF=$conf" -o "$work/out" "$@" \
		>"$work/stdout" 2>"$work/stderr"
}

# composes SET...: that works, and each line is in the result.
composes() {
	local line set status=0
	rm -f -- "$work/out"
	compose "$@" || status=$?
	((status == 0)) || { echo "status $status"; cat "$work/stderr"; return 1; }
	for set; do
		while read -r line; do
			grep -qxF -- "$line" "$work/out" || { echo "no $line"; cat "$work/out"; return 1; }
		done < <(grep '^CONFIG_' "$rules/sets/$set.config")
	done
}

# refuses WORDS SET...: status 3, the words are in a message, nothing is written.
refuses() {
	local words=$1 status=0
	shift
	echo untouched >"$work/out"
	compose "$@" || status=$?
	((status == 3)) || { echo "status $status"; cat "$work/stderr"; return 1; }
	[[ $(<"$work/out") == untouched ]] || { echo "the output was written"; return 1; }
	[[ ! -s $work/stdout ]] || { echo "there is a result"; return 1; }
	grep -qF -- "$words" "$work/stderr" || { echo "no '$words':"; cat "$work/stderr"; return 1; }
}

small_tree() {
	check "a set composes" good_set
	check "two sets disagree" disagree
	check "... and agree on the same value" agree
	check "a set for tests may replace a value, and it is reported" test_replaces
	check "a set asks for a forbidden option" asks_forbidden
	check "... and for its absence" asks_absence
	check "a set for tests may have an option marked T, and it is reported" test_lifts
	check "... and not one marked -" test_does_not_lift
	check "a dependency is missing" missing 'CONFIG_SECURITY=y is missing; it is n; depends on NET (NET is n and in no set)' \
		'CONFIG_SECURITY=y' -- 'CONFIG_NET=y'
	check "a dependency that another set asks for is missing itself" missing_twice
	check "one of two dependencies is missing" missing 'depends on EXPERT (EXPERT is n and in no set)' \
		'CONFIG_AUDIT=y CONFIG_NET=y CONFIG_SECURITY=y' -- 'CONFIG_EXPERT=y'
	check "the menu around has a condition" missing 'CONFIG_INNER=y is missing; it is n; depends on EXPERT' \
		'CONFIG_INNER=y' -- 'CONFIG_EXPERT=y'
	check "the if around has a condition" missing 'CONFIG_INNERMOST=y is missing; it is n; depends on NET' \
		'CONFIG_INNERMOST=y CONFIG_EXPERT=y' -- 'CONFIG_NET=y'
	check "an option without a prompt" missing 'it cannot be chosen; it is selected by USER, OTHER_USER' \
		'CONFIG_HELPER=y' -- 'CONFIG_USER=y'
	check "another member of a choice" choice
	check "a member of a choice with a condition" missing 'CONFIG_THIRD=y is missing; it is n; depends on EXPERT' \
		'CONFIG_THIRD=y' -- 'CONFIG_EXPERT=y'
	check "a prompt with a condition" missing 'can be chosen only if EXPERT (EXPERT is n and in no set)' \
		'CONFIG_NUMBER=7' -- 'CONFIG_EXPERT=y'
	check "a number out of its range" range
	check "a symbol that does not exist" unknown_symbol
	check "a value of another type" wrong_type
	check "a string" composes_line 'CONFIG_WORD="two words"'
	check "only the compiler knows" missing_alone 'depends on $(success,false) (only the compiler or the build knows)' \
		'CONFIG_MACRO=y'
	check "a symbol that the compiler decides" missing_alone 'depends on ABILITY (ABILITY is n and in no set)' 'CONFIG_PLUGIN=y'
	check "a negation" negation
	check "a comparison" missing 'depends on NUMBER>7' 'CONFIG_SIZE=y' -- 'CONFIG_EXPERT=y CONFIG_NUMBER=9'
	check "a file of the architecture" missing 'depends on EXPERT || SECURITY' 'CONFIG_X86_PART=y' -- 'CONFIG_EXPERT=y'
	check "an option that should be off is on" off_and_on
	check "a forbidden option is selected" forbidden_selected
	check "a forbidden option is on by default" forbidden_default
	check "a forbidden member of a choice is on" forbidden_choice
	check "the failure as JSON" failure_json
	check "the conflict as JSON" conflict_json
	check "the result as JSON" result_json
	check "an unknown set" unknown_set
	check "a directory that is not a kernel tree" exits 6 "$hardenctl" compose --rules "$rules" --source "$work" demo
	check "a make that fails" make_fails
	check "neither tree nor command line" exits 2 "$hardenctl" compose --rules "$rules" demo
	check "a make variable of the caller has no effect" callers_variables
}

exits() {
	local want=$1 got=0
	shift
	"$@" || got=$?
	((got == want)) || { echo "exit status $got instead of $want"; return 1; }
}

good_set() { new_rules; set_ demo CONFIG_NET=y CONFIG_SECURITY=y; composes demo; }
disagree() {
	new_rules
	set_ one CONFIG_NET=y
	set_ two CONFIG_EXPERT=y '# CONFIG_NET is not set'
	refuses 'sets/one.config:4: CONFIG_NET=y, but sets/two.config:7: CONFIG_NET=n' one two
}
agree() { set_ two CONFIG_EXPERT=y CONFIG_NET=y; composes one two; }
test_replaces() {
	new_rules
	set_ one CONFIG_EXPERT=y CONFIG_NUMBER=3
	set_ test-two CONFIG_NUMBER=8
	compose one test-two && grep -qx CONFIG_NUMBER=8 "$work/out" &&
		grep -qF 'note: sets/test-two.config:4: CONFIG_NUMBER=8 instead of 3 of sets/one.config:7' "$work/stderr" &&
		compose test-two one && grep -qx CONFIG_NUMBER=8 "$work/out"
}
asks_forbidden() {
	new_rules
	forbid 'USER - It turns on a helper.'
	forbid 'NET T It is a network.'
	set_ demo CONFIG_USER=y CONFIG_NET=y
	refuses 'sets/demo.config:4: CONFIG_USER=y is forbidden by forbidden:3: It turns on a helper.' demo &&
		refuses "Only a set whose name begins with 'test-' may have it." demo
}
asks_absence() { set_ demo '# CONFIG_USER is not set'; composes demo; }
test_lifts() {
	set_ demo
	set_ test-demo CONFIG_NET=y
	composes demo test-demo &&
		grep -qF 'note: sets/test-demo.config:4: CONFIG_NET=y, which a release must not have' "$work/stderr"
}
test_does_not_lift() { set_ test-demo CONFIG_USER=y; refuses 'CONFIG_USER=y is forbidden' demo test-demo; }

# missing WORDS LINES -- LINES: refused with the first lines, not with the others too.
missing() {
	local words=$1 lines=$2 more=$4
	new_rules
	# shellcheck disable=SC2086 # lines are words
	set_ demo $lines
	refuses "$words" demo || return
	# shellcheck disable=SC2086
	[[ $lines == CONFIG_HELPER=y ]] || { set_ demo $lines $more && composes demo; } || return
	# shellcheck disable=SC2086
	[[ $lines != CONFIG_HELPER=y ]] || { set_ demo $lines $more && composes demo; }
}
missing_alone() { new_rules; set_ demo "$2"; refuses "$1" demo; }
composes_line() { new_rules; set_ demo "$1"; composes demo; }
missing_twice() {
	new_rules
	set_ one CONFIG_SECURITY=y
	set_ two CONFIG_AUDIT=y CONFIG_EXPERT=y
	refuses 'depends on SECURITY (SECURITY is n, against sets/one.config:4)' one two
}
choice() {
	new_rules
	set_ demo CONFIG_FIRST=y CONFIG_SECOND=y
	refuses 'CONFIG_FIRST=y is missing; it is n; SECOND is chosen instead, as sets/demo.config:7 asks for' demo ||
		refuses 'CONFIG_SECOND=y is missing; it is n; FIRST is chosen instead, as sets/demo.config:4 asks for' demo ||
		return
	set_ demo CONFIG_SECOND=y
	composes demo
}
range() {
	new_rules
	set_ demo CONFIG_EXPERT=y CONFIG_NUMBER=11
	refuses 'CONFIG_NUMBER=11 is missing; it is 10; its range is 1 10' demo || return
	set_ demo CONFIG_EXPERT=y CONFIG_NUMBER=10
	composes demo
}
unknown_symbol() {
	new_rules
	set_ demo CONFIG_SECURTY=y
	refuses 'no Kconfig file of this tree defines it; similar: SECURITY' demo || return
	set_ demo CONFIG_NOT_A_SYMBOL=y
	refuses 'no Kconfig file of this tree defines it' demo
}
wrong_type() { new_rules; set_ demo CONFIG_NET=7; refuses "'7' is no value of it" demo; }
negation() {
	new_rules
	set_ demo CONFIG_OLD=y CONFIG_NET=y
	refuses 'depends on !NET (NET is y, as sets/demo.config:7 asks for)' demo || return
	set_ demo CONFIG_OLD=y
	composes demo
}
off_and_on() {
	new_rules
	set_ demo '# CONFIG_HELPER is not set' CONFIG_USER=y
	refuses 'CONFIG_HELPER=n is missing; it is y; USER selects it, as sets/demo.config:7 asks for' demo || return
	set_ demo '# CONFIG_HELPER is not set'
	composes demo
}
forbidden_selected() {
	new_rules
	forbid 'HELPER - It helps.'
	set_ demo CONFIG_OTHER_USER=y CONFIG_NET=y
	refuses 'CONFIG_HELPER=y is forbidden by forbidden:3: It helps; OTHER_USER selects it, as sets/demo.config:4' demo || return
	set_ demo CONFIG_OTHER_USER=y
	composes demo
}
forbidden_default() {
	new_rules
	forbid 'DEBUG - It is for debugging.'
	set_ demo CONFIG_NET=y
	refuses 'it is on by default, and can be chosen only if EXPERT (EXPERT is n and in no set)' demo || return
	set_ demo CONFIG_EXPERT=y
	composes demo
}
forbidden_choice() {
	new_rules
	forbid 'FIRST - It comes first.'
	set_ demo CONFIG_NET=y
	refuses 'a choice has one member at least: FIRST, SECOND, THIRD' demo || return
	set_ demo CONFIG_SECOND=y
	composes demo
}
failure_json() {
	new_rules
	set_ demo CONFIG_SECURITY=y
	compose --json demo
	python3 -c 'import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["schema"] == 1 and answer["failure"]["status"] == 3, answer
one, = answer["complaints"]
assert one["symbol"] == "SECURITY" and one["line"] == 4 and one["found"] == "n" and one["obstacles"], one' "$work/stdout"
}
conflict_json() {
	new_rules
	set_ one CONFIG_NET=y
	set_ two CONFIG_NET=n
	compose --json one two
	python3 -c 'import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["failure"]["word"] == "syntax" and len(answer["conflicts"]) == 1, answer' "$work/stdout"
}
result_json() {
	new_rules
	set_ demo CONFIG_NET=y
	compose --json demo
	python3 -c 'import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["sets"] == ["demo"] and answer["options"] == ["CONFIG_NET=y"], answer
assert "CONFIG_NET=y\n" in answer["text"], answer' "$work/stdout"
}
unknown_set() {
	new_rules
	set_ demo CONFIG_NET=y
	exits 2 compose dmeo && grep -qF "hint: demo" "$work/stderr"
}
make_fails() {
	exits 6 "$hardenctl" compose --rules "$rules" --source "$small" demo 2>"$work/stderr" &&
		grep -qF 'CONF is not set' "$work/stderr"
}
callers_variables() { MAKEFLAGS=--bad KCONFIG_CONFIG=/nonexistent/x ARCH=none composes demo; }

# --- malformed files of rules -----------------------------------------------

# fault WORDS FILE TEXT: with this text in the file, all commands refuse the rules.
fault() {
	local words=$1 file=$2 text=$3 status=0
	new_rules
	set_ demo CONFIG_NET=y
	"$hardenctl" list --rules "$rules" >"$work/stdout" 2>&1 || { cat "$work/stdout"; return 1; }
	printf '%b' "$text" >"$rules/$file"
	"$hardenctl" list --rules "$rules" >"$work/stdout" 2>"$work/stderr" || status=$?
	((status == 3)) || { echo "status $status"; cat "$work/stderr"; return 1; }
	grep -qF -- "$words" "$work/stderr" || { echo "no '$words'"; cat "$work/stderr"; return 1; }
}

malformed() {
	check "a line without a reason" fault 'sets/a.config:5: no reason above' sets/a.config '# A.\n\n# Why.\nCONFIG_A=y\nCONFIG_B=y\n'
	check "no line of a configuration" fault "'CONFIG_A' is no line of a configuration" sets/a.config '# A.\n\n# Why.\nCONFIG_A\n'
	check "a line twice" fault 'CONFIG_A is in line 4 as well' sets/a.config '# A.\n\n# Why.\nCONFIG_A=y\n\n# Why.\nCONFIG_A=n\n'
	check "a file that does not say what it is for" fault 'does not say what it is for' sets/a.config ''
	check "a bad name" fault 'sets/A.config: not the name of a file of rules' sets/A.config '# A.\n'
	check "another end of a name" fault 'sets/a.confg: not the name of a file of rules' sets/a.confg '# A.\n'
	check "a file that is not known" fault 'sysctls: not the name of a file of rules' sysctls '# A.\n'
	check "a bad mark" fault "forbidden:1: 'NET X Why.' is no" forbidden 'NET X Why.\n'
	check "a forbidden option without a reason" fault "forbidden:1: 'NET -' is no" forbidden 'NET -\n'
	check "a forbidden option twice" fault 'NET is in line 1 as well' forbidden 'NET - Why.\nNET T Why.\n'
	check "two parameters in a line" fault "'a b' is no parameter" cmdline '# P.\n\n# Why.\na b\n'
	check "a sysctl without a value" fault "is no 'KEY = VALUE'" sysctl '# S.\n\n# Why.\na.b\n'
	check "a sysctl twice" fault 'a.b is in line 4 as well' sysctl '# S.\n\n# Why.\na.b = 1\n\n# Why.\n-a.b = 2\n'
	check "a composition of an unknown set" fault "no set or composition above is 'none'" compositions '# C.\n\n# Why.\nall: none\n'
	check "a composition of itself" fault "no set or composition above is 'all'" compositions '# C.\n\n# Why.\nall: demo all\n'
	check "a composition with the name of a set" fault "there are two of 'demo'" compositions '# C.\n\n# Why.\ndemo: demo\n'
	check "no directory of rules" exits 6 "$hardenctl" list --rules "$work/none"
}

# --- hardening/ on the kernel's tree ----------------------------------------

on_the_kernel() {
	"$hardenctl" compose --rules "$root/hardening" --source "$src" --build "$root/build/kernel/test" "$@" \
		>"$work/config" 2>"$work/stderr" || { cat "$work/stderr"; return 1; }
}

# Issue 17: at most 15 s on two processors. What counts here is the time of the
# processors, because others may use them as well.
in_time() {
	local used TIMEFORMAT='%U %S'
	used=$({ time "$hardenctl" compose --rules "$root/hardening" --source "$src" hardened \
		>"$work/hardened" 2>"$work/stderr"; } 2>&1) || { cat "$work/stderr"; return 1; }
	awk -v "used=$used" 'BEGIN { split(used, part); exit part[1] + part[2] > 15 }' || { echo "$used s"; return 1; }
}

options_of_release() {
	local want
	for want in SECURITY_CLIP=y SECURITY_YAMA=y SECURITY_LANDLOCK=y SECURITY_SAFESETID=y GCC_PLUGIN_STACKLEAK=y KFENCE=y \
		LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY=y; do
		grep -qx "CONFIG_$want" "$work/hardened" || { echo "no $want"; return 1; }
	done
	! grep -E '^CONFIG_(KUNIT|DEBUG_FS|KALLSYMS|MODULES)=' "$work/hardened"
}

kernel_tree() {
	local set
	check "the composition 'hardened' of 6.12 in at most 15 s" in_time
	check "... has clip, Lockdown, Landlock, Yama, SafeSetID, STACKLEAK and KFENCE, and no debugging" options_of_release
	for set in "$root"/hardening/{sets,test-sets}/*.config; do
		set=$(basename "$set" .config)
		case $set in
		base) check "the set base composes" on_the_kernel base ;;
		# Needs clang as the compiler.
		self-protection-clang) check "the set $set needs clang, and says so" needs_clang ;;
		*) check "the set $set composes with base" on_the_kernel base "$set" ;;
		esac
	done
	check "a release with KUnit, which is reported" kunit_is_reported
}

needs_clang() {
	! on_the_kernel base self-protection self-protection-clang >/dev/null &&
		grep -qF 'CONFIG_CFI_CLANG=y is missing' "$work/stderr" && grep -qF 'fsanitize=kcfi' "$work/stderr"
}
kunit_is_reported() {
	on_the_kernel hardened test-kunit && grep -q '^CONFIG_KUNIT=y' "$work/config" &&
		grep -qF 'CONFIG_KUNIT=y, which a release must not have' "$work/stderr"
}

# --- check on files ---------------------------------------------------------

# What a machine without a fault shows.
good_machine() {
	"$hardenctl" list --rules "$root/hardening" hardened-guest >"$work/list" 2>/dev/null || return
	grep -E '^(CONFIG_|# CONFIG_)' "$work/list" >"$work/good.config"
	"$hardenctl" compose --rules "$root/hardening" --cmdline hardened-guest 2>/dev/null >"$work/good.cmdline"
	"$hardenctl" compose --rules "$root/hardening" --sysctl hardened-guest 2>/dev/null | sed '/^#/d; s/^-//' >"$work/good.sysctl"
	echo capability,lockdown,landlock,yama,safesetid,ipe,clip >"$work/good.lsm"
	echo 'none integrity [confidentiality]' >"$work/good.lockdown"
	cat >"$work/good.mountinfo" <<-'EOF'
		1 0 254:0 / / ro,nosuid - squashfs /dev/dm-0 ro
		2 1 0:5 / /tmp rw,nosuid,nodev,noexec - tmpfs none rw
	EOF
	: >"$work/good.setuid"
	for_all good
}

# for_all PREFIX: check with all files.
for_all() {
	"$hardenctl" check --rules "$root/hardening" hardened-guest --config "$work/$1.config" --cmdline "$work/$1.cmdline" \
		--sysctl "$work/$1.sysctl" --lsm "$work/$1.lsm" --lockdown "$work/$1.lockdown" \
		--mountinfo "$work/$1.mountinfo" --setuid "$work/$1.setuid" 2>"$work/stderr"
}

# finds KIND SUBJECT: check names this rule and no other one.
finds() {
	local status=0
	"$hardenctl" check --rules "$root/hardening" hardened-guest "--${3-$1}" "$work/bad" >"$work/found" 2>/dev/null || status=$?
	((status == 1)) || { echo "$2: status $status"; return 1; }
	if [[ $(wc -l <"$work/found") != 1 ]] || ! grep -qF -- "no $1 $2: is " "$work/found"; then
		echo "$2:"
		cat "$work/found"
		return 1
	fi
	grep -q 'wanted .*; why: .*; change: ..*' "$work/found" || { cat "$work/found"; return 1; }
}

# Each option, one by one, the other way round.
each_option() {
	local line symbol broken=0
	while read -r line; do
		if [[ $line == '# CONFIG_'* ]]; then
			symbol=${line#'# '} symbol=${symbol%' is not set'}
			sed "s/^$line\$/$symbol=y/" "$work/good.config" >"$work/bad"
		else
			symbol=${line%%=*}
			sed "/^$symbol=/d" "$work/good.config" >"$work/bad"
		fi
		finds config "$symbol" || return
		broken=$((broken + 1))
	done <"$work/good.config"
	((broken >= 250)) || { echo "only $broken options"; return 1; }
}

each_parameter() {
	local word broken=0
	for word in $(<"$work/good.cmdline"); do
		sed "s/\(^\| \)$word\( \|\$\)/ /" "$work/good.cmdline" >"$work/bad"
		finds cmdline "${word%%=*}" || return
		# A value that comes later counts.
		if [[ $word == *=* ]]; then
			echo "$(<"$work/good.cmdline") ${word%%=*}=soft" >"$work/bad"
			finds cmdline "${word%%=*}" || return
		fi
		broken=$((broken + 1))
	done
	while read -r word; do
		case $word in !quiet) continue ;; esac
		echo "${word#!} $(<"$work/good.cmdline")" >"$work/bad"
		finds cmdline "${word#!}" || return
		broken=$((broken + 1))
	done < <(grep '^!' "$work/list")
	((broken >= 60)) || { echo "only $broken parameters"; return 1; }
}

each_sysctl() {
	local key rest broken=0
	while read -r key rest; do
		[[ $rest == '= '* ]] || return
		sed "s|^$key = .*|$key = 12345|" "$work/good.sysctl" >"$work/bad"
		finds sysctl "$key" || return
		broken=$((broken + 1))
	done <"$work/good.sysctl"
	((broken >= 50)) || { echo "only $broken sysctls"; return 1; }
}

# A key with a minus sign may be absent, another one may not.
absent_sysctl() {
	sed '/^kernel.sysrq /d' "$work/good.sysctl" >"$work/bad"
	exits 0 "$hardenctl" check --rules "$root/hardening" --sysctl "$work/bad" hardened-guest || return
	sed '/^kernel.kptr_restrict /d' "$work/good.sysctl" >"$work/bad"
	finds sysctl kernel.kptr_restrict
}

each_module() {
	local module
	for module in lockdown landlock yama safesetid ipe clip; do
		sed "s/\b$module\b/other/" "$work/good.lsm" >"$work/bad"
		finds lsm "$module" || return
	done
}

each_lockdown() {
	local level
	for level in '[none] integrity confidentiality' 'none [integrity] confidentiality' ''; do
		echo "$level" >"$work/bad"
		finds lockdown lockdown || return
	done
}

a_mount() {
	sed 's/,noexec//' "$work/good.mountinfo" >"$work/bad"
	finds mounts /tmp mountinfo
}

a_setuid_file() {
	echo /usr/bin/su >"$work/bad"
	finds setuid /usr/bin/su
}

only_named_files() {
	# The machine that runs this is not looked at.
	"$hardenctl" check --rules "$root/hardening" --json --all --lockdown "$work/good.lockdown" >"$work/json"
	python3 -c 'import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["rules"] == 1 and answer["broken"] == 0, answer
assert answer["findings"][0]["kind"] == "lockdown", answer' "$work/json"
}

differences_are_reported() {
	for_all good >/dev/null
	grep -qF 'loglevel=7 instead of loglevel=3' "$work/stderr"
}

unreadable() {
	exits 6 "$hardenctl" check --rules "$root/hardening" --config "$work/none" &&
		exits 6 "$hardenctl" check --rules "$root/hardening" --config "$work/good.lsm"
}

files() {
	check "check of a machine without a fault is clean" good_machine
	check "... and reports what the set for tests changes" differences_are_reported
	check "each option, one by one" each_option
	check "each parameter, one by one" each_parameter
	check "each sysctl, one by one" each_sysctl
	check "a sysctl that is absent" absent_sysctl
	check "each security module, one by one" each_module
	check "each weaker level of Lockdown" each_lockdown
	check "a mount that is writable and executable" a_mount
	check "a set-user-id file" a_setuid_file
	check "only the files that are named are looked at" only_named_files
	check "a file that cannot be read, or is no configuration" unreadable
	check "an unknown subject" exits 2 "$hardenctl" check --rules "$root/hardening" --only cmdlin
}

# --- explain, diff, list, and the table of linux-hardened --------------------

# Each rule in the table of docs/hardening.md is one that hardenctl knows, with the value there.
table_of_linux_hardened() {
	local rule name found=0
	while read -r rule; do
		name=${rule%%=*}
		"$hardenctl" explain --rules "$root/hardening" "$name" >"$work/explained" 2>&1 || { cat "$work/explained"; return 1; }
		[[ $rule != *=* ]] || grep -qE "^wanted +(not )?'?${rule#*=}('|,|\$)" "$work/explained" ||
			{ echo "$rule:"; cat "$work/explained"; return 1; }
		found=$((found + 1))
	done < <(awk '/^## What linux-hardened has/ { on = 1; next } /^## / { on = 0 } on && /^\|/' "$root/docs/hardening.md" |
		grep -oE '`(CONFIG_[A-Z0-9_]+=[a-z0-9]+|[a-z][a-z0-9_]*(\.[a-z0-9_]+)+=[0-9]+|[a-z_.]+=[a-z0-9,]+)`' | tr -d '`')
	((found >= 15)) || { echo "only $found rules in the table"; return 1; }
}

diff_of_configs() {
	sed 's/^CONFIG_KFENCE=y/# CONFIG_KFENCE is not set/' "$work/good.config" >"$work/other.config"
	exits 0 "$hardenctl" diff --rules "$root/hardening" "$work/good.config" "$work/good.config" &&
		exits 1 "$hardenctl" diff --rules "$root/hardening" "$work/good.config" "$work/other.config" >"$work/diff" &&
		[[ $(<"$work/diff") == $'- CONFIG_KFENCE=y\n+ CONFIG_KFENCE=n' ]] &&
		exits 0 "$hardenctl" diff --rules "$root/hardening" hardened "$work/good.config" &&
		exits 1 "$hardenctl" diff --rules "$root/hardening" "$work/other.config" hardened >"$work/diff" &&
		[[ $(<"$work/diff") == $'- CONFIG_KFENCE=n\n+ CONFIG_KFENCE=y' ]]
}

answers() {
	check "explain an option" exits 0 "$hardenctl" explain --rules "$root/hardening" CONFIG_KFENCE
	check "explain a forbidden option, without CONFIG_" exits 0 "$hardenctl" explain --rules "$root/hardening" io_uring
	check "explain a sysctl by its path" exits 0 "$hardenctl" explain --rules "$root/hardening" kernel/kptr_restrict
	check "explain a parameter with its value" exits 0 "$hardenctl" explain --rules "$root/hardening" pti=off
	check "explain what has no rule" exits 2 "$hardenctl" explain --rules "$root/hardening" kernel.nothing
	check "diff of configurations and sets" diff_of_configs
	check "the rules in the table of linux-hardened are kept" table_of_linux_hardened
}

echo "TAP version 13"
small_tree
malformed
kernel_tree
files
answers
echo "1..$count"
exit $((failed > 0))

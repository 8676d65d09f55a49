#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/deb_test.sh
#
# The Debian packages of "make deb", from outside, as TAP: lintian, their content,
# manual pages against the help of the programs, completions, the repository,
# the same bytes twice. What they do when they are installed is for
# package_test.sh in the guest.
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
bin=$root/build/bin
debs=$root/build/deb
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"
# shellcheck source=tools/lib.sh
. "$root/tools/lib.sh"
cd "$work" || exit

refused() { ! "$@"; }

programs_as_built() {
	local program directory
	while read -r program directory; do
		cmp "$bin/$program" "unpacked$directory/$program" || return
		[[ $(stat -c %a "unpacked$directory/$program") == 755 ]] || return
	done < <(installed_programs)
}

# Links in directories of systemd would start something.
nothing_enabled() {
	local found
	found=$(cd unpacked && find . -type l -print -o -name '*.wants' -print -o -path './etc/init.d/*' -print)
	[[ -z $found ]] || { echo "$found"; return 1; }
	grep -qx 'mode = off' unpacked/etc/verictl/boot.conf
}

configuration_files() {
	diff <(sort control/conffiles) <(cd unpacked && find etc -type f | sed 's,^,/,' | sort)
}

# What both formatters complain about. Pages of other packages are not looked for.
well_formed() {
	local found
	found=$({
		mandoc -T lint -W style "$1" 2>&1 | grep -vE 'referenced manual not found|outdated mandoc.db'
		LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null
	} || true)
	[[ -z $found ]] || { echo "$found"; return 1; }
}

# A damaged page is noticed, or the comparison would compare nothing.
manual_notices() {
	mkdir -p damaged && cp -r pages/. damaged
	sed -i "$2" "damaged/$1"
	refused "$root/Tests/tools/deb/manual" "$bin" damaged
}

# The words that bash offers.
bash_offers() {
	local wanted=$1
	shift
	# shellcheck disable=SC2016 # for the other shell
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
		"_$1" "$1" "${!#}" "${@:$#-1:1}"; printf "%s\n" "${COMPREPLY[@]}"' - \
		"unpacked/usr/share/bash-completion/completions/$1" "$@" | grep -x -- "$wanted"
}

same_bytes_twice() {
	local file
	"$root/tools/deb-build" "$work/again" || return
	for file in "$debs"/*.deb; do
		cmp "$file" "again/${file##*/}" || return
	done
}

# apt_knows DIRECTORY: apt accepts the repository, and would install from it.
apt_knows() {
	local state=$work/apt.${1##*/}
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	sed "s,file:/srv/clip,file:$1," "$1/clip.sources" >"$state/clip.sources"
	set -- -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null \
		-o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" -o APT::Sandbox::User=root
	apt-get "$@" -o "Dir::Etc::SourceParts=$state" -o APT::Update::Error-Mode=any -q update &&
		apt-cache "$@" -o "Dir::Etc::SourceParts=$state" show verictl
}

# The same without the signature of its key.
apt_refuses_other_bytes() {
	cp -r "$debs/repository" other
	sed -i 's/^Label: clip/Label: other/' other/InRelease
	sed -i 's/^Label: clip/Label: other/' other/Release
	refused apt_knows "$work/other"
}

version_of() { dpkg-deb -f "$debs"/verictl_*.deb Version; }

echo "TAP version 13"
check "there are packages" dpkg-deb -x "$debs"/verictl_*.deb unpacked
check "... and the other" dpkg-deb -x "$debs"/dh-verictl_*.deb unpacked
check "... with scripts" dpkg-deb -e "$debs"/verictl_*.deb control
check "lintian finds no errors and no warnings" lintian --allow-root --fail-on error,warning "$debs"/*.deb
check "the version is that of the program" test "$(version_of)" = "$("$bin/verictl" --version)"
check "programs are installed as they were built" programs_as_built
check "nothing is enabled" nothing_enabled
check "everything in /etc is a configuration file" configuration_files
check "the installed rules of hardenctl are complete" "$bin/hardenctl" list --rules unpacked/usr/share/clip/hardening
check "the schemas are installed" diff <(cd unpacked/usr/share/clip/schemas && ls) \
	<(find "$root/schemas" -name '*.json' -printf '%f\n' | LC_ALL=C sort)
check "the installed example rules parse" "$bin/verictl" check unpacked/usr/share/doc/verictl/examples/verictl.d
for script in unpacked/usr/libexec/clip/package-hook control/{preinst,postinst,prerm,postrm} \
	unpacked/usr/share/initramfs-tools/{hooks,scripts/init-bottom}/verictl \
	unpacked/usr/lib/dracut/modules.d/90verictl/verictl-load.sh; do
	check "$script parses" dash -n "$script"
done

check "there is a module of PAM" dpkg-deb -x "$debs"/libpam-clip_*.deb unpacked
check "... which names no functions but those of PAM" test \
	"$(nm -D --defined-only unpacked/usr/lib/x86_64-linux-gnu/security/pam_clip.so | awk '{ print $3 }' | sort | xargs)" = \
	"pam_sm_acct_mgmt pam_sm_close_session pam_sm_open_session"
check "there is a library" dpkg-deb -x "$debs"/libclip0_*.deb unpacked
check "... and its header" dpkg-deb -x "$debs"/libclip-dev_*.deb unpacked
lib=unpacked/usr/lib/x86_64-linux-gnu
functions() { grep -oE '\bclip_\w+\(' "unpacked/usr/include/libclip.h" | tr -d '(' | grep -v '_function$' | sort -u; }
check "its functions are those of the header" diff <(nm -D --defined-only "$lib/libclip.so.0" | awk '{print $3}') \
	<(functions)
# Flags of pkg-config, with the unpacked directory in front of them.
flags() { PKG_CONFIG_PATH=$lib/pkgconfig pkg-config --define-variable=prefix="$PWD/unpacked/usr" "$@" libclip; }
says_usage() { LD_LIBRARY_PATH=$lib ./daemon || (($? == 2)); }
# shellcheck disable=SC2046 # several words
with_library() { $1 "$2" -o daemon "$root/packaging/examples/libclip/jailed.c" $(flags --cflags --libs) && says_usage; }
check "a program is linked to it" with_library gcc -O2
check "... and to the static one" with_library gcc -static
check "the header is one of C++ too" g++ -x c++ -fsyntax-only -Wall -Werror unpacked/usr/include/libclip.h

mkdir pages
for page in unpacked/usr/share/man/man*/*.gz; do
	name=$(basename "$page" .gz)
	gzip -dc "$page" >"pages/$name"
	check "the manual page $name is well-formed" well_formed "pages/$name"
done
for name in verictl.8 devctl.8 hardenctl.8 execbits.1 vsctl.8 vsctl.conf.5 libclip.3 pam_clip.8 verictl.d.5 devctl.d.5 clip.7 \
	verictl-boot.conf.5 dh_verictl.1 verictl-policy-deb.1; do
	check "there is $name" test -s "pages/$name"
done
check "the manual has the verbs and options of the programs" "$root/Tests/tools/deb/manual" "$bin" pages
check "... a missing option is noticed" manual_notices verictl.8 '/skip.-contexts/d'
check "... and a missing verb" manual_notices devctl.8 's/^\.Ss devctl resolve/.Pp/'
check "... and an option that is not there" manual_notices clip.7 's/^.Sh FILES/&\n.Fl \\-nothing/'

for program in verictl devctl hardenctl execbits vsctl; do
	check "$program: completions for bash" bash -n "unpacked/usr/share/bash-completion/completions/$program"
	check "$program: for zsh" zsh -n "unpacked/usr/share/zsh/vendor-completions/_$program"
	check "$program: for fish" fish -n "unpacked/usr/share/fish/vendor_completions.d/$program.fish"
done
check "bash completes a verb" bash_offers load verictl lo
check "... and an option" bash_offers --skip-missing verictl load --sk
check "... and not a wrong one" refused bash_offers load verictl unlo

check "apt accepts the repository" apt_knows "$debs/repository"
check "... and no other bytes" apt_refuses_other_bytes
check "the same programs give the same bytes" same_bytes_twice
echo "1..$count"
exit $((failed > 0))

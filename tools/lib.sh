# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the scripts of tools/: where things are, how to talk, how to run a
# long step. Source it right after "set -euo pipefail".

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$root/build
self=${0##*/}
export root build

# Set by a script that gives its errors a status of their own.
die_status=1

note() { printf '%s: %s\n' "$self" "$*" >&2; }

die() {
	note "$*"
	exit "$die_status"
}

# The comment at the top of a script is its manual: everything between the
# licence line and the first line that is no comment.
help() {
	awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"
}

# need_value OPTION $#: an option that takes a value must have one.
need_value() { (($2 >= 2)) || die "$1 needs a value; see --help"; }

seconds_since() {
	local now=${EPOCHREALTIME/./}
	local from=${1/./}
	printf '%d.%d' $(((now - from) / 1000000)) $(((now - from) / 100000 % 10))
}

# step WHAT COMMAND...: run it, say what was done and how long it took.
step() {
	local what=$1 begin=$EPOCHREALTIME status=0
	shift
	"$@" || status=$?
	if ((status)); then
		note "$what: FAILED after $(seconds_since "$begin") s"
		return "$status"
	fi
	note "$what: $(seconds_since "$begin") s"
}

# watch_log PID LOG PATTERN WHAT: report how many lines of LOG match PATTERN
# until PID ends: a running counter on a terminal, else a line every 30 s.
watch_log() {
	local pid=$1 log=$2 pattern=$3 what=$4 count pause=30 last=$SECONDS
	[[ -t 2 ]] && pause=1
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.5
		((SECONDS - last >= pause)) || continue
		last=$SECONDS
		count=$(grep -cE -- "$pattern" "$log" || true)
		if [[ -t 2 ]]; then
			printf '\r%s: %s: %d files' "$self" "$what" "$count" >&2
		else
			note "$what: $count files so far"
		fi
	done
	[[ -t 2 ]] && printf '\r\033[K' >&2
	return 0
}

# long_step WHAT LOG PATTERN COMMAND...: like step, for a command that takes
# minutes. Its output goes to LOG; the end of LOG is shown when it fails. COMMAND
# is a program, not a function: a signal that ends us is handed on to it.
long_step() {
	local what=$1 log=$2 pattern=$3 begin=$EPOCHREALTIME status=0 pid
	shift 3
	: >"$log"
	"$@" >"$log" 2>&1 &
	pid=$!
	# A background command ignores Ctrl-C, and a SIGTERM for us is not for it.
	trap 'kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; exit 130' INT TERM HUP
	watch_log "$pid" "$log" "$pattern" "$what"
	wait "$pid" || status=$?
	trap - INT TERM HUP
	if ((status)); then
		tail -n 30 -- "$log" >&2
		note "$what: FAILED after $(seconds_since "$begin") s, log: $log"
		return "$status"
	fi
	note "$what: $(seconds_since "$begin") s, $(grep -cE -- "$pattern" "$log" || true) files"
}

# installed_programs: a line "PROGRAM DIRECTORY" for each that is installed.
installed_programs() { sed '/^#/d; s/[[:blank:]]\+/ /' "$root/tools/programs"; }

# newer_than FILE PATH...: true when FILE is missing or something in the PATHs
# (which may be missing) is newer. A removed file shows as a newer directory.
newer_than() {
	local file=$1 path
	shift
	[[ -e $file ]] || return 0
	for path; do
		[[ -e $path ]] || continue
		[[ -z $(find "$path" -newer "$file" -print -quit) ]] || return 0
	done
	return 1
}

# apt_missing PACKAGE...: those that are not installed. One dpkg-query, no
# network.
apt_missing() {
	local have
	have=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
		awk '/^ii/ { print $NF }' || true)
	comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$have")
}

# apt_install PACKAGE...: as root, or through sudo.
apt_install() {
	local as_root=()
	if ((EUID)); then
		command -v sudo >/dev/null || die "not root and no sudo; please install: $*"
		as_root=(sudo)
	fi
	as_root+=(env DEBIAN_FRONTEND=noninteractive)
	"${as_root[@]}" apt-get -q -y install --no-install-recommends "$@" >&2 ||
		{ "${as_root[@]}" apt-get -q update >&2 &&
			"${as_root[@]}" apt-get -q -y install --no-install-recommends "$@" >&2; } ||
		die "apt could not install: $*"
}

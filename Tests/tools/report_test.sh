#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/report_test.sh [PROGRAM] [PICTURE]
#
# Opens the page of verictl report in a browser, as TAP. PROGRAM is the verictl to
# run, by default that of the last build; PICTURE is where a picture of the page is
# kept. The page is about a machine in a directory, with names that try to become
# markup.
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
program=${1-}
for place in "$root/build/bin/verictl" "$root/.build/debug/verictl"; do
	if [[ -z $program && -x $place ]]; then program=$place; fi
done
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"
machine=$work/machine
page=$work/page.html

# The browser, with a home of its own.
browse() {
	HOME=$work timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$work/profile" --hide-scrollbars "$@" 2>"$work/browser.err"
}

# Each request that reaches this machine's port is noted.
listen() {
	python3 -u - "$work/requests" >"$work/port" <<'PYTHON' &
import http.server
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[1], "a", encoding="utf-8") as file:
            file.write(self.path + "\n")
        self.send_error(404)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port)
server.serve_forever()
PYTHON
	server=$!
	until [[ -s $work/port ]]; do sleep 0.1; done
	port=$(<"$work/port")
	: >"$work/requests"
}

# package NAME VERSION PATH...: as dpkg has it, with a file of each name.
package() {
	local name=$1 version=$2 path
	shift 2
	printf 'Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: amd64\n\n' "$name" "$version" \
		>>"$machine/var/lib/dpkg/status"
	for path; do
		mkdir -p "$machine$(dirname -- "$path")"
		printf '#!/bin/sh\n# %s\n' "$path" >"$machine$path"
		chmod 755 "$machine$path"
		printf '%s\n' "$path" >>"$machine/var/lib/dpkg/info/$name.list"
		(cd "$machine" && md5sum -- "${path#/}") >>"$machine/var/lib/dpkg/info/$name.md5sums"
	done
}

event() {
	printf '{"schema":1,"time":"%s","kind":"exec","refused":true,"enforced":%s,"reason":"%s","error":"EACCES",' \
		"$(date -u +%FT%T.000Z)" "$3" "$1"
	printf '"context":0,"pid":7,"path":"%s","algorithm":"sha256","found":"%064d","count":%s}\n' "$2" "$4" "$4"
}

make_machine() {
	local digest
	mkdir -p "$machine"/{etc/verictl.d,var/lib/verictl,var/lib/verictl.d,var/lib/dpkg/info,usr/bin}
	echo "web1<img src=http://127.0.0.1:$port/image><script>document.title='owned'</script>" >"$machine/etc/hostname"
	echo 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"' >"$machine/etc/os-release"
	package coreutils 9.1-1 /usr/bin/ls /usr/bin/cat /usr/bin/mv /usr/bin/cp
	package nginx 1.22.1-9 /usr/sbin/nginx '/usr/bin/<b>bold'
	package login 1:4.13 /usr/bin/login /usr/bin/su
	chmod 4755 "$machine/usr/bin/su"
	"$program" gen --root "$machine" --context 0 --allow "$machine"/usr/bin/{ls,cat,mv,cp,login} >"$work/allow" || return
	{ echo '#> package coreutils 9.1-1 amd64'; head -n 4 "$work/allow"; } >"$machine/var/lib/verictl.d/pkg-coreutils"
	{ echo '#> package login 1:4.12 amd64'; tail -n 1 "$work/allow"; } >"$machine/var/lib/verictl.d/pkg-login"
	digest=$(sha256sum <"$machine/usr/sbin/nginx" | cut -d' ' -f1)
	echo "/usr/sbin/nginx 0 e NET_BIND_SERVICE|SETUID NET_BIND_SERVICE|SETUID - s sha256 $digest" \
		>"$machine/etc/verictl.d/nginx"
	echo "/usr/sbin/verictl 0 er - - - V sha256 $digest" >"$machine/etc/verictl.d/verictl"
	{
		event not-allowed /opt/agent/run true 17
		event not-allowed '/opt/<i>x' true 3
		event digest-mismatch /usr/bin/cat true 6
		event wx-memory /usr/bin/node false 2
	} >"$machine/var/lib/verictl/learned.jsonl"
}

has() { grep -qF -- "$1" "$work/dom" || { echo "the page lacks: $1"; return 1; }; }

lacks() { ! grep -qE -- "$1" "$work/dom" || { grep -oE -- ".{0,60}$1.{0,60}" "$work/dom"; return 1; }; }

requests() { [[ $(wc -l <"$work/requests") -eq $1 ]] || { cat "$work/requests"; return 1; }; }

# What a page loads that does not escape names.
control() {
	{ echo '<!DOCTYPE html><title>x</title>'; cat "$machine/etc/hostname"; } >"$work/bad.html"
	browse --dump-dom "file://$work/bad.html" >"$work/dom" && has '<title>owned</title>' && requests 1
}

headings() {
	local wanted
	for wanted in 'What to do' Refusals Packages 'Who holds rights' 'Set-user-id files'; do
		has "<h2>$wanted</h2>" || return
	done
	has 'what may run</h1>' && has 'Debian GNU/Linux 12'
}

figures() {
	# 28 refusals; 6 of 8 files: one has no rule, and one is only set-user-id.
	has '<b class="ink">28</b>refusals recorded' && has '<b class="warn">75.0 %</b>' &&
		has '<b class="ink">2</b>entries with rights' && has '<b class="warn">1</b>set-user-id files' &&
		has '<span class="tag strong">VERICTL</span>' && has '<span class="tag">NET_BIND_SERVICE</span>' &&
		has '1 package with rules of another version'
}

picture() {
	local size
	browse --window-size="$1" --screenshot="$work/$2.png" "file://$page" && [[ -s $work/$2.png ]] || return
	# Not all of one colour: that compresses to far less.
	size=$(stat -c %s "$work/$2.png")
	((size > 30000)) || { echo "$size bytes"; return 1; }
}

open_page() { browse --dump-dom "file://$page" >"$work/dom"; }

as_json() {
	"$program" report --root "$machine" --json >"$work/json" && python3 - "$work/json" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
assert (report["coverage"]["allowed"], report["refusals"]["total"]) == (6, 28), report
PYTHON
}

refused() { ! "$@"; }

listen
check "a machine is made" make_machine
check "a page that escapes nothing loads and runs, and is noticed" control
: >"$work/requests"
check "the report is made" "$program" report --root "$machine" -o "$page"
check "... and is for its owner only" test "$(stat -c %a "$page")" = 600
check "the browser opens it" open_page
check "all parts are there" headings
check "the figures are right" figures
check "names are text" has '&lt;script&gt;document.title='
check "... and no element" lacks '<(img|script|i>x|b>bold)'
check "the title is that of the page" lacks '<title>owned'
check "nothing is loaded" requests 0
check "nothing could be" lacks '(src|href)="[^#]|url\(|@import|<(link|iframe|object|embed)'
check "a picture of it" picture 1200,2200 wide
check "a picture for a telephone" picture 420,2600 narrow
check "nothing is loaded for the pictures" requests 0
check "the same as JSON" as_json
check "a directory that is not there is refused" refused "$program" report --root "$work/nowhere" -o "$work/none"
check "... and nothing is written" test ! -e "$work/none"
[[ -z ${2-} ]] || cp "$work/wide.png" "$2"
echo "1..$count"
((failed == 0))

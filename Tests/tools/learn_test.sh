#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/learn_test.sh [PROGRAM]
#
# Runs verictl learn review on a pseudo-terminal, as TAP. PROGRAM is the verictl
# to run, by default that of the last build. It needs root in a mount namespace
# of its own, which hides the rules of this machine.
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
if [[ ${LEARN_TEST_INSIDE-} != 1 ]]; then
	LEARN_TEST_INSIDE=1 exec unshare --mount --map-root-user --user "$0" "$@"
fi

program=${1-}
for place in "$root/build/bin/verictl" "$root/.build/debug/verictl"; do
	if [[ -z $program && -x $place ]]; then program=$place; fi
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

cp "$program" "$work/verictl"
mount -t tmpfs none /etc && mkdir /etc/verictl.d
# The refused files: a name is proposed only if the file still has that content.
mount -t tmpfs none /opt
for name in a b c; do echo "$name" >"/opt/$name"; done
python3 - "$work" <<'PYTHON'
import hashlib
import json
import os
import pty
import select
import sys
import time

work = sys.argv[1]
LEARNED = "/etc/verictl.d/learned"
number = 0
failed = 0


def check(name, condition, detail=""):
    """Prints one line of TAP."""
    global number, failed
    number += 1
    if not condition:
        failed += 1
        for line in detail.splitlines():
            print(f"# {line}")
    print(f"{'ok' if condition else 'not ok'} {number} - {name}")


def digest(path):
    """Returns the digest of a file."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def event(path):
    """Returns the line of a record."""
    return json.dumps({
        "schema": 1, "time": "2026-11-30T08:00:00.000Z", "kind": "exec", "refused": True, "enforced": False,
        "reason": "not-allowed", "error": "EACCES", "context": 0, "pid": 7, "path": path, "algorithm": "sha256",
        "found": digest(path), "count": 3})


def review(answers, environment=None):
    """Answers each question in turn; returns the status and what was shown."""
    child, terminal = pty.fork()
    if child == 0:
        words = ["verictl", "learn", "review", "--from", f"{work}/record"]
        os.execve(f"{work}/verictl", words, {"TERM": "dumb", **(environment or {})})
    shown = b""
    seen = 0
    answers = list(answers)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
        asked = shown.count(b"(q)uit? ") + shown.count(b"nothing to go back: ")
        while seen < asked and answers:
            seen += 1
            os.write(terminal, answers.pop(0).encode() + b"\n")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, shown.decode(errors="replace")


def learned():
    """Returns the lines of the rule file that are rules."""
    try:
        with open(LEARNED, encoding="utf-8") as file:
            return [line for line in file.read().splitlines() if not line.startswith("#")]
    except FileNotFoundError:
        return None


with open(f"{work}/record", "w", encoding="utf-8") as file:
    file.write("".join(event(path) + "\n" for path in ("/opt/a", "/opt/b", "/opt/c")))

status, text = review(["q"])
check("quit at once", status == 1, text)
check("... and nothing is written", learned() is None)
check("... and the proposal was shown", "/opt/a" in text and "not from a package" in text, text)
status, text = review(["w", "a", "l", "q"])
check("why, accept, leave, quit", status == 1 and "1 rule accepted, 1 left, 1 open" in text, text)
check("... why says what the rule does", "grants nothing" in text, text)
check("... one rule is written", learned() == ["* 0 - - - - - sha256 " + digest("/opt/a") + ":2 # /opt/a"], str(learned()))
edited = "/opt/b 0 e - - - - sha256 " + digest("/opt/b")
status, text = review(["e", "nonsense", "e", edited, "a"])
check("edit on the line", status == 0 and "too few fields" in text, text)
check("... and the rules are in order", [line.split()[0] for line in learned()] == ["*", "/opt/b", "*"], str(learned()))
before = open(LEARNED, "rb").read()
status, text = review([])
check("what was accepted is not asked for again", status == 0 and "0 open" in text, text)
check("... and the file stays as it is", open(LEARNED, "rb").read() == before)
os.unlink(LEARNED)
with open(f"{work}/editor", "w", encoding="utf-8") as file:
    file.write('#!/bin/sh\nsed -i "s/^[*] 0/* 1/" "$2"\n')
os.chmod(f"{work}/editor", 0o755)
status, text = review(["e", "q"], {"EDITOR": f"{work}/editor --option", "PATH": os.environ["PATH"]})
check("edit with an editor", status == 1 and learned() == ["* 1 - - - - - sha256 " + digest("/opt/a") + ":2 # /opt/a"], text)
check("... by renaming a finished copy", os.listdir("/etc/verictl.d") == ["learned"])
print(f"1..{number}")
sys.exit(1 if failed else 0)
PYTHON

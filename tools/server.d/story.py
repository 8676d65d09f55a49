# SPDX-License-Identifier: GPL-2.0-only
"""Shows what is done on a machine, and checks it, as TAP."""


class Story:
    def __init__(self, server):
        self.server = server
        self.count = 0
        self.failed = 0
        self.status = 0
        self.text = ""

    def begin(self, number, title):
        self.comment(f"\n=== {number}. {' '.join(title.split())}")

    def comment(self, text):
        for line in text.split("\n"):
            print(f"# {line}".rstrip(), flush=True)

    def do(self, command, seconds=120, shown=12):
        """Run a command, and show it with the end of what it prints."""
        self.status, self.text = self.server.run(command, seconds)
        lines = self.text.split("\n") if self.text else []
        self.comment(f"root@server:~# {command}")
        if len(lines) > shown:
            self.comment(f"  ... {len(lines) - shown} lines")
        self.comment("\n".join(f"  {line}" for line in lines[len(lines) - min(shown, len(lines)):]))
        return self.text

    def quietly(self, command, seconds=120):
        """Run a command of the test's own, which is not shown."""
        self.status, self.text = self.server.run(command, seconds)
        return self.text

    def check(self, what, is_so, found=""):
        self.count += 1
        if is_so:
            print(f"ok {self.count} - {what}", flush=True)
            return
        self.failed += 1
        if found:
            self.comment(found)
        print(f"not ok {self.count} - {what}", flush=True)

    def ends_with(self, status, what):
        """Check the status of the last command."""
        self.check(what, self.status == status, f"status {self.status}, not {status}\n{self.text}")

    def says(self, words, what):
        """Check that the last command printed something."""
        self.check(what, words in self.text, f"no '{words}' in:\n{self.text}")

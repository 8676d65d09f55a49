# SPDX-License-Identifier: GPL-2.0-only
"""The tree as git sees it, and what its sources say about themselves.

Nothing is found by a fixed folder: files are found by their names, and what
they define by the words of the definition.
"""

import fnmatch
import os
import re
import subprocess

from header import Header

BINARY = (".img", ".hex", ".png")
TEST = re.compile(r"^TEST_F(?:_TIMEOUT|_SIGNAL)?\((\w+), (\w+)", re.M)


class Tree:
    def __init__(self, root, programs):
        self.root = root
        self.programs = programs
        listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                                check=True, capture_output=True, text=True).stdout
        self.files = [path for path in listed.split("\n") if path and os.path.exists(os.path.join(root, path))]
        self.folders = {folder for path in self.files for folder in self._above(path)}
        self._texts = {}
        self._helps = {}
        self.header = Header("\n".join(self.read(self.one(name)) for name in (
            "clip.h", "clip_addresses.h", "clip_contexts.h", "clip_devices.h", "clip_events.h")))
        self.words = set()
        for path in self.files:
            if not path.endswith(".md") and not re.search("/lints/|lint_docs_test", path):
                self.words.update(re.findall(r"\w+", self.read(path)))
                self.words.add(os.path.basename(path).split(".")[0])
        self._find_tests()

    @staticmethod
    def _above(path):
        parts = path.split("/")[:-1]
        return ["/".join(parts[:n + 1]) for n in range(len(parts))]

    def read(self, path):
        if path not in self._texts:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
                self._texts[path] = "" if path.endswith(BINARY) else file.read()
        return self._texts[path]

    def named(self, name):
        """Files of this name, or with this end of a path."""
        return [path for path in self.files if path == name or path.endswith("/" + name)]

    def one(self, name):
        found = self.named(name)
        if len(found) != 1:
            raise SystemExit(f"lint docs: {name}: {len(found)} files of that name")
        return found[0]

    def has(self, name):
        """Whether NAME, which may hold wildcards, is the end of a file's or folder's path."""
        name = name.rstrip("/")
        if name in self.folders or name in self.files or self.named(name):
            return True
        if any(folder.endswith("/" + name) for folder in self.folders):
            return True
        return bool("*" in name and fnmatch.filter(self.files + sorted(self.folders), name))

    def sources(self, *ends):
        return [path for path in self.files if path.endswith(ends)]

    def defined(self, pattern, *ends):
        """All matches of PATTERN in the sources with these ends."""
        return [match for path in self.sources(*ends) for match in re.findall(pattern, self.read(path), re.M)]

    # -- tests ---------------------------------------------------------------

    def _find_tests(self):
        self.tests = {}             # fixture -> names
        self.programs_of = {}       # program, without _test -> fixtures
        self.plain = set()          # tests without a fixture, KUnit cases and suites, Swift suites
        for path in self.sources(".c"):
            text = self.read(path)
            for fixture, name in TEST.findall(text):
                self.tests.setdefault(fixture, set()).add(name)
                self.programs_of.setdefault(os.path.basename(path)[:-len("_test.c")], set()).add(fixture)
            self.plain.update(re.findall(r"^TEST\((\w+)\)", text, re.M))
            self.plain.update(re.findall(r"KUNIT_CASE(?:_\w+)?\((\w+)", text))
            if "kunit_suite" in text:
                self.plain.update(re.findall(r'^\t\.name = "(\w+)"', text, re.M))
        self.plain.update(self.defined(r"^@Suite (?:struct|final class) (\w+)", ".swift"))
        self.hooks = set(self.defined(r"LSM_HOOK_INIT\((\w+),", ".c"))
        self.variants = set(self.defined(r"FIXTURE_VARIANT_ADD\(\w+, (\w+)\)", ".c"))
        # The table of acts that a program of the tests can do.
        self.acts = {name for path in self.sources("acts.h", "acts.c") for name in re.findall(r'^\t\{ "(\w+)",',
                                                                                self.read(path), re.M)}
        self.files_of_tests = {os.path.basename(path) for path in self.files
                               if re.search(r"_test\.(c|sh)$|Tests\.swift$", path)}

    def has_test(self, words, fixture):
        """Whether fixture.name (with wildcards) is there. Program.fixture.name and
        fixture.variant.name will do, and .name of the fixture before."""
        first, *rest = words
        if not first:
            first = fixture
        known = set(self.tests)
        if first in self.programs_of and len(rest) == 2 and rest[0] in known:
            first, rest = rest[0], rest[1:]
        if rest[-1] in self.plain and first in self.programs_of:
            return True
        fixtures = {first} if first in known else self.programs_of.get(first, set())
        return any(fnmatch.filter(self.tests[one], rest[-1]) for one in fixtures)

    def bare_tests(self):
        """Every name that a test has without its fixture."""
        names = self.plain | set(self.tests) | set(self.programs_of) | self.variants | self.acts
        names |= {name.rsplit(".", 1)[0] for name in self.files_of_tests}
        return names.union(*self.tests.values())

    # -- programs ------------------------------------------------------------

    def help_of(self, *command):
        """What a built program prints about itself."""
        if command not in self._helps:
            path = os.path.join(self.programs, command[0])
            try:
                ran = subprocess.run([path, *command[1:]], capture_output=True, text=True, check=False)
            except OSError as error:
                raise SystemExit(f"lint docs: {path}: {error.strerror}; run make tools first") from error
            if ran.returncode:
                raise SystemExit(f"lint docs: {' '.join(command)}: status {ran.returncode}")
            self._helps[command] = ran.stdout
        return self._helps[command]

    def verbs(self, *above):
        text = self.help_of("verictl", "help", *above) if above else self.help_of("verictl", "--help")
        part = text.split("SUBCOMMANDS:")
        return re.findall(r"^  ([a-z][a-z-]*)", part[1], re.M) if len(part) == 2 else []

    def manual(self, script):
        """The comment, or the text in three quotes, at a script's head: its --help."""
        quoted = re.match(r'(?:#[^\n]*\n)+"""(.*?)"""', self.read(script), re.S)
        if quoted:
            return quoted.group(1)
        lines = self.read(script).split("\n")[2:]
        kept = []
        for line in lines:
            if not line.startswith("#"):
                break
            kept.append(line)
        return "\n".join(kept)

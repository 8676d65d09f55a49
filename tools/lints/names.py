# SPDX-License-Identifier: GPL-2.0-only
"""Checks that what a page names is there: links, paths, identifiers, tests,
targets of make, sysctls, options of the programs; and the length of lines."""

import os
import posixpath
import re

COLUMNS = 100
ENDS = re.compile(r"\.(?:[chS]|sh|py|swift|md|patch|config)$")
TOPS = re.compile(r"(?:kernel-module|Sources|Tests|tools|docs|bench|hardening|verictl\.d|\.ci)/[\w.*/-]+")

# Words of the core kernel and of the C library that the sources here do not use.
FOREIGN = {
    "pidfd_open", "pidfd_getfd", "mq_notify", "kcmp", "pkey_mprotect", "process_mrelease", "auto_unmount",
    "task_setrlimit", "bpf_send_signal", "kselftest_harness.h", "net/xfrm.h", "security/clip",
}
# Options of programs from elsewhere, where they stand alone.
FOREIGN_OPTIONS = {"--unshare-user", "--strict", "--propagation"}


def line_lengths(tree, page, complain):
    for number, (line, kind) in enumerate(zip(page.lines, page.kinds), 1):
        if kind in ("prose", "heading") and len(line) > COLUMNS:
            complain(page, number, f"{len(line)} columns, more than {COLUMNS}")


def links(tree, page, complain):
    for number, target in page.links():
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), path)) if path else page.path
        if path not in tree.files and path not in tree.folders:
            complain(page, number, f"link to {target}: no such file")
        elif anchor and path in tree.pages and anchor not in tree.pages[path].anchors():
            complain(page, number, f"link to {target}: no such heading")


def _in_patches(tree, path):
    return any(f"+++ b/{path}" in tree.read(patch) for patch in tree.sources(".patch"))


def paths(tree, page, complain):
    for number, span in page.spans():
        for word in span.split():
            if word.startswith(("/", "build/", "~", "$", "http", "NAME")) or not re.fullmatch(r"[\w.*/-]+", word):
                continue
            folder = "/" in word and word.endswith("/")
            if not (ENDS.search(word) or TOPS.fullmatch(word) or folder) or word.startswith("."):
                continue
            word = word.rstrip("/")
            if not tree.has(word) and word not in FOREIGN and not _in_patches(tree, word):
                complain(page, number, f"`{word}`: no such file in the tree")
    for first, text in page.blocks:
        for offset, line in enumerate(text.split("\n")):
            for word in TOPS.findall(line):
                if line[:line.index(word)].endswith(("/", "build/")):
                    continue
                if not tree.has(word.rstrip("/.")):
                    complain(page, first + offset, f"{word}: no such file in the tree")


def identifiers(tree, page, complain):
    for number, span in page.spans():
        word = re.fullmatch(r"(?:struct |enum |%)?(\w+)(\(\))?", span)
        if not word or not (word.group(2) or "_" in word.group(1).strip("_")):
            continue
        name = word.group(1)
        if name.isupper() and not name.startswith(("CLIP_", "CONFIG_")) or name.startswith("NAME_"):
            continue
        if name.startswith("CONFIG_"):
            if not name.startswith("CONFIG_SECURITY_CLIP"):
                continue
            name = name[len("CONFIG_"):]
        if name in tree.words or name in FOREIGN or name.startswith("_"):
            continue
        if name.endswith("_") and any(word.startswith(name) for word in tree.words):
            continue
        complain(page, number, f"`{span}`: no such word in the sources")


TOKEN = re.compile(r"[\w*]*(?:\.[\w*]+)+")


def tests(tree, page, complain):
    """Tokens like fixture.test anywhere, and bare names in columns for tests."""
    known = set(tree.tests) | set(tree.programs_of)
    fixture = ""
    for number, span in page.spans():
        if ENDS.search(span):
            is_test = re.search(r"_test\.(c|sh)$|Tests\.swift$", span) and not span.startswith("NAME")
            if is_test and os.path.basename(span) not in tree.files_of_tests:
                complain(page, number, f"`{span}`: no such test program")
            continue
        if not TOKEN.fullmatch(span):
            continue
        words = span.split(".")
        # A counter of the status file, refused.WORD, looks like a test.
        if words[0] == "refused" and words[1] in tree.header.reasons.values():
            continue
        if words[0] and words[0] not in known or any(re.fullmatch(r"[A-Z]+", word) for word in words[1:]):
            continue
        if not words[0] and not fixture:
            continue
        if words[0]:
            fixture = ".".join(words[:-1]) if len(words) == 3 and words[1] in tree.tests else words[0]
            if "." in fixture:
                fixture = fixture.split(".")[1]
        if not tree.has_test(words, fixture):
            complain(page, number, f"`{span}`: no such test")
    for first, text in page.blocks:
        for fixture, name in re.findall(r"TEST_F\((\w+), (\w+)\)", text):
            if name not in tree.tests.get(fixture, ()):
                complain(page, first, f"TEST_F({fixture}, {name}): no such test")
        for program, name in re.findall(r"(\w+)_test -t ([a-z]\w*)", text):
            if not any(name in tree.tests[fixture] for fixture in tree.programs_of.get(program, ())):
                complain(page, first, f"{program}_test -t {name}: no such test")
        for program in re.findall(r"\b(\w+_test(?:\.sh)?)(?=[\s;]|$)", text):
            if not {program, program + ".c"} & tree.files_of_tests:
                complain(page, first, f"{program}: no such test program")
    for table in page.tables:
        for column, heading in enumerate(table.header):
            if not re.match(r"(where it is )?test", heading):
                continue
            for number, row in table.rows:
                if column < len(row):
                    _bare_tests(tree, page, number, row[column], complain)


def _bare_tests(tree, page, number, cell, complain):
    for span in re.findall(r"`([^`]+)`", cell):
        if not re.fullmatch(r"[a-z]\w+\*?|[A-Z]\w+Tests", span):
            continue
        stem = span.rstrip("*")
        names = tree.bare_tests() | tree.hooks
        if span not in names and not (stem != span and any(name.startswith(stem) for name in names)):
            complain(page, number, f"`{span}`: no such test")


def make_targets(tree, page, complain):
    known = set(re.findall(r"^([a-z][a-z-]*):", tree.read(tree.one("Makefile")), re.M)
                if len(tree.named("Makefile")) == 1 else
                re.findall(r"^([a-z][a-z-]*):", tree.read("Makefile"), re.M))
    for number, text in code(page):
        for target in re.findall(r"(?:^|[\s;(])make ([a-z][a-z-]*)", text):
            if target not in known:
                complain(page, number, f"make {target}: no such target")


def code(page):
    """(line number, text) of spans and of the lines of code blocks, with those
    that end in a backslash joined."""
    yield from page.spans()
    for first, text in page.blocks:
        pending, start = "", 0
        for offset, line in enumerate(text.split("\n")):
            start = start if pending else offset
            pending += line
            if pending.endswith("\\"):
                pending = pending[:-1]
                continue
            yield first + start, pending
            pending = ""


def sysctls(tree, page, complain):
    known = set(tree.sysctls)
    for number, line in enumerate(page.lines, 1):
        for name in re.findall(r"kernel[./]clip[./]([a-z]\w*)", line):
            if name not in known:
                complain(page, number, f"kernel.clip.{name}: no such sysctl")


# -- programs ----------------------------------------------------------------

OPTION = re.compile(r"(?<![\w-])(--?[A-Za-z][\w-]*)")


def _help_of_command(tree, program, words):
    """The options that this command line may have, and the verb's words."""
    if program in ("devctl", "hardenctl"):
        own = tree.help_of(program, "--help")
        if not words or words[0].startswith("-") or words[0] == "help":
            return own
        if not re.search(rf"^  {words[0]}\b", own, re.M):
            return None
        return tree.help_of(program, "help", words[0])
    verbs = tree.verbs()
    if not words or words[0].startswith("--"):
        return tree.help_of("verictl", "--help")
    if words[0] == "help":
        return tree.help_of("verictl", "--help") if len(words) == 1 else tree.help_of("verictl", *words[:2])
    if words[0] not in verbs:
        return None
    if words[0] == "context" and len(words) > 1 and words[1] in tree.verbs("context"):
        return tree.help_of("verictl", "help", "context", words[1])
    return tree.help_of("verictl", "help", words[0])


def command_lines(tree, page, complain):
    letters = set(re.findall(r"-(\w)\b", tree.help_of("verictl", "-h"))) | set("hHvD")
    for number, text in code(page):
        for program, rest in re.findall(
                r"(?:^|^# |[|;&(]\s*|\$ |-- |\bthen |')(?:[\w./]*/)?(verictl|devctl|hardenctl)((?: [^|;&()<>'#\"]*)?)(?=$|[|;&()<>'#\"])",
                text):
            words = rest.split()
            if words and not re.fullmatch(r"-[A-Za-z]+|--[a-z-]+|[a-z-]+", words[0]):
                continue
            if words and re.match(r"-[A-Za-z]", words[0]):
                for letter in words[0][1:]:
                    if letter not in letters and program == "verictl":
                        complain(page, number, f"verictl {words[0]}: no such letter")
                continue
            known = _help_of_command(tree, program, words)
            if known is None:
                complain(page, number, f"{program} {words[0]}: no such command")
                continue
            if "--" in words:
                words = words[:words.index("--")]
            for word in words:
                option = OPTION.match(word)
                if option and not re.search(rf"(?<![\w-]){re.escape(option.group(1))}(?![\w-])", known):
                    complain(page, number, f"{program}{rest.rstrip()}: its help knows no {option.group(1)}")
        for script, rest in re.findall(r"((?:tools|bench)/[\w-]+)((?: [^|;&()<>\"]*)?)", text):
            if script in tree.files and script.count("/") == 1:
                words = rest.split()
                words = words[:words.index("--")] if "--" in words else words
                for word in words:
                    if re.match(r"--[a-z]", word) and word.split("=")[0] not in tree.manual(script) + "--help":
                        complain(page, number, f"{script}: its manual knows no {word}")


def lone_options(tree, page, complain):
    """An option that stands alone in a code span must be one of our programs'."""
    texts = [tree.help_of("verictl", "help", verb) for verb in tree.verbs()]
    for family in ("context", "learn", "allow"):
        texts += [tree.help_of("verictl", "help", family, verb) for verb in tree.verbs(family)]
    texts += [tree.help_of("verictl", "--help"), tree.help_of("verictl", "-h"), tree.help_of("devctl", "--help")]
    texts += [tree.help_of("hardenctl", "help", verb) for verb in ("compose", "check", "explain", "diff", "list")]
    texts += [tree.manual(path) for path in tree.files if re.fullmatch(r"(tools|bench)/[\w-]+", path)]
    known = "\n".join(texts)
    for number, span in page.spans():
        match = re.match(r"(--[a-z][\w-]*\w)(?:[ =]|$)", span)
        if match and match.group(1) not in FOREIGN_OPTIONS and \
                not re.search(rf"{match.group(1)}(?![\w-])", known):
            complain(page, number, f"`{span}`: no help text knows it")


ALL = [line_lengths, links, paths, identifiers, tests, make_targets, sysctls, command_lines, lone_options]

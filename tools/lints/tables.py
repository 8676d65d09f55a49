# SPDX-License-Identifier: GPL-2.0-only
"""Checks of the tables that repeat the header, the kernel or a help text: each
must be complete and right."""

import os
import re

import figures
from names import OPTION


def _column(tree, page_name, complain, *headings):
    """The rows of a page's table as lists, or nothing and a complaint."""
    page = tree.pages[tree.page(page_name)]
    table = page.table(*headings)
    if table is None:
        complain(page, 1, f"there is no table with the columns {', '.join(headings)}")
        return page, []
    places = [table.column(heading) for heading in headings]
    rows = [(number, [row[place] if place < len(row) else "" for place in places]) for number, row in table.rows]
    return page, rows


def _same(page, what, found, wanted, complain):
    """FOUND is {key: (line, value)}, WANTED {key: value}."""
    for key, (number, value) in found.items():
        if key not in wanted:
            complain(page, number, f"{what} {key}: there is none")
        elif value != wanted[key]:
            complain(page, number, f"{what} {key}: {value} on the page, {wanted[key]} in the sources")
    for key in wanted:
        if key not in found:
            complain(page, 1, f"{what} {key} ({wanted[key]}) is missing")


def bare(cell):
    return cell.strip().strip("`")


def reasons(tree, complain):
    page, rows = _column(tree, "interface.md", complain, "no.", "word", "where", "errno")
    _same(page, "reason", {int(row[0]): (number, row[1]) for number, row in rows}, tree.header.reasons, complain)
    for number, (code, word, where, errno) in rows:
        wanted = tree.reason_errno(int(code))
        asked = re.search(r"commit|context|enter|device table", where)
        if errno and bare(errno) != wanted:
            complain(page, number, f"reason {word}: {errno} on the page, {wanted} in clip_reason_errno()")
        if asked and not errno:
            complain(page, number, f"reason {word}: a request fails with {wanted}; the page does not say so")


def requests(tree, complain):
    page, rows = _column(tree, "interface.md", complain, "request", "number", "structure", "bytes")
    found = {}
    struct = size = ""
    for number, (request, code, structure, count) in rows:
        if "struct" in structure:
            struct, size = bare(structure).split()[1], count
        name = None if structure.startswith("none") else struct
        found[bare(request)] = (number, (int(bare(code), 16), name))
        if name and int(size) != tree.header.size(name):
            complain(page, number, f"struct {name}: {size} bytes on the page, {tree.header.size(name)} in clip.h")
    _same(page, "request", found, tree.header.requests, complain)
    for name, size in tree.asserted_sizes.items():
        if name in tree.header.structs and tree.header.size(name) != size:
            complain(page, 1, f"struct {name}: lint computes {tree.header.size(name)} bytes, the kernel asserts {size}")


def image(tree, complain):
    page = tree.pages[tree.page("image-format.md")]
    tables = [table for table in page.tables if table.header[:3] == ["offset", "bytes", "field"]]
    # The fields of a second header follow those of the first.
    start = tree.header.size("clip_image_header")
    structs = [("clip_image_header", 0), ("clip_image_digests", start), ("clip_image_entry", 0),
               ("clip_image_block", 0)]
    if len(tables) != len(structs):
        complain(page, 1, "not four tables with offset, bytes and field")
    for table, (struct, start) in zip(tables, structs):
        found = {row[2]: (number, (int(row[0]), int(row[1]))) for number, row in table.rows}
        _same(page, f"field of {struct}", found,
              {name: (start + offset, size) for name, offset, size in tree.header.structs[struct]}, complain)


def levels(tree, complain):
    page, rows = _column(tree, "contexts.md", complain, "bit", "word", "effect")
    _same(page, "level", {int(bare(row[0]), 16): (number, bare(row[1])) for number, row in rows},
          tree.header.levels, complain)
    _not_yet(tree, page, [(number, bare(row[1]), row[2]) for number, row in rows], complain)
    page, rows = _column(tree, "rules.md", complain, "word", "effect in the context")
    _same(page, "level", {bare(row[0]): (number, "a word") for number, row in rows},
          {word: "a word" for word in tree.header.levels.values()}, complain)
    _not_yet(tree, page, [(number, bare(row[0]), row[1]) for number, row in rows], complain)


def _not_yet(tree, page, rows, complain):
    """A word without an effect yet is marked so, and no other is."""
    without = {name.lower() for name in re.findall(
        r"~CLIP_LEVEL_(\w+)", "".join(tree.defined(r"#define CLIP_LEVELS_ENFORCED[^\n]*(?:\\\n[^\n]*)*", ".h")))}
    for number, word, effect in rows:
        if ("not yet" in effect) != (word in without):
            complain(page, number, f"level {word}: 'not yet' where it is so, and nowhere else")


def flags(tree, complain):
    page, rows = _column(tree, "rules.md", complain, "letter", "name", "now")
    _same(page, "flag", {bare(row[0]): (number, row[1]) for number, row in rows}, tree.header.flags, complain)


def privileges(tree, complain):
    page, rows = _column(tree, "rules.md", complain, "letters", "names")
    letters = [(number, letter) for number, row in rows for letter in bare(row[0]).split()]
    names = [name for _, row in rows for name in row[1].replace(",", " ").split()]
    wanted = [(letter, name) for name, letter, _ in tree.header.privileges]
    if [(letter, name) for (_, letter), name in zip(letters, names)] != wanted or len(letters) != len(names):
        complain(page, rows[0][0] if rows else 1, "letters and names of privileges are not those of clip.h, in order")
    page = tree.pages[tree.page("privileges.md")]
    by_name = {name: letter for name, letter, _ in tree.header.privileges}
    for number, line in enumerate(page.lines, 1):
        for name, letter in re.findall(r"\b([A-Z_]{3,}) `(\w)`", line):
            if by_name.get(name) != letter:
                complain(page, number, f"privilege {name} `{letter}`: it is {by_name.get(name)}")
    page, rows = _column(tree, "privileges.md", complain, "bit of `require`", "privilege")
    found = {row[1].split()[0]: (number, int(bare(row[0]), 16)) for number, row in rows}
    requirable = set(re.findall(r"CLIP_PRIV_(\w+)", "".join(tree.defined(
        r"#define CLIP_PRIVS_REQUIRABLE(?:[^\n]*\\\n)*[^\n]*", ".h"))))
    _same(page, "privilege", found,
          {name: bit for name, _, bit in tree.header.privileges if name in requirable}, complain)


def events(tree, complain):
    page, rows = _column(tree, "events.md", complain, "kind", "means", "group")
    kinds = {bare(row[0].split(",")[0]): (number, "a kind") for number, row in rows}
    _same(page, "kind", kinds, {word: "a kind" for code, word in tree.header.events.items() if code}, complain)
    page, rows = _column(tree, "events.md", complain, "group", "events")
    _same(page, "group", {bare(row[0]): (number, "a group") for number, row in rows},
          {name: "a group" for name in tree.header.groups}, complain)


def sysctl_table(tree, complain):
    page, rows = _column(tree, "exec.md", complain, "sysctl", "starts as")
    found = {name: (number, "a sysctl") for number, row in rows for name in re.findall(r"`(\w+)`", row[0])}
    _same(page, "sysctl", found, {name: "a sysctl" for name in tree.sysctls}, complain)


def warning_codes(tree, complain):
    known = set(tree.defined(r'case \w+ = "([a-z-]+)"', ".swift"))
    for name in ("rules.md", "devices.md"):
        page = tree.pages[tree.page(name)]
        for table in page.tables:
            if table.header and table.header[0] == "code":
                for number, row in table.rows:
                    for code in re.findall(r"`([a-z-]+)`", row[0]):
                        if code not in known:
                            complain(page, number, f"warning `{code}`: the tools have none of this name")


def options(tree, complain):
    """verictl.md has every command, and every option of each, and no other."""
    page = tree.pages[tree.page("verictl.md")]
    sections = {}
    for table in page.tables:
        if table.header[0] == "option":
            for number, row in table.rows:
                for option in re.findall(r"--?[A-Za-z][\w-]*", " ".join(re.findall(r"`([^`]+)`", row[0]))):
                    sections.setdefault(table.section, {})[option] = number
    headings = [line.lstrip("# ") for line, kind in zip(page.lines, page.kinds) if kind == "heading"]
    for verb in tree.verbs():
        section = next((text for text in headings if re.match(rf"(?:\w+, )?{verb}\b", text)), None)
        if section is None:
            complain(page, 1, f"verictl {verb} has no section")
            continue
        if verb in ("context", "disable"):
            continue
        known = set(OPTION.findall(tree.help_of("verictl", "help", verb).split("OPTIONS:")[1]))
        known -= {"--help", "--version", "--json", "-h"}
        start = page.sections.index(section)
        end = len(page.sections) - page.sections[::-1].index(section)
        prose = " ".join(page.lines[start:end])
        for option in known:
            if not re.search(rf"(?<![\w-]){option}(?![\w-])", prose):
                complain(page, start + 1, f"verictl {verb} takes {option}; the page does not say so")
        for option, number in sections.get(section, {}).items():
            if option not in known | {"--json"}:
                complain(page, number, f"verictl {verb}: its help knows no {option}")


def rooms(tree, complain):
    """architecture.md names every folder and every source of the kernel's part,
    and every module of the tools."""
    page = tree.pages[tree.page("architecture.md")]
    top = os.path.dirname(tree.one("Kconfig"))
    listed = set(re.findall(r"^([a-z_]+)/ ", "\n".join(text for _, text in page.blocks), re.M)) - {"include"}
    folders = {path[len(top) + 1:].split("/")[0] for path in tree.files
               if path.startswith(top + "/") and path.count("/") == 2 and path.endswith(".c")} - {"tests"}
    for name in sorted(folders ^ listed):
        complain(page, 1, f"kernel folder {name}/: {'not in the picture' if name in folders else 'there is none'}")
    for path in tree.sources(".c"):
        short = path[len(top) + 1:]
        if path.startswith(top + "/") and not short.startswith("tests/") and \
                not re.search(rf"`{re.escape(short)}`", page.text):
            complain(page, 1, f"{short}: no row is about it")
    modules = set(re.findall(r'(?:odule|arget|ibrary)\(\s*(?:name: )?"([\w-]+)"', tree.read(tree.one("Package.swift"))))
    for module in modules - {"TestSupport"}:
        if not module.endswith("Tests") and not re.search(rf"\b{module}\b", page.text):
            complain(page, 1, f"module {module} is missing")
    for line in "\n".join(text for _, text in page.blocks).split("\n"):
        named = re.match(r" +([A-Z]\w+)  ", line)
        if named and named.group(1) not in modules:
            complain(page, 1, f"module {named.group(1)}: there is none")
    page, rows = _column(tree, "finding.md", complain, "items", "tools")
    for number, (_, tools) in rows:
        for module in re.findall(r"`([A-Z]\w+)`", tools):
            if module not in modules:
                complain(page, number, f"module {module}: there is none")


def acts(tree, complain):
    """The acts of log lines are words that the kernel's part writes."""
    words = set(tree.defined(r'"([a-z_][\w -]*)"', ".c"))
    for name in ("privileges.md", "memory.md"):
        page = tree.pages[tree.page(name)]
        sentence = re.search(r"(?:The acts are|Acts are) (.*?)\.(?:\s|$)", page.running())
        if not sentence:
            complain(page, 1, "no sentence begins with 'The acts are'")
            continue
        for act in re.findall(r"`([^`]+)`", sentence.group(1)):
            if act not in words:
                complain(page, 1, f"act `{act}`: the kernel's part has no such word")


# What a cell of the page says, for a group of the test: "r" ran, "-" refused, "." not
# tried; for a file that is listed, one that is not, and one on a noexec mount.
ANSWERS = {"all": ("rrr", "r.."), "listed": ("r--",), "refused": ("---", "-.."), "": ("...",)}


def interpreters(tree, complain):
    """The matrix of scripts.md: its rows are the inputs of the test, in their order."""
    test = tree.read(tree.one("matrix_test.sh"))
    tried = dict(re.findall(r"^([a-z][\w-]+) {2,}((?:[r.-]{3} ?)+)$", re.search(
        r"^table\(\) (?:.*\n)+?END$", test, re.M).group(0), re.M))
    page = tree.pages[tree.page("scripts.md")]
    table = page.table("input", "python3")
    if table is None:
        complain(page, 1, "there is no table of inputs and interpreters")
        return
    columns = {"busybox sh": "busybox"}
    shown = [columns.get(heading, heading) for heading in table.header[1:]]
    for name in set(shown) ^ set(tried):
        complain(page, table.line, f"interpreter {name}: only in one of the page and matrix_test.sh")
    for column, name in enumerate(shown, 1):
        groups = tried.get(name, "").split()
        if groups and len(groups) != len(table.rows):
            complain(page, table.line, f"{name}: {len(table.rows)} inputs on the page, {len(groups)} in the test")
        for (number, row), group in zip(table.rows, groups):
            cell = row[column] if column < len(row) else ""
            if group not in ANSWERS.get(cell, ()):
                complain(page, number, f"{name}, {row[0]}: '{cell}' on the page, {group} in matrix_test.sh")


def hostile_rows(tree, complain):
    """attacks.md lists the rows of Tests/system/attacks/hostile/, by ids that are there, and why an id has none."""
    wanted = {}
    for code, name in figures.hostile_rows(tree):
        wanted.setdefault(code, []).append(name)
    page, rows = _column(tree, "attacks.md", complain, "id", "rows of `Tests/system/attacks/hostile/`")
    found = {row[0].strip(): (number, sorted(re.findall(r"`(\w+)`", row[1]))) for number, row in rows}
    _same(page, "rows of", found, {code: sorted(names) for code, names in wanted.items()}, complain)
    known = {code for table in page.tables for _, row in table.rows if len(table.header) > 2
             for code in re.findall(r"[A-Z]-\d+", row[0])}
    known |= {"F-" + code for code in re.findall(r"^\| (\d+[a-z]?) \|", tree.read("docs/faults.md"), re.M)}
    for code, (number, _) in found.items():
        if code not in known:
            complain(page, number, f"{code}: no such attack or fault")
    _, rows = _column(tree, "attacks.md", complain, "id", "why there is no row")
    without = {code: number for number, row in rows for code in re.findall(r"[A-Z]-\d+[a-z]?", row[0])}
    for code, number in without.items():
        if code in wanted or code not in known:
            complain(page, number, f"{code}: it has a row, or there is no such attack or fault")
    for code in sorted(known - set(wanted) - set(without)):
        complain(page, 1, f"{code}: it has neither a row nor a reason why there is none")


ALL = [reasons, requests, image, levels, flags, privileges, events, sysctl_table, warning_codes, options, rooms,
       acts, interpreters, hostile_rows]

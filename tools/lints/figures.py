# SPDX-License-Identifier: GPL-2.0-only
"""What the commands of docs/testing.md have printed, and what of the tree they tried.

Tests/figures is the record, which tools/record writes. Each entry is a line "COMMAND: N
THINGS", and below it, indented, the lines that the command printed. N is counted in the
tree, and is the number of the tree on which the command ran. The section "Figures" of the
page has the same lines, in a block of code.
"""

import fnmatch
import re

RECORD = "figures"
PAGE = "testing.md"
HEADING = "Figures"
ROW = re.compile(r'"([A-Z]-\d+[a-z]?)",\s+"([a-z]\w*)"')
RESULT = re.compile(r"(\S+): (\d+) passed, (\d+) failed")
TOTAL = r"\d+ passed, \d+ failed"
RUNS = re.compile(r"([a-z-]+): (\d+) runs")


def hostile_rows(tree):
    """(id, name) of each row of the tables of attacks."""
    return [row for path in tree.sources(".c") if "/attacks/hostile/" in path for row in ROW.findall(tree.read(path))]


def system_programs(tree):
    """The programs that the suite system runs; those of another kernel are for their own suite."""
    found = []
    for path in tree.files:
        match = re.fullmatch(r"Tests/system/[^/]+/([^/]+_test(?:\.sh)?)(?:\.c)?", path)
        if match and path.endswith((".c", ".sh")) and not re.search(r"^# kernel: ", tree.read(path), re.M):
            found.append(match[1])
    return found


def racing_programs(tree):
    """Those of them that tools/debug-check chooses for the kernel race."""
    chosen = "".join(re.findall(r"^races\+?='(.*)'$", tree.read("tools/debug-check"), re.M))
    patterns = chosen.removeprefix("@(").removesuffix(")").split("|")
    return [name for name in system_programs(tree) if any(fnmatch.fnmatchcase(name, one) for one in patterns)]


def regression_programs(tree):
    """The programs of Tests/regression/programs; a word that begins with a dash is a library."""
    lines = [line for line in tree.read("Tests/regression/programs").split("\n") if line and line[0] != "#"]
    return [name for line in lines for name in line.split()[1:] if name[0] != "-"]


def programs_together(tree):
    """What the suite together runs, each in two places."""
    names = re.search(r"^tests_together='([^']*)'", tree.read("tools/check"), re.M).group(1).split()
    return [f"{name}-{place}" for name in ["together", *names] for place in ("first", "last")]


def fuzz_targets(tree):
    """The reader of the kernel, and those of the tools."""
    return ["image", *re.search(r"^of_tools=\(([^)]*)\)", tree.read("tools/fuzz"), re.M).group(1).split()]


def kernel_sources(tree):
    return [path for path in tree.files if re.fullmatch(r"kernel-module/(?!tests/).*\.c", path)]


def accepted_lines(tree):
    """Lines that no test reaches, with a reason."""
    return [line for line in tree.read("Tests/coverage/accepted").split("\n") if line and line[0] != "#"]


def long_tests(tree):
    """The tests of which one guest runs for a long time."""
    return re.findall(r"^TEST\w*\(", tree.read(tree.one("long_test.c")), re.M)


class Command:
    """
    TITLE is the command. THINGS and FIND say what of the tree it tries. KEPT are expressions
    of the lines that are recorded. NAMED is the expression of a line that it prints for each
    thing, if it does. LARGE says that the run takes so long that the record may differ from the
    tree by a tenth.
    """

    def __init__(self, title, things, find, kept, named=None, large=False):
        self.title = title
        self.things = things
        self.find = find
        self.kept = kept
        self.named = named
        self.large = large

    def lines(self, output):
        """The lines of OUTPUT that are recorded; a comment of TAP is recorded without its mark."""
        plain = [line.removeprefix("# ").rstrip() for line in output.split("\n")]
        return [line for line in plain if any(re.fullmatch(one, line) for one in self.kept)]


COMMANDS = {
    "check": Command("make check", "programs of the suite system, of the slowest a quarter", system_programs, [TOTAL],
                     large=True),
    "hostile": Command("make hostile", "rows", hostile_rows, [TOTAL]),
    "regression": Command("make regression", "programs", regression_programs, [TOTAL]),
    "together": Command("make together", "programs", programs_together, [TOTAL], named=RESULT),
    "debug": Command("tools/debug-check --only debug", "programs of the suite system", system_programs,
                     [r"(?:kunit|hostile): " + TOTAL, TOTAL], named=RESULT, large=True),
    "race": Command("tools/debug-check --only race", "programs of the suite system", racing_programs, [TOTAL],
                    named=RESULT, large=True),
    "coverage": Command("make coverage", "sources of the kernel part", kernel_sources,
                        [r"\d+ guests", r"\d+ files: .*", r"\d+ refusals did not run, \d+ lines are accepted"],
                        large=True),
    "long": Command("make long", "test", long_tests,
                    [r"\d+ s with .*", r"\d+ execs: .*", r"slab \d+ .*", r"\w+: \d+ objects of .*"]),
    "fuzz": Command("make fuzz", "targets", fuzz_targets, [RUNS.pattern, r"\d+ targets: \d+ runs"],
                    named=RUNS),
}


class Entry:
    def __init__(self, number, title, count, things):
        self.number = number        # of its line
        self.title = title
        self.count = count
        self.things = things
        self.lines = []

    def text(self):
        return "".join([f"{self.title}: {self.count} {self.things}\n", *(f"  {line}\n" for line in self.lines)])


def entries(text):
    """Name -> entry, of the text of the record. Raises ValueError for a line that is not one."""
    names = {command.title: name for name, command in COMMANDS.items()}
    found, entry = {}, None
    for number, line in enumerate(text.split("\n"), 1):
        head = re.fullmatch(r"(\S.*): (\d+) (\D+)", line)
        if not line or line[0] == "#":
            continue
        if line.startswith("  ") and entry:
            entry.lines.append(line[2:])
        elif head and head[1] in names:
            entry = found[names[head[1]]] = Entry(number, head[1], int(head[2]), head[3])
        else:
            raise ValueError(f"{number}: not the line of a command: {line}")
    return found


def block(page):
    """(first line number, text) of the block of code below the heading."""
    for first, text in page.blocks:
        if page.sections[first - 1] == HEADING:
            return first, text
    return None


def as_block(found):
    """The entries as the page has them, in the order of COMMANDS."""
    return "\n".join(found[name].text() for name in COMMANDS if name in found).rstrip("\n")


def _judge(tree, name, entry, say):
    command = COMMANDS[name]
    there = len(command.find(tree))
    if entry.things != command.things:
        say(entry, f"{entry.title}: '{entry.things}' instead of '{command.things}'")
    if command.large and abs(entry.count - there) * 10 > there:
        say(entry, f"{entry.title}: recorded with {entry.count} {entry.things}, and the tree has {there}, "
                   "more than a tenth more or less; run tools/record " + name)
    if not command.large and entry.count != there:
        say(entry, f"{entry.title}: recorded with {entry.count} {entry.things}, and the tree has {there}; "
                   "run tools/record " + name)
    if not entry.lines:
        say(entry, f"{entry.title}: no line that it printed")
    for line in entry.lines:
        if not any(re.fullmatch(one, line) for one in command.kept):
            say(entry, f"{entry.title}: it prints no line '{line}'")
        if re.search(r"\b[1-9]\d* (?:failed|wrong|refusals did not run)", line):
            say(entry, f"{entry.title}: a run that failed: {line}")


def _judge_fuzz(tree, entry, say):
    runs = dict(RUNS.fullmatch(line).groups() for line in entry.lines if RUNS.fullmatch(line))
    if list(runs) != fuzz_targets(tree):
        say(entry, "the targets are not those of tools/fuzz, in their order")
    if entry.lines[-1:] != [f"{len(runs)} targets: {sum(map(int, runs.values()))} runs"]:
        say(entry, f"the sum is not {sum(map(int, runs.values()))} runs of {len(runs)} targets")


def _judge_coverage(tree, entry, say):
    for line in entry.lines:
        accepted = re.search(r"(\d+) lines are accepted", line)
        if accepted and int(accepted[1]) != len(accepted_lines(tree)):
            say(entry, f"{accepted[1]} lines are accepted, and Tests/coverage/accepted has {len(accepted_lines(tree))}")
        share = re.search(r"(\d+) of (\d+) lines, ([\d.]+) %", line)
        if share and f"{100 * int(share[1]) / int(share[2]):.1f}" != share[3]:
            say(entry, f"{share[1]} of {share[2]} lines are not {share[3]} %")


def figures(tree, complain):
    """The page has what the record has, and the record agrees with the tree."""
    page = tree.pages[tree.page(PAGE)]
    record = tree.one("Tests/" + RECORD)

    def say(entry, text):
        complain(page, 1, f"{record}:{entry.number}: {text}")

    try:
        found = entries(tree.read(record))
    except ValueError as error:
        complain(page, 1, f"{record}:{error}")
        return
    for name, entry in found.items():
        _judge(tree, name, entry, say)
    if "fuzz" in found:
        _judge_fuzz(tree, found["fuzz"], say)
    if "coverage" in found:
        _judge_coverage(tree, found["coverage"], say)
    shown = block(page)
    if shown is None:
        complain(page, 1, f"no block of code below the heading '{HEADING}'")
        return
    first, text = shown
    wanted = as_block(found).split("\n")
    for offset, line in enumerate(text.split("\n")):
        if line not in wanted:
            complain(page, first + offset, f"{record} has no line '{line.strip()}'")
    if text.split("\n") != wanted:
        complain(page, first, f"the figures are not those of {record}, in the order of the commands")

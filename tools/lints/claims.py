# SPDX-License-Identifier: GPL-2.0-only
"""The numbers that pages state in prose, and where each comes from.

A claim is a page, a regular expression with one group, and a function of the
tree. The expression is looked for in the page's text, in which line ends are
spaces. It must be found, so that a claim goes when its sentence goes, and each
time it is found the group must be the number, as digits or as a word.
"""

import re

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
         "eighteen", "nineteen", "twenty"]


def number_of(text):
    text = text.replace(",", "").lower()
    return WORDS.index(text) if text in WORDS else int(text, 0)


def core_patches(tree):
    """Patches of the core kernel; those of interpreters are elsewhere."""
    return [path for path in tree.sources(".patch") if path.startswith("kernel-module/")]


def patches(tree):
    return len(core_patches(tree))


def core_lines(tree):
    """As make core-lines counts them."""
    return sum(1 for path in core_patches(tree) for line in tree.read(path).split("\n")
               if re.match(r"[+-]", line) and not re.match(r"\+\+\+|---", line))


def constant(name, *ends):
    """The value of a #define with a plain number, or of SZ_64K in KiB."""
    def value(tree):
        found = tree.defined(rf"^#define {name}\s+(?:SZ_)?(\d+)", *(ends or (".c", ".h")))
        if len(found) != 1:
            raise LookupError(f"#define {name}: found {len(found)} times")
        return int(found[0])
    return value


def header(name):
    return lambda tree: tree.header.numbers[name]


def in_swift(pattern):
    """The one number that PATTERN finds in the tools' sources."""
    def value(tree):
        found = tree.defined(pattern, ".swift")
        if len(found) != 1:
            raise LookupError(f"{pattern}: found {len(found)} times")
        return int(found[0].replace("_", ""))
    return value


def requirable(tree):
    """Privileges that a bit of kernel.clip.require stands for."""
    return len(re.findall(r"CLIP_PRIV_\w+", "".join(
        tree.defined(r"#define CLIP_PRIVS_REQUIRABLE(?:[^\n]*\\\n)*[^\n]*", ".h"))))


def lines_of(name):
    """Lines of a table of cases that are no comments."""
    return lambda tree: sum(1 for line in tree.read(tree.one(name)).split("\n") if line and line[0] != "#")


def entry_bytes(tree):
    """Bytes of an entry in front of its digest, which the kernel asserts."""
    return int(tree.defined(r"static_assert\(offsetof\(struct clip_entry, digest\) == (\d+)\)", ".c")[0])


def capabilities(tree):
    """Words of the kernel's capabilities in the tools."""
    found = tree.defined(r"kernelWords: \[String\] = \[([^\]]*)\]", ".swift")
    return len(re.findall(r'"\w+"', found[0]))


def time_limit(tree):
    """Seconds after which tools/vm gives up, as its manual says."""
    return int(re.search(r"--timeout S +give up after S seconds, default (\d+)", tree.manual("tools/vm")).group(1))


def audit_type(tree):
    # AUDIT_KERNEL_OTHER of <linux/audit.h>; what is checked is that it is the one used.
    if not tree.defined(r"\bAUDIT_KERNEL_OTHER\b", ".c"):
        raise LookupError("audit records are of another type now")
    return 1316


CLAIMS = [
    ("architecture.md", r"needs (\w+) patches of the core kernel", patches),
    ("architecture.md", r"patches of the core kernel, (\d+) changed lines", core_lines),
    ("architecture.md", r"An entry is (\d+) bytes and its digest", entry_bytes),
    ("architecture.md", r"read in pieces of (\d+) KiB", constant("CLIP_READ_SIZE")),
    ("interface.md", r"`CLIP_ABI_VERSION` (\d+)", header("CLIP_ABI_VERSION")),
    ("interface.md", r"image over (\d+) MiB", lambda tree: tree.header.numbers["CLIP_IMAGE_MAX_SIZE"] >> 20),
    ("interface.md", r"`struct clip_result` \((\d+) bytes\)", lambda tree: tree.header.size("clip_result")),
    ("interface.md", r"`CLIP_COMMIT_ADD` (\d+)", header("CLIP_COMMIT_ADD")),
    ("interface.md", r"`CLIP_COMMIT_REPLACE` (\d+)", header("CLIP_COMMIT_REPLACE")),
    ("interface.md", r"`CLIP_COMMIT_REMOVE` (\d+)", header("CLIP_COMMIT_REMOVE")),
    ("interface.md", r"`CLIP_COMMIT_SKIP_MISSING` (\d+)", header("CLIP_COMMIT_SKIP_MISSING")),
    ("interface.md", r"`CLIP_COMMIT_SKIP_CONTEXTS` (\d+)", header("CLIP_COMMIT_SKIP_CONTEXTS")),
    ("interface.md", r"`CLIP_COMMIT_DRY_RUN` (\d+)", header("CLIP_COMMIT_DRY_RUN")),
    ("interface.md", r"`CLIP_COMMIT_BESIDE` (\d+)", header("CLIP_COMMIT_BESIDE")),
    ("interface.md", r"`CLIP_STATE_REFUSED` (\d+)", header("CLIP_STATE_REFUSED")),
    ("interface.md", r"`CLIP_STATE_ALLOWED` (\d+)", header("CLIP_STATE_ALLOWED")),
    ("interface.md", r"At most (\d+) lines are written in", constant("LINES")),
    ("interface.md", r"lines are written in (\d+) seconds", constant("LINES_SECONDS")),
    ("image-format.md", r"takes: version (\d+)", header("CLIP_IMAGE_VERSION")),
    ("image-format.md", r"Limits: (\d+) MiB", lambda tree: tree.header.numbers["CLIP_IMAGE_MAX_SIZE"] >> 20),
    ("image-format.md", r"MiB, ([\d,]+) entries and digests", header("CLIP_IMAGE_MAX_ENTRIES")),
    ("image-format.md", r"paths of at most (\d+) bytes", header("CLIP_PATH_MAX")),
    ("rules.md", r"absolute, at most (\d+) bytes", header("CLIP_PATH_MAX")),
    ("events.md", r"version (\d+), \w+ multicast groups", header("CLIP_GENL_VERSION")),
    ("events.md", r"version \d+, (\w+) multicast groups", lambda tree: len(tree.header.groups)),
    ("events.md", r"At most (\d+) a second are built", constant("EVENTS")),
    ("events.md", r"budgets of their own, up to (\d+) of them", constant("NR_USERS")),
    ("events.md", r"has budgets for (\d+) pairs", constant("MAX_GROUPS")),
    ("events.md", r"other groups, at most (\d+) a second", constant("EVENTS_PER_SECOND")),
    ("events.md", r"at most (\d+) wait", constant("MAX_WAITING")),
    ("events.md", r"up to ([\d,]+) a second", constant("LEARNED_PER_SECOND")),
    ("events.md", r"type (\d+) \(`KERNEL_OTHER`\)", audit_type),
    ("privileges.md", r"other than these (\w+) is `EINVAL`", requirable),
    ("privileges.md", r"card0 to card(\d+)", lambda tree: constant("CARDS")(tree) - 1),
    ("rules.md", r"the last (\w+) are required", requirable),
    ("rules.md", r"all (\d+) of Linux", capabilities),
    ("rules.md", r"A line has at most (\d+) bytes", in_swift(r"let lineLength = (\d+)")),
    ("rules.md", r"lines up to (\d+) bytes are read", in_swift(r"let lineLength = (\d+)")),
    ("rules.md", r"beyond (\d+) there is a warning", in_swift(r"let oldLineLength = (\d+)")),
    ("rules.md", r"split after (\d+)", in_swift(r"let oldLineLength = (\d+)")),
    ("rules.md", r"over (\d+) bytes", in_swift(r"let oldLineLength = (\d+)")),
    ("verictl.md", r"fewer than (\d+) entries", in_swift(r"let fewEntries = (\d+)")),
    ("verictl.md", r"log has at most (\d+) lines of a kind in", constant("LINES")),
    ("verictl.md", r"lines of a kind in (\d+) seconds", constant("LINES_SECONDS")),
    ("events.md", r"At most (\d+) a second are built", constant("EVENTS_PER_SECOND")),
    ("verictl.md", r"N. \| workers, 1 to (\d+)", in_swift(r"\(1\.\.\.(\d+)\)\.contains\(jobs\)")),
    ("testing.md", r"`--timeout`, (\d+) s", time_limit),
    ("testing.md", r"(\d+) good lines", lines_of("good.rules")),
    ("testing.md", r"(\d+) malformed lines", lines_of("malformed.tsv")),
]


def claims(tree, complain):
    for name, pattern, compute in CLAIMS:
        page = tree.pages[tree.page(name)]
        found = re.findall(pattern, page.running())
        try:
            wanted = compute(tree)
        except LookupError as error:
            complain(page, 1, f"'{pattern}': its source is not found any more ({error}); correct claims.py")
            continue
        if not found:
            complain(page, 1, f"no text like '{pattern}'; correct the claim in claims.py, or take it out")
        for text in found:
            if number_of(text) != wanted:
                complain(page, 1, f"'{pattern}': {text} on the page, {wanted} in the sources")

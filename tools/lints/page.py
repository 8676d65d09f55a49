# SPDX-License-Identifier: GPL-2.0-only
"""A page of Markdown: its lines by kind, its code spans, tables and headings."""

import re

SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def cells(line):
    """The cells of a table's line; a bar in a code span separates nothing."""
    parts = re.findall(r"(?:`[^`]*`|[^|`])+|(?<=\|)(?=\|)", line.strip().strip("|"))
    return [part.strip() for part in parts]


class Table:
    def __init__(self, line, header, section):
        self.line = line
        self.header = header
        self.section = section
        self.rows = []          # (line number, cells)

    def column(self, *names):
        """Number of the column with one of these headings, or None."""
        for number, heading in enumerate(self.header):
            if heading in names:
                return number
        return None


class Page:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.kinds = []         # "prose", "table", "code", "heading" or "blank"
        self.sections = []      # the heading above each line
        self.blocks = []        # (first line number, text) of each code block
        self.tables = []
        self._read()

    def _read(self):
        inside, section, block = False, "", []
        for number, line in enumerate(self.lines, 1):
            if line.lstrip().startswith("```"):
                if inside:
                    self.blocks.append((number - len(block), "\n".join(block)))
                inside, block, kind = not inside, [], "code"
            elif inside:
                block.append(line)
                kind = "code"
            elif line.startswith("#"):
                section, kind = line.lstrip("# ").strip(), "heading"
            elif line.startswith("|"):
                self._table(number, line, section)
                kind = "table"
            else:
                kind = "prose" if line.strip() else "blank"
            self.kinds.append(kind)
            self.sections.append(section)

    def _table(self, number, line, section):
        if re.fullmatch(r"\|[-| :]+\|", line.strip()):
            return
        if self.kinds and self.kinds[-1] == "table":
            self.tables[-1].rows.append((number, cells(line)))
        else:
            self.tables.append(Table(number, cells(line), section))

    def anchors(self):
        """The names that a link to this page may have behind its #."""
        found = set()
        for line, kind in zip(self.lines, self.kinds):
            if kind == "heading":
                text = re.sub(r"[^\w\- ]", "", line.lstrip("# ").strip().lower())
                found.add(text.replace(" ", "-"))
        return found

    def running(self):
        """The page without its code blocks, with spaces in place of line ends."""
        kept = [line if kind != "code" else "" for line, kind in zip(self.lines, self.kinds)]
        return re.sub(r"\s+", " ", " ".join(kept))

    def spans(self):
        """(line number, text) of each code span; one may go over a line's end."""
        start = 0
        while start < len(self.lines):
            end = start
            if self.kinds[start] == "prose":
                while end + 1 < len(self.lines) and self.kinds[end + 1] == "prose":
                    end += 1
            if self.kinds[start] != "code":
                text = "\n".join(self.lines[start:end + 1])
                for match in SPAN.finditer(text):
                    number = start + 1 + text.count("\n", 0, match.start())
                    yield number, re.sub(r"\s+", " ", match.group(1))
            start = end + 1

    def links(self):
        for number, (line, kind) in enumerate(zip(self.lines, self.kinds), 1):
            if kind != "code":
                for target in LINK.findall(line):
                    yield number, target

    def table(self, *headings):
        """The first table with these headings among its own."""
        for table in self.tables:
            if all(heading in table.header for heading in headings):
                return table
        return None

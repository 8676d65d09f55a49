# SPDX-License-Identifier: GPL-2.0-only
"""The interface header as values: constants, words, structures, requests."""

import re

SIZES = {"8": 1, "16": 2, "32": 4, "64": 8}
FIELD = re.compile(r"^\t(?:__(?:aligned_)?[usl]e?(\d+)) (\w+)(?:\[(\w+)\])?;", re.M)


class Header:
    """Reads clip.h. Everything that a page repeats is taken from here."""

    def __init__(self, text):
        self.text = text
        self.numbers = {}
        for name, value in re.findall(r"^#define (CLIP_\w+)\s+(0x[0-9a-fA-F]+|\d+)U?(?:\s|$)", text, re.M):
            self.numbers[name] = int(value, 0)
        for name, value, shift in re.findall(
                r"^#define (CLIP_\w+)\s+\((\d+)U?L?L? << (\d+)\)", text, re.M):
            self.numbers[name] = int(value) << int(shift)
        self.strings = dict(re.findall(r'^#define (CLIP_\w+)\s+"([^"]*)"', text, re.M))
        self.reasons = self._words("clip_reason", "CLIP_REASON_NAMES")
        self.events = self._words("clip_event_kind", "CLIP_EVENT_NAMES")
        self.levels = {1 << int(bit): word for bit, word in re.findall(
            r'\[(\d+)\] = "(\w+)"', self._macro("CLIP_LEVEL_NAMES"))}
        self.flags = {letter: name for name, letter in re.findall(
            r"^#define CLIP_ENTRY_(\w+)\s+\(1U << \d+\)\s*/\* (\w): ", text, re.M)}
        self.privileges = [(name, letter, 1 << int(bit)) for name, bit, letter in re.findall(
            r"^#define CLIP_PRIV_(\w+)\s+\(1ULL << (\d+)\)\s*/\* (\w)[ :]", text, re.M)]
        self.groups = [value for name, value in self.strings.items() if name.startswith("CLIP_GENL_GROUP_")]
        self.structs = {name: self._layout(body) for name, body in re.findall(
            r"^struct (\w+) \{\n(.*?)^\};", text, re.M | re.S)}
        self.requests = self._requests()

    def _macro(self, name):
        return re.search(rf"^#define {name} \\\n((?:.*\\\n)*.*\n)", self.text, re.M).group(1)

    def _words(self, enum, macro):
        """Number -> word, of an enumeration and the macro with its words."""
        body = re.search(rf"^enum {enum} \{{\n(.*?)^\}};", self.text, re.M | re.S).group(1)
        values = {name: int(value) for name, value in re.findall(r"(CLIP_\w+) = (\d+)", body)}
        words = dict(re.findall(r'\[(CLIP_\w+)\] = "([\w-]+)"', self._macro(macro)))
        return {value: words.get(name, name) for name, value in values.items()}

    def _layout(self, body):
        """[(field, offset, bytes)]; the header leaves no holes."""
        fields, offset = [], 0
        for bits, name, count in FIELD.findall(body):
            number = 1 if not count else int(count) if count.isdigit() else self.numbers[count]
            size = SIZES[bits] * number
            fields.append((name, offset, size))
            offset += size
        return fields

    def size(self, struct):
        fields = self.structs[struct]
        return fields[-1][1] + fields[-1][2]

    def _requests(self):
        """Name -> (number, structure or None), as ioctl(2) takes it."""
        magic = self.numbers["CLIP_IOC_MAGIC"]
        found = {}
        for name, kind, number, struct in re.findall(
                r"^#define (CLIP_IOC_\w+)\s+(_IOWR|_IO)\(CLIP_IOC_MAGIC, (\d+)(?:, struct (\w+))?\)",
                self.text, re.M):
            code = magic << 8 | int(number)
            if kind == "_IOWR":
                code |= 3 << 30 | self.size(struct) << 16
            found[name] = (code, struct or None)
        return found

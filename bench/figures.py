# SPDX-License-Identifier: GPL-2.0-only
"""The figures of bench/run and their limits, as bench/judge and bench/report read them."""
import json
import re


class Mistake(Exception):
    """Something in a file that is not as it should be."""


def figure_of(row):
    """The number that is compared with a limit."""
    for key in ("spread", "ratio", "value"):
        if key in row:
            return float(row[key])
    raise Mistake(f"no figure in {row}")


def read_results(path):
    """All figures by their names, and the machine."""
    with open(path, encoding="utf-8") as file:
        results = json.load(file)
    rows = {row["name"]: row for row in results["results"]}
    rows.update({row["curve"]: row for row in results.get("curves", [])})
    return rows, results.get("machine", "")


def read_limits(path):
    """Tuples of the groups that must have been measured, row, operator and limit."""
    limits, groups = [], None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.split("#")[0].strip()
            heading = re.fullmatch(r"\[([a-z ]+)\]", line)
            parts = line.split()
            if heading:
                groups = set(heading.group(1).split())
            elif line and (len(parts) != 3 or parts[1] not in ("<=", ">=")):
                raise Mistake(f"{path}:{number}: not ROW <= LIMIT or ROW >= LIMIT: {line}")
            elif line and groups is None:
                raise Mistake(f"{path}:{number}: a limit before the first [GROUP]")
            elif line:
                limits.append((groups, *parts))
    if not limits:
        raise Mistake(f"{path}: no limits")
    return limits


def limit_of(text, rows):
    """A number, or the figure of another row; None if that is missing."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return float(text)
    return figure_of(rows[text]) if text in rows else None

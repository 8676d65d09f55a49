# SPDX-License-Identifier: GPL-2.0-only
"""A picture of growth curves as SVG: one panel for each curve, both axes logarithmic."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 300, 200            # of a panel
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 44, 38
COLUMNS = 3
STYLE = """
text { font: 11px sans-serif; fill: #333 }
.title { font-weight: bold; font-size: 12px }
.note { fill: #666 }
.grid { stroke: #ddd; stroke-width: 1 }
.curve { fill: none; stroke: #1b62a5; stroke-width: 2 }
.flat { fill: none; stroke: #999; stroke-dasharray: 3 3 }
.point { fill: #1b62a5 }
"""


def short(number):
    """A number for a tick: 1,000 as 1 k."""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:.3g}"


class Axis:
    """From values to places, by their logarithms."""

    def __init__(self, least, most, start, end):
        self.least, self.scale = math.log10(least), (end - start) / (math.log10(most) - math.log10(least))
        self.start = start

    def place(self, value):
        return self.start + (math.log10(value) - self.least) * self.scale


def panel(curve, x, y):
    """One curve, with its upper left corner at X, Y."""
    points = [(max(size, 1), value) for size, value in curve["points"]]
    values = [value for _, value in points]
    # A curve that grows less than tenfold is drawn as flat as it is.
    middle = math.sqrt(min(values) * max(values))
    reach = max(max(values) / middle * 1.3, math.sqrt(10))
    across = Axis(points[0][0], points[-1][0], x + LEFT, x + WIDTH - RIGHT)
    up = Axis(middle / reach, middle * reach, y + HEIGHT - BOTTOM, y + TOP)
    floor, roof = y + HEIGHT - BOTTOM, y + TOP
    out = [f'<text class="title" x="{x + 8}" y="{y + 16}">{escape(curve["curve"])}</text>',
           f'<text class="note" x="{x + 8}" y="{y + 32}">exponent {curve["exponent"]:.2f}, largest by smallest '
           f'{curve["spread"]:.2f}</text>']
    for (size, _), (given, _) in zip(points, curve["points"]):
        place = across.place(size)
        out.append(f'<line class="grid" x1="{place:.1f}" y1="{roof}" x2="{place:.1f}" y2="{floor}"/>')
        out.append(f'<text text-anchor="middle" x="{place:.1f}" y="{floor + 15}">{short(given)}</text>')
    for value in {min(values), max(values)} if max(values) / min(values) > 1.6 else {values[0]}:
        place = up.place(value)
        out.append(f'<line class="grid" x1="{x + LEFT}" y1="{place:.1f}" x2="{x + WIDTH - RIGHT}" y2="{place:.1f}"/>')
        out.append(f'<text text-anchor="end" x="{x + LEFT - 5}" y="{place + 4:.1f}">{short(value)}</text>')
    out.append(f'<text class="note" text-anchor="end" x="{x + WIDTH - RIGHT}" y="{floor + 30}">'
               f'{escape(curve["over"])}</text>')
    out.append(f'<text class="note" x="{x + 8}" y="{floor + 30}">{escape(curve["unit"])}</text>')
    flat = up.place(values[0])
    out.append(f'<line class="flat" x1="{x + LEFT}" y1="{flat:.1f}" x2="{x + WIDTH - RIGHT}" y2="{flat:.1f}"/>')
    drawn = " ".join(f"{across.place(size):.1f},{up.place(value):.1f}" for size, value in points)
    out.append(f'<polyline class="curve" points="{drawn}"/>')
    out.extend(f'<circle class="point" cx="{across.place(size):.1f}" cy="{up.place(value):.1f}" r="3"/>'
               for size, value in points)
    return out


def picture(curves):
    """The whole picture, as text."""
    columns = min(COLUMNS, len(curves)) or 1
    width, height = columns * WIDTH, max(1, math.ceil(len(curves) / columns)) * HEIGHT
    out = ["<!-- SPDX-License-Identifier: GPL-2.0-only -->",
           f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" role="img" aria-label="How costs grow with the number of things">',
           f"<style>{STYLE}</style>", f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for i, curve in enumerate(curves):
        out += panel(curve, i % columns * WIDTH, i // columns * HEIGHT)
    return "\n".join(out + ["</svg>", ""])

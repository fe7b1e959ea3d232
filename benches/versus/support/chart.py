"""The ratios of a comparison as a bar chart (SVG, logarithmic): how many times better Rondel is."""

import math
from xml.sax.saxutils import escape

from support.pairs import Row

COLOURS = ("#3b6fb6", "#d98032", "#4f9a5b", "#8a63b0", "#b5504f", "#6d7780")
LABELS, BARS, LINE, TOP = 270, 560, 18, 64


def svg(title: str, rows: list[Row]) -> str:
    """One bar for each row that has a ratio, the rows of a group together, a colour for each metric."""
    shown = [row for row in rows if row.charted and row.ratio]
    metrics = list(dict.fromkeys(row.metric for row in shown))
    groups = list(dict.fromkeys(row.group for row in shown))
    # From 1 (or less, where Rondel is worse) to the next power of ten.
    low = min([0.0, *(math.floor(math.log10(row.ratio)) for row in shown)])
    high = max([1.0, *(math.ceil(math.log10(row.ratio)) for row in shown)])

    def x(value: float) -> float:
        return LABELS + (math.log10(value) - low) / (high - low) * BARS

    bars, y = [], TOP
    for group in groups:
        bars.append(said(LABELS - 8, y + LINE - 5, group, anchor="end", weight="600"))
        for row in (one for one in shown if one.group == group):
            start, end = sorted((x(1), x(row.ratio)))
            colour = COLOURS[metrics.index(row.metric) % len(COLOURS)]
            bars.append(f'<rect x="{start:.1f}" y="{y + 2}" width="{max(end - start, 1):.1f}" height="{LINE - 4}" fill="{colour}"/>')
            bars.append(said(end + 5, y + LINE - 5, f"{row.ratio:.1f}×  {row.metric}", size=10))
            y += LINE
        y += LINE // 2
    grid = []
    for power in range(int(low), int(high) + 1):
        for step in (1, 3):
            value = step * 10.0**power
            if math.log10(value) <= high:
                grid.append(f'<line x1="{x(value):.1f}" y1="{TOP - 6}" x2="{x(value):.1f}" y2="{y}" stroke="#dde1e5"/>')
                grid.append(said(x(value), TOP - 10, f"{value:g}×", anchor="middle", size=10))
    width, height = LABELS + BARS + 220, y + 16
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        said(16, 26, title, size=16, weight="600"),
        *grid,
        *bars,
        "</svg>\n",
    ])  # fmt: skip


def said(x: float, y: float, text: str, anchor: str = "start", size: int = 12, weight: str = "400") -> str:
    return f'<text x="{x:.1f}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="#22272b">{escape(text)}</text>'

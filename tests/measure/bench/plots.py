"""Plots as SVG: lines over sizes, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 170, 40, 50
# Told apart by readers who see no red or no green (Okabe and Ito's palette).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

Points = Sequence[tuple[float, float]]


def plot(title: str, unit: str, lines: Mapping[str, Points]) -> str:
    """Return an SVG of `lines`: for each name, paragraphs and a measurement in `unit`."""
    points = [point for line in lines.values() for point in line]
    xs = _decades([x for x, _ in points])
    ys = _decades([y for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - xs[0]) / (xs[-1] - xs[0])
        up = (math.log10(y) - ys[0]) / (ys[-1] - ys[0])
        return (
            round(LEFT + across * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1),
        )

    drawn = [_text(LEFT, 22, f"{title} ({unit})", "start", 15)]
    for exponent in xs:
        x, y = place(10**exponent, 10 ** ys[0])
        drawn.append(_line(x, y, x, TOP))
        drawn.append(_text(x, y + 18, f"{10**exponent:,.0f}", "middle"))
    for exponent in ys:
        x, y = place(10 ** xs[0], 10**exponent)
        drawn.append(_line(x, y, WIDTH - RIGHT, y))
        drawn.append(_text(x - 8, y + 4, f"{10.0**exponent:,g}", "end"))
    drawn.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "paragraphs", "middle"))
    for at, (name, line) in enumerate(lines.items()):
        colour = COLOURS[at % len(COLOURS)]
        placed = [place(x, y) for x, y in sorted(line)]
        path = " ".join(f"{x},{y}" for x, y in placed)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>' for x, y in placed]
        y = TOP + 10 + 20 * at
        drawn.append(f'<circle cx="{WIDTH - RIGHT + 16}" cy="{y - 4}" r="4" fill="{colour}"/>')
        drawn.append(_text(WIDTH - RIGHT + 26, y, name, "start"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", ground, *drawn, "</svg>\n"])


def _decades(values: Sequence[float]) -> range:
    """The powers of ten that enclose the values, two at least."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return range(low, max(high, low + 1) + 1)


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}" stroke="#ddd"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    font = f'font-family="sans-serif" font-size="{size}"'
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" {font}>{escape(text)}</text>'

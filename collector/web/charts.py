"""Charts that can be read without a script, drawn as SVG in the colours of the page, with the same values as a table and
as JSON for a script that makes them interactive."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil, floor, isfinite, log10
from typing import NamedTuple

from markupsafe import Markup, escape

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 24
"""Pixels of the drawing and of its margins; it is scaled by the page."""

MOST_ROWS = 200


class Line(NamedTuple):
    """One series: `style` is bars, line or dashes, `ink` a colour of the page."""

    name: str
    values: Sequence[float | None]
    style: str = "line"
    ink: str = "cause"


class Chart(NamedTuple):
    """Series over the same moments; `band` is a stretch to be shaded, `marks` are moments with a name."""

    title: str
    unit: str
    at: Sequence[datetime]
    """In the site's time zone."""
    lines: Sequence[Line]
    band: tuple[datetime, datetime] | None = None
    marks: Sequence[tuple[datetime, str]] = ()

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The values as a table, the newest first, at most MOST_ROWS."""
        found = [
            (f"{at:%a %d %b %H:%M}", [_said(line.values[i]) for line in self.lines]) for i, at in enumerate(self.at)
        ]
        return found[::-1][:MOST_ROWS]

    def svg(self) -> Markup:
        """The drawing; hidden from screen readers, which have the table."""
        return Markup("").join(_drawn(self))

    def data(self) -> Markup:
        """The values for the script, safe within a <script> element."""
        text = json.dumps(
            {
                "title": self.title,
                "unit": self.unit,
                "at": [f"{at:%Y-%m-%d %H:%M:%S}" for at in self.at],
                "lines": [
                    {
                        "name": line.name,
                        "values": [_known(v) for v in line.values],
                        "style": line.style,
                        "ink": line.ink,
                    }
                    for line in self.lines
                ],
                "band": [f"{at:%Y-%m-%d %H:%M:%S}" for at in self.band] if self.band else None,
                "marks": [{"at": f"{at:%Y-%m-%d %H:%M:%S}", "name": name} for at, name in self.marks],
            }
        )
        # JSON within HTML: what could end the element or open another is written as an escape.
        # JSON in which nothing is left that HTML would read
        return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _known(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else float(value)


def _said(value: float | None) -> str:
    known = _known(value)
    return "–" if known is None else f"{known:,.1f}" if known != int(known) else f"{known:,.0f}"


def _drawn(chart: Chart) -> list[Markup]:
    n = len(chart.at)
    known = [v for line in chart.lines for v in line.values if v is not None and isfinite(v)]
    most = _round_up(max(known, default=1.0))
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = wide / max(1, n)

    def x(i: float) -> float:
        return LEFT + step * i

    def y(value: float) -> float:
        return TOP + high * (1 - value / most)

    out = [Markup('<svg viewBox="0 0 {} {}" aria-hidden="true" focusable="false">').format(WIDTH, HEIGHT)]
    if chart.band and n > 1:
        first, last = (_place(chart.at, at) for at in chart.band)
        out.append(
            Markup('<rect class="band" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
                x(first), TOP, max(1.0, step * (last - first)), high
            )
        )
    for part in (0.0, 0.5, 1.0):
        level = y(most * part)
        rule = Markup('<line class="rule" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>')
        out.append(rule.format(LEFT, WIDTH - RIGHT, level, level))
        text = Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>')
        out.append(text.format(LEFT - 6, level + 4, _short(most * part)))
    for line in chart.lines:
        out += _bars(line, x, y, step) if line.style == "bars" else _path(line, x, y)
    for at, name in chart.marks:
        if n > 1 and chart.at[0] <= at <= chart.at[-1]:
            place = x(_place(chart.at, at))
            out.append(
                Markup('<line class="mark" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>').format(
                    place, TOP, TOP + high
                )
            )
            end = place > WIDTH * 0.7
            out.append(
                Markup('<text class="note" x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
                    place + (-4 if end else 4), TOP + 8, "end" if end else "start", name[:40]
                )
            )
    for i in _ticks(n):
        anchor = "start" if i == 0 else "end" if i == n - 1 else "middle"
        spanned = (chart.at[-1] - chart.at[0]).total_seconds() if n > 1 else 0
        label = f"{chart.at[i]:%H:%M}" if spanned < 86_400 else f"{chart.at[i]:%a %d %b}"
        out.append(
            Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(x(i + 0.5), HEIGHT - 6, anchor, label)
        )
    out.append(Markup("</svg>"))
    return out


def _bars(line: Line, x: Callable[[float], float], y: Callable[[float], float], step: float) -> list[Markup]:
    parts = [
        f"M{x(i) + step * 0.08:.1f} {y(0):.1f}V{y(v):.1f}h{step * 0.84:.1f}V{y(0):.1f}z"
        for i, v in enumerate(line.values)
        if v is not None and isfinite(v) and v > 0
    ]
    return [Markup('<path class="bar {}" d="{}"/>').format(line.ink, "".join(parts))]


def _path(line: Line, x: Callable[[float], float], y: Callable[[float], float]) -> list[Markup]:
    parts, on = [], False
    for i, v in enumerate(line.values):
        if v is None or not isfinite(v):
            on = False
            continue
        parts.append(f"{'L' if on else 'M'}{x(i + 0.5):.1f} {y(v):.1f}")
        on = True
    return [Markup('<path class="{} {}" d="{}"/>').format(escape(line.style), escape(line.ink), "".join(parts))]


def _place(at: Sequence[datetime], moment: datetime) -> float:
    """Where a moment lies among the moments, in steps, within them."""
    step = (at[1] - at[0]).total_seconds()
    return min(float(len(at)), max(0.0, (moment - at[0]).total_seconds() / step))


def _ticks(n: int) -> list[int]:
    return sorted({round(i * (n - 1) / 4) for i in range(5)}) if n > 1 else list(range(n))


def _round_up(value: float) -> float:
    """The next number that is easy to read: 1, 2, 2.5 or 5 times a power of ten.

    >>> _round_up(7.3), _round_up(0.12), _round_up(0)
    (10.0, 0.2, 1.0)
    """
    if value <= 0:
        return 1.0
    unit: float = 10.0 ** floor(log10(value))
    return next(step * unit for step in (1, 2, 2.5, 5, 10) if step * unit >= value * 0.9999)


def _short(value: float) -> str:
    return f"{value / 1000:g}k" if value >= 10_000 else f"{value:g}" if value != ceil(value) else f"{value:.0f}"

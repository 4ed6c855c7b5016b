"""Charts as SVG that needs no script, in the colours of the page, with their values as a table and as JSON.

Each chart is drawn twice: a wide drawing that is scaled down cannot be read on a phone, so phones get their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil, floor, isfinite, log10
from typing import NamedTuple

from markupsafe import Markup, escape


class Size(NamedTuple):
    """A drawing's size in pixels, before the page scales it, and how many labels its time axis has room for."""

    name: str
    width: int
    height: int
    labels: int


SIZES = (Size("wide", 720, 200, 5), Size("narrow", 340, 190, 3))
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 24
"""Margins in pixels."""

COLOURS = {
    "contacts": ("#0072b2", "#56b4e9"),
    "cause": ("#b34e00", "#f0a050"),
    "band": ("#f3ead2", "#3a3424"),
    "grid": ("#e3e2de", "#32363e"),
}
"""Light and dark, from Okabe & Ito's palette, which people with any kind of colour vision can tell apart."""

MAX_ROWS = 200


def colours_css() -> Markup:
    """The colours as custom properties, for the page's style sheet."""

    def block(scheme: int) -> Markup:
        return Markup(":root {{ {} }}").format(
            Markup(" ").join(Markup("--{}: {};").format(name, pair[scheme]) for name, pair in COLOURS.items())
        )

    return Markup("{}\n@media (prefers-color-scheme: dark) {{ {} }}\n").format(block(0), block(1))


class Line(NamedTuple):
    """One series: `style` is bars, line or dashes, `ink` a colour of the page."""

    name: str
    values: Sequence[float | None]
    style: str = "line"
    ink: str = "cause"


class Chart(NamedTuple):
    """Series over the same times; `band` is a stretch to be shaded, `marks` are times with a name."""

    title: str
    unit: str
    at: Sequence[datetime]
    """In the site's time zone."""
    lines: Sequence[Line]
    band: tuple[datetime, datetime] | None = None
    marks: Sequence[tuple[datetime, str]] = ()

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The values as a table, the newest first, at most MAX_ROWS."""
        rows = [
            (f"{at:%a} {at.day} {at:%b}, {at:%H:%M}", [_cell(line.values[i]) for line in self.lines])
            for i, at in enumerate(self.at)
        ]
        return rows[::-1][:MAX_ROWS]

    def svg(self) -> Markup:
        """The drawings, one for each size; hidden from screen readers, which have the table."""
        return Markup("").join(_Drawing(self, size).draw() for size in SIZES)

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
                        "values": [_finite(v) for v in line.values],
                        "style": line.style,
                        "ink": line.ink,
                    }
                    for line in self.lines
                ],
                "band": [f"{at:%Y-%m-%d %H:%M:%S}" for at in self.band] if self.band else None,
                "marks": [{"at": f"{at:%Y-%m-%d %H:%M:%S}", "name": name} for at, name in self.marks],
            }
        )
        # What could end the element or open another one is written as an escape: nothing is left that HTML would read.
        return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _finite(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else float(value)


def _cell(value: float | None) -> str:
    number = _finite(value)
    return "–" if number is None else f"{number:,.1f}" if number != int(number) else f"{number:,.0f}"


class _Drawing:
    """One chart in one size."""

    def __init__(self, chart: Chart, size: Size) -> None:
        self.chart, self.size = chart, size
        values = [v for line in chart.lines for v in line.values if v is not None and isfinite(v)]
        self.top_value = _round_up(max(values, default=1.0))
        self.width, self.height = size.width - LEFT - RIGHT, size.height - TOP - BOTTOM
        self.step = self.width / max(1, len(chart.at))

    def x(self, i: float) -> float:
        return LEFT + self.step * i

    def y(self, value: float) -> float:
        return TOP + self.height * (1 - value / self.top_value)

    def draw(self) -> Markup:
        opening = Markup('<svg class="{}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">')
        return Markup("").join(
            [
                opening.format(self.size.name, self.size.width, self.size.height),
                *self._band(),
                *self._levels(),
                *(
                    _bars(line, self.x, self.y, self.step) if line.style == "bars" else _path(line, self.x, self.y)
                    for line in self.chart.lines
                ),
                *self._marks(),
                *self._times(),
                Markup("</svg>"),
            ]
        )

    def _band(self) -> list[Markup]:
        at, band = self.chart.at, self.chart.band
        if not band or len(at) < 2:
            return []
        first, last = (_place(at, end) for end in band)
        rect = Markup('<rect class="band" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>')
        return [rect.format(self.x(first), TOP, max(1.0, self.step * (last - first)), self.height)]

    def _levels(self) -> list[Markup]:
        rule = Markup('<line class="rule" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>')
        text = Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>')
        out = []
        for part in (0.0, 0.5, 1.0):
            level = self.y(self.top_value * part)
            out.append(rule.format(LEFT, self.size.width - RIGHT, level, level))
            out.append(text.format(LEFT - 6, level + 4, _short(self.top_value * part)))
        return out

    def _marks(self) -> list[Markup]:
        line = Markup('<line class="mark" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>')
        text = Markup('<text class="note" x="{:.1f}" y="{}" text-anchor="{}">{}</text>')
        at, out = self.chart.at, []
        for time, name in self.chart.marks:
            if len(at) > 1 and at[0] <= time <= at[-1]:
                place = self.x(_place(at, time))
                at_end = place > self.size.width * 0.7
                out.append(line.format(place, TOP, TOP + self.height))
                out.append(text.format(place + (-4 if at_end else 4), TOP + 8, "end" if at_end else "start", name[:40]))
        return out

    def _times(self) -> list[Markup]:
        at, out = self.chart.at, []
        text = Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>')
        seconds = (at[-1] - at[0]).total_seconds() if len(at) > 1 else 0
        for i in _ticks(len(at), self.size.labels):
            anchor = "start" if i == 0 else "end" if i == len(at) - 1 else "middle"
            label = f"{at[i]:%H:%M}" if seconds < 86_400 else f"{at[i]:%a} {at[i].day} {at[i]:%b}"
            out.append(text.format(self.x(i + 0.5), self.size.height - 6, anchor, label))
        return out


def _bars(line: Line, x: Callable[[float], float], y: Callable[[float], float], step: float) -> Markup:
    parts = [
        f"M{x(i) + step * 0.08:.1f} {y(0):.1f}V{y(v):.1f}h{step * 0.84:.1f}V{y(0):.1f}z"
        for i, v in enumerate(line.values)
        if v is not None and isfinite(v) and v > 0
    ]
    return Markup('<path class="bar {}" d="{}"/>').format(line.ink, "".join(parts))


def _path(line: Line, x: Callable[[float], float], y: Callable[[float], float]) -> Markup:
    parts, pen_down = [], False
    for i, v in enumerate(line.values):
        if v is None or not isfinite(v):
            pen_down = False
            continue
        parts.append(f"{'L' if pen_down else 'M'}{x(i + 0.5):.1f} {y(v):.1f}")
        pen_down = True
    return Markup('<path class="{} {}" d="{}"/>').format(escape(line.style), escape(line.ink), "".join(parts))


def _place(at: Sequence[datetime], time: datetime) -> float:
    """Where a time lies among the times, in steps, within them."""
    step = (at[1] - at[0]).total_seconds()
    return min(float(len(at)), max(0.0, (time - at[0]).total_seconds() / step))


def _ticks(n: int, labels: int) -> list[int]:
    return sorted({round(i * (n - 1) / (labels - 1)) for i in range(labels)}) if n > 1 else list(range(n))


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

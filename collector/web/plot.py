"""The two curves that a verdict rests on, as SVG that takes its colours from the page around it."""

from __future__ import annotations

import io
import re
import textwrap
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from collector.correlate import Surge
from collector.store.grids import STEP_S, Series
from collector.surges.find import Found
from collector.surges.wording import friction_point

PER_BAR = 3
"""Steps in one bar: quarters of an hour, the interval that call centres count in."""

BEFORE_S, AFTER_S = 5 * 3600, 3600

INKS = {
    "ink": "#010101",
    "quiet": "#020202",
    "grid": "#030303",
    "contacts": "#040404",
    "cause": "#050505",
    "band": "#060606",
}
"""Stand-ins that are replaced by the page's own colours, so that the plot follows its light and dark."""


class Size(NamedTuple):
    """Width and height of a plot in inches of 72 px."""

    name: str
    width: float
    height: float


SIZES = (Size("wide", 10.4, 4.9), Size("narrow", 4.8, 5.4))
"""A plot that is scaled down cannot be read on a phone, so there are two."""


class Curve(NamedTuple):
    """One of the stacked plots."""

    title: str
    values: Series
    usual: Series
    ink: str


def plots(found: Found, surge: Surge | None) -> dict[str, str]:
    """SVG by name of size: contacts above, what they follow below, on one time axis."""
    panels, times = curves(found, surge)
    zone = ZoneInfo(found.time_zone)
    return {size.name: _draw(panels, times, surge, zone, size) for size in SIZES}


def curves(found: Found, surge: Surge | None) -> tuple[list[Curve], list[datetime]]:
    """Contacts, and what they follow (visits where they follow nothing), by quarters of an hour; and their starts."""
    grids, until = found.grids, found.until.timestamp()
    end = min(until, surge.end + AFTER_S) if surge else until
    start = (surge.start if surge else until) - BEFORE_S
    first, last = (max(0, int(ts - grids.start) // STEP_S) for ts in (start, end))
    first -= (first - last) % PER_BAR  # whole bars, counted back from the end
    first = max(0, first)
    shown = [_panel(title, series, ink, first, last) for title, series, ink in _chosen(found, surge)]
    zone = ZoneInfo(found.time_zone)
    starts = range(len(shown[0].values))
    times = [datetime.fromtimestamp(grids.start + (first + i * PER_BAR) * STEP_S, zone) for i in starts]
    return shown, times


def total(series: dict[str, Series], bins: int) -> Series:
    """Sum over series; NaN where none of them has data."""
    if not series:
        return np.full(bins, np.nan)
    stack = np.array(list(series.values()))
    return np.where(np.isnan(stack).all(axis=0), np.nan, np.nansum(stack, axis=0))


def _chosen(found: Found, surge: Surge | None) -> list[tuple[str, Series, str]]:
    grids = found.grids
    bins = len(grids.sessions)
    chosen = [("Contacts with support per 15 minutes", total(grids.channels, bins), "contacts")]
    key = surge.keys[0]["key"] if surge and surge.keys else ""
    if surge and surge.verdict == "friction" and key in grids.friction:
        chosen.append(
            (
                f"Visits with {friction_point(key, found.elements)} per 15 minutes",
                grids.friction[key],
                "cause",
            )
        )
    elif surge and surge.verdict == "infrastructure" and "ttfb_p75_ms" in grids.performance:
        chosen.append(("Time to first byte, ms (75th percentile)", grids.performance["ttfb_p75_ms"], "cause"))
    else:
        chosen.append(("Visits per 15 minutes", grids.sessions, "cause"))
    return chosen


def _panel(title: str, series: Series, ink: str, first: int, last: int) -> Curve:
    usual = usual_level(series, last)
    join = np.nanmean if title.startswith("Time") else np.nansum
    return Curve(title, _bars(series[first:last], join), _bars(usual[first:last], join), ink)


def usual_level(series: Series, until: int) -> Series:
    """What each time of day usually brings: the median over the days before, of hours around it. Shape of `series`.

    For the eye only; the verdict rests on `collector.correlate`, which knows weekdays and levels.
    """
    day = 86400 // STEP_S
    known = series[: max(0, until - day)]
    days = len(known) // day
    if days < 3:
        return np.full(len(series), np.nan)
    aligned = known[len(known) - days * day :].reshape(days, day)
    with np.errstate(all="ignore"):
        profile = np.array([_mean(column) for column in aligned.T])
    smooth = np.convolve(np.concatenate([profile[-6:], profile, profile[:6]]), np.ones(13) / 13, mode="valid")
    start = len(known) - days * day
    return smooth[(np.arange(len(series)) - start) % day]


def _mean(values: Series) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def _bars(values: Series, join: Any) -> Series:
    values = values[: len(values) // PER_BAR * PER_BAR].reshape(-1, PER_BAR)
    return np.array([join(bar) if not np.isnan(bar).all() else np.nan for bar in values])


def _draw(panels: list[Curve], times: list[datetime], surge: Surge | None, zone: ZoneInfo, size: Size) -> str:
    # Slow to import, and only pages need it. The object interface needs no display and keeps no global figures.
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.dates import DateFormatter, HourLocator
    from matplotlib.figure import Figure

    look: Any = {
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "svg.fonttype": "none",
        "svg.hashsalt": size.name,
        "font.size": 10,
        "text.color": INKS["ink"],
        "axes.labelcolor": INKS["ink"],
        "xtick.color": INKS["quiet"],
        "ytick.color": INKS["quiet"],
    }
    with rc_context(look):
        figure = Figure(figsize=(size.width, size.height), layout="constrained")
        canvas = FigureCanvasSVG(figure)
        axes = figure.subplots(len(panels), 1, sharex=True)
        width = timedelta(seconds=PER_BAR * STEP_S * 0.86)
        middle = timedelta(seconds=PER_BAR * STEP_S / 2)
        for ax, panel in zip(axes, panels, strict=True):
            ax.set_title(textwrap.fill(panel.title, int(size.width * 9)), loc="left", fontsize=10.5, fontweight="bold")
            if surge:
                band = (datetime.fromtimestamp(surge.start, zone), datetime.fromtimestamp(surge.end, zone))
                ax.axvspan(*band, color=INKS["band"], lw=0, zorder=0)
            ax.bar([t + middle for t in times], panel.values, width=width, color=INKS[panel.ink], zorder=2)
            ax.plot(
                [t + middle for t in times],
                panel.usual,
                color=INKS["ink"],
                lw=1.4,
                ls=(0, (4, 2)),
                zorder=3,
                label="usual",
            )
            ax.set_ylim(bottom=0)
            ax.grid(axis="y", color=INKS["grid"], lw=0.6, zorder=1)
            ax.spines[["top", "right", "left"]].set_visible(False)
            ax.spines["bottom"].set_color(INKS["quiet"])
            ax.tick_params(length=0)
        axes[0].legend(loc="upper left", frameon=False, fontsize=9)
        hours = 1 if size.width > 6 else 2
        axes[-1].xaxis.set_major_locator(HourLocator(interval=hours, tz=zone))
        axes[-1].xaxis.set_major_formatter(DateFormatter("%H:%M", tz=zone))
        out = io.StringIO()
        canvas.print_svg(out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _for_page(out.getvalue())


def _for_page(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r'\1 aria-hidden="true"', svg, count=1)
    svg = re.sub(r"font: ([^;\"]*?)'DejaVu Sans'[^;\"]*", r"font: \1system-ui, sans-serif", svg)
    for name, ink in INKS.items():
        svg = svg.replace(ink, f"var(--{name})")
    return svg

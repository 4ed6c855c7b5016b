"""Numbers as people are shown them: never without the interval, the n, and a way to what is behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from collector.metrics.query import Figure
from collector.metrics.score import FEWEST, Score
from collector.web.strings import T


class Number(NamedTuple):
    """One number: `text` is what is read first, the rest is why it may be believed."""

    what: str
    text: str
    spread: str = ""
    """Its interval in words."""
    n: str = ""
    """What it was counted from."""
    href: str = ""
    tone: str = ""
    """good, bad or nothing."""


def percent(value: float, digits: int = 1) -> str:
    """A share in percent.

    >>> percent(0.1234)
    '12.3 %'
    """
    return f"{100 * value:.{digits}f} %"


def between(interval: Sequence[float] | None, unit: str = "", digits: int = 1, scale: float = 1) -> str:
    """An interval in words.

    >>> between((1.234, 5.678))
    '1.2 to 5.7'
    """
    if interval is None:
        return ""
    low, high = (f"{scale * end:.{digits}f}" for end in interval)
    return f"{low} to {high}{unit}"


def in_95(words: str) -> str:
    """Says which interval it is."""
    return f"{words} ({T.numbers.interval_95})" if words else ""


def share(what: str, value: float | None, interval: Sequence[float] | None, n: int, of: str, href: str = "") -> Number:
    """A share with its interval."""
    if value is None:
        return Number(what, T.numbers.none, "", f"n = {n:,} {of}", href)
    return Number(what, percent(value), in_95(between(interval, " %", 1, 100)), f"n = {n:,} {of}", href)


def score_numbers(score: Score | None, visits: int, href: str = "") -> list[Number]:
    """Friction score and friction rate."""
    if score is None:
        few = T.numbers.too_few.format(least=FEWEST)
        return [Number(T.friction.score, T.numbers.none, few, f"n = {visits:,} {T.numbers.visits}", href)]
    doubt = f"; {T.numbers.low_confidence}" if score.low_confidence else ""
    return [
        Number(
            T.friction.score,
            f"{score.score.value:.1f}",
            in_95(between(score.score.interval_95)) + doubt,
            f"n = {score.score.visits:,} {T.numbers.visits}; {T.friction.score_version} {score.score_version}",
            href,
        ),
        share(T.friction.rate, score.rate.value, score.rate.interval_95, score.rate.visits, T.numbers.visits, href),
    ]


def figure_number(title: str, unit: str, n_of: str, one: Figure, href: str = "") -> Number:
    """A figure of the metric catalogue."""
    n = f"n = {one.n:,} {n_of}"
    if one.value is None:
        return Number(title, T.numbers.none, one.note, n, href)
    shown = (
        f"{duration(one.value) if unit == 's' else f'{one.value:.1f}'}{'' if unit in ('s', 'count') else ' ' + unit}"
    )
    if one.interval_95 is None:
        spread = ""
    elif unit == "s":
        spread = in_95(" to ".join(duration(end) for end in one.interval_95))
    else:
        spread = in_95(between(one.interval_95))
    return Number(title, shown, spread, n, href)


def duration(seconds: float | None) -> str:
    """A time span as people say it.

    >>> duration(42.04), duration(600), duration(7300), duration(200000)
    ('42.0 s', '10 min', '2.0 h', '2.3 d')
    """
    if seconds is None or seconds != seconds:
        return "–"
    for least, unit, word in ((172_800, 86_400, "d"), (5400, 3600, "h")):
        if seconds >= least:
            return f"{seconds / unit:.1f} {word}"
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.1f} s"


def clock(ts: datetime | float | None, tz: ZoneInfo) -> str:
    """Day and time of day in the site's time zone; what the store gives without a zone is UTC."""
    if ts is None:
        return "–"
    at = datetime.fromtimestamp(ts, UTC) if isinstance(ts, int | float) else ts
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(tz).strftime("%a %d %b %H:%M")


def size(n: float) -> str:
    """Bytes in a unit that can be read.

    >>> size(1536)
    '1.5 KiB'
    """
    for unit in ("B", "KiB", "MiB", "GiB"):
        if n < 1024:
            return f"{n:.0f} {unit}" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1024
    return f"{n:.1f} TiB"


def plain(value: Any) -> str:
    """A count with its thousands parted."""
    return f"{value:,.0f}"

"""Every number that people are shown, as text: one function for each kind of value.

A number stands with its interval, its n where it is the n of that very number, and a link to what is behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from collector.metrics.query import Figure
from collector.metrics.score import FEWEST, Score
from collector.surges.wording import chance, few, probability
from collector.times import clock
from collector.web.strings import T

__all__ = [
    "Number", "between", "chance", "clock", "count", "decimal", "duration", "few", "figure_number", "in_95",
    "money", "percent", "probability", "score_numbers", "share", "signed", "size",
]  # fmt: skip


COUNTS = ("contacts", "cases")
"""Units of plain counts: these are no estimates."""


class Number(NamedTuple):
    """One number: `text` is what is read first, the rest is why it can be relied on."""

    what: str
    text: str
    spread: str = ""
    """Its interval in words."""
    n: str = ""
    """What it was counted from."""
    href: str = ""
    tone: str = ""
    """good, bad or nothing."""


def count(value: float) -> str:
    """A whole number with its thousands separated.

    >>> count(1234.0)
    '1,234'
    """
    return f"{value:,.0f}"


def decimal(value: float | None, digits: int = 1) -> str:
    """A rate, mean or score; None is a dash.

    >>> decimal(0.078999996), decimal(1234.56), decimal(None)
    ('0.1', '1,234.6', '–')
    """
    return "–" if value is None else f"{value:,.{digits}f}"


def signed(value: float, digits: int = 0) -> str:
    """A difference.

    >>> signed(118.2), signed(-4.94, 1)
    ('+118', '-4.9')
    """
    return f"{value:+,.{digits}f}"


def percent(value: float, digits: int = 1) -> str:
    """A share in per cent.

    >>> percent(0.1234)
    '12.3 %'
    """
    return f"{100 * value:.{digits}f} %"


def money(value: float | None, currency: str) -> str:
    """An amount with the code of its currency, without decimals from 100.

    >>> money(3662.4, "EUR"), money(9.5, "EUR"), money(None, "EUR")
    ('3,662 EUR', '9.50 EUR', '–')
    """
    return f"{value:,.{0 if abs(value) >= 100 else 2}f} {currency}" if value else "–"


def between(interval: Sequence[float] | None, unit: str = "", digits: int = 1, scale: float = 1) -> str:
    """An interval in words.

    >>> between((1.234, 5.678))
    '1.2 to 5.7'
    """
    if interval is None:
        return ""
    low, high = (f"{scale * end:,.{digits}f}" for end in interval)
    return f"{low} to {high}{unit}"


def in_95(words: str) -> str:
    """The interval with its name."""
    return f"{words} ({T.numbers.interval_95})" if words else ""


def share(what: str, value: float | None, interval: Sequence[float] | None, n: int, of: str, href: str = "") -> Number:
    """A share with its interval."""
    if value is None:
        return Number(what, T.numbers.none, "", f"n = {count(n)} {of}", href)
    return Number(what, percent(value), in_95(between(interval, " %", 1, 100)), f"n = {count(n)} {of}", href)


def score_numbers(score: Score | None, visits: int, href: str = "") -> list[Number]:
    """Friction score and friction rate."""
    if score is None:
        too_few = T.numbers.too_few.format(least=FEWEST)
        return [Number(T.friction.score, T.numbers.none, too_few, f"n = {count(visits)} {T.numbers.visits}", href)]
    doubt = f"; {T.numbers.low_confidence}" if score.low_confidence else ""
    return [
        Number(
            T.friction.score,
            decimal(score.score.value),
            in_95(between(score.score.interval_95)) + doubt,
            f"n = {count(score.score.visits)} {T.numbers.visits}; {T.friction.score_version} {score.score_version}",
            href,
        ),
        share(T.friction.rate, score.rate.value, score.rate.interval_95, score.rate.visits, T.numbers.visits, href),
    ]


def figure_number(title: str, unit: str, n_of: str, figure: Figure, href: str = "") -> Number:
    """A result of the metric catalogue; a plain count is no estimate, so it has no decimals and no interval."""
    n = f"n = {count(figure.n)} {n_of}"
    if figure.value is None:
        return Number(title, T.numbers.none, figure.note, n, href)
    if unit in COUNTS:
        return Number(title, f"{count(figure.value)} {unit}", "", "", href)
    if unit == "s":
        ends = figure.interval_95
        return Number(
            title, duration(figure.value), in_95(" to ".join(duration(end) for end in ends)) if ends else "", n, href
        )
    return Number(title, f"{decimal(figure.value)} {unit}", in_95(between(figure.interval_95)), n, href)


def duration(seconds: float | None) -> str:
    """A time span as people say it.

    >>> duration(2.54), duration(600), duration(7200), duration(200000)
    ('2.5 s', '10 min', '2 h', '2.3 d')
    """
    if seconds is None or seconds != seconds:
        return "–"
    for least, unit, word in ((172_800, 86_400, "d"), (5400, 3600, "h")):
        if seconds >= least:
            return f"{seconds / unit:.1f}".removesuffix(".0") + f" {word}"
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.1f}".removesuffix(".0") + " s"


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

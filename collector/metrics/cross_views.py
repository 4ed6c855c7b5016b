"""Numbers that stand across others: the quadrant of observed and stated, the spread over channels, back in the band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log, sqrt
from typing import NamedTuple

import numpy as np

from collector.metrics.intervals import Interval, wilson
from collector.metrics.means import Estimate, Floats, t95

FEWEST = 30
"""Sessions and answers of a page; with fewer it has no place in the quadrant."""

VERDICTS = {
    (True, False): "fix here",
    (True, True): "they cope",
    (False, False): "look outside the site",
    (False, True): "fine",
}
"""By (more friction than usual, better answers than usual)."""


class Placed(NamedTuple):
    """A page by what was observed and what was stated, both as shares with 95 % intervals."""

    page: str
    friction: Estimate
    stated: Estimate
    verdict: str
    sure: bool
    """Neither interval holds the site's own share: the place is not one of chance."""


def quadrant(pages: Mapping[str, tuple[int, int, int, int]]) -> list[Placed]:
    """Places each page against the whole site. pages: page → sessions, of them with friction, answers, good answers.

    Pages with fewer than FEWEST sessions or answers are left out.
    """
    enough = {page: row for page, row in pages.items() if min(row[0], row[2]) >= FEWEST}
    if not enough:
        return []
    sessions, hit, answers, good = np.sum(list(enough.values()), axis=0)
    usual_friction, usual_good = hit / sessions, good / answers
    found = []
    for page, (n, met, asked, fine) in enough.items():
        friction = Estimate(min(met, n) / n, wilson(min(met, n), n))
        stated = Estimate(fine / asked, wilson(fine, asked))
        more, better = friction.value > usual_friction, stated.value >= usual_good
        sure = not (_holds(friction, usual_friction) or _holds(stated, usual_good))
        found.append(Placed(page, friction, stated, VERDICTS[bool(more), bool(better)], sure))
    return sorted(found, key=lambda one: (one.stated.value - usual_good) - (one.friction.value - usual_friction))


def _holds(estimate: Estimate, value: float) -> bool:
    return estimate.interval_95 is None or estimate.interval_95.low <= value <= estimate.interval_95.high


def spread(estimates: Sequence[Estimate]) -> Estimate | None:
    """How far the highest and the lowest lie apart, with an interval that knows they were picked for it.

    Interval of a difference from the two intervals (MOVER: Zou & Donner 2008), each widened for the number of pairs
    that there are (Bonferroni): 95 % hold whichever two are the ends. The lower end is 0 where the channels may all be
    alike. None for fewer than two estimates with finite intervals.
    """
    known = [one for one in estimates if one.interval_95 is not None and np.isfinite(one.interval_95).all()]
    if len(known) < 2:
        return None
    wider = _z(0.025 / (len(known) * (len(known) - 1) / 2)) / _z(0.025)
    # The largest difference over all pairs, with the least and the most that any pair allows.
    value = max(one.value for one in known) - min(one.value for one in known)
    lows, highs = [0.0], [0.0]
    for one in known:
        for other in known:
            a, b = _ends(one), _ends(other)
            down = sqrt((one.value - a.low) ** 2 + (b.high - other.value) ** 2)
            up = sqrt((a.high - one.value) ** 2 + (other.value - b.low) ** 2)
            lows.append(one.value - other.value - wider * down)
            highs.append(one.value - other.value + wider * up if one is not other else 0.0)
    return Estimate(value, Interval(max(lows), max(highs)))


def _ends(estimate: Estimate) -> Interval:
    assert estimate.interval_95 is not None  # noqa: S101 (picked for it)
    return estimate.interval_95


def _z(tail: float) -> float:
    """Point of the standard normal distribution with `tail` above it (Abramowitz & Stegun 26.2.23, to 4.5e-4).

    >>> round(_z(0.025), 2)
    1.96
    """
    t = sqrt(-2 * log(tail))
    above = 2.515517 + 0.802853 * t + 0.010328 * t * t
    return t - above / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t**3)


class Back(NamedTuple):
    """Whether something is back to what was usual."""

    a_day: float
    """A usual day after (mean of the square roots, squared)."""
    band_high: float
    """What so many days usually stay below, with 97.5 %."""
    inside: bool


def back_inside(before: Floats, after: Floats) -> Back:
    """Whether the days after a fix are as the days before the trouble were, or better.

    before: counts of whole days, shape (k,), k >= 7; after: of the days since, shape (n,), n >= 1. Prediction interval
    of a mean of n days from k (Hahn & Meeker 1991, 4.7) on the square root of the counts, which evens out the spread of
    counts; its upper end is the band. Raises ValueError for fewer days.
    """
    k, n = len(before), len(after)
    if k < 7 or n < 1:
        raise ValueError(f"{k} days before and {n} after; at least 7 and 1 are needed")
    roots, since = np.sqrt(before), np.sqrt(after)
    # Counting alone spreads a square root by 1/2: the days cannot have been steadier than that but by chance.
    deviation = max(float(roots.std(ddof=1)), 0.5)
    high = float(roots.mean()) + t95(k - 1) * deviation * sqrt(1 / k + 1 / n)
    return Back(float(since.mean()) ** 2, high**2, float(since.mean()) <= high)

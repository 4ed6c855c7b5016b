"""Means, ratios and scores with their 95 % intervals. Arrays or counts in, an estimate out; no clock, no I/O."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from collector.metrics.intervals import Z95, Interval

Floats = NDArray[np.float64]

RESAMPLES = 2000
"""Of a bootstrap: the ends of the interval then stand within about 1 % of its width (Efron & Tibshirani 1993, 14)."""


class Estimate(NamedTuple):
    """A number and its 95 % interval, in one unit; without an interval where there can be none."""

    value: float
    interval_95: Interval | None


def net_promoter_score(promoters: int, passives: int, detractors: int) -> Estimate:
    """100 times the share of promoters less that of detractors, -100 to 100.

    Interval: adjusted Wald for a difference of paired shares (Agresti & Min 2005; three answers are added, three
    quarters of a promoter, one and a half passives, three quarters of a detractor), right for small samples too.
    Raises ValueError without answers.

    >>> found = net_promoter_score(50, 30, 20)
    >>> found.value, tuple(round(end, 1) for end in found.interval_95)
    (30.0, (14.1, 44.2))
    """
    n = promoters + passives + detractors
    if n == 0:
        raise ValueError("no answers, no score")
    m = n + 3
    p, d = (promoters + 0.75) / m, (detractors + 0.75) / m
    spread = Z95 * sqrt((p + d - (p - d) ** 2) / m)
    ends = Interval(max(-100.0, 100 * (p - d - spread)), min(100.0, 100 * (p - d + spread)))
    return Estimate(100 * (promoters - detractors) / n, ends)


def mean(n: int, average: float, variance: float) -> Estimate:
    """A mean of `n` values with Student's t interval. `variance`: of the sample, divided by n - 1.

    Raises ValueError for fewer than two values.

    >>> tuple(round(end, 3) for end in mean(30, 5.5, 1.44).interval_95)
    (5.052, 5.948)
    """
    if n < 2:
        raise ValueError(f"{n} values have no spread")
    half = t95(n - 1) * sqrt(variance / n)
    return Estimate(average, Interval(average - half, average + half))


def t95(freedom: float) -> float:
    """97.5 % point of Student's t: the expansion in 1/freedom (Abramowitz & Stegun 26.7.5), to 1e-4 from 5 degrees on.

    >>> round(t95(29), 4), round(t95(6), 3)
    (2.0452, 2.447)
    """
    z, v = Z95, freedom
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v ** (i + 1) for i, term in enumerate(terms))


def ratio(above: Floats, below: Floats, scale: float = 1.0) -> Estimate:
    """sum(above) / sum(below) * scale, of pairs that belong together, such as contacts and sessions of one day.

    above, below: shape (k,), k >= 3. Interval: Fieller (1954) over the pairs, which takes in that days differ by more
    than counting does. Without an interval where the sum below cannot be told from zero.
    Raises ValueError for other shapes, or nothing below.
    """
    k = len(above)
    if above.shape != below.shape or k < 3:
        raise ValueError(f"{above.shape} and {below.shape}: a ratio needs at least three pairs")
    a, b = above.mean(), below.mean()
    if b <= 0:
        raise ValueError("nothing to divide by")
    covariance = np.cov(above, below) / k
    (vaa, vab), (_, vbb) = covariance
    t2 = t95(k - 1) ** 2
    g = b * b - t2 * vbb
    if g <= 0:
        return Estimate(float(scale * a / b), None)
    middle = a * b - t2 * vab
    spread = sqrt(max(0.0, middle**2 - (a * a - t2 * vaa) * g))
    low, high = (middle - spread) / g, (middle + spread) / g
    return Estimate(float(scale * a / b), Interval(max(0.0, scale * low), scale * high))


def resampled_ratio(above: Floats, below: Floats, random: np.random.Generator) -> Estimate:
    """sum(above) / sum(below) with a bootstrap over the pairs, such as the intervals of a call centre.

    above, below: shape (k,). Percentile interval of RESAMPLES samples of k pairs each, drawn with replacement
    (Efron 1979). Raises ValueError for other shapes, fewer than ten pairs, or nothing below.
    """
    k = len(above)
    if above.shape != below.shape or k < 10 or below.sum() <= 0:
        raise ValueError(f"{k} pairs: a bootstrap needs at least ten, and something to divide by")
    found: list[float] = []
    at_once = max(1, 4_000_000 // k)  # bounds the memory of the counts
    while len(found) < RESAMPLES:
        drawn = random.multinomial(k, np.full(k, 1 / k), size=min(at_once, RESAMPLES - len(found)))
        beneath = drawn @ below
        with np.errstate(divide="ignore", invalid="ignore"):
            found.extend(np.where(beneath > 0, drawn @ above / beneath, np.nan))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return Estimate(float(above.sum() / below.sum()), Interval(float(low), float(high)))


def count(total: int, by_day: Floats, days: float) -> Estimate:
    """How many there were in `days`, with what so long a time could bring: days differ by more than counting does.

    by_day: contacts of each whole day in it, shape (k,). Student's t with the spread of those days; without an
    interval for k < 7.
    """
    k = len(by_day)
    if k < 7:
        return Estimate(float(total), None)
    half = t95(k - 1) * float(by_day.std(ddof=1)) * sqrt(days)
    return Estimate(float(total), Interval(max(0.0, total - half), total + half))

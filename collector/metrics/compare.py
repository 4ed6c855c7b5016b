"""Before and after: whether a release or a variant changed how much people struggle, with interval and in words."""

from __future__ import annotations

from math import sqrt
from typing import Literal, NamedTuple

from collector.metrics.intervals import Interval
from collector.metrics.score import Score, Share, Sums, friction_score

SMALL = 1.0
"""Points of the score: where the interval shows that a change is smaller, nothing changed."""


class Difference(NamedTuple):
    """After less before, with its 95 % interval."""

    value: float
    interval_95: Interval


class Comparison(NamedTuple):
    """Two sets of visits side by side; `verdict` is also said in words."""

    before: Score
    after: Score
    score: Difference
    rate: Difference
    verdict: Literal["better", "worse", "unchanged", "not known"]
    words: str


def compare(before: Sums, after: Sums) -> Comparison | None:
    """How the friction of two independent sets of visits differs; None where one has fewer than 30 visits."""
    old, new = friction_score(before), friction_score(after)
    if old is None or new is None:
        return None
    score, rate = difference(old.score, new.score), difference(old.rate, new.rate)
    low, high = score.interval_95
    ends = f"{low:+.1f} to {high:+.1f}"
    if high < 0:
        verdict: Literal["better", "worse", "unchanged", "not known"] = "better"
        words = f"Better: the friction score fell by {-score.value:.1f} points ({ends})."
    elif low > 0:
        verdict, words = "worse", f"Worse: the friction score rose by {score.value:.1f} points ({ends})."
    elif max(-low, high) <= SMALL:
        verdict, words = "unchanged", f"No change worth speaking of: {score.value:+.1f} points ({ends})."
    else:
        verdict = "not known"
        words = (
            f"Cannot say yet: {score.value:+.1f} points, and anything from {ends} would fit; more visits are needed."
        )
    return Comparison(old, new, score, rate, verdict, words)


def difference(before: Share, after: Share) -> Difference:
    """The difference of two independent numbers from their own intervals (MOVER: Zou & Donner 2008; for shares it is
    Newcombe's method 10, 1998), which keeps the skewness that a normal interval would lose.

    >>> half = Share(0.5, Interval(0.4, 0.6), 100)
    >>> difference(half, half).value
    0.0
    """
    value = after.value - before.value
    below = sqrt((after.value - after.interval_95.low) ** 2 + (before.interval_95.high - before.value) ** 2)
    above = sqrt((after.interval_95.high - after.value) ** 2 + (before.value - before.interval_95.low) ** 2)
    return Difference(value, Interval(value - below, value + above))

"""The friction score, 0 (nobody struggled) to 100 (everybody was blocked), and the friction rate, with their intervals.

A moment of friction has a severity of 1 to 4 by its kind and outcome, a severity has a weight; a visit's load is the sum
of the weights of its moments, at most three of a kind and page; its score is ten times the load, the load at most 10.
The friction score is the mean over all visits, calm ones included. Each moment's share in its visit's load is its share in
the visit's score, so what kinds, classes, pages and targets contribute sums to the friction score.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from collector.metrics.intervals import Z95, Interval
from collector.store.scoring import Scoring

SCORE_VERSION = 1
"""Changes with the severities, the weights and the caps: scores of different versions are never compared."""

SEVERITIES = {
    "page_error": 1,
    "dead_click": 2, "slow_step": 2, "unresponsive_ui": 2, "login_failure": 2, "repeated_submit": 2, "quick_back": 2,
    "no_results": 2, "unexpected_dialog": 2, "unexpected_popup": 2,
    "rage_click": 3, "error_click": 3, "failed_action": 3, "error_page": 3, "validation_loop": 3, "field_refill": 3,
    "session_expired": 3, "navigation_loop": 3, "search_refinement": 3,
    "blank_page": 4, "form_abandonment": 4, "journey_abandonment": 4, "load_never_fired": 4,
    "input_refused": 0,
}  # fmt: skip
"""1 seen, 2 slowed, 3 repeated or detoured, 4 blocked or left (Nielsen's cosmetic to catastrophe). A moment whose visitor
left or could not go on (`blocked`) is a 4 whatever its kind; 0 is evidence, no friction."""

WEIGHTS = {0: 0, 1: 1, 2: 3, 3: 6, 4: 10}
"""Of the severities; what they are set to here is what the store weighs with."""

MOST_OF_A_KIND = 3
"""Moments of one kind that count, per visit and page."""

FULL_LOAD = 10
"""A load of so much or more is a visit's full score."""

STRUGGLED = 2
"""Severity from which a moment counts for the friction rate."""

MOMENT_MS = 10_000
"""Events on one element no further apart than this are one moment."""

FEWEST = 30
"""Visits; below them no number is shown."""

LOW_CONFIDENCE = 5
"""Points of half an interval, beyond which a score is of low confidence."""


def scoring() -> Scoring:
    """Return these numbers as the store's queries take them."""
    weights = tuple(float(WEIGHTS[severity]) for severity in sorted(WEIGHTS) if severity > 0)
    return Scoring(SCORE_VERSION, SEVERITIES, weights, MOST_OF_A_KIND, FULL_LOAD, STRUGGLED, MOMENT_MS)


class Sums(NamedTuple):
    """What a score is made from: sums over visits, each with its weight w (1 / sample rate) and score s."""

    visits: int
    w: float
    ww: float
    ws: float
    wws: float
    wwss: float
    hits: int
    """Visits with friction that counts, unweighted."""
    struggled: int
    """Visits with a moment of severity 2 or more, unweighted."""
    w_struggled: float


class Share(NamedTuple):
    """A number with its 95 % interval, and the visits it rests on."""

    value: float
    interval_95: Interval
    visits: int


class Score(NamedTuple):
    """Friction score (0 to 100) and friction rate (0 to 1)."""

    score: Share
    rate: Share
    low_confidence: bool
    score_version: int = SCORE_VERSION


def friction_score(sums: Sums) -> Score | None:
    """Score and rate with 95 % intervals; None below FEWEST visits.

    The score's interval is Wilson's with the spread that the visits' scores really have, where a share's would be p(1 − p):
    the variance of the mean is robust for clusters (a visit is one cluster) and for the sample's weights, and is
    regularised by one visit of the widest spread, since few visits with friction tell little of theirs. On simulated
    populations it covers 95 % from 50 visits on, where mean ± 2 standard errors covers 60 to 90 %.

    >>> none = friction_score(Sums(100, 100, 100, 0, 0, 0, 0, 0, 0))
    >>> none.score.value, round(none.score.interval_95.high, 2)
    (0.0, 3.7)
    """
    if sums.visits < FEWEST:
        return None
    effective = sums.w * sums.w / sums.ww
    mean = sums.ws / sums.w
    interval = _interval(mean / 100, _spread(sums, mean), effective)
    rate = min(1.0, sums.w_struggled / sums.w)
    score = Share(mean, Interval(100 * interval.low, 100 * interval.high), sums.visits)
    return Score(
        score,
        Share(rate, _interval(rate, 1.0, effective), sums.visits),
        low_confidence=score.interval_95.high - score.interval_95.low > 2 * LOW_CONFIDENCE,
    )


def _spread(sums: Sums, mean: float) -> float:
    """How far the visits' scores vary, of the widest that scores of this mean can: 0 to about 1."""
    widest = mean * (100 - mean)
    if widest <= 0:
        return 1.0
    squares = sums.wwss - 2 * mean * sums.wws + mean * mean * sums.ww
    found = max(0.0, squares) / sums.ww / widest * sums.visits / (sums.visits - 1)
    return (sums.hits * found + 1) / (sums.hits + 1)


def _interval(p: float, spread: float, n: float) -> Interval:
    """Wilson's interval of a mean between 0 and 1 whose variance is `spread` times that of a share."""
    n = n / spread
    middle = p + Z95**2 / (2 * n)
    half = Z95 * sqrt(max(0.0, p * (1 - p)) / n + Z95**2 / (4 * n * n))
    scale = 1 + Z95**2 / n
    return Interval(max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def sums_of(visits: list[tuple[float, float, bool]]) -> Sums:
    """Sums over visits given as (weight, score, struggled): what queries/scores/by_segment.sql does for many.

    >>> friction_score(sums_of([(1.0, 30.0, True)] * 10 + [(1.0, 0.0, False)] * 40)).score.value
    6.0
    """
    return Sums(
        len(visits),
        sum(w for w, _, _ in visits),
        sum(w * w for w, _, _ in visits),
        sum(w * s for w, s, _ in visits),
        sum(w * w * s for w, s, _ in visits),
        sum(w * w * s * s for w, s, _ in visits),
        sum(s > 0 for _, s, _ in visits),
        sum(hit for _, _, hit in visits),
        sum(w for w, _, hit in visits if hit),
    )

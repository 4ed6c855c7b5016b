"""How much more often those who met something did something: the risk ratio of two groups."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import NamedTuple

from collector.metrics.intervals import Z95, Interval

FEWEST = 30
"""People in each group; with fewer the normal approximation of the logarithm is not to be trusted."""


class Risk(NamedTuple):
    """A ratio of two shares. `attributable`: of those exposed who did it, how many did it beyond the others' share."""

    ratio: float
    interval_95: Interval
    attributable: float


def risk_ratio(exposed: int, of_exposed: int, others: int, of_others: int) -> Risk | None:
    """Share `of_exposed` / `exposed` against `of_others` / `others`; None with fewer than FEWEST people in a group.

    95 % interval on the logarithm (Katz et al. 1978), with half a case added to each cell where one is empty
    (Haldane 1956; Anscombe 1956). An association: who meets friction may differ from the others in more than that.
    Raises ValueError where more did it than there are.

    >>> found = risk_ratio(100, 20, 400, 20)
    >>> round(found.ratio, 2), tuple(round(end, 2) for end in found.interval_95), round(found.attributable, 1)
    (4.0, (2.24, 7.14), 15.0)
    """
    if not (0 <= of_exposed <= exposed and 0 <= of_others <= others):
        raise ValueError(f"{of_exposed} of {exposed} and {of_others} of {others} are no shares")
    if min(exposed, others) < FEWEST:
        return None
    a, n, b, m = float(of_exposed), float(exposed), float(of_others), float(others)
    if not (of_exposed and of_others):
        a, n, b, m = a + 0.5, n + 1, b + 0.5, m + 1
    ratio = (a / n) / (b / m)
    spread = Z95 * sqrt(max(0.0, 1 / a - 1 / n + 1 / b - 1 / m))
    beyond = max(0.0, 1 - 1 / ratio) * of_exposed
    return Risk(ratio, Interval(exp(log(ratio) - spread), exp(log(ratio) + spread)), beyond)

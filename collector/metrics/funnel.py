"""Steps of a journey as numbers: entered, done, abandoned, and what each friction point costs in completions."""

from __future__ import annotations

from typing import NamedTuple

from collector.metrics.compare import difference
from collector.metrics.intervals import Interval, wilson
from collector.metrics.score import Share

FEWEST = 30
"""Visits that met a friction point, and that did not: below, nothing is said of what it costs."""


class Lost(NamedTuple):
    """Completions that a friction point goes with: of the visits that met it, those missing against the others' share.
    An association: who meets friction may differ from the others in more than that."""

    exposed: int
    completions: float
    interval_95: Interval
    value: float
    """Completions × value of one: an estimate; 0 where the journey has no value."""


def lost(entered: int, through: int, exposed: int, exposed_through: int, value: float = 0.0) -> Lost | None:
    """Of `entered` visits `through` completed; of the `exposed` among them, `exposed_through` did. None with fewer than
    FEWEST visits on either side. 95 % interval of the difference of two shares by Newcombe (1998), times the exposed.

    Raises ValueError where more did it than there are.

    >>> found = lost(entered=1000, through=700, exposed=200, exposed_through=60)
    >>> found.completions, tuple(round(end, 1) for end in found.interval_95)
    (100.0, (85.4, 113.0))
    """
    others, others_through = entered - exposed, through - exposed_through
    if not (0 <= exposed_through <= exposed and 0 <= others_through <= others):
        raise ValueError(f"{through} of {entered} and {exposed_through} of {exposed} are no shares")
    if min(exposed, others) < FEWEST:
        return None
    met = Share(exposed_through / exposed, wilson(exposed_through, exposed), exposed)
    not_met = Share(others_through / others, wilson(others_through, others), others)
    gap = difference(met, not_met)
    low, high = (exposed * end for end in gap.interval_95)
    completions = exposed * gap.value
    return Lost(exposed, completions, Interval(low, high), max(0.0, completions) * value)

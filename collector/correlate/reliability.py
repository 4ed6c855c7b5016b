"""How far stated confidence is to be trusted on one site: from planted incidents and from verdicts people confirmed."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from collector.correlate.types import Verdict

STRENGTH = 1.5
"""Standard deviation, in log odds, of how far a site is believed to be from the average one before it has shown anything."""

MOST_SURE = 0.99
"""Nothing is surer."""


class Reliability(NamedTuple):
    """Shift of the log odds of confidence by verdict, and how many verdicts it rests on."""

    shift: Mapping[Verdict, float]
    verdicts: int

    def applied(self, verdict: Verdict, stated: float) -> float:
        """The confidence that verdicts like this one have on this site."""
        odds = np.log(stated / (1 - stated)) + self.shift.get(verdict, 0.0)
        return float(np.clip(1 / (1 + np.exp(-odds)), 1 - MOST_SURE, MOST_SURE))


AVERAGE = Reliability({}, 0)
"""A site of which nothing is known: confidence is as stated."""


class Outcome(NamedTuple):
    """One verdict that is known to have been right or wrong."""

    verdict: Verdict
    confidence: float
    right: bool


def learn_reliability(outcomes: Iterable[Outcome]) -> Reliability:
    """The shift of each verdict's log odds that outcomes make likeliest, drawn towards none (MAP, Newton steps)."""
    known = list(outcomes)
    shifts: dict[Verdict, float] = {}
    for verdict in sorted({o.verdict for o in known}):
        mine = [o for o in known if o.verdict == verdict]
        stated = np.clip([o.confidence for o in mine], 0.01, 0.99)
        odds = np.log(stated / (1 - stated))
        right = np.array([o.right for o in mine], dtype=float)
        shift = 0.0
        for _ in range(30):
            p = 1 / (1 + np.exp(-(odds + shift)))
            slope = float((right - p).sum()) - shift / STRENGTH**2
            curve = float((p * (1 - p)).sum()) + 1 / STRENGTH**2
            shift += float(np.clip(slope / curve, -1, 1))
        shifts[verdict] = shift
    return Reliability(shifts, len(known))

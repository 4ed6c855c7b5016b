"""What more visitors bring: contacts by the sessions there were, with an elasticity that the site teaches."""

from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import Usual
from collector.correlate.case import Case
from collector.correlate.counts import deviance_z
from collector.correlate.elasticity import Elasticity
from collector.correlate.grid import Grid
from collector.correlate.lag import Delays, delayed
from collector.correlate.types import Counts

ELASTICITIES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
"""Contacts rise as sessions to the power of this: 0 are bots, 1 are visitors like all others."""

LONGEST_DELAY_MIN = 45
"""Who comes and makes contact does so within the hour."""

NOTICEABLE = 1.15
"""Below this ratio of sessions there are no more visitors than usual."""

LEAST_RATIO, LEAST_Z = 1.2, 3.0
MOSTLY, FAIR_PART, REST_Z = 0.6, 0.35, 3.0
"""Traffic holds if it brings most of the extra contacts, or a fair part and what is left is within chance."""


class Traffic(NamedTuple):
    """What more visitors would bring.

    factors: shape (b, n), at least 1, what contacts are multiplied by, for each elasticity tried.
    gains: shape (b,), log-likelihood of each above the usual, less its distance from the learnt elasticity.
    best: the likeliest of them. share: of the extra contacts. known: whether sessions are.
    """

    known: bool
    holds: bool
    ratio: float
    z: float
    share: float
    rest_z: float
    factors: Counts
    gains: Counts
    best: int

    @property
    def gain(self) -> float:
        """Log-likelihood of traffic alone above the usual."""
        return float(self.gains[self.best])

    def only(self, background: int) -> "Traffic":
        """The same with one elasticity alone."""
        one = slice(background, background + 1)
        return self._replace(factors=self.factors[one], gains=self.gains[one], best=0)


def no_traffic(case: Case) -> Traffic:
    """Nothing is known of sessions: contacts are as usual."""
    return Traffic(False, False, 1.0, 0.0, 0.0, case.z, np.ones((1, case.until - case.begin)), np.zeros(1), 0)


def judge_traffic(case: Case, grid: Grid, visits: Usual | None, delays: Delays, elasticity: Elasticity) -> Traffic:
    """Contacts expected from the sessions there were; of the surge itself only delay and elasticity are fitted."""
    if visits is None or grid.sessions is None:
        return no_traffic(case)
    stretch = slice(case.begin, case.until)
    usual = visits.expected[stretch] * visits.level[case.first]
    known = np.isfinite(grid.sessions[stretch])
    seen = np.where(known, np.nan_to_num(grid.sessions[stretch]), usual)
    cause = slice(max(0, case.first - case.begin - grid.per_hour // 2), case.last - case.begin)
    if known[cause].mean() < 0.5 or usual[cause].sum() <= 0:
        return no_traffic(case)
    up, base = float(seen[cause].sum()), float(usual[cause].sum())
    ratio = up / max(base, 1e-9)
    z = float(deviance_z(np.array(up), np.array(base), visits.day_spread**2))
    factors, gains = _backgrounds(case, _smooth_ratio(seen, usual, delays), elasticity)
    best = int(np.argmax(gains))
    # over the hours around it too: the bounds of the surge were chosen to make it look large
    predicted = float((case.mean * factors[best])[case.judged].sum())
    usual_contacts = float(case.mean[case.judged].sum())
    observed = float(case.counts[case.judged].sum())
    share = (predicted - usual_contacts) / max(observed - usual_contacts, 1e-9)
    overall = predicted / max(usual_contacts, 1e-9)
    doubt = case.excess + (0.2 * (overall - 1) / overall) ** 2
    rest_z = float(deviance_z(np.array(observed), np.array(max(predicted, 0.3)), doubt))
    enough = share >= MOSTLY or (share >= FAIR_PART and rest_z < REST_Z)
    holds = ratio >= LEAST_RATIO and z >= LEAST_Z and enough
    if ratio < NOTICEABLE:
        factors, gains, best = factors[best : best + 1], gains[best : best + 1], 0
    return Traffic(True, bool(holds), ratio, z, share, rest_z, factors, gains, best)


def _smooth_ratio(seen: Counts, usual: Counts, delays: Delays) -> Counts:
    """Sessions against usual as they reach the lines by each short delay, at least 1; shape (delays, n)."""
    near = delays.typical_min <= LONGEST_DELAY_MIN
    some = Delays(delays.typical_min[near], delays.weights[near])
    return np.maximum((delayed(seen, some) + 0.05) / (delayed(usual, some) + 0.05), 1.0)


def _backgrounds(case: Case, ratio: Counts, elasticity: Elasticity) -> tuple[Counts, Counts]:
    """For each elasticity the factor of its likeliest delay, and its log-likelihood less what it costs."""
    mean = np.maximum(case.mean, 1e-3)
    factors: list[Counts] = []
    gains: list[float] = []
    for power in ELASTICITIES:
        factor = ratio**power
        likelihood = ((case.counts * np.log(factor) - mean * (factor - 1)) * case.judged).sum(1) / case.scale
        best = int(np.argmax(likelihood))
        factors.append(factor[best])
        gains.append(float(likelihood[best]) - 0.5 * ((power - elasticity.mean) / elasticity.spread) ** 2)
    return np.array(factors), np.array(gains)

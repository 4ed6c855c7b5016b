"""How contacts rise with sessions on one site, learnt from its ordinary hours."""

from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import Usual
from collector.correlate.counts import summed
from collector.correlate.types import Counts, Flags

PRIOR_ELASTICITY, PRIOR_SPREAD = 1.0, 0.3
"""Most additional visitors are like the others."""

LEAST_SPREAD = 0.2
"""What brings more visitors this time may not be what brought them before."""

WITNESS = 0.05
"""What an ordinary hour says of an incident: hours are not independent, and small excursions are no campaign."""


class Elasticity(NamedTuple):
    """How contacts rise with sessions, as learnt from ordinary hours."""

    mean: float
    spread: float


def learn_elasticity(
    contacts: Counts, usual: Usual, sessions: Counts | None, visits: Usual | None, ordinary: Flags, per_hour: int
) -> Elasticity:
    """Regress how far hours of contacts stray on how far their sessions do, drawn towards PRIOR_ELASTICITY."""
    if sessions is None or visits is None:
        return Elasticity(PRIOR_ELASTICITY, PRIOR_SPREAD)
    block = np.arange(len(contacts)) // per_hour
    blocks = int(block[-1]) + 1
    use = ordinary & np.isfinite(sessions) & (visits.expected > 0) & (usual.expected > 0)
    seen, mean, came, due = (
        summed(np.where(use, np.nan_to_num(line), 0.0), block, blocks)
        for line in (contacts, usual.expected * usual.level, sessions, visits.expected * visits.level)
    )
    full = (mean > 1) & (due > 20)
    if full.sum() < 100:
        return Elasticity(PRIOR_ELASTICITY, PRIOR_SPREAD)
    stray = np.clip(came[full] / due[full] - 1, -0.5, 1.0)
    heard = np.clip(seen[full] / mean[full] - 1, -1.0, 1.5)
    noise = float(np.mean(heard**2)) + 1e-6
    # how far sessions stray by counting alone says nothing of contacts
    signal = max(float((stray**2).sum() - (1 / due[full]).sum()), 1e-9)
    slope = float((stray * heard).sum()) / signal
    precision = WITNESS * signal / noise
    prior = 1 / PRIOR_SPREAD**2
    middle = (prior * PRIOR_ELASTICITY + precision * np.clip(slope, 0.0, 1.5)) / (prior + precision)
    return Elasticity(float(middle), max(LEAST_SPREAD, float(1 / np.sqrt(prior + precision))))

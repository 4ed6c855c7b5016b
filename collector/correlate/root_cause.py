"""Several keys of one root cause: which belong together, and which contacts each of them brought."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from collector.correlate.case import Case
from collector.correlate.following import reach_of
from collector.correlate.friction import page_of
from collector.correlate.lag import Delays
from collector.correlate.rival_causes import FrictionCandidate
from collector.correlate.traffic import Traffic

TOGETHER_MIN = 45.0
"""Keys of one root cause rise within this of each other, ..."""

FOLLOWED_SHARE = 0.2
"""... and are followed by at least this share of the extra contacts when fitted alone."""

LEAST_PART = 0.1
"""A key on another page is named if it keeps this part of the contacts when all are fitted together."""

MOST_KEYS = 5
TURNS = 60


class Part(NamedTuple):
    """One key and its share of the contacts that all keys together brought."""

    candidate: FrictionCandidate
    share: float


def parts(
    case: Case, traffic: Traffic, delays: Delays, leading: FrictionCandidate, others: Sequence[FrictionCandidate]
) -> list[Part]:
    """The leading key first, then what rose with it and keeps a part of the contacts beside it; shares add up to 1."""
    near = [
        c
        for c in others
        if c is not leading
        and c.following.share >= FOLLOWED_SHARE
        and abs(c.following.lead_min - leading.following.lead_min) <= TOGETHER_MIN
    ]
    chosen = [leading, *near[: MOST_KEYS - 1]]
    shares = _shares(case, traffic, delays, chosen)
    page = page_of(leading.key)
    kept = [
        (c, share)
        for c, share in zip(chosen, shares, strict=True)
        if c is leading or page_of(c.key) == page or share >= LEAST_PART
    ]
    total = sum(share for _, share in kept) or 1.0
    return [Part(c, share / total) for c, share in kept]


def _shares(case: Case, traffic: Traffic, delays: Delays, chosen: Sequence[FrictionCandidate]) -> list[float]:
    """Share of each key in a common Poisson fit (EM for a sum of known shapes), all with the leading key's delay."""
    if len(chosen) == 1:
        return [1.0]
    lead = chosen[0].following
    at = case.judged
    mean = np.maximum((case.mean * traffic.factors[min(lead.background, len(traffic.factors) - 1)])[at], 1e-3)
    counts = case.counts[at]
    one = Delays(delays.typical_min[[lead.delay]], delays.weights[[lead.delay]])
    reaches = np.array([reach_of(case, np.maximum(c.rise.dose, 0.0), one)[0][at] for c in chosen])
    sums = np.maximum(reaches.sum(1), 1e-9)
    effects = np.full(len(chosen), max(float((counts - mean).sum()), 1.0) / sums.sum())
    for _ in range(TURNS):
        rate = mean + effects @ reaches
        effects = effects * (reaches @ (counts / rate)) / sums
    brought = effects * sums
    return [float(b / max(brought.sum(), 1e-9)) for b in brought]

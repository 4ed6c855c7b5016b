"""Mail that is worked off in batches: a count every hour or two is no rush every hour or two."""

import numpy as np

from collector.correlate.types import Counts

LEAST_RATE = 0.5
"""Below half a contact per bin, empty bins are what one expects."""

TOO_EMPTY = 3.0
"""So many times more empty bins than Poisson noise makes are batches."""

LONGEST_HOURS = 4
"""A batch after a longer pause (a night, a weekend) speaks for its last hours only."""

FEWEST = 30
"""Fewer batches than this show no habit."""


def unbatched(counts: Counts, per_hour: int) -> Counts:
    """Each batch spread evenly over the bins since the one before it; shape (T,), NaN stays NaN.

    A channel that is counted as it comes is returned as it is. After the last batch nothing is known yet:
    those bins become NaN, so that what waits in the inbox is not taken for quiet.

    >>> every_hour = np.zeros(600); every_hour[11::12] = 24.0
    >>> unbatched(every_hour, 12)[:3]
    array([2., 2., 2.])
    """
    known = np.isfinite(counts)
    if not _in_batches(counts, known, per_hour):
        return counts
    spread = np.where(known, 0.0, np.nan)
    full = np.flatnonzero(known & (counts > 0))
    before = -1
    for at in full.tolist():
        first = max(before + 1, at + 1 - LONGEST_HOURS * per_hour)
        span = np.arange(first, at + 1)
        span = span[known[span]]
        spread[span] += counts[at] / len(span)
        before = at
    usual_gap = int(np.median(np.diff(full)))
    if before + 1 + usual_gap >= len(counts):
        spread[before + 1 :] = np.nan
    return spread


def _in_batches(counts: Counts, known: np.ndarray, per_hour: int) -> bool:
    """Whether busy hours hold far more empty bins than chance would leave (Poisson: exp(-rate))."""
    filled = np.where(known, counts, 0.0)
    window = np.ones(min(6 * per_hour, len(counts)))
    near = np.convolve(known.astype(float), window, mode="same")
    rate = np.convolve(filled, window, mode="same") / np.maximum(near, 1.0)
    busy = known & (rate >= LEAST_RATE)
    if (busy & (filled > 0)).sum() < FEWEST:
        return False
    empty = float((filled[busy] == 0).mean())
    return empty >= 0.5 and empty >= TOO_EMPTY * float(np.exp(-rate[busy]).mean())

"""Whether the surplus has the shape of its cause, or plainly one of its own: the rival of every cause."""

from typing import NamedTuple

import numpy as np

from collector.correlate.types import Counts

BLOCKS_PER_HOUR = 2
"""Half hours: long enough to count in, short enough for a shape."""


class Fitting(NamedTuple):
    """How well one cause's delayed dose draws the surplus, against a free drawing of it.

    gain: log-likelihood of the dose above none. free: that of the best two stretches of raised contacts,
    wherever they lie. misfit: deviance per half hour that the dose leaves (1 is noise). left: share of the
    deviance it leaves, 0 to 1. All log-likelihoods are divided by how much noisier than Poisson counts are.
    """

    gain: float
    free: float
    misfit: float
    left: float


def fitting(counts: Counts, mean: Counts, rate: Counts, *, scale: float, excess: float, per_hour: int) -> Fitting:
    """Compare the rate a cause predicts with the counts; shapes (n,), counts per bin.

    mean: what is usual. scale: variance of hourly counts against Poisson's. excess: negative binomial phi.
    """
    safe = np.maximum(mean, 1e-3)
    rate = np.maximum(rate, 1e-3)
    gain = float((counts * np.log(rate / safe)).sum() - (rate - safe).sum()) / scale
    width = max(1, per_hour // BLOCKS_PER_HOUR)
    seen, usual, predicted = (_blocks(values, width) for values in (counts, safe, rate))
    misfit = _deviance(seen, predicted) / (1 + excess * predicted)
    before = _deviance(seen, usual) / (1 + excess * usual)
    left = float(misfit.sum() / max(before.sum(), 1e-9))
    return Fitting(gain, free_gain(counts, safe) / scale, float(misfit.mean()), min(left, 1.0))


def free_gain(counts: Counts, mean: Counts) -> float:
    """Log-likelihood above no rise at all of the two best disjoint stretches, each with a rate of its own.

    Poisson likelihood ratio of every stretch [a, b) of at least two bins (Kulldorff 1997, in time).
    shapes (n,), mean > 0; O(n^2).

    >>> round(free_gain(np.array([1.0, 1, 9, 9, 1, 1]), np.ones(6)), 1)
    23.6
    """
    n = len(counts)
    total, base = (np.concatenate([[0.0], np.cumsum(values)]) for values in (counts, mean))
    seen = total[None, :] - total[:, None]
    usual = np.maximum(base[None, :] - base[:, None], 1e-9)
    ahead = np.arange(n + 1)[None, :] - np.arange(n + 1)[:, None] >= 2
    gain = np.where(ahead & (seen > usual), seen * np.log(np.maximum(seen, 1e-9) / usual) - (seen - usual), 0.0)
    ends_here = np.maximum.accumulate(gain.max(0))
    starts_here = np.maximum.accumulate(gain.max(1)[::-1])[::-1]
    return float((ends_here + starts_here).max())


def _blocks(values: Counts, width: int) -> Counts:
    whole = len(values) // width * width
    return np.asarray(values[:whole].reshape(-1, width).sum(1))


def _deviance(seen: Counts, mean: Counts) -> Counts:
    with_log = np.where(seen > 0, seen * np.log(np.maximum(seen, 1e-9) / mean), 0.0)
    return np.asarray(2 * (with_log - (seen - mean)))

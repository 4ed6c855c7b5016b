"""Quantiles of how long something took, where some of it still goes on. Arrays in, an estimate out."""

from __future__ import annotations

from math import exp, lgamma, log, sqrt

import numpy as np
from numpy.typing import NDArray

from collector.metrics.intervals import Z95, Interval
from collector.metrics.means import Estimate, Floats

Flags = NDArray[np.bool_]


def quantile(seconds: Floats, ended: Flags, q: float) -> Estimate | None:
    """The time after which a share `q` had ended, and its 95 % interval; None where fewer than that are known to.

    seconds: how long it took, or how long it has gone on, shape (n,), not negative. ended: whether it had ended; what
    goes on counts as "longer than that" and is never dropped, or a backlog would flatter the number.

    All ended: the sample's quantile, between order statistics chosen by the exact binomial (David & Nagaraja 2003,
    7.1). Else Kaplan & Meier (1958); interval by inverting the log(-log) bounds of Greenwood's variance (Brookmeyer &
    Crowley 1982; Kalbfleisch & Prentice 1980). Its upper end is inf where the bound is never reached.
    Raises ValueError for other shapes, nothing at all, or q outside (0, 1).
    """
    if seconds.shape != ended.shape or len(seconds) == 0 or not 0 < q < 1:
        raise ValueError(f"{seconds.shape}, {ended.shape}, {q}: shapes must agree, and 0 < q < 1")
    if ended.all():
        return _of_sample(np.sort(seconds), q)
    times, survival, variance = kaplan_meier(seconds, ended)
    reached = np.flatnonzero(survival <= 1 - q + 1e-12)
    if not len(reached):
        return None
    low_curve, high_curve = _bounds(survival, variance)
    # The bound that falls first crosses 1 - q first: it is the lower end in time.
    first = np.flatnonzero(low_curve <= 1 - q + 1e-12)
    last = np.flatnonzero(high_curve <= 1 - q + 1e-12)
    low = float(times[first[0]]) if len(first) else float(times[0])
    high = float(times[last[0]]) if len(last) else float("inf")
    return Estimate(float(times[reached[0]]), Interval(low, high))


def kaplan_meier(seconds: Floats, ended: Flags) -> tuple[Floats, Floats, Floats]:
    """Times at which something ended, in order; the share that goes on after each; Greenwood's sum of the variance.

    The variance of the share s is s² times the third. What ends at a time counts as still going on just before it,
    also against what was last seen at that very time.
    """
    order = np.argsort(seconds, kind="stable")
    times, first = np.unique(seconds[order], return_index=True)
    ends = np.add.reduceat(ended[order].astype(float), first)
    at_risk = len(seconds) - first
    times, ends, at_risk = times[ends > 0], ends[ends > 0], at_risk[ends > 0]
    survival = np.cumprod(1 - ends / at_risk).astype(np.float64)
    with np.errstate(divide="ignore"):
        variance = np.cumsum(ends / (at_risk * (at_risk - ends))).astype(np.float64)
    return times, survival, variance


def _bounds(survival: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Lower and upper 95 % curve by log(-log s); where s is 0 both are."""
    low, high = np.zeros_like(survival), np.zeros_like(survival)
    inside = survival > 0
    s = survival[inside]
    half = Z95 * np.sqrt(variance[inside]) / np.abs(np.log(s))
    low[inside], high[inside] = s ** np.exp(half), s ** np.exp(-half)
    if not inside.all() and inside.any():
        high[~inside] = high[inside][-1]  # nobody is left: how it would have gone on is not known
    return low, high


def _of_sample(ordered: Floats, q: float) -> Estimate:
    n = len(ordered)
    value = float(np.quantile(ordered, q))
    low, high = _ranks(n, q)
    if low < 1 or high > n:
        return Estimate(value, None)
    return Estimate(value, Interval(float(ordered[low - 1]), float(ordered[high - 1])))


def _ranks(n: int, q: float) -> tuple[int, int]:
    """Ranks, from 1, between which the quantile lies with at least 95 %: at most 2.5 % on either side, exactly.

    >>> _ranks(100, 0.5)
    (40, 61)
    """
    reach = int(8 * sqrt(n * q * (1 - q))) + 10
    first, last = max(0, int(n * q) - reach), min(n, int(n * q) + reach)
    below = 0.0  # P(X < k) with X binomial(n, q): how often fewer than k values lie under the quantile
    low, high = 0, n + 1
    for k in range(first, last + 1):
        chance = exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(q) + (n - k) * log(1 - q))
        if below <= 0.025:
            low = k  # P(X <= k - 1) <= 2.5 %: the k-th value is not above the quantile more often
        below += chance
        if below >= 0.975:
            high = k + 1
            break
    return low, high

"""How surprising a count is when counts are noisier than Poisson, and how noisy they are."""

import numpy as np

from collector.correlate.types import Counts, Flags, Whole

LARGE = 8.0
"""From here on a count has a lower side to speak of."""

LOW_SIDE = 1.3
"""The lower half of a gamma-Poisson is the narrower one by about so much."""


def deviance_z(seen: Counts, mean: Counts, excess: Counts | float) -> Counts:
    """Signed root of the negative binomial deviance, variance mean + excess * mean^2.

    With a continuity step of one half it follows the normal far into the tail, where a
    chi-square or a square-root transform does not (McCullagh & Nelder 1989, 2.4.3 and 12.6).

    >>> deviance_z(np.array([10.0, 3.0]), np.array([3.0, 3.0]), 0.0).round(1)
    array([3., 0.])
    """
    near = seen - 0.5 * np.sign(seen - mean)
    near = np.where(np.abs(seen - mean) < 0.5, mean, np.maximum(near, 0.0))
    size = 1 / np.maximum(excess, 1e-7)
    with_log = np.where(near > 0, near * np.log(np.maximum(near, 1e-12) / mean), 0.0)
    deviance = 2 * (with_log - (near + size) * np.log1p((near - mean) / (mean + size)))
    return np.asarray(np.sign(seen - mean) * np.sqrt(np.maximum(deviance, 0.0)))


def excess_variance(seen: Counts, mean: Counts, *, guess: float, weight: float, doubt: Counts | float = 0.0) -> Counts:
    """phi of variance = mean + (phi + doubt) * mean^2 along the last axis, by moments.

    Where counts are large, what lies above the mean is believed only as far as what lies below it
    bears it out: surges stand on one side, noise on both. doubt: what is known to vary besides.

    Counts beyond 3.5 standard deviations are left out (they are what is looked for, not noise); cutting
    closer would cut the skewed tail that small counts rightly have. Drawn towards `guess` as if `weight`
    counts of mean 1, or of the typical mean where that is larger, had shown it.
    """
    typical = np.maximum((mean**2).mean(-1, keepdims=True), 1.0) if mean.size else np.ones((*mean.shape[:-1], 1))
    phi = np.full((*mean.shape[:-1], 1), max(guess, 0.02))
    above = mean > 0
    for _ in range(3):
        size = (seen - mean) ** 2
        inner = above & (size <= 12.25 * (mean + (phi + doubt) * mean**2) + 4.0)
        phi = _by_moments(size, mean, doubt, inner, weight * typical, guess)
    large = above & (mean >= LARGE) & (seen < mean)
    below = _by_moments(size, mean, doubt, inner & large, weight * typical, guess)
    trusted = large.sum(-1, keepdims=True) >= 50
    return np.asarray(np.where(trusted, np.minimum(phi, LOW_SIDE * below), phi)[..., 0])


def summed(values: Counts, group: Whole, groups: int) -> Counts:
    """The sum of the values in each group, shape (groups,).

    >>> summed(np.array([1.0, 2.0, 4.0]), np.array([0, 1, 1]), 3)
    array([1., 6., 0.])
    """
    return np.bincount(group, values, groups).astype(np.float64)


def _by_moments(size: Counts, mean: Counts, doubt: Counts | float, use: Flags, weight: Counts, guess: float) -> Counts:
    up = np.where(use, size - mean - doubt * mean**2, 0.0).sum(-1, keepdims=True) + weight * guess
    down = np.where(use, mean**2, 0.0).sum(-1, keepdims=True) + weight
    return np.asarray(np.clip(up / down, 1e-4, 4.0))

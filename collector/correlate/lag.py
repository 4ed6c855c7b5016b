"""How well contacts follow a dose: delayed regressions of counts on what may have set them off."""

from typing import NamedTuple

import numpy as np

from collector.correlate.types import Counts, Whole

MEAN_DELAYS_MIN = (4.0, 8.0, 12.0, 16.0, 22.0, 30.0, 40.0, 55.0, 75.0, 100.0, 140.0, 190.0)
"""From calling at once to calling after trying again for an afternoon."""

LATE_SHARES = (0.0, 0.35)
"""Some call at once and some only after they have tried again at home: a late share beside the rest."""

LATE_MEAN_MIN = 150.0

REACH_HOURS = 8
"""A delay longer than this cannot be told from the next morning's usual calls."""


class Delays(NamedTuple):
    """Candidate delay shapes: `weights[i, j]` is the share of contacts that come j bins later."""

    typical_min: Counts
    """The median delay of each shape."""
    weights: Counts


class Fit(NamedTuple):
    """Contacts regressed on delayed doses, one entry per delay shape.

    per_dose: contacts for each unit of dose. gain: log-likelihood above no dose at all.
    brought: contacts the dose explains.
    """

    per_dose: Counts
    gain: Counts
    brought: Counts


def delay_shapes(step: int) -> Delays:
    """Erlang delays of shape 1 and 2 by mean, discretised to bins of `step` seconds.

    Shape 1 starts at once, shape 2 takes its time; between them lie the delays support teams report.
    """
    bins = REACH_HOURS * 3600 // step
    edges = (np.arange(bins + 1) - 0.5).clip(0) * step / 60
    typical: list[float] = []
    rows: list[Counts] = []
    late = np.exp(-edges / LATE_MEAN_MIN)
    for mean in MEAN_DELAYS_MIN:
        for shape in (1, 2):
            for share in LATE_SHARES:
                x = edges * shape / mean
                soon = np.exp(-x) * (1 + x if shape == 2 else 1.0)
                after = (1 - share) * soon + share * late
                weights = -np.diff(after)
                typical.append(float(np.interp(0.5, 1 - after, edges)))
                rows.append(weights / weights.sum())
    return Delays(np.array(typical), np.array(rows))


def delayed(dose: Counts, delays: Delays) -> Counts:
    """The dose as it would reach the contact lines: shape (delay shapes, n)."""
    n = len(dose)
    size = 1 << (n + delays.weights.shape[1]).bit_length()
    spectrum = np.fft.rfft(dose, size) * np.fft.rfft(delays.weights, size, axis=1)
    spread = np.fft.irfft(spectrum, size, axis=1)[:, :n]
    return np.where(spread > 1e-9, spread, 0.0)


def delayed_on_open_time(dose: Counts, open_time: Counts, delays: Delays) -> Counts:
    """The same where people wait for a line to open: delays run on open time. Shape (delay shapes, n).

    open_time: shape (n + 1,), bins open before each bin began. Who is hit while the line is closed counts as hit
    when it opens, and what arrives in one open bin is shared out over the clock bins that it spans.
    """
    n = len(dose)
    before = open_time[:-1]
    opened = np.diff(open_time)
    at = np.minimum(before.astype(np.int64), int(open_time[-1]))
    width = int(at[-1]) + 1
    hit: Counts = np.bincount(at, dose, width).astype(np.float64)
    arriving = delayed(hit, delays)
    share = opened / np.maximum(np.bincount(at, opened, width), 1e-9)[at]
    spread = arriving[:, at] * share
    return np.where(spread > 1e-9, spread, 0.0)[:, :n]


def fit(counts: Counts, mean: Counts, reach: Counts, most: float) -> Fit:
    """The best non-negative effect of each delayed dose on counts of a given mean.

    counts, mean: shape (n,); reach: shape (k, n), at least 0; most: the largest believable effect.
    Poisson likelihood with an identity link (its log-likelihood is concave in the effect, so that
    Newton steps held to [0, most] cannot go wrong).
    """
    base = np.maximum(mean, 1e-3)
    total = reach.sum(1)
    effect = np.clip((counts.sum() - base.sum()) / np.maximum(total, 1e-9), 0.0, most)
    for _ in range(12):
        rate = base + effect[:, None] * reach
        slope = (counts * reach / rate).sum(1) - total
        curve = (counts * (reach / rate) ** 2).sum(1)
        effect = np.clip(effect + slope / np.maximum(curve, 1e-9), 0.0, most)
    rate = base + effect[:, None] * reach
    gain = (counts * np.log(rate / base)).sum(1) - effect * total
    return Fit(effect, np.where(total > 0, gain, 0.0), effect * total)


def spread_of_effect(counts: Counts, mean: Counts, reach: Counts, effect: float, scale: float) -> float:
    """Standard error of the effect of one delayed dose, shape (n,), for counts `scale` times Poisson."""
    rate = np.maximum(mean, 1e-3) + effect * reach
    information = float((reach**2 / rate).sum())
    return float(np.sqrt(scale / max(information, 1e-12)))


def best_run(score: Counts) -> tuple[int, int]:
    """The run [first, last) with the largest sum (Kadane); (0, 0) where none is positive.

    >>> best_run(np.array([-1.0, 2, -1, 3, -5, 1]))
    (1, 4)
    """
    total = np.concatenate([[0.0], np.cumsum(score)])
    lowest = np.minimum.accumulate(total)
    last = int(np.argmax(total - lowest))
    if total[last] - lowest[last] <= 0:
        return 0, 0
    reached: Whole = np.flatnonzero(total[: last + 1] == lowest[last])
    return int(reached[-1]), last

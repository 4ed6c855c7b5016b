"""Where contacts rise above what is usual: scan windows of several lengths, and their bounds."""

from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import Usual
from collector.correlate.counts import deviance_z, excess_variance, summed
from collector.correlate.types import Counts, Flags, Whole

WINDOW_HOURS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""From what a chat line shows first to what a working day hides; a surge between two lengths loses little."""

MIN_EXTRA = 6.0
"""A support lead does not act on fewer extra contacts, whatever their odds."""

LOWEST_EXPECTED = 0.4
"""Below this a window's expectation is itself a guess (an hour of the night seen eight times)."""

JOIN_HOURS = 1.5
"""Two stretches closer than this are one surge with a lull in it."""


LOOSE = 1.0
"""Bounds reach no further for a gain in log-likelihood smaller than this: a stray contact is no start."""


class Noise(NamedTuple):
    """How far ordinary windows stray from their expectation.

    excess: per window length, variance beyond Poisson as a share of the squared mean (NB phi).
    stretch: per window length, what the scores must be divided by to have tails like a normal's.
    by_bin: shape (T,), variance of that hour of the day against the average hour's.
    midnight: shape (T,), the first bin of each bin's next local day.
    """

    excess: tuple[float, ...]
    stretch: tuple[float, ...]
    by_bin: Counts
    midnight: Whole


class Window(NamedTuple):
    """Bins [first, last) of a series, with how surprising their sum is."""

    first: int
    last: int
    z: float
    found: int
    """The bin at which a live look would first have called it."""


def lengths(per_hour: int) -> tuple[int, ...]:
    """The scan lengths in bins."""
    return tuple(sorted({max(1, round(hours * per_hour)) for hours in WINDOW_HOURS}))


def scan(counts: Counts, usual: Usual, noise: Noise, per_hour: int, lowest_z: float, now_z: float) -> list[Window]:
    """The windows whose counts stand out most, none overlapping another, best first.

    counts: shape (T,), 0 where unknown (the expectation is 0 there too).
    Each length is scored everywhere (a multi-scale scan statistic, Naus 1965; Glaz et al. 2001) by the
    signed root of the negative binomial deviance. Control over the whole family is the caller's
    threshold: how likely z is anywhere, not at one place. now_z: what a live look asks of the windows that
    end then, for `found`; a window's level is the one known as it began, or that of the whole day around it.
    """
    heads: list[Counts] = []
    for index, width in enumerate(lengths(per_hour)):
        if width >= len(counts):
            break
        z, _ = score_windows(counts, usual, noise, per_hour, index, width, only_high=True)
        starts = np.flatnonzero(z > lowest_z)
        starts = starts[starts >= 24 * per_hour]  # the first day only teaches: today's level is not known yet
        if len(starts):
            heads.append(np.column_stack([z[starts], starts, starts + width]))
    if not heads:
        return []
    rows = np.concatenate(heads)
    rows = rows[np.lexsort((rows[:, 1], -rows[:, 0]))]
    taken = np.zeros(len(counts) + 1, dtype=bool)
    picked: list[Window] = []
    for z_, first, last in rows.tolist():
        a, b = int(first), int(last)
        if not taken[a:b].any():
            near = rows[(rows[:, 1] >= a - per_hour) & (rows[:, 2] <= b) & (rows[:, 2] > a)]
            called = near[near[:, 0] >= min(now_z, z_)]
            found = int(called[:, 2].min()) if len(called) else b
            picked.append(Window(a, b, z_, found))
            taken[a:b] = True
    return picked


def score_windows(
    counts: Counts,
    usual: Usual,
    noise: Noise,
    per_hour: int,
    index: int,
    width: int,
    *,
    only_high: bool,
) -> tuple[Counts, Counts]:
    """z of every window of one length (0 for what cannot be a surge, if only_high), and its expectation."""
    seen = _sums(counts, width)
    plain = _sums(usual.expected, width)
    uneven = _sums(usual.expected * noise.by_bin, width)
    ratio = seen / np.maximum(plain, 1e-9)
    level = usual.level[: len(seen)]
    if only_high:
        level = usual.level_around(slice(0, len(seen)), slice(width, width + len(seen)), ratio)
    tomorrow = _past_midnight(usual.expected, noise.midnight, width)
    # the next day's level is known only as far as days resemble each other
    mean = level * (plain - tomorrow) + (1 + usual.likeness * (level - 1)) * tomorrow
    later = tomorrow / np.maximum(plain, 1e-12)
    multiplier = np.where(plain > 0, uneven / np.maximum(plain, 1e-12), 1.0)
    phi = noise.excess[index]
    excess = np.maximum(multiplier * (1 / np.maximum(mean, 1e-9) + phi) - 1 / np.maximum(mean, 1e-9), phi / 4)
    excess = excess + usual.doubt[: len(seen)] * (1 - later) ** 2
    excess = excess + (later * usual.day_spread) ** 2
    floor = np.maximum(mean, LOWEST_EXPECTED)
    learnt_from = floor * len(counts) / (48 * per_hour)  # about so many contacts told what is usual here
    doubt = np.minimum(excess + 1 / (8 + learnt_from), 9.0)
    if not only_high:
        return deviance_z(seen, floor, doubt) / noise.stretch[index], mean
    high = np.flatnonzero((seen - mean >= MIN_EXTRA) & (plain > 0) & (seen - floor > 2 * np.sqrt(floor)))
    z = np.zeros(len(seen))
    z[high] = deviance_z(seen[high], floor[high], doubt[high]) / noise.stretch[index]
    return z, mean


def learn_noise(counts: Counts, usual: Usual, ordinary: Flags, hour: Whole, midnight: Whole, per_hour: int) -> Noise:
    """How noisy ordinary windows are, by length and by hour of the day."""
    by_hour = _noise_by_hour(counts, usual, ordinary, hour, per_hour)
    by_bin = by_hour[hour]
    excess: list[float] = []
    stretch: list[float] = []
    for index, width in enumerate(lengths(per_hour)):
        if width >= len(counts):
            excess.append(excess[-1] if excess else 0.05)
            stretch.append(1.0)
            continue
        jump = max(1, width // 2)
        clean = _sums((~ordinary).astype(float), width)[::jump] == 0
        clean[: 24 * per_hour // jump] = False  # the first day has no level of its own yet
        later = _past_midnight(usual.expected, midnight, width) / np.maximum(_sums(usual.expected, width), 1e-12)
        doubt = (usual.doubt[: len(later)] * (1 - later) ** 2 + (later * usual.day_spread) ** 2)[::jump]
        mean = (usual.level[: len(counts) - width + 1] * _sums(usual.expected, width))[::jump]
        seen = _sums(counts, width)[::jump]
        use = clean & (mean > 0.2)
        phi = float(excess_variance(seen[use], mean[use], guess=0.05, weight=20.0, doubt=doubt[use]))
        excess.append(phi)
        trial = Noise(tuple(excess), (*stretch, 1.0), by_bin, midnight)
        z, _ = score_windows(counts, usual, trial, per_hour, index, width, only_high=False)
        size = np.abs(z[::jump][use & (mean > 3)])
        stretch.append(_stretch(size))
    # sums over longer windows average their noise out, so a shorter one is at least as noisy
    steady = np.maximum.accumulate(np.array(excess)[::-1])[::-1]
    return Noise(tuple(steady.tolist()), tuple(stretch), by_bin, midnight)


def bounds(counts: Counts, mean: Counts, window: Window, per_hour: int) -> tuple[int, int]:
    """Where the raised rate most likely begins and ends around a window.

    The run of bins with the highest likelihood ratio of half the window's rise against none
    (the largest sum of a run, Kadane; the CUSUM of Page 1954 run both ways). mean: shape (T,).
    """
    first, last = window.first, window.last
    expected = max(float(mean[first:last].sum()), 0.3)
    ratio = 1 + 0.5 * max(float(counts[first:last].sum()) / expected - 1, 0.1)
    low = max(0, first - 3 * per_hour)
    high = min(len(counts), last + 6 * per_hour)
    gain = counts[low:high] * np.log(ratio) - (ratio - 1) * np.maximum(mean[low:high], 1e-6)
    total = np.concatenate([[0.0], np.cumsum(gain)])
    middle_first, middle_last = first - low, last - low
    after = total[middle_first + 1 :]
    end = middle_first + 1 + int(np.flatnonzero(after >= after.max() - LOOSE)[0])
    end = max(end, middle_first + (middle_last - middle_first) // 2)
    before = total[: max(1, min(middle_last, end))]
    begin = int(np.flatnonzero(before <= before.min() + LOOSE)[-1])
    return low + begin, low + end


def _past_midnight(values: Counts, midnight: Whole, width: int) -> Counts:
    """Of each window's sum, the part that lies in the next local day."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.arange(width, len(total))
    return np.asarray(total[last] - total[np.minimum(midnight[: len(last)], last)])


def _sums(values: Counts, width: int) -> Counts:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[width:] - total[:-width])


def of_one_reason(counts: Counts, usual: Usual, noise: Noise, ordinary: Flags, per_hour: int) -> tuple[Usual, Noise]:
    """What is usual for one contact reason or channel: its share of all contacts, with noise of its own.

    counts: shape (T,), 0 where unknown. A share needs far fewer contacts than a daily shape would.
    """
    share = float(counts[ordinary].sum() + 1) / float(usual.expected[ordinary].sum() + 1)
    own = usual._replace(expected=usual.expected * share)
    blocks = len(counts) // per_hour
    hours = (counts * ordinary)[: blocks * per_hour].reshape(blocks, per_hour).sum(1)
    mean = (own.expected * own.level * ordinary)[: blocks * per_hour].reshape(blocks, per_hour).sum(1)
    phi = float(excess_variance(hours[mean > 0.02], mean[mean > 0.02], guess=0.1, weight=20.0))
    return own, noise._replace(excess=tuple(max(phi, e) for e in noise.excess))


def _stretch(size: Counts) -> float:
    """How much wider than a normal's the scores' shoulders are; never narrower than 1."""
    if len(size) < 100:
        return 1.0
    shoulders = np.quantile(size, [0.8, 0.9, 0.95]) / np.array([1.282, 1.645, 1.960])
    return float(np.clip(shoulders.max(), 1.0, 3.0))


def _noise_by_hour(counts: Counts, usual: Usual, ordinary: Flags, hour: Whole, per_hour: int) -> Counts:
    """Variance of each local hour against the average hour's, shape (24,), drawn towards 1.

    Of all hours, for incidents come at any: an hour that is wild day after day must not look calm once its wild
    days are left out.
    """
    blocks = -(-len(counts) // per_hour)
    block = np.arange(len(counts)) // per_hour
    seen = summed(counts, block, blocks)
    mean = summed(usual.expected * usual.level, block, blocks)
    at = hour[::per_hour]
    use = mean > 0.3
    if use.sum() < 72:
        return np.ones(24)
    doubt = usual.doubt[::per_hour]
    calm = use & (summed((~ordinary).astype(float), block, blocks) == 0)
    phi = float(excess_variance(seen[calm], mean[calm], guess=0.05, weight=20.0, doubt=doubt[calm]))
    surprise = np.minimum((seen - mean) ** 2 / np.maximum(mean + (phi + doubt) * mean**2, 1e-9), 16.0)
    sums = summed(surprise[use], at[use], 24)
    times = np.bincount(at[use], minlength=24)
    overall = float(surprise[use].mean())
    ratio = (20.0 + sums / max(overall, 1e-9)) / (20.0 + times)
    return np.clip(ratio, 0.25, 12.0)

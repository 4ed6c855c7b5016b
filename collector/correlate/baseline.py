"""What is usual: how many counts each bin would bring on an ordinary day, in local time."""

from typing import NamedTuple

import numpy as np

from collector.correlate.counts import excess_variance, summed
from collector.correlate.grid import Grid
from collector.correlate.types import Counts, Flags

LEVEL_MEMORY_DAYS = 6.0
"""How far neighbouring days speak for a day's slow level: weight exp(-days / 6)."""

TODAY_MEMORY_HOURS = 14.0
"""How far the past hours speak for today's level: weight exp(-hours / 14)."""

STAYS = 0.8
"""So much of a rise at the day's beginning that stays until its end is the day's own level."""

SEASON_SHARE = 0.4
"""An hour of the week that is high in so many weeks is season, or Monday mornings would be news for ever."""

DAYS_SHARE = 0.2
"""An hour of the day that is high on so many days is daily shape: fewer than a weekend's two in seven."""

SUNDAY = 6

LEAST_WITNESSES = 2
"""Seen high once is what happened, however few weeks there are to ask; seen high twice may be season."""


class Sides(NamedTuple):
    """A day's level by all its hours before a bin, shape (T,), and from a bin on, shape (T + 1,), ordinary or not.

    new, over: how little is known of either side, 0 to 1.
    """

    before: Counts
    after: Counts
    new: Counts
    over: Counts


class Usual(NamedTuple):
    """The expectation for one series.

    expected: shape (T,), counts per bin by local hour, weekday and slow level; 0 where no data.
    level: shape (T,), today's level as known at the hour before each bin (1 is usual).
    doubt: shape (T,), relative variance of that level: large in the morning, small by the afternoon.
    sides: the day's level by what lies before a window and what comes after it.
    day_spread: standard deviation of a day's level around the slow one (0.1 is 10 %).
    likeness: how much of today's level is tomorrow's too, 0.05 to 1.
    """

    expected: Counts
    level: Counts
    doubt: Counts
    sides: Sides
    day_spread: float
    likeness: float

    def level_around(self, first: slice, last: slice, ratio: Counts) -> Counts:
        """Today's level for windows from `first` to `last`: higher than known before where the day is on both sides.

        ratio: of each window's counts to what is expected.
        """
        before, after, new, over = (line[at] for line, at in zip(self.sides, (first, last, first, last), strict=True))
        # a window at the day's beginning has no side before it; what stays as high until the day is over is a busy day
        stays = after - 1 >= STAYS * (ratio - 1)
        before = before + np.where(stays, new * np.maximum(after - before, 0), 0.0)
        return np.maximum(self.level[first], np.minimum(before, after + over * (before - 1)))


def usual(counts: Counts, grid: Grid, ordinary: Flags) -> Usual:
    """Learn what is usual from the bins called ordinary (no surge, shape (T,)).

    An hour-of-week cell with few counts is drawn towards weekday x hour of day by empirical
    Bayes (gamma-Poisson, Robbins 1956), so that a small shop does not learn its own noise.
    The slow level of a day is learnt from its neighbours, never from itself.
    """
    known = np.isfinite(counts)
    use = known & ordinary & ~grid.holiday[grid.day]
    filled = np.where(use, counts, 0.0)
    days = len(grid.weekday)
    cell = grid.day * 24 + grid.hour
    raw = summed(filled, cell, days * 24).reshape(days, 24)
    bins = summed(use.astype(float), cell, days * 24).reshape(days, 24)
    seen = np.minimum(raw, _room(_borne_out(raw, bins, grid)))
    level = np.ones(days)
    week = np.full((7, 24), seen.sum() / max(bins.sum(), 1.0))
    spread = 0.0
    for turn in range(4):
        expected = level[:, None] * week[grid.weekday] * bins
        capped = seen
        if turn:
            capped = np.minimum(seen, _room(expected))
        week = _week(capped, bins * level[:, None], grid)
        per_day = (week[grid.weekday] * bins).sum(1)
        capped_day = capped.sum(1)
        level = _slow_level(capped_day, per_day)
        spread = _spread(capped_day, level * per_day)
    spread = max(spread, _middle_spread(np.where(known, counts, 0.0), level, week, grid))
    by_day = week[grid.weekday]
    # a holiday is like any other day or like a Sunday: which of them, no two sites agree
    by_day[grid.holiday] = np.maximum(by_day[grid.holiday], week[SUNDAY])
    rate = level[grid.day] * by_day[grid.day, grid.hour]
    calmed = filled * (capped / np.maximum(raw, 1e-9)).ravel()[cell]
    fine = _fine_shape(calmed, np.where(use, rate, 0.0), grid)
    expected_bins = np.where(known, rate * fine[grid.slot], 0.0)
    today = _today(counts, expected_bins, use, spread, grid)
    return Usual(expected_bins, today.level, today.doubt, today.sides, spread, today.kept)


class Today(NamedTuple):
    """A day's level as each hour begins, its doubt, the level by all hours of the day before and after, and likeness."""

    level: Counts
    doubt: Counts
    sides: Sides
    kept: float


def _room(expected: Counts) -> Counts:
    """How high an hour may go before the rest of it is no longer learnt from."""
    return np.asarray(expected + 4 * np.sqrt(expected + 0.05 * expected**2) + 2)


def _borne_out(seen: Counts, bins: Counts, grid: Grid) -> Counts:
    """What other days bear out of each hour's count, shape (days, 24): the same weekday's, or any day's.

    A mean over two weeks holds half of any surge, and the larger the surge the more of it would be
    called noise. A rank does not care how large it is: what so many hours reach is taken as usual.
    """
    level = _running_median(seen, bins)[:, None]
    rate = np.where(bins > 0, seen / np.maximum(bins, 1.0) / level, -1.0)
    usual_rate = np.tile(_reached(rate, DAYS_SHARE), (len(rate), 1))
    for weekday in range(7):
        same = grid.weekday == weekday
        if same.any():
            usual_rate[same] = np.maximum(usual_rate[same], _reached(rate[same], SEASON_SHARE))
    return np.asarray(usual_rate * level * bins)


def _reached(rate: Counts, share: float) -> Counts:
    """The rate each hour reaches on a share of its days, and on two at least; below 0 is no data."""
    known = (rate >= 0).sum(0)
    rank = np.maximum(np.ceil(share * known).astype(np.int64), LEAST_WITNESSES)
    highest_first = -np.sort(-rate, axis=0)
    at = np.take_along_axis(highest_first, np.minimum(rank, len(rate))[None, :] - 1, axis=0)[0]
    return np.where(rank <= known, at, 0.0)


def _running_median(seen: Counts, bins: Counts) -> Counts:
    """Each day's rough level before anything is learnt: the median of the 15 days around it, 1 on average."""
    per_bin = seen.sum(1) / np.maximum(bins.sum(1), 1.0)
    known = bins.sum(1) > 0
    overall = float(np.median(per_bin[known])) if known.any() else 0.0
    if overall <= 0:
        return np.ones(len(seen))
    level = np.ones(len(seen))
    for day in range(len(seen)):
        near = slice(max(0, day - 7), day + 8)
        if known[near].any():
            level[day] = float(np.median(per_bin[near][known[near]])) / overall
    return np.clip(level, 0.05, 20.0)


def _week(seen: Counts, weight: Counts, grid: Grid) -> Counts:
    """Counts per bin for each weekday and hour, shape (7, 24)."""
    hour = seen.sum(0) / np.maximum(weight.sum(0), 1e-9)
    by_day = np.zeros((7, 24))
    weight_by_day = np.zeros((7, 24))
    np.add.at(by_day, grid.weekday, seen)
    np.add.at(weight_by_day, grid.weekday, weight)
    predicted = weight_by_day * hour
    # a weekday seen once cannot tell what is usual from what happened then
    trust = np.clip((np.bincount(grid.weekday, minlength=7) - 1) / 3, 0.0, 1.0)[:, None]
    prior = 2.0 + (1 - trust[:, 0]) * predicted.sum(1)
    weekday = (by_day.sum(1) + prior) / (predicted.sum(1) + prior)
    product = weekday[:, None] * hour
    return np.asarray(product * _shrunk_ratio(trust * by_day, trust * weight_by_day * product))


def _shrunk_ratio(seen: Counts, expected: Counts) -> Counts:
    """seen / expected drawn towards 1 by as much as the counts' own noise asks for."""
    total = float((expected**2).sum())
    if total <= 0:
        return np.ones_like(seen)
    variance = max(float(((seen - expected) ** 2 - seen).sum()) / total, 1e-4)
    return np.asarray((1 / variance + seen) / (1 / variance + expected))


def _slow_level(seen: Counts, per_day: Counts) -> Counts:
    """Each day's level from the days around it, itself left out. Shape (days,).

    A day far from its neighbours (a holiday, an outage of the import) is held to a third beside
    their median, or a single one of them would raise or lower a fortnight.
    """
    ratio = seen / np.maximum(per_day, 1e-9)
    known = per_day > 0
    for day in np.flatnonzero(known):
        near = slice(max(0, day - 7), day + 8)
        middle = float(np.median(ratio[near][known[near]]))
        ratio[day] = np.clip(ratio[day], 0.67 * middle, 1.5 * middle)
    seen = ratio * per_day
    days = np.arange(len(seen))
    reach = int(min(len(seen) - 1, 5 * LEVEL_MEMORY_DAYS))
    up = np.zeros(len(seen))
    down = np.zeros(len(seen))
    for lag in range(1, reach + 1):
        weight = np.exp(-lag / LEVEL_MEMORY_DAYS)
        up[lag:] += weight * seen[:-lag]
        down[lag:] += weight * per_day[:-lag]
        up[:-lag] += weight * seen[lag:]
        down[:-lag] += weight * per_day[lag:]
    prior = 5.0
    level = np.where(days >= 0, (prior + up) / (prior + down), 1.0)
    return np.asarray(level)


def _spread(seen: Counts, expected: Counts) -> float:
    """How much whole days differ from their expectation beyond Poisson noise; drawn towards 10 %."""
    use = expected > 0
    if use.sum() < 3:
        return 0.1
    seen, expected = seen[use], expected[use]
    variance = float(excess_variance(seen, expected, guess=0.01, weight=10.0))
    return float(np.sqrt(np.clip(variance, 0.03**2, 0.5**2)))


def _middle_spread(counts: Counts, level: Counts, week: Counts, grid: Grid) -> float:
    """The spread of whole days by their middle half, surges and all: busy days left out must not look like calm ones."""
    days = len(grid.weekday)
    known = np.bincount(grid.day * 24 + grid.hour, counts > -1, days * 24).reshape(days, 24)
    seen = summed(counts, grid.day, days)
    expected = level * (week[grid.weekday] * known).sum(1)
    use = expected > 1
    if use.sum() < 10:
        return 0.0
    off = seen[use] / expected[use]
    middle = 1.4826 * float(np.median(np.abs(off - np.median(off))))
    return float(np.sqrt(np.clip(middle**2 - np.median(1 / expected[use]), 0.0, 0.25)))


def _fine_shape(seen: Counts, expected: Counts, grid: Grid) -> Counts:
    """Each slot of the day against its hour: opening rushes and mail batches. Shape (slots,)."""
    slots = 24 * grid.per_hour
    return _shrunk_ratio(summed(seen, grid.slot, slots), summed(expected, grid.slot, slots))


def _today(counts: Counts, expected: Counts, use: Flags, spread: float, grid: Grid) -> Today:
    """Today's level as each hour begins: a gamma prior around 1, sharpened by the hours before.

    Bins that are not ordinary say nothing of `level`, or a surge would hide what comes after it. All say what the day
    was like on either side: a day that is high from morning to night is a busy one. Of yesterday as much
    is kept as days resemble the day before.
    """
    per_hour = grid.per_hour
    day_of = grid.day[::per_hour].tolist()
    kept = _likeness(counts, expected, use, spread, grid)
    blocks = -(-len(counts) // per_hour)
    block = np.arange(len(counts)) // per_hour

    def hourly(line: Counts, bins: Flags) -> list[float]:
        by_hour: list[float] = summed(np.where(bins, np.nan_to_num(line), 0.0), block, blocks).tolist()
        return by_hour

    level, doubt = _levels(hourly(counts, use), hourly(expected, use), day_of, spread, kept)
    known = np.isfinite(counts) & (expected > 0)
    seen, mean = hourly(counts, known), hourly(expected, known)
    before, new = _levels(seen, mean, day_of, spread, 0.0)
    after, weak = _levels(seen[::-1], mean[::-1], day_of[::-1], spread, 0.0)
    ended = np.maximum(-(-np.arange(len(counts) + 1) // per_hour) - 1, 0)
    unseen = weak[::-1] / weak.max()
    return Today(
        level[block],
        doubt[block],
        Sides(before[block], after[::-1][ended], (new / new.max())[block], unseen[ended]),
        kept,
    )


def _levels(
    seen: list[float], usual_: list[float], day_of: list[int], spread: float, kept: float
) -> tuple[Counts, Counts]:
    """The level as each hour begins and its relative variance, from the hours before.

    Poisson-gamma state with exponential forgetting (Harvey & Fernandes 1989); one wild hour is held to three
    standard deviations.
    """
    forget = float(np.exp(-1 / TODAY_MEMORY_HOURS))
    prior = 1 / max(spread, 0.03) ** 2
    up = down = 0.0
    level = np.empty(len(seen))
    doubt = np.empty(len(seen))
    for i in range(len(seen)):
        if i and day_of[i] != day_of[i - 1]:
            up *= kept
            down *= kept
        doubt[i] = 1 / (prior + down)
        now = (prior + up) / (prior + down)
        level[i] = now
        mean = now * usual_[i]
        room = 3 * (mean + (spread * mean) ** 2) ** 0.5
        up = forget * (up + min(max(seen[i], mean - room), mean + room))
        down = forget * (down + usual_[i])
    return level, doubt


def _likeness(counts: Counts, expected: Counts, use: Flags, spread: float, grid: Grid) -> float:
    """How much a day's level tells of the next day's: their correlation, between 0.05 and 1."""
    days = len(grid.weekday)
    seen = summed(np.where(use, counts, 0.0), grid.day, days)
    mean = summed(np.where(use, expected, 0.0), grid.day, days)
    off = np.clip((seen - mean) / np.maximum(mean, 1.0), -3 * spread, 3 * spread) * (mean > 1)
    together = float((off[1:] * off[:-1]).sum() + 0.3 * 10 * spread**2)
    return float(np.clip(together / max((days - 1 + 10) * spread**2, 1e-9), 0.05, 1.0))


def combine(parts: list[tuple[Counts, Usual]], grid: Grid, ordinary: Flags) -> tuple[Counts, Usual]:
    """Several channels as one line: counts, 0 where unknown, and what is usual of those that are known."""
    counts = np.sum([np.nan_to_num(line) for line, _ in parts], axis=0)
    expected = np.sum([part.expected for _, part in parts], axis=0)
    use = ordinary & (expected > 0)
    days = len(grid.weekday)
    seen = summed(np.where(use, counts, 0.0), grid.day, days)
    spread = _spread(seen, summed(np.where(use, expected, 0.0), grid.day, days))
    today = _today(counts, expected, use, spread, grid)
    return counts, Usual(expected, today.level, today.doubt, today.sides, spread, today.kept)

"""The clock a site lives by, read from its own data where no time zone is set.

People sleep at night and desks open at the same hour, so the quietest hours tell where the day begins, and a
profile that moves by an hour from one day to the next tells of a clock change.
"""

import math
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from collector.correlate.types import Counts, Whole

NIGHT_HOUR = 3
"""Local hour in the middle of the quiet hours."""

LEAST_OFFSET_HOURS = 4
"""A night that is less far from UTC's needs no other day boundary: closed hours have no exact middle."""

SIDE_DAYS = 28
"""Days on each side of a possible clock change that are compared."""

LEAST_SIDE_DAYS = 5

AGREEING = 0.85
"""Share of the days on either side that have to fit the moved profile better."""

CLEAR_T, LEAST_T = 7.5, 3.5
"""How many standard errors the preference of both sides together, and of either side, lies above none."""

LEAST_COUNT = 30.0
"""A day with fewer counts has no profile of its own."""


class Clock(NamedTuple):
    """Seconds east of UTC for each bin, shape (T,), and what was assumed, in words."""

    offsets: Whole
    assumed: list[str]


def infer_clock(start: int, step: int, activities: list[Counts]) -> Clock:
    """Read day boundary and clock changes from counts per bin, each of shape (T,), 0 where unknown."""
    length = len(activities[0])
    hours = np.arange(length) * step // 3600
    lead = (start // 3600) % 24
    series: list[Counts] = []
    for activity in activities:
        padded = np.concatenate([np.zeros(lead), np.bincount(hours, activity, int(hours[-1]) + 1)])
        series.append(padded[: len(padded) // 24 * 24].reshape(-1, 24))
    days = len(series[0])
    moved = np.zeros(days + 2)
    assumed: list[str] = []
    midnight = start // 86400 * 86400
    for day, shift in _changes(series):
        moved[day:] += shift
        when = datetime.fromtimestamp(midnight + day * 86400, UTC)
        assumed.append(f"the clocks went {'forward' if shift > 0 else 'back'} by an hour on {when:%Y-%m-%d}")
    base = _base_offset(series[0], moved[:days])
    if base:
        assumed.insert(0, f"the day begins at {-base % 24:02d}:00 UTC")
    day_of = (np.arange(length) + lead * 3600 // step) // (86400 // step)
    offsets = (base + moved[np.minimum(day_of, days + 1)]) * 3600
    return Clock(offsets.astype(np.int64), assumed)


def _changes(series: list[Counts]) -> list[tuple[int, int]]:
    """Days from which on the profile is an hour earlier in UTC (clocks forward, +1) or later (-1)."""
    found: list[tuple[int, int]] = []
    series = [profiles.copy() for profiles in series]
    for _ in range(4):  # two clock changes a year, and two years at most
        changes = [change for profiles in series if (change := _best_change(profiles))]
        if not changes:
            break
        _, day, shift = max(changes)
        found.append((day, shift))
        for profiles in series:
            profiles[day:] = np.roll(profiles[day:], shift, axis=1)
    return sorted(found)


def _best_change(profiles: Counts) -> tuple[float, int, int] | None:
    """Strength, day and shift of the clearest change, or None.

    Each day's hours are compared with the mean profile of the other side.
    """
    full = profiles.sum(1) >= LEAST_COUNT
    share = (profiles + 0.02 * profiles.mean(1, keepdims=True) + 1e-9) / np.maximum(
        1.02 * profiles.sum(1, keepdims=True), 1e-9
    )
    best: tuple[float, int, int] | None = None
    for day in range(LEAST_SIDE_DAYS, len(profiles) - LEAST_SIDE_DAYS):
        before = np.flatnonzero(full[max(0, day - SIDE_DAYS) : day]) + max(0, day - SIDE_DAYS)
        after = np.flatnonzero(full[day : day + SIDE_DAYS]) + day
        if min(len(before), len(after)) < LEAST_SIDE_DAYS:
            continue
        usual = share[before].mean(0)
        later = share[after].mean(0)
        for shift in (1, -1):
            ahead = share[after] @ np.log(np.roll(usual, -shift) / usual)
            behind = share[before] @ np.log(np.roll(later, shift) / later)
            sides = _t(ahead), _t(behind)
            if min((ahead > 0).mean(), (behind > 0).mean()) < AGREEING or min(sides) < LEAST_T:
                continue
            strength = float(ahead.sum() + behind.sum())
            if sum(sides) >= CLEAR_T * np.sqrt(2) and (best is None or strength > best[0]):
                best = (strength, day, shift)
    return best


def _t(values: Counts) -> float:
    spread = float(values.std(ddof=1)) / math.sqrt(len(values))
    return float(values.mean() / max(spread, 1e-9))


def _base_offset(profiles: Counts, moved: Counts) -> int:
    """Whole hours east of UTC that put the quiet hours into the night; 0 where UTC's night is quiet enough."""
    total = np.zeros(24)
    for profile, shift in zip(profiles, moved, strict=True):
        total += np.roll(profile, int(shift))
    around = np.array([np.roll(total, -hour)[:5].sum() for hour in range(24)])
    if around.max() <= 0 or around.min() > 0.7 * around.max():
        return 0
    quiet = np.flatnonzero(around <= around.min() * 1.05 + 1e-9)
    angle = np.angle(np.exp(2j * np.pi * (quiet + 2.5) / 24).mean())
    middle = angle * 24 / (2 * np.pi) % 24
    offset = round((NIGHT_HOUR + 0.5 - middle + 12) % 24 - 12)
    return offset if abs(offset) >= LEAST_OFFSET_HOURS else 0

"""Whether the site itself was worse than usual: slower answers or more server errors."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from collector.correlate.counts import summed
from collector.correlate.friction import exposure
from collector.correlate.grid import Grid
from collector.correlate.lag import best_run
from collector.correlate.types import Counts, Flags, Whole

LEAST_RATIO = 1.35
"""Slower by less than a third is what visitors do not call about."""

FEW_VISITORS = 0.5
"""A p75 of four visitors depends on who they are; the bar rises by this over the root of visitors per bin."""

LEAST_Z = 5.5
"""The stretch is chosen as the worst there is, so chance alone reaches z of 3 or 4."""

LEAST_STEP = 1.3
"""And it must have become worse than just before, not only be worse than last week."""


GONE = 0.35
"""A site whose sessions fall below this share of the usual is gone for most of its visitors."""

GONE_HOURS = 0.25
FEWEST_MISSING = 20.0
"""It is gone for at least so long, and so many sessions are missing: a quiet night is not an outage."""

SESSIONS = "sessions"
"""The name that a site which is gone goes by among the performance series."""


class Health(NamedTuple):
    """One performance series against its usual self.

    log_ratio: shape (T,), log(value / usual), NaN where unknown; noise: its spread per bin.
    half_hour_noise: spread of its half-hour means, which says how much of the noise averages out.
    """

    name: str
    log_ratio: Counts
    usual: Counts
    noise: float
    half_hour_noise: float


class Slowdown(NamedTuple):
    """A stretch in which one performance series was worse; bins count from the stretch's first."""

    name: str
    ratio: float
    worst: float
    z: float
    before: float
    """How many times its usual value it was in the hour before the stretch; at least 1."""
    onset: int
    severity: Counts
    """Per bin, log of how much worse than usual; 0 outside the stretch."""

    @property
    def is_new(self) -> bool:
        """Whether it was clearly worse than just before, and not only than usual."""
        return self.ratio >= LEAST_STEP * self.before


def learn_health(grid: Grid) -> list[Health]:
    """Each performance series against the usual of its local hour and the level of the days around.

    Medians throughout: an outage of some hours must not become what is usual.
    """
    found: list[Health] = []
    for name, values in grid.performance.items():
        known = np.isfinite(values)
        if known.sum() < 50:
            continue
        offset = 0.0
        if "rate" in name:
            # one failed request among four sessions is a rate of its own: half an hour is pooled
            values = _pooled(values, known, exposure(grid), grid.per_hour // 2)
            offset = float(values[known].mean()) + 1e-4
        log = np.full(grid.bins, np.nan)
        log[known] = np.log(np.maximum(values[known] + offset, 1e-9))
        hourly = _medians(log, grid.hour, 24)
        rest = log - hourly[grid.hour]
        daily = _medians(rest, grid.day, len(grid.weekday))
        level = np.array(
            [np.nanmedian(np.delete(daily[max(0, d - 5) : d + 6], min(d, 5))) for d in range(len(daily))]
            if len(daily) > 2
            else np.zeros(len(daily))
        )
        usual = hourly[grid.hour] + level[grid.day]
        ratio = log - usual
        noise = float(1.4826 * np.nanmedian(np.abs(ratio)))
        width = max(1, grid.per_hour // 2)
        blocks = len(ratio) // width
        block = np.repeat(np.arange(blocks), width)
        sums = summed(np.nan_to_num(ratio[: blocks * width]), block, blocks)
        times = summed(known[: blocks * width], block, blocks)
        means = sums[times > 0] / times[times > 0]
        # the shoulder counts too: an error rate is 0 most of the time and far from it now and then
        half_hour = max(1.4826 * float(np.median(np.abs(means))), float(np.quantile(means, 0.97)) / 1.88)
        found.append(Health(name, ratio, np.exp(usual) - offset, max(noise, 0.02), max(half_hour, 0.02)))
    return found


def slowdown(health: Health, first: int, last: int, per_hour: int, visitors: float) -> Slowdown | None:
    """The stretch of [first, last) in which a series was clearly worse than usual.

    None where it was not: less than a third worse, or not beyond its own noise.
    """
    known = np.isfinite(health.log_ratio[first:last])
    if known.sum() < 3:
        return None
    ratio = np.where(known, health.log_ratio[first:last], 0.0)
    threshold = np.log(LEAST_RATIO) + health.noise + FEW_VISITORS / np.sqrt(max(visitors, 1.0))
    begin, end = best_run(np.where(known, np.minimum(ratio, 2.5) - 0.7 * threshold, 0.0))
    inside = ratio[begin:end][known[begin:end]]
    if len(inside) < max(3, per_hour // 3):
        return None
    typical = float(np.median(inside))
    spread = health.half_hour_noise * np.sqrt(max(1.0, 0.5 * per_hour / len(inside)))
    spread /= np.sqrt(max(1.0, len(inside) / (0.5 * per_hour)))
    z = float(inside.mean() / spread)
    before = health.log_ratio[max(0, first + begin - per_hour) : first + begin]
    before = before[np.isfinite(before)]
    was = max(0.0, float(np.median(before))) if len(before) >= 3 else 0.0
    if typical < threshold or z < LEAST_Z:
        return None
    severity = np.zeros(last - first)
    fill = np.where(known[begin:end], ratio[begin:end], typical)
    severity[begin:end] = np.clip(fill - was, 0.0, 2.5)
    ratio_, worst = float(np.exp(typical)), float(np.exp(inside.max()))
    return Slowdown(health.name, ratio_, worst, z, float(np.exp(was)), begin, severity)


def vanished(seen: Counts, usual: Counts, per_hour: int) -> tuple[Slowdown, Counts] | None:
    """The stretch in which most sessions were missing, and how many per bin; None where there was none.

    seen, usual: shape (n,), sessions of the stretch; NaN is no data. Visitors who cannot get in leave no beacon.
    """
    known = np.isfinite(seen)
    there = np.where(known, seen, usual)
    missing = usual - there
    begin, end = best_run(np.where(known, usual / 2 - there, 0.0))
    total = float(missing[begin:end].sum())
    share = float(there[begin:end].sum()) / max(float(usual[begin:end].sum()), 1e-9)
    if end - begin < max(2, GONE_HOURS * per_hour) or share > GONE or total < FEWEST_MISSING:
        return None
    dose = np.zeros(len(seen))
    dose[begin:end] = np.maximum(missing[begin:end], 0.0)
    z = total / np.sqrt(max(float(usual[begin:end].sum()), 1.0))
    return Slowdown(SESSIONS, share, share, z, 1.0, begin, dose), dose


def _pooled(values: Counts, known: Flags, weight: Counts, width: int) -> Counts:
    """Moving mean over `width` bins, weighted by sessions."""
    window = np.ones(max(1, width))
    share = np.where(known, weight + 1e-6, 0.0)
    up = np.convolve(np.where(known, values, 0.0) * share, window, mode="same")
    return np.asarray(up / np.maximum(np.convolve(share, window, mode="same"), 1e-12))


def _medians(values: Counts, group: Whole, groups: int) -> Counts:
    """Median of each group, the overall one where a group is empty; shape (groups,)."""
    known = np.isfinite(values)
    overall = float(np.median(values[known]))
    order = np.argsort(group[known], kind="stable")
    sorted_values, sorted_group = values[known][order], group[known][order]
    cuts = np.searchsorted(sorted_group, np.arange(groups + 1))
    return np.array([np.median(sorted_values[a:b]) if b > a else overall for a, b in pairwise(cuts)])

"""One surge under evaluation: its contacts, what is usual there, and when people could make contact."""

from dataclasses import dataclass

import numpy as np

from collector.correlate.detection import Found, Known
from collector.correlate.surge import lengths
from collector.correlate.types import Counts, Flags

LEAD_HOURS = 4
"""Causes are looked for from so many open hours before the surge."""

LONGEST_LEAD_HOURS = 76
"""A line that closes on Friday evening opens again on Monday."""

OPEN_SHARE = 0.5
"""A line is open while it usually gets at least this share of a busy hour's contacts; below it, in proportion."""

CLOSED = 0.3
"""Below this openness people wait rather than make contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One surge over the stretch of bins [begin, until) that its causes may lie in.

    counts, mean: shape (until - begin,), contacts seen and usual at the level of the surge's first hour.
    judged: shape (until - begin,), the bins fits are judged on: the surge, the hour before and after.
    open_time: shape (until - begin + 1,), bins that the lines had been open for when each bin began.
    scale: variance of hourly counts against Poisson's.
    """

    begin: int
    first: int
    last: int
    until: int
    z: float
    counts: Counts
    mean: Counts
    judged: Flags
    open_time: Counts
    scale: float
    excess: float
    per_hour: int
    over: bool
    """Whether reports go on long enough past the stretch that late contacts have come in too."""

    @property
    def inside(self) -> slice:
        """The surge itself within the stretch."""
        return slice(self.first - self.begin, self.last - self.begin)

    @property
    def extra(self) -> float:
        """Contacts above usual."""
        return float((self.counts - self.mean)[self.inside].sum())

    @property
    def has_closed_hours(self) -> bool:
        """Whether people had to wait for a line to open before or during the surge."""
        return bool((np.diff(self.open_time) < CLOSED).sum() >= self.per_hour)


def make_case(known: Known, found: Found) -> Case:
    """Cut out the stretch that the causes of one surge may lie in."""
    grid = known.grid
    openness = openness_of(known.usual.expected, grid.per_hour)
    begin = _lead_begin(openness, found.first, grid.per_hour)
    level = float(known.usual.level[found.first])
    until = max(found.last, min(grid.reported, found.last + 2 * grid.per_hour))
    hour = lengths(grid.per_hour).index(grid.per_hour)
    excess = known.noise.excess[hour]
    hourly = float(known.usual.expected[found.first : found.last].mean()) * level * grid.per_hour
    judged = np.zeros(until - begin, dtype=bool)
    judged[max(0, found.first - grid.per_hour - begin) :] = True
    return Case(
        begin=begin,
        first=found.first,
        last=found.last,
        until=until,
        z=found.z,
        counts=known.counts[begin:until],
        mean=known.usual.expected[begin:until] * level,
        judged=judged,
        open_time=np.concatenate([[0.0], np.cumsum(openness[begin:until])]),
        scale=(1 + excess * hourly) * known.noise.stretch[hour] ** 2,
        excess=excess + float(known.usual.doubt[found.first]),
        per_hour=grid.per_hour,
        over=grid.reported >= until + 3 * grid.per_hour,
    )


def openness_of(expected: Counts, per_hour: int) -> Counts:
    """How open the lines usually are at each bin, 0 to 1: learnt from the hours at which contacts come."""
    positive = expected[expected > 0]
    if not len(positive):
        return np.ones(len(expected))
    width = max(1, per_hour)
    smooth = np.convolve(expected, np.ones(width) / width, mode="same")
    busy = float(np.quantile(positive, 0.75))
    return np.asarray(np.clip(np.minimum(smooth, expected * 2 + smooth * 0.1) / (OPEN_SHARE * busy), 0.0, 1.0))


def _lead_begin(openness: Counts, first: int, per_hour: int) -> int:
    """The bin LEAD_HOURS of open time before `first`; a night or a weekend that lies between counts as nothing."""
    plain = max(0, first - LEAD_HOURS * per_hour)
    if openness[plain:first].mean() >= CLOSED:
        return plain
    furthest = max(0, first - LONGEST_LEAD_HOURS * per_hour)
    back = np.cumsum(openness[furthest:first][::-1])
    enough = np.flatnonzero(back >= LEAD_HOURS * per_hour)
    return first - int(enough[0]) - 1 if len(enough) else min(plain, furthest)

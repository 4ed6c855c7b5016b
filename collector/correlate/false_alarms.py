"""How many false surges a site makes by itself, and the threshold that follows from it.

Incidents raise contacts; noise raises and lowers them. So what falls below the usual as far as a surge rises
above it says how often noise alone would look like a surge, on this site and not on the average one.
"""

from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import Usual
from collector.correlate.surge import Noise, lengths, score_windows
from collector.correlate.types import Counts

FALSE_A_MONTH = 0.25
"""False surges that a site may be told of in a month."""

LOWEST_Z, HIGHEST_Z = 4.5, 6.0
"""Bounds of the threshold: a few weeks show neither a very quiet nor a very wild site for certain."""

BELOW_Z = 3.0
"""From here on falls are counted: rare enough to be a tail, frequent enough to be counted in a few weeks."""

DEEPEST = 4.5
"""Further down it was an outage or a closed line, which says nothing of noise."""

TYPICAL_FALL = 0.35
"""Mean excess beyond BELOW_Z of normal scores, as if three falls had shown it."""

UPWARD = 4.0
"""Rises by chance for each fall of that size: real counts have the heavier tail above."""

LEAST_MEAN = 6.0
"""Below this a window cannot fall far enough to count."""

APART_HOURS = 1.5

WEEKS_A_MONTH = 365.25 / 12 / 7


class FalseAlarms(NamedTuple):
    """The rate of false surges of a site: `a_month` at z of BELOW_Z, less by `exp` of each `mean_excess` above."""

    a_month: float
    mean_excess: float

    def beyond(self, z: float) -> float:
        """Expected false surges a month that stand out at least so far."""
        return float(self.a_month * np.exp(-max(0.0, z - BELOW_Z) / self.mean_excess))

    @property
    def needed(self) -> float:
        """The z beyond which there are no more than FALSE_A_MONTH."""
        return float(BELOW_Z + self.mean_excess * np.log(self.a_month / FALSE_A_MONTH))

    @property
    def threshold(self) -> float:
        """The same, held to [LOWEST_Z, HIGHEST_Z]."""
        return float(np.clip(self.needed, LOWEST_Z, HIGHEST_Z))


def learn_false_alarms(counts: Counts, usual: Usual, noise: Noise, per_hour: int) -> FalseAlarms:
    """Count how often and how far ordinary windows fall below the usual; counts: shape (T,), 0 where unknown."""
    depths = np.array(_falls(counts, usual, noise, per_hour))
    weeks = max(len(counts) / (168 * per_hour) - 1 / 7, 1 / 7)
    beyond = depths[depths < DEEPEST] - BELOW_Z
    mean_excess = float((beyond.sum() + 3 * TYPICAL_FALL) / (len(beyond) + 3))
    return FalseAlarms(UPWARD * (len(beyond) + 1) / weeks * WEEKS_A_MONTH, mean_excess)


def _falls(counts: Counts, usual: Usual, noise: Noise, per_hour: int) -> list[float]:
    """-z of the windows that fall furthest below the usual, none near another."""
    rows: list[Counts] = []
    for index, width in enumerate(lengths(per_hour)):
        if width >= len(counts):
            break
        z, mean = score_windows(counts, usual, noise, per_hour, index, width, only_high=False)
        starts = np.flatnonzero((z < -BELOW_Z) & (mean > LEAST_MEAN))
        starts = starts[starts >= 24 * per_hour]
        rows.append(np.column_stack([-z[starts], starts, starts + width]))
    if not rows:
        return []
    windows = np.concatenate(rows)
    windows = windows[np.lexsort((windows[:, 1], -windows[:, 0]))]
    apart = round(APART_HOURS * per_hour)
    taken = np.zeros(len(counts) + 1, dtype=bool)
    depths: list[float] = []
    for depth, first, last in windows.tolist():
        a, b = int(first), int(last)
        if not taken[max(0, a - apart) : b + apart].any():
            depths.append(depth)
            taken[a:b] = True
    return depths

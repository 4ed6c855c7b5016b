"""The usual ways to link contacts to friction, for comparison: told where the surge is, they name a key or none.

Each is given contacts and one friction series around the surge and says how strong the link is;
the strongest key beyond the threshold is the verdict.
"""

import sys
from collections.abc import Callable, Iterable

import numpy as np

from benchmarks.correlation.world import FRICTION, World

Link = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], bool]
REACH = 36
"""Three hours of lag, and a day of context."""


def correlation(friction: np.ndarray, contacts: np.ndarray, *_: np.ndarray) -> bool:
    """Pearson's r at the best lag above 0.5, over the day around the surge."""
    return max(_pearson(friction, contacts, lag) for lag in range(0, REACH, 2)) > 0.5


def spikes(friction: np.ndarray, contacts: np.ndarray, all_friction: np.ndarray, all_contacts: np.ndarray) -> bool:
    """A half hour of friction three standard deviations up in the three hours before the peak of contacts."""
    peak = int(np.argmax(contacts))
    line = np.convolve(all_friction, np.ones(6), "same")
    near = np.convolve(friction, np.ones(6), "same")[max(0, peak - REACH) : peak + 1]
    return bool(near.size and near.max() > line.mean() + 3 * line.std())


def granger(friction: np.ndarray, contacts: np.ndarray, *_: np.ndarray) -> bool:
    """Do six lags of friction improve six lags of contacts (F above 3.9, its 1 % point)? Granger 1969."""
    lags = 6
    n = len(contacts) - lags
    own = np.column_stack([np.ones(n), *(contacts[lags - i - 1 : lags - i - 1 + n] for i in range(lags))])
    both = np.column_stack([own, *(friction[lags - i - 1 : lags - i - 1 + n] for i in range(lags))])
    y = contacts[lags:]
    rest = [float(((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2).sum()) for x in (own, both)]
    return (rest[0] - rest[1]) / lags / max(rest[1] / max(n - 2 * lags - 1, 1), 1e-9) > 3.9


def coincidence(friction: np.ndarray, contacts: np.ndarray, all_friction: np.ndarray, all_contacts: np.ndarray) -> bool:
    """Share of the top 2 % of contact bins with a top 2 % friction bin in the hour before, against chance (Donges 2016)."""
    rare = friction >= max(np.quantile(all_friction, 0.98), 1)
    high = np.flatnonzero(contacts >= np.quantile(all_contacts, 0.98))
    before = np.convolve(rare, np.ones(13))[: len(rare)] > 0
    chance = 1 - 0.98**13
    return len(high) >= 3 and float(before[high].mean()) > chance + 3 * np.sqrt(chance * (1 - chance) / len(high))


WAYS: dict[str, Link] = {
    "correlation, best lag": correlation,
    "z-score spikes": spikes,
    "Granger": granger,
    "event coincidence": coincidence,
}


def compare(worlds: Iterable[World]) -> None:
    """Print for each way how often it is right about friction, and how many of its friction verdicts are wrong."""
    right = dict.fromkeys(WAYS, 0)
    blamed = dict.fromkeys(WAYS, 0)
    wrong = dict.fromkeys(WAYS, 0)
    total = 0
    for world in worlds:
        friction, _, _, contacts = world.inputs
        every = np.sum([np.nan_to_num(line) for line in contacts["channels"].values()], axis=0)
        for incident in world.incidents:
            if incident.z < 6 or incident.inside < 15:
                continue
            total += 1
            around = slice(max(0, incident.first - 144), min(len(every), incident.last + 72))
            is_friction = incident.kind in FRICTION
            for name, way in WAYS.items():
                lines = [np.nan_to_num(line) for line in friction.values()]
                said = any(way(line[around], every[around], line, every) for line in lines)
                right[name] += said == is_friction
                blamed[name] += said
                wrong[name] += said and not is_friction
    print(f"\nthe usual ways, told where each of {total} surges is, say friction or not")
    for name in WAYS:
        share = wrong[name] / max(blamed[name], 1)
        print(f"  {name:24} {right[name] / max(total, 1):.2f} right; {share:.2f} of its friction verdicts wrong")
    sys.stdout.flush()


def _pearson(friction: np.ndarray, contacts: np.ndarray, lag: int) -> float:
    a, b = friction[: len(friction) - lag], contacts[lag:]
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 0 else 0.0

"""How many events may come, from one site and from one range of addresses."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Hashable

KEPT = 20_000
"""Senders that are remembered; the one that has been quiet longest is forgotten for a new one."""


class Buckets:
    """A bucket of events for each sender: it fills at `per_s` up to `burst`, and each event takes one out.

    A beacon is taken whole while an event is left; what it took too much has to fill up first.
    """

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float], *, most: int = KEPT) -> None:
        self._per_s = per_s
        self._burst = max(1.0, burst)
        self._clock = clock
        self._most = most
        self._left: dict[Hashable, tuple[float, float]] = {}

    def wait_s(self, sender: Hashable) -> float:
        """How long `sender` has to wait; 0 if it may send."""
        level, since = self._left.get(sender, (self._burst, 0.0))
        level += (self._clock() - since) * self._per_s
        return 0.0 if level >= 1 else (1 - level) / self._per_s

    def take(self, sender: Hashable, events: int) -> None:
        """Take `events` out."""
        now = self._clock()
        level, since = self._left.pop(sender, (self._burst, now))
        self._left[sender] = (min(self._burst, level + (now - since) * self._per_s) - events, now)
        if len(self._left) > self._most:
            del self._left[next(iter(self._left))]


def retry_after(seconds: float, chance: random.Random) -> int:
    """Whole seconds to wait: at least as long, and not all senders at once."""
    return math.ceil(max(1.0, seconds) * chance.uniform(1.0, 1.5))

"""When a journey is due: every so often, at an offset of its own, the same after every restart. No clock here."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field


def offset_s(journey: str, location: str, every_s: float) -> float:
    """Where within its interval a journey runs: spread by a hash, so that not all of them run at once.

    >>> offset_s("pay", "eu", 300) == offset_s("pay", "eu", 300) < 300
    True
    """
    return _hash(f"{journey}\0{location}") / 2**64 * every_s


def next_tick(after: float, every_s: float, offset: float) -> float:
    """The first tick later than `after`, s since 1970: n * every + offset.

    >>> next_tick(1000, 300, 7)
    1207
    """
    return (math.floor((after - offset) / every_s) + 1) * every_s + offset


def is_mine(journey: str, shard: tuple[int, int]) -> bool:
    """Whether replica i of n (from 1) runs the journey: the one with the highest hash (rendezvous hashing).

    When a replica is added only the journeys move that it takes over.
    """
    index, of = shard
    return index == 1 + max(range(of), key=lambda i: _hash(f"{journey}\0{i}"))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@dataclass(slots=True)
class Due:
    """A journey that is due since `at`, s since 1970."""

    journey: str
    at: float


@dataclass(slots=True)
class Schedule:
    """Which journey runs when. A tick waits for a free slot; those that come due meanwhile are missed, counted and not
    made up for. Who waits keeps the place in the queue, so that too much to do slows all journeys alike.
    """

    every_s: dict[str, float]
    location: str = ""
    missed: dict[str, int] = field(default_factory=dict)
    _next: dict[str, float] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)

    def advance(self, now: float) -> None:
        """Let the time be `now`: what has come due since is due, at most once each."""
        for name, every in self.every_s.items():
            offset = offset_s(name, self.location, every)
            tick = self._next.setdefault(name, next_tick(now, every, offset))
            if tick > now + 2 * every:  # the clock was set back
                self._next[name] = next_tick(now, every, offset)
                continue
            if tick > now:
                continue
            passed = 1 + math.floor((now - tick) / every)
            late = passed - 1 + (name in self._due)
            if late:
                self.missed[name] = self.missed.get(name, 0) + late
            self._due.setdefault(name, tick + (passed - 1) * every)
            self._next[name] = tick + passed * every

    def take(self, running: Sequence[str]) -> Due | None:
        """The journey that has waited longest and is not running already."""
        ready = [(at, name) for name, at in self._due.items() if name not in running]
        if not ready:
            return None
        at, name = min(ready)
        del self._due[name]
        return Due(name, at)

    def wait_s(self, now: float) -> float:
        """How long nothing will come due."""
        return max(0.0, min(self._next.values(), default=now + 60) - now)

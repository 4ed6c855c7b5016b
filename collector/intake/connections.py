"""Who is connected: how many may be, how long each may take, and who has to go first.

Connections stand in two lists, each in the order in which patience with them ends, so that a look every second
costs nothing for those that are in time, however many there are.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from typing import Protocol

from collector.intake import limits
from collector.telemetry import Counts

CLOSED = "snag_collector_connections_closed"


class Connected(Protocol):
    """One connection, as far as patience with it goes."""

    def expire(self, reason: str) -> None:
        """Answer what can be answered, and close."""

    def busy(self) -> bool:
        """Whether a request is under way or an answer owed."""


class Connections:
    """All connections of one process."""

    def __init__(
        self,
        *,
        most: int,
        counts: Counts,
        clock: Callable[[], float],
        read_s: float | None = None,
        idle_s: float | None = None,
    ) -> None:
        self.most = most
        self.read_s = limits.READ_S if read_s is None else read_s
        self.idle_s = limits.IDLE_S if idle_s is None else idle_s
        self.buffered = 0
        """Bytes of unfinished bodies, of all connections together."""
        self._clock = clock
        self._counts = counts
        self._reading: dict[Connected, float] = {}
        self._idle: dict[Connected, float] = {}

    def __len__(self) -> int:
        return len(self._reading) + len(self._idle)

    def add(self, connection: Connected) -> None:
        """A new one; where there are too many, the one that has been idle longest has to go for it."""
        if len(self) >= self.most:
            crowd = self._idle or self._reading
            oldest = next(iter(crowd))
            self.remove(oldest)
            self._expire(oldest, "too_many")
        self._reading[connection] = self._clock()

    def reading(self, connection: Connected) -> None:
        """A request has begun; it keeps the time at which it did."""
        if self._idle.pop(connection, None) is not None:
            self._reading[connection] = self._clock()

    def idle(self, connection: Connected) -> None:
        """Nothing is owed by the other side."""
        self._reading.pop(connection, None)
        self._idle.pop(connection, None)
        self._idle[connection] = self._clock()

    def remove(self, connection: Connected) -> None:
        """It is closed, or about to be."""
        self._reading.pop(connection, None)
        self._idle.pop(connection, None)

    def look(self) -> None:
        """Close those with whom patience has ended."""
        now = self._clock()
        for crowd, seconds, reason in (
            (self._reading, self.read_s, "too_slow"),
            (self._idle, self.idle_s, "idle"),
        ):
            while crowd:
                oldest = next(iter(crowd))
                if now - crowd[oldest] < seconds:
                    break
                del crowd[oldest]
                self._expire(oldest, reason)

    async def watch(self) -> None:
        """Look every so often, for ever."""
        while True:
            await asyncio.sleep(min(1.0, self.read_s / 4))
            self.look()

    def leave(self) -> bool:
        """Close those who wait for nothing; whether others are left, with a request under way or an answer owed."""
        for connection in self.everyone():
            if not connection.busy():
                self.remove(connection)
                connection.expire("stopping")
        return bool(self._reading or self._idle)

    def everyone(self) -> list[Connected]:
        """All of them, those without a request first."""
        return [*self._idle, *self._reading]

    def _expire(self, connection: Connected, reason: str) -> None:
        self._counts.add(CLOSED, reason)
        connection.expire(reason)


def room(wanted: int, *, spare: int) -> int:
    """How many connections this process may have open, with `spare` file descriptors left for everything else.

    The soft limit is raised to the hard one where `wanted` needs it, as far as the system allows.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted + spare:
        soft = wanted + spare if hard == resource.RLIM_INFINITY else min(hard, wanted + spare)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return wanted
    return max(16, min(wanted, soft - min(spare, soft // 2)))

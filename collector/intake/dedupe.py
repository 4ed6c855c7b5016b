"""Which beacons came lately, so that a retry whose answer was lost is not kept twice."""

from __future__ import annotations

from collections.abc import Callable

from collector.events import Beacon

MINUTES = 15
"""An agent tries again within seconds, a page that was closed with the next one."""

MOST = 50_000
"""Of each half; 64 bytes each. A retry that comes later, or to another worker, is found by the store."""


class Seen:
    """Two halves: the older one is forgotten when the newer one is full or has its time."""

    def __init__(self, clock: Callable[[], float], *, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._new: set[int] = set()
        self._old: set[int] = set()
        self._since = clock()

    def __contains__(self, key: int) -> bool:
        return key in self._new or key in self._old

    def add(self, key: int) -> None:
        """Remember a beacon that is on disk."""
        if len(self._new) >= self._most or self._clock() - self._since > MINUTES * 30:
            self._old, self._new, self._since = self._new, set(), self._clock()
        self._new.add(key)


def key_of(beacon: Beacon) -> int:
    """One number for a sending and its retries. The events are in it: a sender that gives all its beacons one id
    must not lose them."""
    events = beacon.events
    first, last = events[0], events[-1]
    return hash(
        (
            beacon.beacon_id.int,
            beacon.session_id.int,
            len(events),
            first.event_id.int,
            last.event_id.int,
            last.revision,
        )
    )

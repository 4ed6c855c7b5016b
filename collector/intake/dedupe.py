"""Recognises a retry whose acknowledgement was lost, so that a beacon is not queued twice."""

from __future__ import annotations

from cachetools import FIFOCache

from collector.events import Beacon
from collector.intake import limits


class Duplicates:
    """The beacons that were queued last, by their keys."""

    def __init__(self) -> None:
        self._keys: FIFOCache[int, bool] = FIFOCache(limits.BEACONS_REMEMBERED)

    def __contains__(self, key: int) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: int) -> None:
        """Remember a beacon that is on disk."""
        self._keys[key] = True


def key_of(beacon: Beacon) -> int:
    """Return the same number for a beacon and its retries.

    Its events count too: a sender that gives all its beacons one id must not lose them.
    """
    events = beacon.events
    first, last = events[0], events[-1]
    ids = (beacon.beacon_id.int, beacon.session_id.int, len(events), first.event_id.int, last.event_id.int)
    return hash((*ids, last.revision))

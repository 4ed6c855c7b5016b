"""When a place failed many visits at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from collector.friction.cause_rules import OUTAGE_SESSIONS

WINDOW_MS = 300_000


class Failure(NamedTuple):
    """One failed request or page; time in ms since 1970."""

    traffic_source: str
    place: str
    at_ms: int
    session: str


class Outage(NamedTuple):
    """A place failed at least OUTAGE_SESSIONS visits in every stretch of five minutes that it is made of; `sessions` at
    the worst. Both ends are times of failures."""

    traffic_source: str
    place: str
    start_ms: int
    end_ms: int
    sessions: int


def outages(failures: Iterable[Failure]) -> list[Outage]:
    """All outages in `failures`, which come in the order of source, place and time.

    >>> five = [Failure("rum", "api/pay", 1000 * i, f"visit {i}") for i in range(5)]
    >>> outages(five)
    [Outage(traffic_source='rum', place='api/pay', start_ms=0, end_ms=4000, sessions=5)]
    >>> outages(five[:4])
    []
    """
    found: list[Outage] = []
    for (source, place), group in groupby(failures, key=lambda f: f[:2]):
        events = list(group)
        inside: Counter[str] = Counter()
        first = 0
        for event in events:
            inside[event.session] += 1
            while events[first].at_ms < event.at_ms - WINDOW_MS:
                left = events[first].session
                inside[left] -= 1
                if not inside[left]:
                    del inside[left]
                first += 1
            if len(inside) < OUTAGE_SESSIONS:
                continue
            start, last = events[first].at_ms, found[-1] if found else None
            if last and last[:2] == (source, place) and start <= last.end_ms:
                found[-1] = last._replace(end_ms=event.at_ms, sessions=max(last.sessions, len(inside)))
            else:
                found.append(Outage(source, place, start, event.at_ms, len(inside)))
    return found

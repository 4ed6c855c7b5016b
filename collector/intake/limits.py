"""Every limit of the public port: sizes, rates, waits and the Retry-After of each rejection.

Other modules read these as `limits.NAME` when they need them, so that a test can change one and see the result change.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Hashable

from cachetools import LRUCache

# A request

HEAD_BYTES = 16 * 1024
"""A browser's head has 1 to 2 KiB, a proxy adds some; cookies of a shared domain may add 8."""

HEAD_FIELDS = 100

BODY_BYTES = 64 * 1024
"""sendBeacon rejects bodies over 64 KiB (Fetch standard, keepalive quota), so nothing honest is larger."""

UNPACKED_BYTES = 256 * 1024
"""Decompressed: 200 events with every field at its longest are smaller."""

AGE_MS = 24 * 3600 * 1000
"""An agent keeps what it could not send for a day; a time further from `sent_ts` is wrong, not late."""

CLOCK_TOLERANCE_MS = 2000
"""Below it the difference between sending and receiving is the network; above it the visitor's clock is wrong."""

# Connections of one process

READ_S = 10.0
"""From the first byte of a request to its last: an honest beacon takes a second, over a bad line a few."""

IDLE_S = 65.0
"""Between two beacons of one page lie at most ten seconds; a load balancer often waits 60."""

BUFFERED_BYTES = 64 * 2**20
"""Unfinished bodies of all connections together."""

REJECTED_BYTES = 1024 * 1024
"""Still read and thrown away after a rejection, so that the sender gets to read why."""

PIPELINED = 16
"""Requests of one connection that may wait for their response; no browser sends ahead."""

# Rates

BURST_S = 60
"""A bucket holds the events of so many seconds: pages are opened in bursts."""

SENDERS = 20_000
"""Senders whose rate is remembered; the one that has been quiet longest is forgotten first."""

BEACONS_REMEMBERED = 50_000
"""To recognise a retry, which comes within seconds; the store recognises a later one by its event ids."""

# Responses

RETRY_S = 30.0
"""Retry-After when the queue is full or has failed."""

OVERLOAD_RETRY_S = 2.0
"""Retry-After when this process is overloaded for a moment."""

PREFLIGHT_S = 86_400
"""Access-Control-Max-Age of a preflight."""


class Buckets:
    """Token buckets: each sender's fills at `per_s` events up to `burst`.

    A beacon is accepted whole while one event is left. It may overdraw; the deficit refills before the next beacon is
    accepted.
    """

    def __init__(self, per_s: float, clock: Callable[[], float]) -> None:
        self._per_s = per_s
        self._burst = max(1.0, per_s * BURST_S)
        self._clock = clock
        self._levels: LRUCache[Hashable, tuple[float, float]] = LRUCache(SENDERS)

    def __len__(self) -> int:
        return len(self._levels)

    def wait_s(self, sender: Hashable) -> float:
        """Return how long `sender` has to wait; 0 if it may send."""
        level, since = self._levels.get(sender) or (self._burst, 0.0)
        level += (self._clock() - since) * self._per_s
        return 0.0 if level >= 1 else (1 - level) / self._per_s

    def take(self, sender: Hashable, events: int) -> None:
        """Take `events` out of the sender's bucket."""
        now = self._clock()
        level, since = self._levels.get(sender) or (self._burst, now)
        self._levels[sender] = (min(self._burst, level + (now - since) * self._per_s) - events, now)


def retry_after(seconds: float, chance: random.Random) -> int:
    """Return whole seconds to wait: at least `seconds`, with jitter so that senders do not return together."""
    return math.ceil(max(1.0, seconds) * chance.uniform(1.0, 1.5))

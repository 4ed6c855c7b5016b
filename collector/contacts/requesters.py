"""Who a contact is of, said without saying who: keys of requesters, and the list of those who asked to be forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from collector.contacts.schema import Keyed, Suppressed
from collector.privacy.keys import NO_KEY, RequesterKeys
from collector.privacy.redact import redact
from collector.privacy.suppression import Suppression

REFRESH_S = 60.0
"""How old the list may be: who was forgotten a minute ago is not taken in again."""


class People:
    """Keys for requesters. The list is asked for again when it is old; while the store is away the last one holds."""

    def __init__(
        self,
        keys: RequesterKeys,
        suppressed: Callable[[], frozenset[bytes]] = frozenset,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._ask = suppressed
        self._clock = clock
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self.suppression = Suppression(keys, frozenset())

    def use(self, suppressed: Callable[[], frozenset[bytes]]) -> None:
        """Ask for the list so from now on: where the store is open already."""
        self._ask = suppressed

    def refresh(self) -> None:
        """Ask the store for the list if it is old. Raises what the store raises where none was ever read."""
        with self._lock:
            if self._clock() - self._asked < REFRESH_S:
                return
            try:
                found = self._ask()
            except Exception:
                if self._asked > 0:
                    return
                raise
            self.suppression = Suppression(self._keys, found)
            self._asked = self._clock()

    def key(self, people: str, requester_id: str) -> Keyed:
        """Keys of a requester of the sources called `people`. Raises Suppressed."""
        if self.suppression.holds(people, requester_id):
            raise Suppressed
        key = _hex(self._keys.requester_key(people, requester_id))
        if len(self._keys.live) == 1:
            return Keyed(key)
        now = datetime.fromtimestamp(self._clock(), UTC)
        return Keyed(key, _hex(self._keys.requester_key_before(people, requester_id, now)))


def subject_of(kept: bool) -> Callable[[str], str]:
    """What is kept of a subject: nothing, or where subjects are switched on, what is nobody's."""
    return redact if kept else lambda text: ""


def _hex(key: bytes) -> str:
    return "" if key == NO_KEY else key.hex()

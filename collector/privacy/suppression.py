"""Who asked to be forgotten stays away: what every intake asks before it keeps anything of a requester."""

from __future__ import annotations

from collector.privacy.keys import RequesterKeys


class Suppression:
    """The list as it was when it was read from the store (`Store.suppressed`); hashes, no ids."""

    def __init__(self, keys: RequesterKeys, suppressed: frozenset[bytes]) -> None:
        self._keys = keys
        self._suppressed = suppressed

    def holds(self, source: str, requester_id: str) -> bool:
        """Whether this requester asked to be forgotten; whoever has no id did not."""
        if not self._suppressed:
            return False
        return not self._suppressed.isdisjoint(self._keys.every(source, requester_id))

"""Which surge of a new analysis is which of an earlier one: late contacts amend, they never make a second surge."""

from collections.abc import Iterable

from collector.correlate.types import Surge

LEAST_SHARED = 0.25
"""Two accounts of one surge share at least a quarter of the shorter one's time; its bounds move as reports come in."""


def amended(earlier: Iterable[Surge], later: Iterable[Surge]) -> list[tuple[Surge | None, Surge | None]]:
    """Pairs (earlier, later), by time: both for one story told again, None for what is new or has gone.

    Each surge is in one pair only; of several that overlap the one that shares most time is its match.
    Keep the identity under which the earlier one is known, whatever its new start.
    """
    before, after = list(earlier), list(later)
    shared = sorted(((_shared(a, b), -i, -j) for i, a in enumerate(before) for j, b in enumerate(after)), reverse=True)
    of_before: dict[int, int] = {}
    of_after: dict[int, int] = {}
    for share, i, j in shared:
        if share >= LEAST_SHARED and -i not in of_before and -j not in of_after:
            of_before[-i], of_after[-j] = -j, -i
    pairs: list[tuple[Surge | None, Surge | None]] = [
        (before[of_after[j]] if j in of_after else None, b) for j, b in enumerate(after)
    ]
    pairs += [(a, None) for i, a in enumerate(before) if i not in of_before]
    return sorted(pairs, key=lambda pair: min(s.start for s in pair if s is not None))


def _shared(a: Surge, b: Surge) -> float:
    """Time both cover as a share of the shorter one."""
    shortest = min(a.end - a.start, b.end - b.start)
    return max(0, min(a.end, b.end) - max(a.start, b.start)) / max(shortest, 1)

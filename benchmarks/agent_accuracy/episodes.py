"""What an episode is, and the register of all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.agent_accuracy.visitor import Visitor

Play = Callable[[Visitor], Awaitable[None]]

PLAIN, WIDGETS = "plain pages", "pages of npm widgets"


@dataclass(frozen=True)
class Episode:
    """A visit that somebody judged beforehand: what must be told of it, and what may be.

    `allowed` is what the definitions leave open: neither asked for nor counted against.
    """

    name: str
    play: Play
    expected: frozenset[str]
    allowed: frozenset[str]
    sort: str
    touch: bool = False

    @property
    def harmless(self) -> bool:
        """Nobody was stuck."""
        return not self.expected


ALL: list[Episode] = []


def friction(
    *kinds: str, allowed: str = "", sort: str = PLAIN, touch: bool = False, name: str = ""
) -> Callable[[Play], Play]:
    """Register an episode in which these kinds are met; `allowed`: further kinds, separated by spaces."""

    def register(play: Play) -> Play:
        called = name or getattr(play, "__name__", "")
        assert all(known.name != called for known in ALL), f"two episodes are called {called}"
        ALL.append(Episode(called, play, frozenset(kinds), frozenset(allowed.split()), sort, touch))
        return play

    return register


def harmless(allowed: str = "", sort: str = PLAIN, touch: bool = False, name: str = "") -> Callable[[Play], Play]:
    """Register an episode in which nobody is stuck."""
    return friction(allowed=allowed, sort=sort, touch=touch, name=name)

"""Uncaught errors of pages and their frames as the browser tells them: also of a page that is left at once.

The agent in the page tells of the same errors, if the page stays long enough. Both are one event here: the browser knows
the step and how often, the agent the route. Its words are in full, because no visitor's text can be in a robot's run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard
from uuid import uuid4

import msgspec

from collector.events import AnyEvent, Beacon, PageError
from collector.scrub import LONGEST, host_and_path, scrub

MOST = 200
"""Different errors in one attempt; a storm of more says nothing more."""


class PageErrors:
    """The errors of one attempt, in order; a repeated one is counted where it was first met."""

    def __init__(self) -> None:
        self.dropped = 0
        self._found: dict[tuple[int, str, str], PageError] = {}

    def hear(self, error: Any, index: int, at_ms: int, journey: str, step: str, is_ours: Callable[[str], bool]) -> None:
        """Take in Playwright's WebError, met in the step of that `index`."""
        said = error.error
        name = str(getattr(said, "name", "") or "")[:64]
        message = str(getattr(said, "message", said) or "").splitlines() or [""]
        key = (index, name, message[0])
        if known := self._found.get(key):
            self._found[key] = msgspec.structs.replace(known, repeat_count=min(known.repeat_count + 1, 65535))
            return
        if len(self._found) >= MOST:
            self.dropped += 1
            return
        where = getattr(error, "location", None) or {}
        url = str(where.get("url", ""))
        page = error.page
        self._found[key] = PageError(
            event_id=uuid4(),
            client_ts=at_ms,
            error_source="script",
            error_type=name,
            error_message=message[0][:LONGEST],
            error_place=_place(url, where.get("line", 0)),
            first_party=is_ours(url if url.startswith("http") else page.url if page else ""),
            journey=journey,
            step=step,
        )

    def settle(
        self, events: list[tuple[AnyEvent, int]], beacons: list[Beacon]
    ) -> tuple[list[tuple[AnyEvent, int]], list[Beacon]]:
        """The events with these errors among them, each once, and the agent's beacons with the same words."""
        full = {scrub(one.error_message): one.error_message for one in self._found.values()}
        agents = {e.error_message: e for e, _ in events if _is_uncaught(e) and e.error_message in full}
        others = [(_in_full(event, full), index) for event, index in events if not _is_one_of(event, agents)]
        own: list[tuple[AnyEvent, int]] = [
            (_joined(one, agents.get(scrub(one.error_message))), index) for (index, _, _), one in self._found.items()
        ]
        said = [
            msgspec.structs.replace(b, events=[_in_full(e, full) for e in b.events if not _is_one_of(e, agents)])
            for b in beacons
        ]
        return others + own, [beacon for beacon in said if beacon.events]


def _is_uncaught(event: AnyEvent) -> TypeGuard[PageError]:
    return isinstance(event, PageError) and event.error_source in ("script", "promise")


def _is_one_of(event: AnyEvent, agents: dict[str, PageError]) -> bool:
    return _is_uncaught(event) and event.error_message in agents


def _joined(browsers: PageError, agents: PageError | None) -> PageError:
    """What the browser told, with what only the agent knows, such as the route."""
    if agents is None:
        return browsers
    told = ("event_id", "client_ts", "journey", "step", "error_type", "error_message", "repeat_count")
    return msgspec.structs.replace(agents, **{name: getattr(browsers, name) for name in told})


def _in_full(event: AnyEvent, full: dict[str, str]) -> AnyEvent:
    words = getattr(event, "error_message", "")
    return msgspec.structs.replace(event, error_message=full[words]) if words in full else event


def _place(url: str, line: int) -> str:
    host, path = host_and_path(url)
    return f"{host}{path}:{line + 1}"[:LONGEST] if host else ""

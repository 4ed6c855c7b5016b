"""Whose a wait was: the share of it that servers took, and the share for which the page itself was blocked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from collector.friction.cause_evidence import Waits


class Wait(NamedTuple):
    """One slow step of a visit, or one time that its page was blocked; times in ms."""

    session: str
    at_ms: int
    duration_ms: int


class Request(NamedTuple):
    """One request of a visit, and how long its server let it wait; times in ms."""

    session: str
    at_ms: int
    wait_ms: int


def shares(steps: Sequence[Wait], blocked: Iterable[Wait], requests: Iterable[Request]) -> Waits:
    """The medians over the slow `steps` of one point. A visit without any known request tells nothing of servers."""
    by_visit = _by_visit((r.session, r.at_ms, r.at_ms + r.wait_ms) for r in requests)
    blocks = _by_visit((b.session, b.at_ms, b.at_ms + b.duration_ms) for b in blocked)
    server, page = [], []
    for step in steps:
        if not step.duration_ms:
            continue
        if step.session in by_visit:
            server.append(_covered(step, by_visit[step.session]))
        if step.session in blocks:
            page.append(_covered(step, blocks[step.session]))
        else:
            page.append(0.0)
    known = [share for share in page if share]
    return Waits(median(server) if server else None, median(page) if known else None)


def _by_visit(spans: Iterable[tuple[str, int, int]]) -> Mapping[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for session, start, end in spans:
        found.setdefault(session, []).append((start, end))
    return found


def _covered(step: Wait, spans: list[tuple[int, int]]) -> float:
    """The share of the step that the spans cover, none counted twice.

    >>> _covered(Wait("", 0, 1000), [(-100, 300), (200, 400), (900, 5000)])
    0.5
    """
    start, end = step.at_ms, step.at_ms + step.duration_ms
    covered, reached = 0, start
    for first, last in sorted(spans):
        first, last = max(first, reached), min(last, end)
        if last > first:
            covered += last - first
            reached = last
    return covered / step.duration_ms

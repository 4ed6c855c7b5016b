"""Routes for other vendors' agents; each exists only if SNAG_FOREIGN_AGENTS names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from collector.intake.foreign import Reader

JSON = "application/json"
PROTOBUF = "application/x-protobuf"


class Route(NamedTuple):
    """One path."""

    path: str
    read: Reader
    types: tuple[str, ...]
    """Content-Types that are accepted."""
    status: int
    """Status of the response once everything is on disk."""
    body: Callable[[str], bytes]
    """Body of that response, by the request's Content-Type."""


def routes(names: Iterable[str]) -> list[Route]:
    """Return the routes of these agents, of collector.intake.foreign.AGENTS. Their readers are loaded only then."""
    chosen = []
    if "faro" in names:
        from collector.intake.foreign import faro

        chosen.append(Route("/faro/collect", faro.read, (JSON, "text/plain"), 202, lambda kind: b"ok"))
    if "otlp" in names:
        from collector.intake.foreign import otlp

        # An empty ExportLogsServiceResponse says that everything was accepted.
        chosen.append(
            Route(
                "/otlp/v1/logs",
                otlp.read,
                (JSON, PROTOBUF),
                200,
                lambda kind: b"" if kind == PROTOBUF else b"{}",
            )
        )
    return chosen

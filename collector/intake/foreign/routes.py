"""The ways in for agents of others: each has a path of its own, and is there only where it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from collector.intake.foreign import Reader

JSON = b"application/json"
PROTOBUF = b"application/x-protobuf"


class Way(NamedTuple):
    """One path."""

    path: bytes
    read: Reader
    types: tuple[bytes, ...]
    """Content-Types that are taken."""
    status: int
    """Of the answer, once everything is on disk."""
    body: Callable[[bytes], bytes]
    """The body of that answer, by the Content-Type that came."""


def ways(names: Iterable[str]) -> list[Way]:
    """The ways for these agents, of collector.intake.foreign.AGENTS. Their readers are loaded only then."""
    found = []
    if "faro" in names:
        from collector.intake.foreign import faro

        found.append(Way(b"/faro/collect", faro.read, (JSON, b"text/plain"), 202, lambda kind: b"ok"))
    if "otlp" in names:
        from collector.intake.foreign import otlp

        # An ExportLogsServiceResponse without anything in it, which says that all was taken.
        found.append(
            Way(
                b"/otlp/v1/logs",
                otlp.read,
                (JSON, PROTOBUF),
                200,
                lambda kind: b"" if kind == PROTOBUF else b"{}",
            )
        )
    return found

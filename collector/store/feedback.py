"""Loops from a reason of contacts to the friction point behind it, as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from collector.store.queries import metrics as metric_queries
from collector.store.store import Store


class Link(NamedTuple):
    """One loop. Times carry a time zone."""

    link_id: UUID
    version: int
    app: str
    contact_reason: str
    page_group: str
    kind: str
    target_name: str
    state: str
    began_ts: datetime
    owner: str = ""
    release: str = ""
    fixed_ts: datetime | None = None
    verified_ts: datetime | None = None


def links(store: Store, app: str) -> list[Link]:
    """Every loop of a site, the oldest first."""
    found: list[Link] = []
    for row in metric_queries.feedback_links(store, app=app):
        values: list[Any] = [one.replace(tzinfo=UTC) if isinstance(one, datetime) else one for one in row]
        found.append(Link(*values))
    return found


def keep(store: Store, link: Link) -> None:
    """Keep a loop as it is now; the highest version holds."""
    store.client.insert("snag_experience.feedback_links", [list(link)], column_names=list(Link._fields))


class Day(NamedTuple):
    """What one day, UTC, had of both ends of a loop."""

    start_s: int
    contacts: int
    hit: int
    sessions: int


def days(store: Store, link: Link, start: datetime, end: datetime, sources: Sequence[str] = ("rum",)) -> dict[int, Day]:
    """The days of [start, end) with anything in them, by their start in seconds since 1970."""
    rows = metric_queries.feedback_days(
        store,
        app=link.app,
        reason=link.contact_reason,
        page=link.page_group,
        kind=link.kind,
        target=link.target_name,
        start=start,
        end=end,
        sources=list(sources),
    )
    return {int(row.start_s): Day(*map(int, row)) for row in rows}

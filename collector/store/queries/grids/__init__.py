"""Counts on a regular grid: bins of `step` seconds from `start`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collector.store.store import Store


class FirstSession(NamedTuple):
    """When the first session is known, seconds since 1970; 0 without one."""

    first_s: int


class Sessions(NamedTuple):
    """A bin and the sessions seen in it."""

    bin: int
    found: int


class Friction(NamedTuple):
    """A bin, `page_group|kind`, and the sessions affected."""

    bin: int
    key: str
    found: int


class KeySessions(NamedTuple):
    """A bin and the sessions that met this kind of friction on this page."""

    bin: int
    found: int


class Contacts(NamedTuple):
    """A bin, channel, contact reason, and the contacts created in it."""

    bin: int
    channel: str
    contact_reason: str
    contacts: int


class Interval(NamedTuple):
    """An interval of a source that counts contacts: start in seconds after `start`, length, and its contacts."""

    at: int
    interval_s: int
    channel: str
    contact_reason: str
    contacts: int


class Ttfb(NamedTuple):
    """A bin and the 75th percentile of the time to first byte, ms."""

    bin: int
    ttfb_p75_ms: float


class Http5xx(NamedTuple):
    """A bin and the share of requests that were answered 5xx."""

    bin: int
    http_5xx_rate: float


class Imported(NamedTuple):
    """A bin, the name of an imported series, and its mean."""

    bin: int
    name: str
    mean: float


def first_session(
    store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str]
) -> list[FirstSession]:
    """Return it as one row."""
    return store._rows(FirstSession, "grids/first_session", app=app, start=start, end=end, sources=list(sources))


def sessions(
    store: Store, *, app: str, step: int, start: datetime, end: datetime, sources: Sequence[str]
) -> list[Sessions]:
    """Return the sessions by bin."""
    return store._rows(Sessions, "grids/sessions", app=app, step=step, start=start, end=end, sources=list(sources))


def friction(
    store: Store, *, app: str, step: int, start: datetime, end: datetime, sources: Sequence[str]
) -> list[Friction]:
    """Return the sessions that met friction, by bin and key."""
    return store._rows(Friction, "grids/friction", app=app, step=step, start=start, end=end, sources=list(sources))


def key(
    store: Store,
    *,
    app: str,
    step: int,
    kind: str,
    page_group: str,
    start: datetime,
    end: datetime,
    sources: Sequence[str],
) -> list[KeySessions]:
    """Return them by bin."""
    return store._rows(
        KeySessions,
        "grids/key",
        app=app,
        step=step,
        kind=kind,
        page_group=page_group,
        start=start,
        end=end,
        sources=list(sources),
    )


def contacts(store: Store, *, step: int, start: datetime, end: datetime) -> list[Contacts]:
    """Return the contacts whose minute is known, by bin."""
    return store._rows(Contacts, "grids/contacts", step=step, start=start, end=end)


def intervals(store: Store, *, start: datetime, end: datetime) -> list[Interval]:
    """Return the intervals, of several lengths the shortest."""
    return store._rows(Interval, "grids/intervals", start=start, end=end)


def ttfb(store: Store, *, app: str, step: int, start: datetime, end: datetime, sources: Sequence[str]) -> list[Ttfb]:
    """Return it by bin."""
    return store._rows(Ttfb, "grids/ttfb", app=app, step=step, start=start, end=end, sources=list(sources))


def http_5xx(
    store: Store, *, app: str, step: int, start: datetime, end: datetime, sources: Sequence[str]
) -> list[Http5xx]:
    """Return it by bin."""
    return store._rows(Http5xx, "grids/http_5xx", app=app, step=step, start=start, end=end, sources=list(sources))


def imported(store: Store, *, app: str, step: int, start: datetime, end: datetime) -> list[Imported]:
    """Return the imported series of a site."""
    return store._rows(Imported, "grids/imported", app=app, step=step, start=start, end=end)

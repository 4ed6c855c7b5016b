"""Queries about metrics, answers by page and feedback loops: one function for each .sql file beside this one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from collector.store.store import Store


class TotalRow(NamedTuple):
    """A counter of one site, and the time through which it is counted."""

    metric: str
    app: str
    label: str
    total: int
    through_ts: datetime


class QuadrantRow(NamedTuple):
    """A page: sessions, those that met friction there, and the answers given there."""

    page_group: str
    sessions: int
    hit: int
    csat: int
    csat_good: int
    ces: int
    ces_good: int


class PageHitRow(NamedTuple):
    """A page and the visits that met friction there."""

    page_group: str
    hit: int


class PageAnswersRow(NamedTuple):
    """A page and the valid answers given there, with the good ones among them."""

    page_group: str
    csat: int
    csat_good: int
    ces: int
    ces_good: int


class FeedbackDayRow(NamedTuple):
    """One day, UTC, of both ends of a feedback loop."""

    start_s: int
    contacts: int
    hit: int
    sessions: int


class FeedbackLinkRow(NamedTuple):
    """A feedback loop as it is stored."""

    link_id: UUID
    version: int
    app: str
    contact_reason: str
    page_group: str
    kind: str
    target_name: str
    state: str
    began_ts: datetime
    owner: str
    release: str
    fixed_ts: datetime | None
    verified_ts: datetime | None


def metric_totals(store: Store) -> list[TotalRow]:
    """Return every stored counter."""
    return store._rows(TotalRow, "metrics/metric_totals")


def quadrant(store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str]) -> list[QuadrantRow]:
    """Return the pages of a site with friction and answers, the busiest first."""
    return store._rows(QuadrantRow, "metrics/quadrant", app=app, start=start, end=end, sources=list(sources))


def quadrant_pages(
    store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str], pages: Sequence[str]
) -> list[PageHitRow]:
    """Return the visits that met friction on these pages, from the rollups."""
    return store._rows(
        PageHitRow, "metrics/quadrant_pages", app=app, start=start, end=end, sources=list(sources), pages=list(pages)
    )


def page_answers(store: Store, *, app: str, start: datetime, end: datetime) -> list[PageAnswersRow]:
    """Return the pages on which anything was answered, those with most answers first."""
    return store._rows(PageAnswersRow, "metrics/page_answers", app=app, start=start, end=end)


def feedback_days(
    store: Store,
    *,
    app: str,
    reason: str,
    page: str,
    kind: str,
    target: str,
    start: datetime,
    end: datetime,
    sources: Sequence[str],
) -> list[FeedbackDayRow]:
    """Return the days of [start, end) on which either end of the loop has anything."""
    return store._rows(
        FeedbackDayRow,
        "metrics/feedback_days",
        app=app,
        reason=reason,
        page=page,
        kind=kind,
        target=target,
        start=start,
        end=end,
        sources=list(sources),
    )


def feedback_links(store: Store, *, app: str) -> list[FeedbackLinkRow]:
    """Return the feedback loops of a site, the oldest first."""
    return store._rows(FeedbackLinkRow, "metrics/feedback_links", app=app)

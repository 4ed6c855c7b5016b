"""Queries about contacts, annotations and surveys: one function for each .sql file beside this one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from collector.store import windows

if TYPE_CHECKING:
    from collector.store.store import Store


class EventRow(NamedTuple):
    """An event of a contact, in the order of ContactEvent's fields."""

    source: str
    source_contact_id: str
    source_event_id: str
    event_ts: datetime
    kind: str
    actor: str
    from_value: str
    to_value: str
    fields: str


class VersionRow(NamedTuple):
    """A contact and its newest version, deleted or not."""

    source_contact_id: str
    newest: int


class ContactRow(NamedTuple):
    """The newest version of a contact as the engine writes it."""

    contact_json: str


class LastReceivedRow(NamedTuple):
    """A source, and when the last contact or count of it arrived."""

    source: str
    last_ts: datetime


class AnnotationIdRow(NamedTuple):
    """The id of an annotation, deleted ones too."""

    annotation_id: UUID


class AnnotationRow(NamedTuple):
    """Something that is known to have happened; times in seconds since 1970, no end for a point in time."""

    start_s: int
    end_s: int | None
    kind: str
    title: str


class SurveyScaleRow(NamedTuple):
    """A survey's metric and the scale that it was asked on."""

    metric: str
    scale: str


class CursorRow(NamedTuple):
    """Where the last pull of a source ended."""

    cursor: str


class FoundRow(NamedTuple):
    """A row where there is any."""

    found: int


class IntervalCountRow(NamedTuple):
    """How many interval counts a call centre gave."""

    intervals: int


class ReasonRow(NamedTuple):
    """A contact reason, the rule that named it, and its contacts."""

    contact_reason: str
    reason_rule: str
    contacts: int


class SubjectRow(NamedTuple):
    """The redacted subject of a contact without a reason."""

    subject_redacted: str


class SuppressedRow(NamedTuple):
    """The key, 16 bytes, of a person who is on the suppression list."""

    subject_key: bytes


class ChainRow(NamedTuple):
    """A step between channels; `came_from` is empty where there was no contact within 7 days before."""

    came_from: str
    channel: str
    touches: int
    eligible: int
    again: int


class LinkedRow(NamedTuple):
    """A kind of friction (empty: all visits), the visits that met it, and how many of those made contact within a day."""

    kind: str
    met_by: int
    of_them_in_contact: int


class MentionRow(NamedTuple):
    """Mentions of one channel and source, now and in the period before."""

    channel: str
    source: str
    mentions: int
    earlier: int


class SelfServiceRow(NamedTuple):
    """Sessions that looked for help, and what came of it."""

    sessions: int
    sought_help: int
    searched_help: int
    opened_contact: int
    sought_and_opened: int
    linkable_sessions: int
    in_contact: int
    searches_made: int
    searches_failed: int


class WatermarkRow(NamedTuple):
    """A source of contacts and the time through which it is complete."""

    source: str
    through_ts: datetime


def contact_events(store: Store, *, source: str, ids: Sequence[str]) -> list[EventRow]:
    """Return every stored event of these contacts."""
    return store._rows(EventRow, "contacts/contact_events", source=source, ids=list(ids))


def contact_versions(store: Store, *, source: str) -> list[VersionRow]:
    """Return the newest version of every contact of a source."""
    return store._rows(VersionRow, "contacts/contact_versions", source=source)


def contacts_by_id(store: Store, *, source: str, ids: Sequence[str]) -> list[ContactRow]:
    """Return the newest version of these contacts, deleted or not."""
    return store._rows(ContactRow, "contacts/contacts_by_id", source=source, ids=list(ids))


def contacts_last_received(store: Store, *, since: datetime) -> list[LastReceivedRow]:
    """Return the sources that sent anything after `since`, the latest first."""
    return store._rows(LastReceivedRow, "contacts/contacts_last_received", since=since)


def annotation_ids(store: Store, *, kind: str) -> list[AnnotationIdRow]:
    """Return the ids of the annotations of one kind."""
    return store._rows(AnnotationIdRow, "contacts/annotation_ids", kind=kind)


def annotations_during(store: Store, *, app: str, start: datetime, end: datetime) -> list[AnnotationRow]:
    """Return the annotations of a site, and of all sites, that overlap [start, end)."""
    return store._rows(AnnotationRow, "contacts/annotations_during", app=app, start=start, end=end)


def answers_known(store: Store, *, start: datetime, end: datetime) -> list[SurveyScaleRow]:
    """Return the surveys that were asked in [start, end)."""
    return store._rows(SurveyScaleRow, "contacts/answers_known", start=start, end=end)


def cursor(store: Store, *, source: str) -> list[CursorRow]:
    """Return the stored cursor of a source, if there is one."""
    return store._rows(CursorRow, "contacts/cursor", source=source)


def has_contact_events(store: Store, *, source: str) -> list[FoundRow]:
    """Return a row if any event of a contact of the source is stored."""
    return store._rows(FoundRow, "contacts/has_contact_events", source=source)


def interval_count(store: Store, *, start: datetime, end: datetime) -> list[IntervalCountRow]:
    """Return how many interval counts begin in [start, end)."""
    return store._rows(IntervalCountRow, "contacts/interval_count", start=start, end=end)


def reasons(store: Store, *, start: datetime) -> list[ReasonRow]:
    """Return contacts by reason and rule since `start`; those without a reason come first."""
    return store._rows(ReasonRow, "contacts/reasons", start=start)


def subjects_without_reason(store: Store, *, start: datetime) -> list[SubjectRow]:
    """Return the newest 50,000 redacted subjects of contacts without a reason."""
    return store._rows(SubjectRow, "contacts/subjects_without_reason", start=start)


def suppressed(store: Store) -> list[SuppressedRow]:
    """Return every key on the suppression list."""
    return store._rows(SuppressedRow, "contacts/suppressed")


def chains(store: Store, *, start: datetime, end: datetime) -> list[ChainRow]:
    """Return the steps between channels of requesters who came in [start, end)."""
    return store._rows(ChainRow, "contacts/chains", start=start, end=end, again_days=windows.AGAIN_DAYS)


def linked(store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str]) -> list[LinkedRow]:
    """Return, for each kind of friction, the linkable visits that met it and made contact."""
    return store._rows(
        LinkedRow,
        "contacts/linked",
        app=app,
        start=start,
        end=end,
        sources=list(sources),
        linked_hours=windows.LINKED_HOURS,
    )


def mentions(store: Store, *, before: datetime, start: datetime, end: datetime) -> list[MentionRow]:
    """Return mentions on social media and reviews in [start, end) and in [before, start)."""
    return store._rows(MentionRow, "contacts/mentions", before=before, start=start, end=end)


def self_service(
    store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str]
) -> list[SelfServiceRow]:
    """Return one row about help and what came of it."""
    return store._rows(
        SelfServiceRow,
        "contacts/self_service",
        app=app,
        start=start,
        end=end,
        sources=list(sources),
        linked_hours=windows.LINKED_HOURS,
    )


def watermarks(store: Store) -> list[WatermarkRow]:
    """Return how far each source is complete."""
    return store._rows(WatermarkRow, "contacts/watermarks")

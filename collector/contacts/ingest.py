"""Rows of the support side into the store: as they are, or put together where a contact is known by its events.

A contact that is only ever sent whole is written as it is. Once an event of it is kept, everything that is known of it
is kept as events, and the row is put together from them anew: so it comes out the same in whatever order they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from collector.contacts.reduce_events import reduce
from collector.contacts.schema import REDUCED, VERSIONS_PER_MS, snapshot
from collector.store.store import Store
from collector.store.support import Annotation, Contact, ContactEvent, ContactInterval, Row, SurveyResponse

IDS = 400
"""Contacts whose events are asked for at once: a server takes 128 KiB in one parameter, and an id may have 256 signs."""


class Support(msgspec.Struct, tag="support", tag_field="type", omit_defaults=True, forbid_unknown_fields=True):
    """One line of the queue: what one delivery brought. What is about people is gone from it already."""

    contacts: list[Contact] = []
    events: list[ContactEvent] = []
    surveys: list[SurveyResponse] = []
    intervals: list[ContactInterval] = []
    annotations: list[Annotation] = []


class Landed(NamedTuple):
    """What became of the contacts and events."""

    written: int
    waiting: int
    """Contacts of which events are kept, but nothing yet that says when they were made."""


SUPPORT = b'{"type":"support"'
_decoder = msgspec.json.Decoder(Support)
_encoder = msgspec.json.Encoder()


def line(found: Support) -> bytes:
    """As it waits in the queue."""
    return _encoder.encode(found) + b"\n"


def lines(found: Support) -> list[bytes]:
    """One line for each row: whoever is forgotten takes nobody else's with them."""
    return [line(Support(**{name: [row]})) for name in Support.__struct_fields__ for row in getattr(found, name)]


def land_lines(store: Store, queued: Iterable[bytes]) -> list[bytes]:
    """Keep what queued lines hold; returns the lines that cannot be read. Safe to repeat."""
    bad: list[bytes] = []
    everything = Support()
    for one in queued:
        try:
            found = _decoder.decode(one)
        except (msgspec.DecodeError, UnicodeDecodeError):
            bad.append(one)
            continue
        for name in Support.__struct_fields__:
            getattr(everything, name).extend(getattr(found, name))
    others: list[Sequence[Row]] = [everything.surveys, everything.intervals, everything.annotations]
    for rows in others:
        store.keep_rows(rows)
    land(store, everything.contacts, everything.events)
    for source, newest in _newest(everything).items():
        if store.watermarks().get(source, newest) <= newest and not store.cursor(source):
            store.set_watermark(source, newest)
    return bad


def _newest(found: Support) -> dict[str, datetime]:
    """How far each source has come: a push says nothing of what it left out. A source that is pulled too knows better."""
    newest: dict[str, datetime] = {}
    for contact in found.contacts:
        newest[contact.source] = max(newest.get(contact.source, contact.created_ts), contact.created_ts)
    for event in found.events:
        newest[event.source] = max(newest.get(event.source, event.event_ts), event.event_ts)
    return newest


def land(store: Store, contacts: Sequence[Contact], events: Sequence[ContactEvent] = ()) -> Landed:
    """Keep contacts and events of them; see the module."""
    store.keep_rows(events)
    written = waiting = 0
    by_source: dict[str, dict[str, list[Contact]]] = defaultdict(lambda: defaultdict(list))
    for contact in contacts:
        by_source[contact.source][contact.source_contact_id].append(contact)
    for event in events:
        by_source[event.source][event.source_contact_id]
    for source, found in by_source.items():
        if not store.has_contact_events(source):
            direct = [one for whole in found.values() for one in whole]
            store.add_contacts(direct)
            written += len(direct)
            continue
        ids = list(found)
        for i in range(0, len(ids), IDS):
            part = {contact_id: found[contact_id] for contact_id in ids[i : i + IDS]}
            done = _put_together(store, source, part)
            written, waiting = written + done.written, waiting + done.waiting
    return Landed(written, waiting)


def _put_together(store: Store, source: str, found: dict[str, list[Contact]]) -> Landed:
    """`found`: contacts by their id, whole as they came; none where only events did."""
    known: dict[str, list[ContactEvent]] = defaultdict(list)
    for event in store.contact_events(source, list(found)):
        known[event.source_contact_id].append(event)
    touched = [contact_id for contact_id in found if contact_id in known]
    before = {row.source_contact_id: row for row in store.contacts(source, touched)}
    new: list[ContactEvent] = []
    for contact_id in touched:
        whole = list(found[contact_id])
        row = before.get(contact_id)
        if row is not None and row.version % VERSIONS_PER_MS < REDUCED:
            whole.append(row)  # it was only ever sent whole until now
        new += [snapshot(one) for one in whole]
    store.keep_rows(new)
    for event in new:
        known[event.source_contact_id].append(event)
    rows = [one for contact_id, whole in found.items() if contact_id not in known for one in whole]
    reduced = [reduce(known[contact_id]) for contact_id in touched]
    rows += [one for one in reduced if one is not None]
    store.add_contacts(rows)
    return Landed(len(rows), sum(one is None for one in reduced))

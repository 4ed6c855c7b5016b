"""Records of one source to what waits in the queue. No HTTP and no store: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from collector.contacts import schema, surveys
from collector.contacts.annotations import annotation
from collector.contacts.ingest import Support
from collector.contacts.intervals import IntervalReader
from collector.contacts.requesters import People, subject_of
from collector.contacts.schema import Door, Keyed, Refusal, Suppressed
from collector.contacts.sources_file import Source
from collector.contacts.vendors import Unreadable
from collector.privacy.redact import redact
from collector.store.support import ContactEvent, ContactInterval
from collector.telemetry import Counts

_KEPT = frozenset(
    name for name in (*schema.FIELDS, "event_id", "event_ts", "kind", "actor") if name.endswith(("_id", "_ts", "_s"))
) | {"kind", "actor", "is_deleted", "reopens", "agent_replies", "transfers", "escalated"}


class Problem(NamedTuple):
    """One record that could not be read."""

    place: str
    reason: str
    message: str


class Unmapped(msgspec.Struct, tag="unmapped", tag_field="type", omit_defaults=True, forbid_unknown_fields=True):
    """A record of a vendor that could not be read, as it waits to be looked at: the fields of the contract alone, its
    texts redacted, its requester as a key."""

    source: str
    reason: str
    message: str
    received_ms: int
    record: dict[str, Any]
    requester_key: str = ""


class Received(NamedTuple):
    """What one delivery came to."""

    support: Support
    problems: list[Problem]
    unmapped: list[Unmapped]
    suppressed: int

    @property
    def counts(self) -> dict[str, int]:
        """Rows by kind."""
        found = {
            "contact": len(self.support.contacts),
            "event": len(self.support.events),
            "survey": len(self.support.surveys),
            "interval": len(self.support.intervals),
            "annotation": len(self.support.annotations),
        }
        return {kind: n for kind, n in found.items() if n}


def count_received(counts: Counts, received: Received) -> None:
    """Count what was kept and what was not."""
    for kind, n in received.counts.items():
        counts.add("snag_contacts_rows", kind, n)
    for contact in received.support.contacts:
        counts.add("snag_contacts_received", contact.channel)
    for problem in received.problems:
        counts.add("snag_contacts_set_aside", problem.reason)
    if received.suppressed:
        counts.add("snag_contacts_suppressed", n=received.suppressed)


def door(source: Source, people: People, now_ms: int) -> Door:
    """What the records of a source pass."""
    shared = source.table.people or source.name
    return Door(
        source.name,
        now_ms,
        source.tz,
        source.mapped.time_form,
        {schema.plain(theirs): ours for theirs, ours in source.table.channels.items()},
        lambda requester_id: people.key(shared, requester_id),
        subject_of(source.table.subjects),
        source.rules,
        source.table.default_channel or source.adapter.channel,
    )


def contacts(found: Any, headers: Mapping[str, str], source: Source, people: People, now_ms: int) -> Received:
    """A delivery of contacts. Raises Unreadable."""
    try:
        records = source.adapter.read(found, headers, source.mapped)
    except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        # Somewhere in it stands another type than the vendor's own documentation says.
        raise Unreadable(f"the delivery is not one of {source.adapter.name}: {error}") from None
    return read(records, source, people, now_ms)


def read(records: Iterable[Mapping[str, Any]], source: Source, people: People, now_ms: int) -> Received:
    """Records of the contract to rows; what cannot be read is told and set aside."""
    passed = door(source, people, now_ms)
    received = Received(Support(), [], [], 0)
    one: Callable[[Mapping[str, Any]], Any] = (
        IntervalReader(passed) if source.adapter.intervals else lambda record: schema.read(record, passed)
    )
    for i, record in enumerate(records):
        try:
            row = one(record)
        except Suppressed:
            received = received._replace(suppressed=received.suppressed + 1)
        except Refusal as error:
            try:
                aside = _aside(record, error, passed)
            except Suppressed:
                received = received._replace(suppressed=received.suppressed + 1)
                continue
            received.problems.append(Problem(f"contacts[{i}]", error.reason, str(error)))
            received.unmapped.append(aside)
        else:
            if isinstance(row, ContactEvent):
                received.support.events.append(row)
            elif isinstance(row, ContactInterval):
                received.support.intervals.append(row)
            else:
                received.support.contacts.append(row)
    return received


def others(name: str, found: Any, source: Source, people: People, now_ms: int) -> Received:
    """A delivery of `surveys` or `annotations`. Raises Unreadable."""
    one: Callable[[Mapping[str, Any], Door], Any] = surveys.survey if name == "surveys" else annotation
    if isinstance(found, dict) and isinstance(found.get(name), list):
        found = found[name]
    received = Received(Support(), [], [], 0)
    passed = door(source, people, now_ms)
    for i, record in enumerate(found if isinstance(found, list) else [found]):
        if not isinstance(record, dict):
            raise Unreadable(f"{name}[{i}] is not an object")
        try:
            getattr(received.support, name).append(one(record, passed))
        except Suppressed:
            received = received._replace(suppressed=received.suppressed + 1)
        except Refusal as error:
            received.problems.append(Problem(f"{name}[{i}]", error.reason, str(error)))
    return received


def again(aside: Unmapped, source: Source, people: People) -> Support | None:
    """A record that was set aside, read with what is known now; None if it still cannot be."""
    passed = door(source, people, aside.received_ms)
    try:
        row = schema.read({name: _valued(source, name, value) for name, value in aside.record.items()}, passed)
    except Refusal:
        return None
    if isinstance(row, ContactEvent):
        return Support(events=[row])
    return Support(contacts=[msgspec.structs.replace(row, requester_key=aside.requester_key)])


def _valued(source: Source, name: str, value: Any) -> Any:
    """A value as the mapping of now calls it; what was no text stays none, unless the mapping says what it means."""
    if isinstance(value, dict) and _MASKED in value:
        text = value[_MASKED]
        named = source.mapped.value(name, text)
        return value if named == text else named
    mapped = value in source.mapped.values.get(name, {}).values() if isinstance(value, str) else False
    return value if mapped else source.mapped.value(name, value)


def _aside(record: Mapping[str, Any], error: Refusal, passed: Door) -> Unmapped:
    """As it is set aside. Raises Suppressed: of who asked to be forgotten not even that is kept."""
    given = record.get("requester_id")
    keyed = passed.key(str(given)) if given and not isinstance(given, dict | list) else Keyed()
    return Unmapped(
        passed.source,
        error.reason,
        redact(_QUOTED.sub("'…'", str(error)))[:300],
        passed.now_ms,
        _without_people(record),
        keyed.key,
    )


def _without_people(record: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in record.items():
        if name in ("requester_id", "subject") or (name not in schema.FIELDS and name not in _EVENT):
            continue
        if name == "fields" and isinstance(value, dict):
            kept[name] = _without_people(value)
        elif isinstance(value, str):
            kept[name] = value if name in _KEPT and _PLAIN.fullmatch(value) else _told(value)
        elif value is None or isinstance(value, int | float):
            kept[name] = value
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            kept[name] = [_told(one) for one in value[: schema.MOST_TAGS]]
        else:
            kept[name] = {_MASKED: _told(msgspec.json.encode(value).decode())}
    return kept


def _told(text: str) -> str:
    """What is kept of a text that could not be read: a label is short, and whatever is longer may tell a story."""
    return redact(text) if len(text) <= LONGEST_LABEL else "[text]"


LONGEST_LABEL = 64
_QUOTED = re.compile(r"'[^']*'")
"""What a message says of the value; the value itself stands beside it, as far as it is kept."""
_PLAIN = re.compile(r"[\w.:+/ -]{1,64}")
"""An id or a time as systems write them."""

_MASKED = "was no text"
"""Under which an object or a list is set aside, as redacted text."""

_EVENT = ("kind", "event_id", "event_ts", "actor", "from", "to", "fields")

"""Rows of the support side as values, and how they enter the store: as JSON that the engine reads itself.

A field that has its default is left out and gets the column's, so that a narrow row costs what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from clickhouse_connect.driver.client import Client

SETTINGS = {
    "date_time_input_format": "best_effort",
    "input_format_skip_unknown_fields": 0,
    "input_format_parallel_parsing": 0,
}


class Row(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A row of one table. Times carry a time zone; None stands for what is not known."""

    table: ClassVar[str] = ""


class Contact(Row, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One contact with support, as it is kept; the columns' comments say what each field means."""

    table: ClassVar[str] = "snag_experience.support_contacts"

    source: str
    source_contact_id: str
    version: int
    is_deleted: int
    created_ts: datetime
    channel: str
    channel_raw: str
    contact_reason: str = ""
    language: str = ""
    country: str = ""
    product: str = ""
    session_ref: str = ""
    updated_ts: datetime | None = None
    source_tz: str = ""
    ts_precision: str = "s"
    ts_folded: int = 0
    direction: str = "inbound"
    reason_raw: str = ""
    reason_rule: str = ""
    tags: tuple[str, ...] = ()
    status: str = "unknown"
    priority: str = ""
    queue: str = ""
    case_id: str = ""
    merged_into: str = ""
    created_by: str = "unknown"
    handled_by: str = "unknown"
    first_answered_ts: datetime | None = None
    first_reply_ts: datetime | None = None
    first_reply_s: int | None = None
    first_reply_business_s: int | None = None
    first_resolved_ts: datetime | None = None
    first_resolved_business_s: int | None = None
    resolved_ts: datetime | None = None
    resolved_business_s: int | None = None
    abandoned_ts: datetime | None = None
    reopens: int | None = None
    agent_replies: int | None = None
    transfers: int | None = None
    escalated: int | None = None
    requester_key: str = ""
    """32 hexadecimal digits; empty: not known."""
    page_group: str = ""
    subject_redacted: str = ""
    requester_key_before: str = ""


class ContactEvent(Row, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something that happened to a contact."""

    table: ClassVar[str] = "snag_experience.support_contact_events"

    source: str
    source_contact_id: str
    source_event_id: str
    event_ts: datetime
    kind: str
    actor: str = "unknown"
    from_value: str = ""
    to_value: str = ""
    fields: str = ""
    """Fields of the contact that it sets, as JSON."""


class ContactInterval(Row, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Counts of one interval and queue, as a call centre gives them."""

    table: ClassVar[str] = "snag_experience.support_contact_intervals"

    source: str
    channel: str
    interval_start_ts: datetime
    interval_s: int
    version: int
    offered: int
    queue: str = ""
    contact_reason: str = ""
    is_deleted: int = 0
    source_tz: str = ""
    answered: int | None = None
    abandoned: int | None = None
    abandoned_short: int | None = None
    flowed_out: int | None = None
    answered_in_threshold: int | None = None
    abandoned_in_threshold: int | None = None
    threshold_s: int | None = None
    sum_wait_answered_s: int | None = None
    sum_handle_s: int | None = None


class SurveyResponse(Row, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One answer of a customer, or a question that was not answered."""

    table: ClassVar[str] = "snag_experience.survey_responses"

    source: str
    source_response_id: str
    version: int
    metric: str
    scale_min: int
    scale_max: int
    score: int | None = None
    answered_ts: datetime | None = None
    asked_ts: datetime | None = None
    is_deleted: int = 0
    higher_is_better: int = 1
    survey_type: str = "unknown"
    question_version: str = ""
    touchpoint: str = ""
    channel: str = ""
    app: str = ""
    page_group: str = ""
    journey: str = ""
    release: str = ""
    language: str = ""
    contact_source: str = ""
    source_contact_id: str = ""
    requester_key: str = ""
    session_ref: str = ""
    weight: float = 1.0


class Annotation(Row, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something that is known to have happened; `end_ts` None: a moment, or going on."""

    table: ClassVar[str] = "snag_experience.annotations"

    annotation_id: UUID
    version: int
    start_ts: datetime
    end_ts: datetime | None
    kind: str
    app: str
    title: str
    is_deleted: int = 0
    source: str = ""
    url: str = ""
    labels: dict[str, str] = {}


_encoder = msgspec.json.Encoder()
_KEY = re.compile(rb'"(requester_key|requester_key_before)":"([0-9a-f]{32})"')
_ESCAPED = [bytes([b]) if b >= 0x20 and b not in b'"\\' else b"\\u%04x" % b for b in range(256)]


def keep(client: Client, rows: Sequence[Row]) -> None:
    """Keep rows of one table."""
    if rows:
        client.raw_insert(
            rows[0].table, insert_block=b"\n".join(map(_encode, rows)), fmt="JSONEachRow", settings=SETTINGS
        )


def _encode(row: Row) -> bytes:
    line = _encoder.encode(row)
    if getattr(row, "requester_key", ""):
        # FixedString(16) has no other form in JSON than its bytes; the engine takes them as they are.
        line = _KEY.sub(_bytes, line)
    return line


def _bytes(found: re.Match[bytes]) -> bytes:
    return b'"%b":"%b"' % (found[1], b"".join(map(_ESCAPED.__getitem__, bytes.fromhex(found[2].decode()))))


def as_json(row: Row) -> dict[str, Any]:
    """The row without what has its default."""
    found: dict[str, Any] = msgspec.json.decode(_encoder.encode(row))
    return found


def contact(text: str) -> Contact:
    """A row of support_contacts that the engine wrote as JSON, its times in UTC without an offset."""
    found = msgspec.json.decode(text)
    for name, value in found.items():
        if name.endswith("_ts") and value is not None:
            found[name] = value.replace(" ", "T") + "Z"
    for name in ("requester_key", "requester_key_before"):
        if not found[name].strip("0"):
            del found[name]
    return msgspec.convert(found, Contact)

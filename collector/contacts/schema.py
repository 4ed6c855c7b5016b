"""The contract: which fields a contact and an event of one have, and what may stand in them.

Every way in (POST, files, pulls, a table of one's own) brings records, which are fields by their names here, and leaves
with rows, or with a refusal that says which field, what was found and what was expected. No I/O.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from collector.contacts.vocabulary import SAME_CHANNEL, SAME_STATUS
from collector.privacy.redact import redact
from collector.store.support import Contact, ContactEvent, as_json
from collector.times import BadTime, exact

Record = Mapping[str, Any]

CHANNELS = (
    "phone", "email", "chat", "messaging", "sms", "web_form", "in_app", "social", "review", "community",
    "in_person", "bot", "other",
)  # fmt: skip
STATUSES = ("unknown", "new", "open", "pending", "on_hold", "solved", "closed", "abandoned", "merged", "spam")
DIRECTIONS = ("inbound", "outbound", "internal")
ACTORS = ("unknown", "customer", "agent", "bot", "system")
HANDLERS = ("unknown", "human", "bot", "mixed", "self_service")

RANKS = {
    "snapshot": 0, "created": 1, "changed": 2, "answered": 3, "replied": 4, "transferred": 5, "escalated": 6,
    "resolved": 7, "abandoned": 8, "reopened": 9, "merged": 10, "spam": 11, "deleted": 12, "restored": 13,
}  # fmt: skip
"""The kinds of events, in the order in which those of one moment are taken."""

REDUCED = 16
"""Ranks below it are of rows as a source sent them, from it on of rows put together from events."""

VERSIONS_PER_MS = 1024

EARLIEST_MS = 631_152_000_000
"""1990-01-01: what is before it is an empty date of some program, such as 0001-01-01 or 1970-01-01."""

DAY_MS = 86_400_000

MOST_CHARS = 256
"""Names of queues, products and the like are shorter; longer ones are free text in the wrong field."""

MOST_TAGS = 100
SUBJECT_CHARS = 500

_REF = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){0,3}(?:-[0-9a-f]{12})?\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TRUE, _FALSE = ("1", "true", "yes", "y"), ("0", "false", "no", "n", "")


class Refusal(ValueError):
    """A record that is no contact: which field, why, as a word to count by and as a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Suppressed(Refusal):
    """Of somebody who asked to be forgotten."""

    def __init__(self) -> None:
        super().__init__("suppressed", "its requester asked to be forgotten")


class Keyed(NamedTuple):
    """Who made contact: 32 hexadecimal digits each, "" for nobody."""

    key: str = ""
    before: str = ""
    """Under the secret before, shortly after a rotation."""


class Reason(NamedTuple):
    """What a rule made of a contact."""

    contact_reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Door:
    """What one source's records pass: everything that is about people is dropped or keyed here, before anything is kept."""

    source: str
    now_ms: int
    """Time of the import or of the delivery: the version of a record without updated_ts."""
    tz: ZoneInfo | None = None
    time_form: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    """The source's channels, as `plain` writes them, to ours."""
    key: Callable[[str], Keyed] = lambda requester_id: Keyed()
    """Requester's id to its keys; raises Suppressed."""
    subject: Callable[[str], str] = lambda text: ""
    """What is kept of a subject."""
    reason: Callable[[Record, str], Reason | None] | None = None
    """The rules: record and subject to a reason; None: no rule matched."""
    default_channel: str = ""


@lru_cache(4096)
def plain(name: str) -> str:
    """A channel's name in one spelling.

    >>> plain(" Live Chat")
    'live_chat'
    """
    return name.strip().lower().replace(" ", "_")


def read(record: Record, door: Door) -> Contact | ContactEvent:
    """A record as a row. With a `kind` it is an event, else the contact as it stands. Raises Refusal."""
    return event(record, door) if record.get("kind") else contact(record, door)


def contact(record: Record, door: Door) -> Contact:
    """A contact as it stands. Raises Refusal."""
    found = _fields(record, door)
    if "created_ts" not in found:
        raise Refusal("time", "created_ts is empty; every contact needs the time at which it was made")
    if "channel" not in found:
        if not door.default_channel:
            raise Refusal("channel", f"channel is empty; known are {', '.join(CHANNELS)}")
        found["channel"] = door.default_channel
    deleted = found.setdefault("is_deleted", 0)
    updated: datetime | None = found.get("updated_ts")
    changed_ms = int(updated.timestamp() * 1000) if updated else door.now_ms
    found["version"] = changed_ms * VERSIONS_PER_MS + 1 + deleted
    found.setdefault("channel_raw", found["channel"])
    return Contact(source=door.source, **durations(found))


def event(record: Record, door: Door) -> ContactEvent:
    """Something that happened to a contact; its `fields` are those of the contact that it sets. Raises Refusal."""
    kind = str(record["kind"])
    if kind not in RANKS:
        raise Refusal("unknown_event", f"kind is '{kind[:40]}'; known are {', '.join(RANKS)}")
    contact_id = read_id(record.get("source_contact_id"), "source_contact_id")
    event_id = read_id(record.get("event_id"), "event_id")
    if record.get("event_ts") in (None, ""):
        raise Refusal("time", "event_ts is empty; every event needs the time at which it happened")
    # Some vendors say what happened and not when: then it is when it came.
    when = door.now_ms if record["event_ts"] == "now" else record["event_ts"]
    at = read_time(when, "event_ts", door)
    given = record.get("fields") or {}
    if not isinstance(given, Mapping):
        raise Refusal("type", f"fields is {_kind(given)}; expected an object of the contact's fields")
    # Only events say what is not there any more: a field that is null is taken back.
    sets: dict[str, Any] = {name: None for name, value in given.items() if value is None and name in FIELDS}
    sets |= _as_json(_fields({k: v for k, v in given.items() if k not in sets}, door, whole=False))
    return ContactEvent(
        door.source,
        contact_id,
        event_id,
        at,
        kind,
        _enum(record.get("actor") or "unknown", "actor", ACTORS),
        redact(read_text(record.get("from"), "from")),
        redact(read_text(record.get("to"), "to")),
        json.dumps(sets, separators=(",", ":"), sort_keys=True) if sets else "",
    )


def snapshot(row: Contact) -> ContactEvent:
    """A contact as it stood, as one event among others. Open again, it is solved no more."""
    sets = {k: v for k, v in as_json(row).items() if k not in ("source", "source_contact_id", "version")}
    if row.status in ("new", "open", "pending", "on_hold") and row.resolved_ts is None:
        sets |= {"resolved_ts": None, "resolved_business_s": None}
    at = datetime.fromtimestamp(row.version // VERSIONS_PER_MS / 1000, row.created_ts.tzinfo)
    return ContactEvent(
        row.source,
        row.source_contact_id,
        f"snapshot-{row.version}",
        at,
        "snapshot",
        fields=json.dumps(sets, separators=(",", ":"), sort_keys=True),
    )


def durations(found: dict[str, Any]) -> dict[str, Any]:
    """Fill in the time of the first reply from its duration, or the other way round."""
    created, replied = found["created_ts"], found.get("first_reply_ts")
    if replied is not None and found.get("first_reply_s") is None and replied >= created:
        found["first_reply_s"] = int((replied - created).total_seconds())
    return found


def _as_json(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
        for name, value in found.items()
    }


def _fields(record: Record, door: Door, *, whole: bool = True) -> dict[str, Any]:
    """Every field of a contact that `record` has, as the row holds it."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        if value is None or value == "":
            continue
        read_field = FIELDS.get(name)
        if read_field is not None:
            read_field(found, value, name, door)
    if whole and "source_contact_id" not in found:
        raise Refusal("no_id", "source_contact_id is empty; every contact needs an id of its own")
    if door.reason is not None and (whole or _REASONED & found.keys()):
        chosen = door.reason(found, _subject_text(record.get("subject")))
        if chosen is not None:
            found["contact_reason"], found["reason_rule"] = chosen
    return found


def _put_id(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = read_id(value, name)


def _put_text(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = redact(read_text(value, name))


def _put_reason(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found["contact_reason"] = found["reason_raw"] = redact(read_text(value, name))


def _put_created(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    try:
        ts, precision, folded = exact(_number_or_text(value, name), door.tz, door.time_form)
    except BadTime as error:
        raise Refusal("time", str(error)) from None
    if not EARLIEST_MS <= ts.timestamp() * 1000 <= door.now_ms + DAY_MS:
        raise Refusal("time", f"{name} is {ts:%Y-%m-%d}; expected between 1990 and tomorrow")
    found[name] = ts
    if precision != "s":
        found["ts_precision"] = precision
    if folded:
        found["ts_folded"] = 1
    if door.tz is not None:
        found["source_tz"] = door.tz.key


def _put_time(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = read_time(value, name, door)


def _put_count(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = count(value, name, 65_535)


def _put_seconds(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = count(value, name, 2**32 - 1)


def _put_flag(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = flag(value, name)


def _put_status(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = _enum(SAME_STATUS.get(plain(value), value) if isinstance(value, str) else value, name, STATUSES)


def _put_direction(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = _enum(value, name, DIRECTIONS)


def _put_actor(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = _enum(value, name, ACTORS)


def _put_handler(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = _enum(value, name, HANDLERS)


def _put_channel(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    raw = read_text(value, name)
    found["channel"], found["channel_raw"] = channel(raw, door.channels), redact(raw)


def channel(raw: str, channels: Mapping[str, str]) -> str:
    """One of CHANNELS. Raises Refusal."""
    spelled = plain(raw)
    found = channels.get(spelled) or SAME_CHANNEL.get(spelled, spelled)
    if found not in CHANNELS:
        raise Refusal(
            "channel",
            f"channel is '{raw[:40]}'; known are {', '.join(CHANNELS)}; say --channel '{raw[:40]}'=OURS for what it means",
        )
    return found


def _put_tags(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    parts = value if isinstance(value, list | tuple) else read_text(value, name).split(",")
    tags = [read_text(part, name) for part in parts if part not in (None, "")]
    if len(tags) > MOST_TAGS:
        raise Refusal("too_long", f"tags has {len(tags)} tags; expected at most {MOST_TAGS}")
    found[name] = tuple(redact(tag.strip()) for tag in tags)


def _put_ref(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found[name] = read_ref(value, name)


def read_ref(value: Any, name: str) -> str:
    """The code of a visit. Raises Refusal."""
    ref = read_text(value, name).lower()
    if not _REF.match(ref):
        right = "expected the code of snag.sessionRef(), such as 3f2a9c01"
        raise Refusal("session_ref", f"session_ref is '{ref[:40]}'; {right}")
    return ref


def _put_requester(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    keyed = door.key(read_id(value, name))
    if keyed.key:
        found["requester_key"] = keyed.key
    if keyed.before:
        found["requester_key_before"] = keyed.before


def _put_subject(found: dict[str, Any], value: Any, name: str, door: Door) -> None:
    found["subject_redacted"] = door.subject(_subject_text(value))


def _subject_text(value: Any) -> str:
    # Cut before anything looks at it: the rest would be looked at for nothing.
    return _CONTROL.sub("", value[:SUBJECT_CHARS]).lstrip("=+-@\t ") if isinstance(value, str) else ""


_REASONED = {"reason_raw", "tags", "queue", "channel", "product", "subject_redacted"}

FIELDS: dict[str, Callable[[dict[str, Any], Any, str, Door], None]] = {
    "source_contact_id": _put_id, "created_ts": _put_created, "updated_ts": _put_time, "channel": _put_channel,
    "is_deleted": _put_flag, "direction": _put_direction, "contact_reason": _put_reason, "tags": _put_tags,
    "product": _put_text, "status": _put_status, "priority": _put_text, "queue": _put_text, "language": _put_text,
    "country": _put_text, "case_id": _put_id, "merged_into": _put_id, "created_by": _put_actor, "handled_by": _put_handler,
    "first_answered_ts": _put_time, "first_reply_ts": _put_time, "first_reply_s": _put_seconds,
    "first_reply_business_s": _put_seconds, "first_resolved_ts": _put_time, "first_resolved_business_s": _put_seconds,
    "resolved_ts": _put_time, "resolved_business_s": _put_seconds, "abandoned_ts": _put_time, "reopens": _put_count,
    "agent_replies": _put_count, "transfers": _put_count, "escalated": _put_flag, "requester_id": _put_requester,
    "session_ref": _put_ref, "page_group": _put_text, "subject": _put_subject,
}  # fmt: skip
"""Every field of a contact as it is sent, and how it is read."""

REQUIRED = ("source_contact_id", "created_ts", "channel")


def read_id(value: Any, name: str) -> str:
    """An id, as text. Raises Refusal."""
    if value is None or value == "" or value is True or value is False:
        raise Refusal("no_id", f"{name} is empty; expected the id that the source gave it")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return read_text(str(value) if isinstance(value, int) else value, name)


def read_text(value: Any, name: str) -> str:
    """A short text; "" for none. Raises Refusal."""
    if type(value) is str and len(value) <= MOST_CHARS and value.isprintable():
        return value.strip()
    if not isinstance(value, str):
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refusal("type", f"{name} is {_kind(value)}; expected text")
        value = str(value)
    text: str = value.strip()
    if len(text) > MOST_CHARS:
        raise Refusal("too_long", f"{name} has {len(text)} characters; expected at most {MOST_CHARS}")
    if not text.isprintable() and _CONTROL.search(text):
        raise Refusal("control", f"{name} holds a control character; expected plain text")
    return text


def _number_or_text(value: Any, name: str) -> str | int | float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refusal("type", f"{name} is {_kind(value)}; expected a time")
    return value


def read_time(value: Any, name: str, door: Door, *, ahead: bool = False) -> datetime:
    """A moment in UTC, not `ahead` of now unless that is meant. Raises Refusal."""
    try:
        ts = exact(_number_or_text(value, name), door.tz, door.time_form).ts
    except BadTime as error:
        raise Refusal("time", f"{name}: {error}") from None
    if not EARLIEST_MS <= ts.timestamp() * 1000 <= door.now_ms + (20 * 365 if ahead else 1) * DAY_MS:
        right = "after 1990" if ahead else "between 1990 and tomorrow"
        raise Refusal("time", f"{name} is {ts:%Y-%m-%d}; expected {right}")
    return ts


def count(value: Any, name: str, most: int) -> int:
    """A whole number from 0 to `most`, as a number or as text. Raises Refusal."""
    number: float
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError:
        number = -1
    if isinstance(value, bool) or not isinstance(number, int | float) or not 0 <= number <= most or number % 1:
        shown = (
            f"'{value[:40]}'" if isinstance(value, str) else value if isinstance(value, int | float) else _kind(value)
        )
        raise Refusal("count", f"{name} is {shown}; expected a whole number from 0 to {most}")
    return int(number)


def flag(value: Any, name: str) -> int:
    """0 or 1. Raises Refusal."""
    spelled = str(value).strip().lower()
    if isinstance(value, dict | list) or spelled not in _TRUE + _FALSE:
        raise Refusal(name, f"{name} is '{spelled[:40]}'; expected 0 or 1")
    return int(spelled in _TRUE)


def _enum(value: Any, name: str, known: tuple[str, ...]) -> str:
    if value in known:
        return str(value)
    spelled = plain(read_text(value, name)).replace("-", "_")
    if spelled not in known:
        raise Refusal(name, f"{name} is '{spelled[:40]}'; known are {', '.join(known)}")
    return spelled


def _kind(value: Any) -> str:
    return {
        bool: "true or false",
        dict: "an object",
        list: "a list",
        int: "a number",
        float: "a number",
        str: "text",
        type(None): "null",
    }.get(type(value), type(value).__name__)

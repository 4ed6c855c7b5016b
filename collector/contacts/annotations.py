"""What is known to have happened: releases, campaigns, incidents, holidays. No I/O."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from collector.contacts.schema import VERSIONS_PER_MS, Door, Record, Refusal, flag, plain, read_text, read_time
from collector.privacy.redact import redact
from collector.store.support import Annotation

KINDS = (
    "release", "incident", "campaign", "holiday", "billing_run", "outage", "experiment", "policy_change", "data_gap",
    "other",
)  # fmt: skip
FIELDS = (
    "annotation_id", "kind", "title", "start_ts", "end_ts", "app", "url", "labels", "updated_ts", "is_deleted",
)  # fmt: skip
MOST_LABELS = 20


def annotation(record: Record, door: Door) -> Annotation:
    """One of them. Without an id, what has the same kind, site, title and start is the same. Raises Refusal."""
    kind = plain(read_text(record.get("kind"), "kind"))
    if kind not in KINDS:
        raise Refusal("kind", f"kind is '{kind[:40]}'; known are {', '.join(KINDS)}")
    title = redact(read_text(record.get("title"), "title"))
    if not title:
        raise Refusal("title", "title is empty; expected what people call it, such as 'v42'")
    if record.get("start_ts") in (None, ""):
        raise Refusal("time", "start_ts is empty; expected when it began")
    # Plans are known before they begin: only here may a time lie ahead.
    start = read_time(record["start_ts"], "start_ts", door, ahead=True)
    end = read_time(record["end_ts"], "end_ts", door, ahead=True) if record.get("end_ts") not in (None, "") else None
    if end is not None and end < start:
        raise Refusal("time", f"end_ts is {end.isoformat()}, before start_ts, which is {start.isoformat()}")
    app = read_text(record.get("app"), "app")
    labels = record.get("labels") or {}
    if not isinstance(labels, dict) or len(labels) > MOST_LABELS:
        raise Refusal("labels", f"labels must be an object of at most {MOST_LABELS} names and texts")
    given = record.get("annotation_id")
    try:
        found = UUID(read_text(given, "annotation_id")) if given else identity(kind, app, title, start.isoformat())
    except ValueError as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal("no_id", f"annotation_id is '{str(given)[:40]}'; expected a UUID, or none") from None
    updated = record.get("updated_ts")
    changed_ms = int(read_time(updated, "updated_ts", door).timestamp() * 1000) if updated else door.now_ms
    deleted = flag(record.get("is_deleted", 0), "is_deleted")
    return Annotation(
        found,
        changed_ms * VERSIONS_PER_MS + 1 + deleted,
        start,
        end,
        kind,
        app,
        title,
        deleted,
        door.source,
        redact(read_text(record.get("url"), "url")),
        {redact(read_text(k, "labels")): redact(read_text(v, "labels")) for k, v in labels.items()},
    )


def identity(*parts: str) -> UUID:
    """The id of what has none of its own."""
    return uuid5(NAMESPACE_URL, "snagwatch:annotation:" + "\0".join(parts))

"""Twilio Flex: TaskRouter posts what happens to a task as a form; one task is one contact. There is no list to pull."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import Adapter, Record, Unreadable, given, obj

MAPPED = Mapped(
    fields={"channel": "TaskChannelUniqueName", "queue": "TaskQueueName", "priority": "TaskPriority"},
    values={
        "channel": {
            "voice": "phone",
            "chat": "chat",
            "web": "chat",
            "sms": "sms",
            "whatsapp": "messaging",
            "messenger": "messaging",
            "email": "email",
            "video": "other",
            "*": "other",
        }
    },
)

_KINDS = {
    "task.created": "created", "reservation.accepted": "answered", "task.canceled": "abandoned",
    "task.completed": "resolved", "task.transfer-initiated": "transferred", "task-queue.entered": "changed",
    "task.updated": "changed",
}  # fmt: skip


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    found = obj(delivery, "the delivery")
    kind = _KINDS.get(str(found.get("EventType", "")))
    if kind is None or not found.get("TaskSid"):
        return []  # of workers, workflows and the rest
    at = found.get("TimestampMs") or found.get("Timestamp")
    event = {
        "source_contact_id": found["TaskSid"],
        "event_ts": at,
        "kind": kind,
        "event_id": found.get("Sid") or f"{found['TaskSid']}-{found.get('EventType')}-{at}",
    }
    fields = mapped.apply(found)
    attributes = _attributes(found)
    fields["requester_id"] = attributes.get("from") or (attributes.get("customers") or {}).get("phone")
    if attributes.get("direction") in ("inbound", "outbound"):
        fields["direction"] = attributes["direction"]
    if kind == "transferred":
        event["to"] = str(found.get("TransferTo") or found.get("TaskQueueName") or "")
        fields.pop("queue", None)
    return [{**event, "actor": "unknown", "fields": given(fields)}]


def _attributes(found: dict[str, Any]) -> dict[str, Any]:
    text = found.get("TaskAttributes") or "{}"
    try:
        return obj(json.loads(text) if isinstance(text, str) else text, "TaskAttributes")
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("TaskAttributes is no JSON; has the vendor changed what it sends?") from None


ADAPTER = Adapter("twilio", "twilio", _read, MAPPED, channel="other")

"""Amazon Connect: contact records as Kinesis writes them into files, one JSON object a line; at least once, in any order.

A transfer is a record of its own with the same InitialContactId: it belongs to the case and is not a new contact of the
customer's, so that its direction is internal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import Adapter, Record, given, obj

MAPPED = Mapped(
    fields={
        "source_contact_id": "ContactId",
        "created_ts": "InitiationTimestamp",
        "updated_ts": "LastUpdateTimestamp",
        "channel": "Channel",
        "direction": "InitiationMethod",
        "queue": "Queue.Name",
        "case_id": "InitialContactId",
        "first_answered_ts": "Agent.ConnectedToAgentTimestamp",
        "requester_id": "CustomerEndpoint.Address",
    },
    values={
        "channel": {"voice": "phone", "chat": "chat", "email": "email", "sms": "sms", "task": "other", "*": "other"},
        "direction": {
            "inbound": "inbound",
            "callback": "inbound",
            "api": "inbound",
            "webrtc_api": "inbound",
            "outbound": "outbound",
            "external_outbound": "outbound",
            "transfer": "internal",
            "queue_transfer": "internal",
            "disconnect": "internal",
            "*": "inbound",
        },
    },
)


def _contact(found: Any, mapped: Mapped) -> list[Record]:
    contact = obj(found, "the contact record")
    record = mapped.apply(contact)
    ended = contact.get("DisconnectTimestamp")
    answered = record.get("first_answered_ts")
    queued = (contact.get("Queue") or {}).get("EnqueueTimestamp")
    if ended and queued and not answered:
        record |= {"abandoned_ts": ended, "status": "abandoned"}
    elif ended:
        record |= {"status": "closed", "resolved_ts": ended if answered else None}
    else:
        record["status"] = "open"
    record["handled_by"] = "human" if answered else "self_service" if ended and not queued else "unknown"
    return [given(record)]


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    records = delivery if isinstance(delivery, list) else [delivery]
    return [one for record in records for one in _contact(record, mapped)]


ADAPTER = Adapter("amazon_connect", "token", _read, MAPPED, snapshot=_contact)

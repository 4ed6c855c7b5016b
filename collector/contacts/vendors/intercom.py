"""Intercom: notifications hold the conversation as it is; the search of conversations holds what changed.

Webhook topics and the conversation model of its API reference. Times are whole seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import Adapter, Ask, Changes, Login, Record, bearer, given, items, moment, obj

MAPPED = Mapped(
    fields={
        "source_contact_id": "id",
        "created_ts": "created_at",
        "updated_ts": "updated_at",
        "channel": "source.type",
        "status": "state",
        "priority": "priority",
        "queue": "team_assignee_id",
        "subject": "title",
        "tags": "tags.tags[*].name",
        "first_reply_ts": "statistics.first_admin_reply_at",
        "first_reply_business_s": "statistics.time_to_admin_reply",
        "first_resolved_ts": "statistics.first_close_at",
        "first_resolved_business_s": "statistics.time_to_first_close",
        "resolved_business_s": "statistics.time_to_last_close",
        "reopens": "statistics.count_reopens",
    },
    values={
        "channel": {
            "conversation": "messaging",
            "email": "email",
            "phone_call": "phone",
            "phone_switch": "phone",
            "sms": "sms",
            "whatsapp": "messaging",
            "push": "in_app",
            "facebook": "social",
            "instagram": "social",
            "twitter": "social",
            "*": "other",
        },
        "status": {"open": "open", "closed": "closed", "snoozed": "pending"},
        "priority": {"priority": "high", "not_priority": "normal", "true": "high", "false": "normal"},
    },
)

_BY = {
    "customer_initiated": "customer",
    "admin_initiated": "agent",
    "operator_initiated": "bot",
    "automated": "bot",
}
_REPLIES = {"conversation.admin.replied": "agent", "conversation.user.replied": "customer"}


def _conversation(found: Any, mapped: Mapped) -> list[Record]:
    conversation = obj(found, "the conversation")
    record = mapped.apply(conversation)
    source = obj(conversation.get("source") or {}, "source")
    by = _BY.get(str(source.get("delivered_as")), "")
    if by:
        record["created_by"] = by
        record["direction"] = "inbound" if by == "customer" else "outbound"
    contacts = conversation.get("contacts")
    people = contacts.get("contacts") if isinstance(contacts, dict) else contacts
    first = people[0] if isinstance(people, list) and people and isinstance(people[0], dict) else {}
    record.setdefault("requester_id", first.get("id"))
    closed = (conversation.get("statistics") or {}).get("last_close_at")
    if conversation.get("state") == "closed" and closed:
        record["resolved_ts"] = closed
    return [given(record)]


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    found = obj(delivery, "the delivery")
    topic = str(found.get("topic", ""))
    item = obj(obj(found.get("data") or {}, "data").get("item") or {}, "data.item")
    if not topic.startswith("conversation."):
        return []  # a ping, or of users and companies
    happened = {"event_id": found.get("id"), "event_ts": found.get("created_at")}
    if topic == "conversation.deleted":
        contact_id = item.get("conversation_id") or item.get("id")
        return [{"source_contact_id": contact_id, "kind": "deleted", **happened}]
    records = _conversation(item, mapped)
    if topic in _REPLIES:
        records.append({"source_contact_id": item.get("id"), "kind": "replied", "actor": _REPLIES[topic], **happened})
    return records


def _ask(since: datetime, page: str, login: Login) -> Ask:
    after = {"starting_after": page} if page else {}
    return Ask(
        "POST",
        "/conversations/search",
        json={
            # Only "greater than" is known there: a second earlier is the same second.
            "query": {"field": "updated_at", "operator": ">", "value": int(since.timestamp()) - 1},
            "sort": {"field": "updated_at", "order": "ascending"},
            "pagination": {"per_page": 150, **after},
        },
    )


def _found(answer: Any) -> tuple[list[Any], str]:
    found = obj(answer, "the answer")
    following = obj(found.get("pages") or {}, "pages").get("next")
    page = following.get("starting_after", "") if isinstance(following, dict) else ""
    return items(found.get("conversations"), "conversations"), str(page or "")


PULL = Changes(
    headers=lambda login: {**bearer(login), "Intercom-Version": "2.11"},
    ask=_ask,
    found=_found,
    changed=lambda one: moment(one.get("updated_at"), "updated_at"),
)
ADAPTER = Adapter("intercom", "intercom", _read, MAPPED, PULL, _conversation)

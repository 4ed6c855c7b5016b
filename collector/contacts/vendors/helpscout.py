"""Help Scout: webhooks hold the conversation with its threads, the event's name is in a header; the list what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import (
    Adapter,
    Ask,
    Changes,
    Login,
    Record,
    bearer,
    given,
    items,
    moment,
    obj,
    zulu,
)

MAPPED = Mapped(
    fields={
        "source_contact_id": "id",
        "created_ts": "createdAt",
        "channel": "type",
        "status": "status",
        "subject": "subject",
        "tags": "tags[*].tag",
        "resolved_ts": "closedAt",
    },
    values={
        "channel": {"email": "email", "chat": "chat", "phone": "phone", "*": "other"},
        "status": {"active": "open", "open": "open", "pending": "pending", "closed": "closed", "spam": "spam"},
    },
)


def _conversation(found: Any, mapped: Mapped) -> list[Record]:
    conversation = obj(found, "the conversation")
    record = mapped.apply(conversation)
    source = conversation.get("source")
    if isinstance(source, dict) and source.get("type") == "web":
        record["channel"] = "web_form"
    mailbox = conversation.get("mailboxId") or (conversation.get("mailbox") or {}).get("id")
    customer = conversation.get("primaryCustomer") or conversation.get("customer") or {}
    by = (conversation.get("createdBy") or {}).get("type")
    record |= {
        "queue": str(mailbox or ""),
        "requester_id": customer.get("id") or customer.get("email"),
        "updated_ts": conversation.get("userUpdatedAt")
        or conversation.get("modifiedAt")
        or conversation.get("createdAt"),
        "created_by": {"user": "agent", "customer": "customer", "system_user": "bot"}.get(str(by), "unknown"),
    }
    if record.get("status") == "spam":
        record["is_deleted"] = 1
    if conversation.get("state") == "deleted":
        record["is_deleted"] = 1
    if record.get("status") != "closed":
        record.pop("resolved_ts", None)
    threads = conversation.get("threads")
    threads = threads if isinstance(threads, list) else (conversation.get("_embedded") or {}).get("threads")
    return [given(record), *_replies(conversation.get("id"), threads)]


def _replies(number: Any, threads: Any) -> list[Record]:
    """What agents and customers wrote, known by the thread's id."""
    found: list[Record] = []
    for thread in threads if isinstance(threads, list) else []:
        one = obj(thread, "a thread")
        by = (one.get("createdBy") or {}).get("type")
        if one.get("type") in ("message", "reply", "customer") and one.get("state", "published") == "published":
            actor = {"user": "agent", "customer": "customer", "system_user": "bot"}.get(str(by), "unknown")
            if actor != "unknown":
                found.append(
                    {
                        "source_contact_id": number,
                        "event_id": f"thread-{one.get('id')}",
                        "kind": "replied",
                        "event_ts": one.get("createdAt"),
                        "actor": actor,
                    }
                )
    return found


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    found = obj(delivery, "the delivery")
    event = headers.get("x-helpscout-event", "")
    if not event.startswith("convo."):
        return []
    if event == "convo.deleted":
        # Nothing but the id is told, not even when: it is deleted from now on.
        return [
            {
                "source_contact_id": found.get("id"),
                "event_id": f"deleted-{found.get('id')}",
                "kind": "deleted",
                "event_ts": "now",
            }
        ]
    return _conversation(found, mapped)


def _ask(since: datetime, page: str, login: Login) -> Ask:
    params = {
        "modifiedSince": zulu(since),
        "status": "all",
        "sortField": "modifiedAt",
        "sortOrder": "asc",
        "embed": "threads",
        "page": page or "1",
    }
    return Ask("GET", "/v2/conversations", params)


def _found(answer: Any) -> tuple[list[Any], str]:
    found = obj(answer, "the answer")
    at = obj(found.get("page") or {}, "page")
    number, of = int(at.get("number", 1)), int(at.get("totalPages", 1))
    conversations = items(obj(found.get("_embedded") or {}, "_embedded").get("conversations", []), "conversations")
    return conversations, str(number + 1) if number < of else ""


def _changed(one: Any) -> datetime:
    at = one.get("userUpdatedAt") or one.get("modifiedAt") or one.get("createdAt")
    return moment(at, "userUpdatedAt")


PULL = Changes(headers=bearer, ask=_ask, found=_found, changed=_changed)
ADAPTER = Adapter("helpscout", "helpscout", _read, MAPPED, PULL, _conversation, channel="email")

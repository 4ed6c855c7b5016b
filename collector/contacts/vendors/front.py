"""Front: application webhooks and the list of events hold one event each, with the conversation as it was then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import Adapter, Ask, Changes, Login, Record, bearer, given, items, moment, obj

MAPPED = Mapped(
    fields={
        "status": "status",
        "subject": "subject",
        "tags": "tags[*].name",
        "requester_id": "recipient.handle",
        "created_ts": "created_at",
    },
    values={
        "status": {
            "unassigned": "open",
            "assigned": "open",
            "archived": "closed",
            "deleted": "",
            "trashed": "",
            "spam": "spam",
            "snoozed": "pending",
            "*": "",
        },
        "channel": {
            "email": "email",
            "call": "phone",
            "voicemail": "phone",
            "sms": "sms",
            "tweet": "social",
            "tweet_dm": "social",
            "facebook": "social",
            "front_chat": "chat",
            "intercom": "chat",
            "whatsapp": "messaging",
            "smooch": "messaging",
            "form": "web_form",
            "*": "other",
        },
    },
)

_KINDS = {
    "outbound": ("replied", "agent"), "out_reply": ("replied", "agent"), "inbound": ("replied", "customer"),
    "archive": ("resolved", "unknown"), "reopen": ("reopened", "unknown"), "trash": ("deleted", "unknown"),
    "restore": ("restored", "unknown"), "move": ("transferred", "unknown"),
}  # fmt: skip


def _event(found: Any, mapped: Mapped) -> list[Record]:
    event = obj(found, "the event")
    conversation = obj(event.get("conversation") or {}, "conversation")
    number, at, kind = conversation.get("id"), event.get("emitted_at"), str(event.get("type", ""))
    if not number:
        return []
    fields = {k: v for k, v in mapped.apply(conversation).items() if v not in (None, "", [])}
    fields.pop("status", None)  # Front's status is the teammate's; what happened says more
    message = (event.get("target") or {}).get("data")
    if kind in ("inbound", "outbound") and isinstance(message, dict) and message.get("type"):
        fields["channel"] = mapped.value("channel", message["type"])
    happened = {"source_contact_id": number, "event_ts": at}
    changed = {
        **happened,
        "event_id": f"{event.get('id')}-fields",
        "kind": "changed",
        "fields": given(fields),
    }
    records: list[Record] = [changed]
    if kind in _KINDS:
        name, actor = _KINDS[kind]
        records.append({**happened, "event_id": event.get("id"), "kind": name, "actor": actor})
    if kind in ("conversations_merged", "conversation_merged"):
        sources = (event.get("source") or {}).get("data")
        records += [
            {
                **happened,
                "source_contact_id": one.get("id"),
                "event_id": f"{event.get('id')}-{one.get('id')}",
                "kind": "merged",
                "to": str(number),
            }
            for one in (sources if isinstance(sources, list) else [])
            if isinstance(one, dict) and one.get("id") != number
        ]
    return records


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    found = obj(delivery, "the delivery")
    return _event(found.get("payload") or found, mapped) if found.get("type") != "sync" else []


def _ask(since: datetime, page: str, login: Login) -> Ask:
    params = {"q[after]": f"{since.timestamp():.3f}", "limit": "100"}
    return Ask("GET", "/events", params | ({"page_token": page} if page else {}))


def _found(answer: Any) -> tuple[list[Any], str]:
    found = obj(answer, "the answer")
    following = obj(found.get("_pagination") or {}, "_pagination").get("next")
    token = parse_qs(urlsplit(str(following or "")).query).get("page_token", [""])[0]
    return items(found.get("_results"), "_results"), token


PULL = Changes(headers=bearer, ask=_ask, found=_found, changed=lambda one: moment(one.get("emitted_at"), "emitted_at"))
ADAPTER = Adapter("front", "front", _read, MAPPED, PULL, _event, channel="other")

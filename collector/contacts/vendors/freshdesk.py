"""Freshdesk: automation rules post JSON that the user writes; the list of tickets holds what changed, with its stats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import (
    Adapter,
    Ask,
    Changes,
    Login,
    Page,
    Record,
    basic,
    given,
    items,
    moment,
    obj,
    zulu,
)

MAPPED = Mapped(
    fields={
        "source_contact_id": "id",
        "created_ts": "created_at",
        "updated_ts": "updated_at",
        "channel": "source",
        "status": "status",
        "priority": "priority",
        "queue": "group_id",
        "contact_reason": "type",
        "tags": "tags",
        "requester_id": "requester_id",
        "subject": "subject",
        "is_deleted": "deleted",
        "first_reply_ts": "stats.first_responded_at",
        "resolved_ts": "stats.resolved_at",
    },
    values={
        "channel": {
            "1": "email",
            "2": "web_form",
            "3": "phone",
            "5": "social",
            "6": "social",
            "7": "chat",
            "9": "web_form",
            "10": "email",
            "13": "messaging",
            "email": "email",
            "portal": "web_form",
            "phone": "phone",
            "chat": "chat",
            "feedback widget": "web_form",
            "outbound email": "email",
            "twitter": "social",
            "facebook": "social",
            "whatsapp": "messaging",
            "*": "other",
        },
        "status": {
            "2": "open",
            "3": "pending",
            "4": "solved",
            "5": "closed",
            "6": "pending",
            "7": "on_hold",
            "open": "open",
            "pending": "pending",
            "resolved": "solved",
            "closed": "closed",
            "*": "open",
        },
        "priority": {"1": "low", "2": "medium", "3": "high", "4": "urgent"},
    },
)


def _ticket(found: Any, mapped: Mapped) -> list[Record]:
    ticket = obj(found, "the ticket")
    record = mapped.apply(ticket)
    if ticket.get("spam") is True:
        record |= {"is_deleted": 1, "status": "spam"}
    if str(ticket.get("source")) == "10":
        record |= {"direction": "outbound", "created_by": "agent"}
    if record.get("status") not in ("solved", "closed"):
        record.pop("resolved_ts", None)  # stats keep the time of a solution that did not last
    return [given(record)]


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    found = obj(delivery, "the delivery")
    simple = found.get("freshdesk_webhook")
    if isinstance(simple, dict):  # what a rule sends without JSON of one's own: the same names with `ticket_` before
        found = {name.removeprefix("ticket_"): value for name, value in simple.items()}
    return _ticket(found.get("ticket", found), mapped)


def _ask(since: datetime, page: str, login: Login) -> Ask:
    params = {
        "updated_since": zulu(since),
        "include": "stats",
        "order_by": "updated_at",
        "order_type": "asc",
        "per_page": "100",
        "page": page or "1",
    }
    return Ask("GET", "/api/v2/tickets", params)


class _Tickets(Changes):
    """Pages have numbers, and there are 300 of them at most."""

    def page(self, answer: Any, cursor: str, now: datetime) -> Page:
        number = int(json.loads(cursor).get("page") or 1)
        tickets = items(answer, "the answer")
        return super().page((tickets, str(number + 1) if len(tickets) == 100 else ""), cursor, now)


PULL = _Tickets(
    headers=lambda login: basic(Login(login.token, "X", {})),
    ask=_ask,
    found=lambda answer: answer,
    changed=lambda one: moment(one.get("updated_at"), "updated_at"),
    most_pages=300,
)
ADAPTER = Adapter("freshdesk", "token", _read, MAPPED, PULL, _ticket)

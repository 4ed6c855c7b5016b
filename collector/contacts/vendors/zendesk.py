"""Zendesk: event webhooks hold the whole ticket and what happened; the incremental export holds what changed.

Webhook event types and the incremental export of the API reference, with metric sets beside the tickets.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import Adapter, Ask, Login, Page, Record, given, items, moment, obj

MAPPED = Mapped(
    fields={
        "source_contact_id": "id",
        "created_ts": "created_at",
        "updated_ts": "updated_at",
        "channel": "via.channel",
        "status": "status",
        "priority": "priority",
        "queue": "group_id",
        "tags": "tags",
        "requester_id": "requester_id",
        "subject": "subject",
        "agent_replies": "metric_set.replies",
        "reopens": "metric_set.reopens",
        "resolved_ts": "metric_set.solved_at",
    },
    values={
        "channel": {
            "email": "email",
            "web": "web_form",
            "help_center": "web_form",
            "voice": "phone",
            "phone": "phone",
            "phone_call_inbound": "phone",
            "phone_call_outbound": "phone",
            "voicemail": "phone",
            "chat": "chat",
            "messaging": "messaging",
            "web_messaging": "messaging",
            "native_messaging": "messaging",
            "whatsapp": "messaging",
            "line": "messaging",
            "sms": "sms",
            "mobile_sdk": "in_app",
            "mobile": "in_app",
            "twitter": "social",
            "twitter_dm": "social",
            "facebook": "social",
            "instagram_dm": "social",
            "*": "other",
        },
        "status": {
            "new": "new",
            "open": "open",
            "pending": "pending",
            "hold": "on_hold",
            "solved": "solved",
            "closed": "closed",
            "deleted": "",
            "scrubbed": "",
        },
        "priority": {"low": "low", "normal": "normal", "high": "high", "urgent": "urgent"},
    },
)

_KINDS = {
    "marked_as_spam": "spam", "soft_deleted": "deleted", "permanently_deleted": "deleted", "undeleted": "restored",
    "merged": "merged", "group_assignment_changed": "transferred",
}  # fmt: skip
_SOLVED = ("solved", "closed")


def _ticket(ticket: Any, mapped: Mapped) -> list[Record]:
    found = obj(ticket, "the ticket")
    record = mapped.apply(found)
    if str(found.get("status", "")).lower() in ("deleted", "scrubbed"):
        record["is_deleted"] = 1
    if found.get("submitter_id") and found.get("requester_id"):
        record["created_by"] = "customer" if found["submitter_id"] == found["requester_id"] else "agent"
    metrics = found.get("metric_set")
    if isinstance(metrics, dict):
        record |= _durations(metrics, found)
    return [given(record)]


def _durations(metrics: dict[str, Any], ticket: dict[str, Any]) -> dict[str, Any]:
    """Both clocks; the calendar one also as moments."""
    found: dict[str, Any] = {}
    created = moment(ticket.get("created_at"), "created_at")
    for theirs, ours in (
        ("reply_time", "first_reply"),
        ("first_resolution_time", "first_resolved"),
        ("full_resolution_time", "resolved"),
    ):
        clocks = metrics.get(f"{theirs}_in_minutes")
        if not isinstance(clocks, dict):
            continue
        if clocks.get("business") is not None:
            found[f"{ours}_business_s"] = clocks["business"] * 60
        if clocks.get("calendar") is not None and ours != "resolved":
            found[f"{ours}_ts"] = (created + timedelta(minutes=clocks["calendar"])).isoformat()
    return found


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    found = obj(delivery, "the delivery")
    if "detail" not in found:
        return _ticket(found.get("ticket", found), mapped)  # a trigger's own JSON
    kind = str(found.get("type", "")).removeprefix("zen:event-type:ticket.")
    detail = obj(found["detail"], "detail")
    if kind == str(found.get("type", "")):
        return []  # of users, articles and the like
    records = _ticket(detail, mapped)
    event = _event(kind, found, obj(found.get("event") or {}, "event"))
    if event:
        records.append(
            {
                "source_contact_id": detail.get("id"),
                "event_id": found.get("id"),
                "event_ts": found.get("time"),
                **event,
            }
        )
    return records


def _event(kind: str, found: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    before, after = str(event.get("previous", "")), str(event.get("current", ""))
    if kind == "comment_added":
        comment = obj(event.get("comment") or {}, "event.comment")
        if not comment.get("is_public", True):
            return {}
        staff = obj(comment.get("author") or {}, "event.comment.author").get("is_staff")
        return {"kind": "replied", "actor": "agent" if staff else "customer"}
    if kind == "status_changed":
        if after.lower() in _SOLVED and before.lower() not in _SOLVED:
            return {"kind": "resolved"}
        return {"kind": "reopened"} if before.lower() in _SOLVED and after.lower() not in _SOLVED else {}
    if kind == "merged":
        target = event.get("target_ticket_id") or (event.get("target_ticket") or {}).get("id") or after
        return {"kind": "merged", "to": str(target)}
    if kind == "group_assignment_changed" and not before:
        return {}  # the first one is no transfer
    return {"kind": _KINDS[kind], "from": before, "to": after} if kind in _KINDS else {}


class _Export:
    """The incremental export by cursor: no ticket twice, up to a minute ago."""

    lag_s = 60

    def headers(self, login: Login) -> Mapping[str, str]:
        both = base64.b64encode(f"{login.user}/token:{login.token}".encode()).decode()
        return {"Authorization": f"Basic {both}" if login.user else f"Bearer {login.token}"}

    def first(self, since: datetime) -> str:
        return json.dumps({"start_time": int(since.timestamp())})

    def ask(self, cursor: str, login: Login) -> Ask:
        params = {name: str(value) for name, value in json.loads(cursor).items()}
        return Ask("GET", "/api/v2/incremental/tickets/cursor.json", {**params, "include": "metric_sets"})

    def page(self, answer: Any, cursor: str, now: datetime) -> Page:
        found = obj(answer, "the answer")
        beside = {one.get("ticket_id"): one for one in found.get("metric_sets") or [] if isinstance(one, dict)}
        tickets = [
            {**one, "metric_set": one.get("metric_set") or beside.get(one.get("id"))}
            for one in items(found.get("tickets"), "tickets")
        ]
        following = found.get("after_cursor")
        return Page(
            tickets,
            json.dumps({"cursor": following}) if following else cursor,
            bool(found.get("end_of_stream")),
        )


ADAPTER = Adapter("zendesk", "zendesk", _read, MAPPED, _Export(), _ticket)

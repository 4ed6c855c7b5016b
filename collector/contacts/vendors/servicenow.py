"""ServiceNow: business rules post a record; the Table API lists what changed. Times are UTC without an offset.

Only values are asked for, never display values: those change with the language and the time zone of whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import (
    Adapter,
    Ask,
    Changes,
    Login,
    Page,
    Record,
    Unreadable,
    basic,
    bearer,
    given,
    items,
    moment,
    obj,
)

MAPPED = Mapped(
    fields={
        "source_contact_id": "sys_id",
        "created_ts": "opened_at",
        "updated_ts": "sys_updated_on",
        "channel": "contact_type",
        "status": "state",
        "priority": "priority",
        "queue": "assignment_group",
        "contact_reason": "category",
        "requester_id": "caller_id",
        "subject": "short_description",
        "resolved_ts": "resolved_at",
        "reopens": "reopen_count",
        "transfers": "reassignment_count",
        "case_id": "parent",
    },
    values={
        "channel": {
            "phone": "phone",
            "email": "email",
            "chat": "chat",
            "self-service": "web_form",
            "web": "web_form",
            "virtual_agent": "bot",
            "walk-in": "in_person",
            "social": "social",
            "*": "other",
        },
        "status": {
            "1": "new",
            "2": "open",
            "3": "on_hold",
            "6": "solved",
            "7": "closed",
            "8": "closed",
            "10": "open",
            "18": "pending",
            "*": "open",
        },
    },
)

_TIMES = ("opened_at", "sys_created_on", "sys_updated_on", "resolved_at", "closed_at")
COLUMNS = ("sys_id", "opened_at", "sys_created_on", "sys_updated_on", "contact_type", "state", "priority", "category",
           "assignment_group", "caller_id", "short_description", "resolved_at", "closed_at", "reopen_count",
           "reassignment_count", "parent", "escalation")  # fmt: skip
PAGE = 1000


def _row(found: Any, mapped: Mapped) -> list[Record]:
    row = {name: _value(name, value) for name, value in obj(found, "the record").items()}
    for name in _TIMES:
        if row.get(name):
            row[name] = moment(row[name], name).isoformat()
    row.setdefault("opened_at", row.get("sys_created_on"))
    record = mapped.apply(row)
    if row.get("escalation") not in (None, ""):
        record["escalated"] = 0 if str(row["escalation"]) == "0" else 1
    return [given(record)]


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict) and "display_value" in value and "value" not in value:
        raise Unreadable(f"{name} holds a display value; expected sysparm_display_value=false")
    return value.get("value") if isinstance(value, dict) and "value" in value else value


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    if isinstance(delivery, dict):
        delivery = delivery.get("result", delivery)
    rows = delivery if isinstance(delivery, list) else [delivery]
    return [one for row in rows for one in _row(row, mapped)]


def _ask(since: datetime, page: str, login: Login) -> Ask:
    table = login.options.get("table", "incident")
    at = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    params = {
        "sysparm_query": f"sys_updated_on>={at}^ORDERBYsys_updated_on^ORDERBYsys_id",
        "sysparm_fields": ",".join(COLUMNS),
        "sysparm_limit": str(PAGE),
        "sysparm_offset": page or "0",
        "sysparm_display_value": "false",
        "sysparm_exclude_reference_link": "true",
    }
    return Ask("GET", f"/api/now/table/{table}", params)


class _Rows(Changes):
    """Pages are offsets."""

    def page(self, answer: Any, cursor: str, now: datetime) -> Page:
        found = items(obj(answer, "the answer").get("result"), "result")
        offset = int(self.ask(cursor, Login("", "", {})).params["sysparm_offset"])
        return super().page((found, str(offset + PAGE) if len(found) == PAGE else ""), cursor, now)


PULL = _Rows(
    headers=lambda login: basic(login) if login.user else bearer(login),
    ask=_ask,
    found=lambda answer: answer,
    changed=lambda one: moment(one.get("sys_updated_on"), "sys_updated_on"),
    most_pages=50,
)
ADAPTER = Adapter("servicenow", "token", _read, MAPPED, PULL, _row)

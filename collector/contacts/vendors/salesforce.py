"""Salesforce cases: SOQL over SystemModstamp, deleted ones too; change events where somebody forwards them.

Ids have 15 characters, or 18 of which the last three tell the case of the others: both are one id here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

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
        "source_contact_id": "Id",
        "created_ts": "CreatedDate",
        "updated_ts": "SystemModstamp",
        "channel": "Origin",
        "contact_reason": "Reason",
        "status": "Status",
        "priority": "Priority",
        "queue": "OwnerId",
        "escalated": "IsEscalated",
        "resolved_ts": "ClosedDate",
        "requester_id": "ContactId",
        "subject": "Subject",
        "is_deleted": "IsDeleted",
        "merged_into": "MasterRecordId",
    },
    values={
        "channel": {
            "phone": "phone",
            "email": "email",
            "web": "web_form",
            "chat": "chat",
            "live agent": "chat",
            "messaging": "messaging",
            "twitter": "social",
            "facebook": "social",
            "community": "community",
            "*": "other",
        },
        "status": {
            "new": "new",
            "working": "open",
            "escalated": "open",
            "on hold": "on_hold",
            "waiting": "pending",
            "closed": "closed",
            "solved": "solved",
            "*": "open",
        },
    },
)

COLUMNS = (
    "Id", "CreatedDate", "SystemModstamp", "Origin", "Reason", "Status", "Priority", "OwnerId", "IsEscalated", "IsClosed",
    "ClosedDate", "ContactId", "Subject", "IsDeleted", "MasterRecordId",
)  # fmt: skip

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_id(given_id: Any) -> Any:
    """An id of 15 characters with the three that tell its capitals; any other as it is.

    >>> long_id("5003000000D8cuI")
    '5003000000D8cuIAAR'
    """
    if not isinstance(given_id, str) or len(given_id) != 15 or not given_id.isalnum():
        return given_id
    bits = [sum(1 << i for i, sign in enumerate(given_id[n : n + 5]) if sign.isupper()) for n in (0, 5, 10)]
    return given_id + "".join(_DIGITS[n] for n in bits)


def _case(found: Any, mapped: Mapped) -> list[Record]:
    case = obj(found, "the case")
    record = mapped.apply(case)
    for name in ("source_contact_id", "merged_into", "requester_id"):
        if name in record:
            record[name] = long_id(record[name])
    if case.get("IsClosed") is True and record.get("status") not in ("solved", "closed"):
        record["status"] = "closed"
    if record.get("merged_into"):
        record |= {
            "status": "merged",
            "is_deleted": 0,
        }  # the merged one is in the bin there, and was a contact
    return [given(record)]


def _change(event: dict[str, Any], mapped: Mapped) -> list[Record]:
    """One change event, which may be of many cases."""
    header = obj(event.get("ChangeEventHeader"), "ChangeEventHeader")
    if header.get("entityName") not in (None, "Case"):
        return []
    kind = {"CREATE": "created", "DELETE": "deleted", "UNDELETE": "restored"}.get(
        str(header.get("changeType")), "changed"
    )
    fields = _case(event, mapped)[0]
    sets = {k: v for k, v in fields.items() if k not in ("source_contact_id", "updated_ts")}
    at, key = header.get("commitTimestamp"), header.get("commitNumber") or header.get("transactionKey")
    return [
        {
            "source_contact_id": long_id(one),
            "event_id": f"{key}-{header.get('sequenceNumber', 0)}-{one}",
            "event_ts": at,
            "kind": kind,
            "fields": sets if kind in ("created", "changed") else {},
        }
        for one in items(header.get("recordIds"), "recordIds")
    ]


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    if isinstance(delivery, dict):
        delivery = delivery.get("payload", delivery)
        delivery = delivery.get("records", [delivery]) if isinstance(delivery, dict) else delivery
    records: list[Record] = []
    for found in items(delivery, "the delivery"):
        one = obj(found, "a case")
        records += _change(one, mapped) if "ChangeEventHeader" in one else _case(one, mapped)
    return records


def _ask(since: datetime, page: str, login: Login) -> Ask:
    if page:
        return Ask("GET", page)
    api = login.options.get("api", "v61.0")
    # SOQL takes no parameters: the columns are ours, and a time that was read is written anew.
    query = f"SELECT {', '.join(COLUMNS)} FROM Case WHERE SystemModstamp >= {zulu(since)} ORDER BY SystemModstamp, Id"  # noqa: S608
    return Ask("GET", f"/services/data/{api}/queryAll", {"q": query})


def _found(answer: Any) -> tuple[list[Any], str]:
    found = obj(answer, "the answer")
    following = "" if found.get("done", True) else str(found.get("nextRecordsUrl") or "")
    return items(found.get("records"), "records"), urlsplit(following).path


PULL = Changes(
    headers=bearer,
    ask=_ask,
    found=_found,
    changed=lambda one: moment(one.get("SystemModstamp"), "SystemModstamp"),
)
ADAPTER = Adapter("salesforce", "token", _read, MAPPED, PULL, _case)

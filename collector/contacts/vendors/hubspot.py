"""HubSpot tickets: webhooks hold single changes of properties, put together here; the CRM search holds what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import Adapter, Ask, Changes, Login, Record, bearer, given, items, moment, obj

MAPPED = Mapped(
    fields={
        "created_ts": "createdate",
        "updated_ts": "hs_lastmodifieddate",
        "channel": "source_type",
        "status": "hs_pipeline_stage",
        "priority": "hs_ticket_priority",
        "contact_reason": "hs_ticket_category",
        "queue": "hubspot_team_id",
        "subject": "subject",
        "resolved_ts": "closed_date",
        "first_reply_ts": "first_agent_reply_date",
    },
    values={
        "channel": {"email": "email", "chat": "chat", "form": "web_form", "phone": "phone", "*": "other"},
        # The stages of the pipeline that every account begins with; those of others stand in [NAME.values.status].
        "status": {"1": "new", "2": "pending", "3": "open", "4": "closed", "*": "open"},
        "priority": {"low": "low", "medium": "normal", "high": "high", "urgent": "urgent"},
    },
)

_KINDS = {"creation": "created", "deletion": "deleted", "privacyDeletion": "deleted", "restore": "restored"}
TICKET = "0-5"
"""HubSpot's number for the type of object."""


def _ticket(found: Any, mapped: Mapped) -> list[Record]:
    ticket = obj(found, "the ticket")
    properties = obj(ticket.get("properties"), "properties")
    record = mapped.apply(properties)
    record["source_contact_id"] = ticket.get("id")
    record.setdefault("created_ts", ticket.get("createdAt"))
    record.setdefault("updated_ts", ticket.get("updatedAt"))
    if ticket.get("archived") is True:
        record["is_deleted"] = 1
    return [given(record)]


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    changes = delivery if isinstance(delivery, list) else [delivery]
    return [one for change in changes for one in _change(obj(change, "a change"), mapped)]


def _change(change: dict[str, Any], mapped: Mapped) -> list[Record]:
    what, _, kind = str(change.get("subscriptionType", "")).partition(".")
    if not (what == "ticket" or (what == "object" and change.get("objectTypeId") == TICKET)):
        return []
    at, number = change.get("occurredAt"), change.get("objectId") or change.get("primaryObjectId")
    # HubSpot's eventId alone may come twice for two things.
    name = change.get("propertyName", "")
    event = {
        "source_contact_id": number,
        "event_id": f"{change.get('eventId')}-{number}-{name}-{at}",
        "event_ts": at,
    }
    if kind == "merge":
        merged = items(change.get("mergedObjectIds"), "mergedObjectIds")
        return [
            {
                **event,
                "source_contact_id": one,
                "event_id": f"{event['event_id']}-{one}",
                "kind": "merged",
                "to": str(number),
            }
            for one in merged
        ]
    if kind in _KINDS:
        return [{**event, "kind": _KINDS[kind]}]
    if kind != "propertyChange":
        return []
    ours = [field for field, theirs in mapped.fields.items() if theirs == name and field != "updated_ts"]
    value = change.get("propertyValue")
    fields = {field: None if value in ("", None) else mapped.value(field, value) for field in ours}
    if fields.get("status") in ("new", "open", "pending", "on_hold"):
        fields["resolved_ts"] = None
    if fields.get("status") in ("solved", "closed"):
        return [{**event, "kind": "resolved", "fields": fields}]
    return [{**event, "kind": "changed", "fields": fields}] if fields else []


def _ask(since: datetime, page: str, login: Login) -> Ask:
    after = {"after": page} if page else {}
    wanted = [
        {
            "propertyName": "hs_lastmodifieddate",
            "operator": "GTE",
            "value": str(int(since.timestamp() * 1000)),
        }
    ]
    return Ask(
        "POST",
        "/crm/v3/objects/tickets/search",
        json={
            "filterGroups": [{"filters": wanted}],
            "properties": sorted(set(MAPPED.fields.values())),
            "limit": 100,
            "sorts": [{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}],
            **after,
        },
    )


def _found(answer: Any) -> tuple[list[Any], str]:
    found = obj(answer, "the answer")
    following = obj(obj(found.get("paging") or {}, "paging").get("next") or {}, "paging.next").get("after", "")
    return items(found.get("results"), "results"), str(following or "")


def _changed(one: Any) -> datetime:
    return moment((one.get("properties") or {}).get("hs_lastmodifieddate") or one.get("updatedAt"), "updatedAt")


PULL = Changes(
    headers=bearer,
    ask=_ask,
    found=_found,
    changed=_changed,
    most_pages=99,  # a search gives 10,000 and no more
)
ADAPTER = Adapter("hubspot", "hubspot", _read, MAPPED, PULL, _ticket, channel="other")

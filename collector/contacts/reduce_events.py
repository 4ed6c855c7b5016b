"""Puts a contact together from everything that is known to have happened to it, in whatever order it came.

Each field holds what the newest event that names it says (argMax by time). Counts are of distinct events, never sums:
what comes twice counts once. Pure; the events are the ones that the store keeps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from collector.contacts.schema import RANKS, REDUCED, VERSIONS_PER_MS, durations
from collector.store.support import Contact, ContactEvent

_COUNTED = {"reopened": "reopens", "transferred": "transfers", "replied": "agent_replies"}


def reduce(events: Iterable[ContactEvent]) -> Contact | None:
    """The contact that `events`, all of one contact, tell of; None while nothing says when it was made.

    Its version is the time of the newest event, with the number of events known as its rank: a late event makes a
    newer version of the same moment.
    """
    by_id = {one.source_event_id: one for one in events}
    ordered = sorted(by_id.values(), key=lambda one: (one.event_ts, RANKS[one.kind], one.source_event_id))
    if not ordered:
        return None
    known: dict[str, Any] = {}
    for one in ordered:
        _apply(known, one)
        if one.fields:  # what it says itself is worth more than what its kind implies
            known.update(json.loads(one.fields))
    replies = [one.event_ts for one in ordered if one.kind == "replied" and one.actor in ("agent", "unknown")]
    _first_reply(known, replies)
    for kind, name in _COUNTED.items():
        _count(known, name, [one for one in ordered if one.kind == kind and not _of_a_bot(one)], ordered)
    if not known.get("created_ts"):
        return None
    version = int(ordered[-1].event_ts.timestamp() * 1000) * VERSIONS_PER_MS
    rank = REDUCED + min(len(ordered), VERSIONS_PER_MS - REDUCED - 1)
    row = {name: value for name, value in known.items() if value is not None}
    row = {
        "is_deleted": 0,
        "channel": "other",
        "channel_raw": "",
        **row,
        "source": ordered[0].source,
        "source_contact_id": ordered[0].source_contact_id,
        "version": version + rank,
    }
    found = msgspec.convert(row, Contact)
    return msgspec.convert(durations(msgspec.structs.asdict(found)), Contact)


def _apply(known: dict[str, Any], one: ContactEvent) -> None:
    at = one.event_ts.isoformat()
    match one.kind:
        case "created":
            known["created_ts"] = known.get("created_ts") or at
            if one.actor != "unknown":
                known["created_by"] = one.actor
        case "answered":
            known["first_answered_ts"] = _earlier(known.get("first_answered_ts"), at)
        case "resolved":
            known["first_resolved_ts"] = _earlier(known.get("first_resolved_ts"), at)
            known["resolved_ts"], known["status"] = at, "solved"
        case "reopened":
            known["resolved_ts"], known["status"] = None, "open"
        case "transferred" if one.to_value:
            known["queue"] = one.to_value
        case "escalated":
            known["escalated"] = 1
        case "abandoned":
            known["abandoned_ts"], known["status"] = at, "abandoned"
        case "merged":
            known["merged_into"], known["status"] = one.to_value, "merged"
        case "spam":
            known["is_deleted"], known["status"] = 1, "spam"
        case "deleted":
            known["is_deleted"] = 1
        case "restored":
            known["is_deleted"] = 0
            if known.get("status") in ("spam", "merged"):
                known["status"], known["merged_into"] = "open", ""
        case _:
            pass


def _first_reply(known: dict[str, Any], replies: list[datetime]) -> None:
    """Of a contact that an agent opened, the first reply is its opening: the second one counts."""
    skipped = 1 if known.get("created_by") == "agent" else 0
    if len(replies) > skipped:
        known["first_reply_ts"] = _earlier(known.get("first_reply_ts"), replies[skipped].isoformat())


def _count(known: dict[str, Any], name: str, found: list[ContactEvent], ordered: list[ContactEvent]) -> None:
    """What the source counted last and what happened since; at least what is known to have happened."""
    if not found and known.get(name) is None:
        return
    counted = [one for one in ordered if one.kind == "snapshot" and name in json.loads(one.fields or "{}")]
    since = found
    if counted:
        since = [one for one in found if one.event_ts > counted[-1].event_ts]
    known[name] = max(len(found), (known.get(name) or 0) + len(since) if counted else known.get(name) or 0)


def _of_a_bot(one: ContactEvent) -> bool:
    return one.kind == "replied" and one.actor not in ("agent", "unknown")


def _earlier(known: str | None, at: str) -> str:
    if known is None:
        return at
    return min(known, at, key=datetime.fromisoformat)

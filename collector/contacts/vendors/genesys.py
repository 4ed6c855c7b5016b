"""Genesys Cloud: aggregates of conversations by queue, media type and half hour. Counts, never contacts.

A metric's `count` is how many, its `sum` milliseconds. Contacts that flow out of a queue are offered and neither
answered nor abandoned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import Adapter, Ask, Login, Page, Record, bearer, items, moment, obj, zulu

MAPPED = Mapped(
    values={
        "channel": {
            "voice": "phone",
            "callback": "phone",
            "chat": "chat",
            "email": "email",
            "message": "messaging",
            "sms": "sms",
            "social": "social",
            "*": "other",
        }
    }
)

METRICS = ("nOffered", "tAnswered", "tAbandon", "tShortAbandon", "tFlowOut", "tHandle", "oServiceLevel")
_COUNTS = {"nOffered": "offered", "tAnswered": "answered", "tAbandon": "abandoned", "tShortAbandon": "abandoned_short",
           "tFlowOut": "flowed_out"}  # fmt: skip
_SUMS = {"tAnswered": "sum_wait_answered_s", "tHandle": "sum_handle_s"}
STEP = timedelta(days=1)
"""So much is asked for at once."""

SETTLED = timedelta(hours=24)
"""Metrics of a conversation come when each is done: the last day is asked for again."""


def _group(found: Any, mapped: Mapped) -> list[Record]:
    result = obj(found, "a result")
    group = obj(result.get("group") or {}, "group")
    records: list[Record] = []
    for one in items(result.get("data"), "data"):
        interval = obj(one, "an interval")
        start, _, end = str(interval.get("interval", "")).partition("/")
        begin = moment(start, "interval")
        record: dict[str, Any] = {
            **mapped.constants,
            "interval_start_ts": begin.isoformat(),
            "offered": 0,
            "queue": group.get("queueId", ""),
            "interval_s": int((moment(end, "interval") - begin).total_seconds()),
            "channel": mapped.value("channel", group.get("mediaType", "voice")),
        }
        for metric in items(interval.get("metrics"), "metrics"):
            name, stats = metric.get("metric"), obj(metric.get("stats") or {}, "stats")
            if name in _COUNTS:
                record[_COUNTS[name]] = int(stats.get("count", 0))
            if name in _SUMS:
                record[_SUMS[name]] = round(float(stats.get("sum", 0)) / 1000)
            if name == "oServiceLevel":
                record["answered_in_threshold"] = int(stats.get("numerator", 0))
        if record.get("answered_in_threshold", 0) > record.get("answered", 0):
            del record["answered_in_threshold"]  # where the queue counts short abandons as served
        records.append(record)
    return records


def _read(delivery: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    found = obj(delivery, "the delivery")
    return [one for group in items(found.get("results"), "results") for one in _group(group, mapped)]


def _lines(found: Any, mapped: Mapped) -> list[Record]:
    """A line of a file: a whole answer, or one of its results."""
    return _read(found, {}, mapped) if isinstance(found, dict) and "results" in found else _group(found, mapped)


class _Aggregates:
    """Day by day up to now; the cursor is the end of the day that was asked for last."""

    lag_s = 1800

    def headers(self, login: Login) -> Mapping[str, str]:
        return bearer(login)

    def first(self, since: datetime) -> str:
        return json.dumps({"from": _half_hour(since).isoformat()})

    def ask(self, cursor: str, login: Login) -> Ask:
        begin, end = _day(cursor)
        return Ask(
            "POST",
            "/api/v2/analytics/conversations/aggregates/query",
            json={
                "interval": f"{zulu(begin)}/{zulu(end)}",
                "granularity": "PT30M",
                "groupBy": ["queueId", "mediaType"],
                "metrics": list(METRICS),
            },
        )

    def page(self, answer: Any, cursor: str, now: datetime) -> Page:
        results = items(obj(answer, "the answer").get("results") or [], "results")
        begin, end = _day(cursor)
        done = end >= now
        following = begin if done and end - SETTLED < begin else end - SETTLED if done else end
        return Page(results, json.dumps({"from": following.isoformat()}), done)


def _day(cursor: str) -> tuple[datetime, datetime]:
    begin = datetime.fromisoformat(json.loads(cursor)["from"])
    return begin, begin + STEP


def _half_hour(at: datetime) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // 1800 * 1800, UTC)


ADAPTER = Adapter("genesys", "token", _read, MAPPED, _Aggregates(), _lines, intervals=True)

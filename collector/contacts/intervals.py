"""Counts of intervals, as a call centre gives them: offered, answered, abandoned. Never made into contacts. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.contacts.schema import VERSIONS_PER_MS, Door, Record, Refusal, channel, count
from collector.contacts.schema import read_text as text
from collector.privacy.redact import redact
from collector.store.support import ContactInterval
from collector.times import BadTime, exact

COUNTS = (
    "answered", "abandoned", "abandoned_short", "flowed_out", "answered_in_threshold", "abandoned_in_threshold",
)  # fmt: skip
AVERAGES = {
    "avg_wait_answered_s": ("sum_wait_answered_s", "answered"),
    "avg_handle_s": ("sum_handle_s", "answered"),
}
"""Averages of a report, and the sums that they are made into again, with the count that they are of."""

REQUIRED = ("interval_start_ts", "offered")
FIELDS = (
    *REQUIRED, "interval_s", "channel", "queue", "contact_reason", *COUNTS, "threshold_s", "sum_wait_answered_s",
    "sum_handle_s", *AVERAGES,
)  # fmt: skip

DAY_S = 86_400
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d))?\Z")


class IntervalReader:
    """Reads the records of one file: an hour that the clocks show twice is there twice, the second one is the later."""

    def __init__(self, door: Door, interval_s: int | None = None) -> None:
        """`interval_s`: length where the file has no such column."""
        self._door = door
        self._interval_s = interval_s
        self._seen: set[tuple[str, str, str, datetime]] = set()

    def __call__(self, record: Record) -> ContactInterval:
        """Raises Refusal."""
        length = self._length(record)
        raw = text(record.get("channel"), "channel") or self._door.default_channel or "phone"
        kind, queue = channel(raw, self._door.channels), redact(text(record.get("queue"), "queue"))
        reason = redact(text(record.get("contact_reason"), "contact_reason"))
        start = self._start(record, (kind, queue, reason))
        found = {name: count(record[name], name, 2**32 - 1) for name in COUNTS if _given(record, name)}
        offered = count(record.get("offered"), "offered", 2**32 - 1) if _given(record, "offered") else None
        if offered is None:
            raise Refusal("count", "offered is empty; expected how many contacts arrived, 0 where none did")
        sums: dict[str, int] = {}
        for name in ("sum_wait_answered_s", "sum_handle_s"):
            if _given(record, name):
                sums[name] = round(seconds(record[name], name))
        for name, (total, of) in AVERAGES.items():
            if _given(record, name) and total not in sums and of in found:
                sums[total] = round(seconds(record[name], name) * found[of])
        threshold = count(record["threshold_s"], "threshold_s", DAY_S) if _given(record, "threshold_s") else None
        for part, whole in (
            ("answered_in_threshold", "answered"),
            ("abandoned_in_threshold", "abandoned"),
            ("abandoned_short", "abandoned"),
        ):
            if found.get(part, 0) > found.get(whole, 2**32):
                raise Refusal("count", f"{part} is {found[part]}, more than {whole}, which is {found[whole]}")
        return ContactInterval(
            self._door.source,
            kind,
            start,
            length,
            self._door.now_ms * VERSIONS_PER_MS + 1,
            offered,
            queue,
            reason,
            source_tz=self._door.tz.key if self._door.tz else "",
            threshold_s=threshold,
            **found,
            **sums,
        )

    def _length(self, record: Record) -> int:
        given = _given(record, "interval_s")
        length = count(record["interval_s"], "interval_s", DAY_S) if given else self._interval_s or 0
        if not length:
            raise Refusal("interval", "interval_s is empty; say --interval 30m if all of them are as long")
        return length

    def _start(self, record: Record, key: tuple[str, str, str]) -> datetime:
        value = record.get("interval_start_ts")
        if value in (None, ""):
            raise Refusal("time", "interval_start_ts is empty; every interval needs its start")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Refusal("type", "interval_start_ts is neither text nor a number; expected a time")
        try:
            found = exact(value, self._door.tz, self._door.time_form)
        except BadTime as error:
            raise Refusal("time", str(error)) from None
        start = found.ts
        if (*key, start) in self._seen and found.folded and self._door.tz:
            start = start.astimezone(self._door.tz).replace(fold=1).astimezone(UTC)
        if (
            not datetime(1990, 1, 1, tzinfo=UTC)
            <= start
            <= datetime.fromtimestamp(self._door.now_ms / 1000, UTC) + timedelta(days=1)
        ):
            raise Refusal("time", f"interval_start_ts is {start:%Y-%m-%d}; expected between 1990 and tomorrow")
        self._seen.add((*key, start))
        return start


def seconds(value: Any, name: str) -> float:
    """Seconds as a number, or as a clock shows them: 4:05 or 0:04:05. Raises Refusal."""
    if isinstance(value, str) and (shown := _CLOCK.match(value.strip())):
        parts = [int(part) for part in shown.groups() if part is not None]
        return float(sum(part * int(60**i) for i, part in enumerate(reversed(parts))))
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if isinstance(value, bool) or not 0 <= number < 2**48:
        raise Refusal("count", f"{name} is '{str(value)[:40]}'; expected seconds, or 0:04:05")
    return number


def _given(record: Mapping[str, Any], name: str) -> bool:
    return record.get(name) not in (None, "")

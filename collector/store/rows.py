"""From queued beacons to the rows of the tables. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from collector.events import KINDS, TABLES, Event, Queued, kind_of
from collector.written import FROM_BEACON, columns


class _Kind(NamedTuple):
    table: str
    fields: Callable[[Event], tuple[Any, ...]]


COLUMNS = {table: [column.name for column in columns(table)] for table in TABLES}
_OWN = ("ts", "received_ts", "kind", *FROM_BEACON)
_KINDS = {
    cls: _Kind(cls.table, attrgetter(*(name for name in COLUMNS[cls.table] if name not in _OWN)))
    for cls in KINDS.values()
}
_beacon_fields = attrgetter(*FROM_BEACON)
_decoder = msgspec.json.Decoder(Queued)


def rows(lines: Iterable[bytes]) -> tuple[dict[str, list[tuple[Any, ...]]], list[bytes]]:
    """Rows by table, in the order of COLUMNS; times are ms since 1970 UTC. Second: the lines that are no beacons."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    bad = []
    for line in lines:
        try:
            queued = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            bad.append(line)
            continue
        beacon = queued.beacon
        shared = _beacon_fields(beacon)
        for event in beacon.events:
            kind = _KINDS[type(event)]
            ts = event.client_ts + queued.skew_ms
            found.setdefault(kind.table, []).append(
                (ts, queued.received_ts, kind_of(event), *shared, *kind.fields(event))
            )
    return found, bad

"""What the store costs: `python -m benchmarks.store [--events N]`.

Fills an embedded store with a seeded month of events made by the engine, then prints what rollups, every query of a
command over a day and over a month, and the way in cost, in CPU-seconds of all threads of this process.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from collector.intake.decode import Edge, decode, queued
from collector.store import Store
from collector.store.queries import grids, operations

END = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 30
SHARES = {"page_views": 0.5, "friction_events": 0.1, "web_vitals": 0.2, "resource_timings": 0.2}
"""A session of ten events has five views, one friction event, two vitals and two requests."""


class Cost(NamedTuple):
    """One measured thing."""

    what: str
    cpu_s: float
    wall_s: float
    note: str


def measured(what: str, work: Callable[[], Any], note: Callable[[Any], str] = lambda _: "") -> Cost:
    """CPU of all threads and wall time of `work`, the median of three where it is quick."""
    found = []
    for _ in range(3):
        cpu, wall = time.process_time(), time.monotonic()
        result = work()
        found.append((time.process_time() - cpu, time.monotonic() - wall))
        if found[0][1] > 5:
            break
    found.sort()
    return Cost(what, *found[len(found) // 2], note(result))


def once(what: str, work: Callable[[], Any], note: Callable[[Any], str] = lambda _: "") -> Cost:
    """The same for what can be done only once."""
    cpu, wall = time.process_time(), time.monotonic()
    result = work()
    return Cost(what, time.process_time() - cpu, time.monotonic() - wall, note(result))


_SHARED = ("ts", "client_ts", "received_ts", "app", "env", "release", "traffic_source", "consent", "device", "session_id",
           "event_id", "view_id", "page_group")  # fmt: skip

_OWN = {
    "snag_experience.page_views": {"kind": "'page_view'", "referrer_group": "'internal'"},
    "snag_experience.friction_events": {
        "kind": "['rage_click', 'dead_click', 'error_click', 'page_error', 'slow_step', 'failed_action'][e % 6 + 1]",
        "target": "concat('#button-', toString(e % 40))", "target_name": "concat('Button ', toString(e % 40))",
        "repeat_count": "e % 7 + 1", "duration_ms": "e % 9000",
    },
    "snag_performance.web_vitals": {
        "kind": "'web_vital'", "metric": "['TTFB', 'LCP', 'CLS', 'INP'][e % 4 + 1]", "value": "50 + e % 4000",
    },
    "snag_performance.resource_timings": {
        "kind": "'resource_timing'", "route": "concat('shop/api/', toString(e % 30))", "initiator": "'fetch'",
        "status": "if(e % 97 = 0, 503, 200)", "duration_ms": "e % 2000", "ttfb_ms": "e % 900",
    },
}  # fmt: skip

_FILL = """
INSERT INTO {table} ({columns})
WITH
    intDiv(number, 10) AS session, cityHash64(session, {seed}) AS h, cityHash64(number, {salt}) AS e,
    toUInt32(h % {month}) AS second,
    -- four of five sessions of the small hours come by day instead
    if(intDiv(second % 86400, 3600) < 7 AND h % 5 > 0, 43200, 0) AS shift,
    toDateTime64('{start}', 3, 'UTC') + toIntervalSecond((second + shift) % {month})
        + toIntervalMillisecond(e % 600000) AS at
SELECT
    at, at, at, 'shop', 'production', concat('2.', toString(intDiv(second, 604800))), 'rum', 'measurement',
    ['phone', 'desktop', 'tablet'][h % 3 + 1], reinterpretAsUUID(sipHash128(session, {seed})),
    reinterpretAsUUID(sipHash128(number, {salt})), reinterpretAsUUID(sipHash128(session, e % 5)),
    concat('/page-', toString(toUInt32(pow(e % 1000 / 1000, 3) * 50))), {own}
FROM numbers({first}, {n})
SETTINGS max_insert_threads = 1
"""


def fill(store: Store, events: int, seed: int = 1) -> None:
    """A month of a site with fifty pages, days and nights; a session has ten events, one of them friction."""
    start = END - timedelta(days=DAYS)
    for salt, (table, own) in enumerate(_OWN.items()):
        share = SHARES[table.split(".")[1]]
        # Sessions are the same in all tables: table by table a session has its share of ten events.
        n = int(events * share)
        for first in range(0, n, 1_000_000):
            text = _FILL.replace("intDiv(number, 10)", f"intDiv(number, {round(10 * share)})")
            store.client.command(
                text.format(
                    table=table,
                    columns=", ".join((*_SHARED, *own)),
                    own=", ".join(own.values()),
                    seed=seed,
                    salt=seed * 100 + salt,
                    month=DAYS * 86400,
                    start=f"{start:%Y-%m-%d %H:%M:%S}",
                    first=first,
                    n=min(1_000_000, n - first),
                )
            )


def queries(store: Store) -> list[Cost]:
    """Every query of a command, over the last day and over the whole month."""
    found = []
    for name, days in (("24 h", 1), ("30 d", DAYS)):
        scope: dict[str, Any] = {
            "app": "shop",
            "sources": ["rum"],
            "start": END - timedelta(days=days),
            "end": END,
        }
        for query in (grids.sessions, grids.friction, grids.ttfb, grids.http_5xx, grids.first_session):
            step = {} if query is grids.first_session else {"step": 300}
            found.append(
                measured(f"{query.__name__}, {name}", lambda q=query, s={**scope, **step}: q(store, **s), _rows)
            )
        found.append(
            measured(
                f"friction top, {name}",
                lambda d=days: store.friction_top("shop", END - timedelta(days=d), END, ["rum"], 20),
                _rows,
            )
        )
    found.append(measured("apps", store.apps, _rows))
    found.append(measured("watermarks", store.watermarks, _rows))
    return found


def _rows(found: Sequence[Any]) -> str:
    return f"{len(found):,} rows"


def way_in(store: Store, beacons: int = 20_000) -> Cost:
    """Queued beacons of six events each, inserted as the shipper does."""
    lines = []
    ts = int(END.timestamp() * 1000)
    for number in range(beacons):
        kinds = ["page_view", "page_view", "rage_click", "page_view", "web_vital", "resource_timing"]
        events = [
            {
                "kind": kind,
                "event_id": str(uuid.uuid4()),
                "client_ts": ts + number,
                "page_group": f"/page-{number % 50}",
            }
            | ({"metric": "TTFB", "value": 120.5} if kind == "web_vital" else {})
            for kind in kinds
        ]
        beacon = {
            "beacon_id": str(uuid.uuid4()),
            "app": "shop",
            "session_id": str(uuid.uuid4()),
            "sent_ts": ts + number,
            "events": events,
        }
        lines.append(queued(decode(json.dumps(beacon).encode()), Edge(received_ts=ts + number, skew_ms=0)).strip())
    batches = [lines[at : at + 5000] for at in range(0, len(lines), 5000)]
    cost = once("way in", lambda: [store.insert(batch) for batch in batches])
    million = beacons * 6 / 1e6
    return Cost("insert, per million events", cost.cpu_s / million, cost.wall_s / million, "30,000 events an insert")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="keep the store here; an existing one is used again")
    args = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        store = Store.open(f"chdb://{(folder / 'store').absolute()}")
        store.migrate()
        costs = []
        if not store.apps():
            with console.status(f"making {args.events:,} events"):
                fill(store, args.events)
            with console.status("counting the rollups"):
                costs.append(once("rollups of the month", store.refresh, lambda n: f"{n} stretches"))
        with console.status("asking"):
            costs += queries(store)
            size = operations.sizes(store)
            costs.append(way_in(store))
            costs.append(once("rollups after it", store.refresh, lambda n: f"{n} stretches"))
        table = Table(title=f"{args.events:,} events of {DAYS} days, embedded", title_justify="left")
        for heading in ("what", "CPU-s", "s", ""):
            table.add_column(heading, justify="left" if heading in ("what", "") else "right")
        for cost in costs:
            table.add_row(cost.what, f"{cost.cpu_s:.3f}", f"{cost.wall_s:.3f}", cost.note)
        console.print(table)
        raw = [row for row in size if row[0].split(".")[1] in SHARES]
        console.print(
            f"{sum(r[2] for r in raw) / max(1, sum(r[1] for r in raw)):.1f} bytes an event on disk; "
            f"rollups {sum(r[2] for r in size if r[0][-3:] in ('_5m', '_1h', '_1d')) / 2**20:,.0f} MiB; "
            f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB at most"
        )
        store.close()


if __name__ == "__main__":
    main()

"""What the boards cost: `python -m benchmarks.boards [--events N] [--folder KEEP]`.

Fills an embedded store as benchmarks.store does (a seeded month), adds a support desk, journeys and runs, counts the rollups
and judges the causes; then runs every query of every board over the last 24 hours and prints CPU-seconds of all
threads, by board and for the dearest panels. The target: at most 3 CPU-s a board.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.store import DAYS, END, Cost, fill, measured, once
from collector.friction.classify_job import refresh
from collector.store import Store
from dashboards.build import FOLDER
from tools.expand_boards import ALL, Range, expand, interval_s
from tools.lint_boards import targets, variables

TARGET = 3.0
"""CPU-s of all queries of one board over 24 hours, on 10 M events."""

CHOSEN = {
    "app": ALL, "env": ALL, "release": ALL, "device": ALL, "journey": ALL, "traffic": "rum", "datasource": "x",
    "release_a": "2.3", "release_b": "2.4",
}  # fmt: skip

_DESK = """
INSERT INTO snag_experience.support_contacts
    (source, source_contact_id, version, created_ts, channel, contact_reason, status, first_reply_ts, agent_replies,
    reopens)
SELECT 'desk', toString(number), 1, toDateTime64('{end}', 3, 'UTC') - toIntervalSecond(cityHash64(number) % {span}) AS at,
    ['phone', 'email', 'chat'][number % 3 + 1], concat('reason ', toString(number % 20)), 'solved',
    at + INTERVAL 1 HOUR, 1, 0
FROM numbers(100000)
"""
_RUNS = """
INSERT INTO snag_experience.{table} (ts, client_ts, received_ts, kind, app, env, traffic_source, session_id, run_id,
    event_id, journey, step, duration_ms, {own})
SELECT toDateTime64('{end}', 3, 'UTC') - toIntervalSecond(number * 60 / {steps}) AS at, at, at, 'journey_run',
    'shop', 'production', 'synthetic', generateUUIDv4(), generateUUIDv4(), generateUUIDv4(),
    'checkout', concat('step ', toString(number % {steps})), 900, {values}
FROM numbers({n})
"""


def desk_and_journeys(store: Store) -> None:
    """100,000 contacts of 400 days, a journey of three steps, and its run every minute of the month."""
    end = f"{END:%Y-%m-%d %H:%M:%S}"
    store.client.command(_DESK.format(end=end, span=400 * 86400))
    runs = DAYS * 1440
    store.client.command(
        _RUNS.format(
            table="journey_runs",
            end=end,
            n=runs,
            steps=1,
            own="run_status, fault",
            values="if(number % 50 = 0, 'failed', 'passed'), 'none'",
        )
    )
    store.client.command(
        _RUNS.format(
            table="journey_steps",
            end=end,
            n=3 * runs,
            steps=3,
            own="step_status, step_index",
            values="'ok', number % 3",
        )
    )
    store.client.insert(
        "snag_experience.journey_definitions",
        [
            [
                "shop",
                "checkout",
                1,
                ["cart", "pay", "thanks"],
                [["/page-1"], ["/page-2", "/page-3*"], ["/page-4"]],
            ]
        ],
        column_names=["app", "journey", "version", "steps", "pages"],
    )


def asked(board: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What, text and least interval of each query that opening the board sends to ClickHouse."""
    for panel, target in targets(board, "grafana-clickhouse-datasource"):
        yield panel["title"], target["rawSql"], panel.get("interval", "")
    for one in variables(board):
        if one["type"] == "query" and one["datasource"]["type"] != "prometheus":
            yield f"variable {one['name']}", one["query"]["rawSql"], ""
    for one in board["annotations"]["list"]:
        if "target" in one:
            yield f"annotation {one['name']}", one["target"]["rawSql"], ""


def costs(store: Store, board: dict[str, Any], hours: int) -> list[Cost]:
    """Each query of the board, the median of three."""
    start, found = END - timedelta(hours=hours), []
    for what, text, least in asked(board):
        at = Range(start, END, interval_s(start, END, least))
        sql = expand(text, at, CHOSEN, {})
        found.append(
            measured(what, lambda q=sql: store.client.query(q).result_rows, lambda rows: f"{len(rows):,} rows")
        )
    return found


def main() -> None:
    """Print the tables; fails where a board is over the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--folder", type=Path, help="keep the store here; an existing one is used again")
    args = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as temporary:
        store = Store.open(f"chdb://{((args.folder or Path(temporary)) / 'store').absolute()}")
        store.migrate()
        if not store.apps():
            fill(store, args.events)
            desk_and_journeys(store)
            console.print(once("rollups", store.refresh))
        judged = once("causes", lambda: refresh(store))
        console.print(f"causes: {judged.cpu_s:.0f} CPU-s")
        table = Table(title=f"Boards over {args.hours} h of {args.events:,} events", title_justify="left")
        for heading in ("board", "queries", "CPU-s", "dearest"):
            table.add_column(heading)
        worst = 0.0
        for file in sorted(FOLDER.glob("*.json")):
            found = costs(store, json.loads(file.read_text(encoding="utf-8")), args.hours)
            if not found:
                continue
            total = sum(cost.cpu_s for cost in found)
            worst = max(worst, total)
            dearest = sorted(found, key=lambda cost: -cost.cpu_s)[:4]
            table.add_row(
                file.stem,
                str(len(found)),
                f"{total:.2f}",
                "; ".join(f"{cost.what} {cost.cpu_s:.2f} ({cost.note})" for cost in dearest),
            )
        console.print(table)
        store.close()
    if worst > TARGET and args.hours == 24:
        raise SystemExit(f"a board takes {worst:.2f} CPU-s, more than {TARGET}")


if __name__ == "__main__":
    main()

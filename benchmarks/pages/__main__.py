"""What each page costs: `python -m benchmarks.pages [--events 10000000] [--folder DIR]`.

Fills an embedded store with a seeded month of a site (benchmarks/store.py), contacts, answers and a surge, counts what the
chores count, and prints the CPU-seconds of all threads of this process that each page costs when nothing is remembered:
the median of seven, and the highest. Then the time until the first paint in a real Chromium on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web
from prometheus_client import CollectorRegistry
from rich.console import Console
from rich.table import Table

from benchmarks.store import END, fill
from collector.correlate import as_dict
from collector.friction import points_from_sums
from collector.friction.classify_job import refresh
from collector.metrics.funnel_report import define_journeys
from collector.metrics.score import scoring
from collector.settings import Settings
from collector.store import Store, page_sums
from collector.store.support import Contact, SurveyResponse
from collector.store.surges import SurgeRow, keep
from collector.web import friction, journeys, operations, releases, render, surge, surveys
from collector.web.routes import add_page_routes
from collector.web.scope import Scope, read_scope
from tests.surges.sample import surge as told

JOURNEYS = """journeys:
  buy:
    value: 20
    currency: EUR
    steps:
      - {name: scope, pages: /page-0}
      - {name: choose, pages: /page-1}
      - {name: pay, pages: /page-2}
"""
SURGE_ID = UUID("00000000-0000-4000-8000-000000000001")
PAGES: dict[str, Callable[[Scope], Any]] = {
    "surges": surge.load, "friction": friction.load, "journeys": journeys.load, "releases": releases.load,
    "surveys": surveys.load, "operations": lambda seen: operations.load(seen, None),
    "surge": lambda seen: surge.load_one(seen, SURGE_ID),
}  # fmt: skip


def support(store: Store) -> None:
    """A contact every five minutes, an answer to every third, and a surge that was judged."""
    start = END - timedelta(days=30)
    store.add_contacts(
        [
            Contact(
                "desk",
                str(i),
                1,
                0,
                start + timedelta(minutes=5 * i),
                ("phone", "chat")[i % 2],
                "",
                ("pay", "account")[i % 2],
            )
            for i in range(30 * 288)
        ]
    )
    store.keep_rows(
        [
            SurveyResponse(
                source="desk",
                source_response_id=str(i),
                version=1,
                metric=("csat", "nps", "ces")[i % 3],
                scale_min=(1, 0, 1)[i % 3],
                scale_max=(5, 10, 7)[i % 3],
                score=(5, 9, 6)[i % 3] - i % 4,
                answered_ts=start + timedelta(minutes=15 * i),
                touchpoint=f"touchpoint {i % 5}",
                page_group=f"/page-{i % 50}",
                app="shop",
                channel="email",
            )
            for i in range(30 * 96)
        ]
    )
    store.set_watermark("desk", END)
    at = END - timedelta(hours=5)
    begin = int(at.timestamp())
    found = told(
        start=begin,
        end=begin + 3600,
        detected_at=begin + 300,
        keys=[told().keys[0] | {"key": "/page-0|rage_click", "onset": begin - 600}],
    )
    keep(
        store,
        [
            SurgeRow(
                "shop",
                SURGE_ID,
                1,
                "standing",
                at,
                at + timedelta(hours=1),
                at,
                at,
                at,
                found.observed,
                found.expected,
                found.extra,
                found.extra_low,
                found.extra_high,
                found.z,
                found.verdict,
                None,
                found.p,
                found.q,
                found.lag_s,
                found.attributed,
                found.attributed_low,
                found.attributed_high,
                None,
                "/page-0|rage_click",
                at,
                "",
                "",
                "1",
                1,
                json.dumps(as_dict(found)),
            )
        ],
        [],
    )


def costs(store: Store, settings: Settings, table: Table) -> str:
    """Add a row for each page and time; returns the fingerprint that was looked at."""
    fingerprint = ""
    for since in ("24h", "7d", "30d"):
        seen = read_scope(store, settings, {"since": since}, END)
        fingerprint = points_from_sums.points(store, seen.period, limit=1)[0]["fingerprint"]
        pages: dict[str, Callable[[Scope], Any]] = {**PAGES, "point": partial(friction.load_point, text=fingerprint)}
        for name, work in pages.items():
            spent = []
            for _ in range(7):
                began = time.process_time()
                seen = read_scope(store, settings, {"since": since}, END)
                more = {"user_is_known": False, "classes": [], "subs": {}}
                text = render.page(name, seen, work(seen), **more)
                spent.append(time.process_time() - began)
            size = f"{len(text) / 1024:.0f} KiB"
            table.add_row(name, since, f"{statistics.median(spent):.3f}", f"{max(spent):.3f}", size)
    return fingerprint


async def paints(dsn: str, settings: Settings, fingerprint: str) -> list[tuple[str, float]]:
    """ms until the first paint of each page, the best of three; the answer of the server is within."""
    from synthetic.browser import launched

    app = web.Application()
    add_page_routes(app, settings, lambda: Store.open(dsn), CollectorRegistry(), clock=END.timestamp)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found = []
    async with launched() as (browser, _):
        paths = {
            **{name: name for name in PAGES},
            "surge": f"surges/{SURGE_ID}",
            "point": f"friction/{fingerprint}",
        }
        for name, path in paths.items():
            best = []
            for nth in range(3):
                page = await browser.new_page()
                # Another address each time, so that nothing is remembered.
                await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/{path}?since=7d&nth={nth}")
                await page.wait_for_timeout(300)
                best.append(
                    await page.evaluate(
                        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity"
                    )
                )
                await page.close()
            found.append((name, min(best)))
    await runner.cleanup()
    return found


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="keep the store here; an existing one is used again")
    args = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        dsn = f"chdb://{(folder / 'store').absolute()}"
        file = folder / "journeys.yaml"
        file.write_text(JOURNEYS, encoding="utf-8")
        settings = Settings(data_dir=str(folder), journeys_file=str(file), app="shop")
        store = Store.open(dsn)
        store.migrate()
        with console.status("filling and counting"):
            if not store.apps():
                fill(store, args.events)
                store.refresh()
                refresh(store)
            if not store.watermarks():
                support(store)
            define_journeys(store, str(file))
            page_sums.refresh(store)
            page_sums.refresh_funnels(store, scoring())
        table = Table(title=f"Pages over {args.events:,} events of 30 days, embedded", title_justify="left")
        for heading in ("page", "time", "CPU-s, median of 7", "highest", "HTML"):
            table.add_column(heading, justify="left" if heading == "page" else "right")
        fingerprint = costs(store, settings, table)
        console.print(table)
        store.close()
        for name, ms in asyncio.run(paints(dsn, settings, fingerprint)):
            console.print(f"{name}: first contentful paint after {ms:.0f} ms")


if __name__ == "__main__":
    main()

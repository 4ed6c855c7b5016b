"""The demo from start to verdict. What happens on the site is real; who has been there before, and who then calls,
is simulated and said to be."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import aiohttp
import numpy as np
from aiohttp import web

from collector.correlate import NotEnoughData
from collector.demo import history, world
from collector.demo.crowd import send_visitors
from collector.demo.desk import take_contacts
from collector.demo.process import DemoFailed, free_port, running
from collector.demo.recording import Recording, Visit
from collector.demo.shop import build_shop
from collector.demo.stage import Demo, snag
from collector.demo.visitors import measure_ttfb_ms
from collector.demo.zones import afternoon_zone
from collector.settings import Settings
from collector.store import Annotation
from collector.store.grids import floor
from collector.store.sql_port.owner import open_store
from collector.surges.find import WITH_SIMULATED, Found, find
from collector.surges.history import judge
from synthetic.browser import launched

HERE = Path(__file__).parent


@asynccontextmanager
async def played(demo: Demo) -> AsyncIterator[Found]:
    """Play it; inside, shop and collector still run. Raises DemoFailed, NoBrowser."""
    demo.end = floor(time.time())
    demo.time_zone = afternoon_zone(demo.end)
    (demo.folder / "time_zone").write_text(demo.time_zone + "\n", encoding="utf-8")
    demo.settings = Settings(
        data_dir=str(demo.folder),
        public_port=free_port(),
        private_port=free_port(),
        time_zone=demo.time_zone,
        app="shop",
        chores=0,  # the commands that it runs do what they need
    )
    rng = np.random.default_rng(demo.seed)
    begins = demo.incident[0] - world.BEFORE_STEPS * world.STEP_S
    demo.clock.put(begins)
    tell = demo.telling
    async with AsyncExitStack() as stack:
        browser, which = await stack.enter_async_context(launched(demo.chromium))
        tell.note(f"the visitors' browser is Chromium {browser.version}, {which.origin}")
        with tell.step("Starting the collector on an embedded store, and the shop"):
            await stack.enter_async_context(
                running(demo.settings, demo.clock, demo.folder / "collector.log", tell.note)
            )
            demo.shop_url = await _open_shop(stack, demo)
        tell.note(f"the shop is in {demo.time_zone}, where it is early afternoon just now")
        ttfb_ms = await measure_ttfb_ms(browser, demo.shop_url, world.VISITS_PER_STEP)
        await asyncio.to_thread(_fill_in_the_past, demo, begins, ttfb_ms, rng)
        await _journey(demo)
        await send_visitors(demo, browser)
        await _journey(demo)
        await browser.close()
        _record(demo, ttfb_ms)
        await _until_stored(demo)
        await take_contacts(demo, rng)
        with tell.step("Asking: are there more contacts than usual, and what do they follow?"):
            found = await asyncio.to_thread(_ask, demo)
        yield found


async def _open_shop(stack: AsyncExitStack, demo: Demo) -> str:
    app = build_shop(collector_url=demo.collector_url, faults=demo.faults, seed=demo.seed)
    # A visitor who leaves in the middle of a request is no news, but an error of the shop's would be.
    log = logging.getLogger("snag.demo.shop")
    log.addHandler(logging.FileHandler(demo.folder / "shop.log", delay=True))
    log.propagate = False
    runner = web.AppRunner(app, access_log=None, logger=log)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


def _fill_in_the_past(demo: Demo, until: float, ttfb_ms: float, rng: np.random.Generator) -> None:
    starts = world.draw_starts(until - world.WEEKS * 7 * 86400, until, ZoneInfo(demo.time_zone), demo.end, rng)
    demo.past = world.visits(starts, rng, ttfb_ms=ttfb_ms)
    store = open_store(demo.settings.store_dsn)
    try:
        rows = history.size(demo.past)
        with demo.telling.bar(
            f"Filling in eight weeks of [bold]simulated[/bold] history: {len(starts):,} visits, {rows:,} rows",
            rows,
        ) as advance:
            history.keep(store, demo.past, rng, advance)
        if demo.scenario.annotation:
            kind, title = demo.scenario.annotation
            start, end = (datetime.fromtimestamp(ts, UTC) for ts in (demo.incident[0] - 600, demo.end))
            store.add_annotations([Annotation(uuid4(), 1, start, end, kind, "shop", title)])
    finally:
        store.close()


def _record(demo: Demo, ttfb_ms: float) -> None:
    parts: dict[bool, list[Visit]] = {False: [], True: []}
    for done in demo.seen:
        parts[done.start_ts >= demo.incident[0]].append(done)
    Recording(ttfb_ms, parts[False], parts[True]).save(demo.folder / "visits.ndjson")


async def _journey(demo: Demo) -> None:
    with demo.telling.step("Running the synthetic journey [bold]checkout[/bold]") as conclude:
        code, out = await snag(
            demo,
            "journeys",
            "run",
            str(HERE / "journeys" / "checkout.py"),
            "--base-url",
            demo.shop_url,
            "--collector",
            demo.collector_url,
            "--app",
            "shop",
            "--env",
            "demo",
            "--location",
            "demo",
            "--json",
            env={"SNAG_CHROMIUM": demo.chromium} if demo.chromium else {},
        )
        if code > 1:
            raise DemoFailed(f"`snag journeys run` ended with {code}: {out}")
        conclude(demo.telling.journey(out))


async def _until_stored(demo: Demo) -> None:
    """Everything that was acknowledged is on disk; the store has it a second or two later."""
    with demo.telling.step("Waiting until the store has everything"):
        url = f"http://127.0.0.1:{demo.settings.private_port}/metrics"
        async with aiohttp.ClientSession() as http:
            for _ in range(300):
                async with http.get(url) as answer:
                    if "snag_collector_spool_bytes 0.0" in await answer.text():
                        return
                await asyncio.sleep(0.1)
    raise DemoFailed(f"the collector did not ship its queue within 30 s; its log is {demo.folder / 'collector.log'}")


def _ask(demo: Demo) -> Found:
    store = open_store(demo.settings.store_dsn)
    try:
        until = datetime.fromtimestamp(demo.end, UTC)
        since = until - timedelta(days=1)
        what: dict[str, Any] = {"app": "shop", "since": since, "time_zone": demo.time_zone}
        with suppress(NotEnoughData):  # visitors alone are two hours, and the pages say so
            judge(store, **what, now=until)
        judge(store, **what, now=until, sources=WITH_SIMULATED)
        return find(store, **what, until=until, sources=WITH_SIMULATED)
    finally:
        store.close()

"""The demo from start to verdict. What happens on the site is real; who has been there before, and who then calls,
is simulated and said to be."""

from __future__ import annotations

import asyncio
import csv
import logging
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import aiohttp
import numpy as np
from aiohttp import web
from playwright.async_api import Browser, Page

from collector.demo import history, world
from collector.demo.clock import ShiftedClock
from collector.demo.process import DemoFailed, free_port, running
from collector.demo.recording import Recording, Visit, as_another_s
from collector.demo.rehearse import afternoon_zone
from collector.demo.scenarios import Scenario
from collector.demo.shop import Faults, build_shop
from collector.demo.visitors import arrive, measure_ttfb_ms, visit
from collector.demo.words import Telling
from collector.settings import Settings
from collector.store.grids import floor
from collector.store.owner import open_store
from collector.store.store import Annotation
from collector.surges import WITH_SIMULATED, Found, find
from synthetic.browser import launched

HERE = Path(__file__).parent
REPLAYS_AT_ONCE = 8
APART_S = 0.15
"""Real time between the visitors of one step: nobody's page load should wait for three others'."""


@dataclass(slots=True)
class Demo:
    """One demo: where it keeps its things, when it plays, what was seen."""

    scenario: Scenario
    folder: Path
    chromium: str
    seed: int
    telling: Telling
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    faults: Faults = field(default_factory=Faults)
    end: int = 0
    """When the incident ends, which is now; a whole step, seconds since 1970."""
    time_zone: str = ""
    settings: Settings = field(default_factory=Settings)
    shop_url: str = ""
    past: world.Visits | None = None
    seen: list[Visit] = field(default_factory=list)
    replays: list[float] = field(default_factory=list)
    """When the replayed visitors came."""

    @property
    def incident(self) -> tuple[float, float]:
        """Begin and end of what the scenario does."""
        return self.end - world.INCIDENT_STEPS * world.STEP_S, self.end

    @property
    def collector_url(self) -> str:
        """Where beacons go."""
        return f"http://127.0.0.1:{self.settings.public_port}"


@asynccontextmanager
async def played(demo: Demo) -> AsyncIterator[Found]:
    """Play it; inside, shop and collector still run. Raises DemoFailed, NoBrowser."""
    demo.end = floor(time.time())
    demo.time_zone = afternoon_zone(demo.end)
    demo.settings = Settings(
        data_dir=str(demo.folder),
        public_port=free_port(),
        private_port=free_port(),
        time_zone=demo.time_zone,
        app="shop",
    )
    rng = np.random.default_rng(demo.seed)
    begins = demo.incident[0] - world.BEFORE_STEPS * world.STEP_S
    demo.clock.put(begins)
    tell = demo.telling
    async with AsyncExitStack() as stack:
        with tell.step("Starting the collector on an embedded store, and the shop"):
            await stack.enter_async_context(
                running(demo.settings, demo.clock, demo.folder / "collector.log", tell.note)
            )
            demo.shop_url = await _open_shop(stack, demo)
        browser, which = await stack.enter_async_context(launched(demo.chromium))
        tell.note(f"the visitors' browser is Chromium {browser.version}, {which.origin}: {which.path}")
        ttfb_ms = await measure_ttfb_ms(browser, demo.shop_url, world.VISITS_PER_STEP)
        await asyncio.to_thread(_fill_in_the_past, demo, begins, ttfb_ms, rng)
        await _journey(demo)
        await _visitors(demo, browser)
        await _journey(demo)
        await browser.close()
        _record(demo, ttfb_ms)
        await _until_stored(demo)
        await _contacts(demo, rng)
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
    starts = world.draw_starts(
        until - world.WEEKS * 7 * 86400, until, ZoneInfo(demo.time_zone), demo.end, rng
    )
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


async def _visitors(demo: Demo, browser: Browser) -> None:
    steps = world.BEFORE_STEPS + world.INCIDENT_STEPS
    luck = random.Random(demo.seed)  # noqa: S311 (who is affected, no secret)
    with demo.telling.bar(
        f"Sending visitors through the shop in a real browser ({demo.scenario.title})",
        steps * world.VISITS_PER_STEP,
    ) as advance:
        arriving = asyncio.create_task(_arrivals(demo, browser, 0))
        for step in range(steps):
            pages = await arriving
            # Opening windows takes time: those of the next step open while these visitors look around.
            arriving = asyncio.create_task(_arrivals(demo, browser, step + 1 if step + 1 < steps else None))
            during = step >= world.BEFORE_STEPS
            demo.faults.backend_extra_ms = demo.scenario.backend_extra_ms if during else 0.0
            demo.faults.failing_share = demo.scenario.failing_share if during else 0.0
            demo.clock.put(
                demo.incident[0] + (step - world.BEFORE_STEPS) * world.STEP_S + luck.uniform(0, 120)
            )
            visits = []
            for number, page in pages:
                broken = during and luck.random() < demo.scenario.pay_fault_share
                visits.append(_one(demo, page, number, broken, advance))
            if during and demo.scenario.traffic_factor > 1:
                visits.append(_replay(demo, (demo.scenario.traffic_factor - 1) * world.VISITS_PER_STEP, luck))
            await asyncio.gather(*visits)


async def _arrivals(demo: Demo, browser: Browser, step: int | None) -> list[tuple[int, Page]]:
    """The visitors of a step, by number; nobody for None."""
    numbers = (
        range(step * world.VISITS_PER_STEP, (step + 1) * world.VISITS_PER_STEP) if step is not None else ()
    )
    return [(number, await arrive(browser, demo.shop_url, number)) for number in numbers]


async def _one(demo: Demo, page: Page, number: int, broken: bool, advance: Callable[[int], None]) -> None:
    await asyncio.sleep(number % world.VISITS_PER_STEP * APART_S)
    demo.seen.append(await visit(page, demo.shop_url, demo.clock, number=number, broken=broken))
    advance(1)


async def _replay(demo: Demo, n: int, luck: random.Random) -> None:
    """More visitors than two cores have browsers for: the recorded beacons of earlier ones, sent again as others'."""
    recorded = [done for done in demo.seen if done.bodies]
    if not recorded:
        raise DemoFailed("no browser's beacons were recorded, so there is nothing to replay")
    gate = asyncio.Semaphore(REPLAYS_AT_ONCE)
    url = f"{demo.collector_url}/v1/beacons"
    async with aiohttp.ClientSession() as http:

        async def one() -> None:
            start = demo.clock() - luck.uniform(0, 60)
            async with gate:
                for body in as_another_s(luck.choice(recorded), start, demo.clock()):
                    async with http.post(url, data=body, headers={"Content-Type": "text/plain"}) as answer:
                        if answer.status != 204:
                            raise DemoFailed(
                                f"a replayed beacon was refused: {answer.status} {await answer.text()}"
                            )
                demo.replays.append(start)

        await asyncio.gather(*(one() for _ in range(n)))


def _record(demo: Demo, ttfb_ms: float) -> None:
    parts: dict[bool, list[Visit]] = {False: [], True: []}
    for done in demo.seen:
        parts[done.start_ts >= demo.incident[0]].append(done)
    Recording(ttfb_ms, parts[False], parts[True]).save(demo.folder / "visits.ndjson")


async def _journey(demo: Demo) -> None:
    with demo.telling.step("Running the synthetic journey [bold]checkout[/bold]") as conclude:
        code, out = await _snag(
            demo, "journeys", "run", str(HERE / "journeys" / "checkout.py"), "--base-url", demo.shop_url,
            "--collector", demo.collector_url, "--app", "shop", "--env", "demo", "--location", "demo", "--json",
            env={"SNAG_CHROMIUM": demo.chromium} if demo.chromium else {},
        )  # fmt: skip
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
    raise DemoFailed(
        f"the collector did not ship its queue within 30 s; its log is {demo.folder / 'collector.log'}"
    )


async def _contacts(demo: Demo, rng: np.random.Generator) -> None:
    if demo.past is None:
        raise DemoFailed("there is no history to draw contacts from")
    starts = np.concatenate([demo.past.start_ts, [done.start_ts for done in demo.seen], demo.replays])
    slow = demo.scenario.backend_extra_ms > 0
    now = [done.hit or (slow and done.start_ts >= demo.incident[0]) for done in demo.seen]
    hit = np.concatenate([demo.past.hit, np.array(now, dtype=bool), np.zeros(len(demo.replays), dtype=bool)])
    called = world.contacts(starts, hit, rng, scenario=demo.scenario, incident=demo.incident)
    path = demo.folder / "contacts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["source_contact_id", "created_ts", "channel", "contact_reason"])
        for i, (ts, channel, reason) in enumerate(zip(called.ts, called.channel, called.reason, strict=True)):
            if ts < demo.end:
                writer.writerow(
                    [
                        f"C-{i + 1:05}",
                        datetime.fromtimestamp(ts, UTC).isoformat(timespec="seconds"),
                        channel,
                        reason,
                    ]
                )
    with demo.telling.step("Importing support contacts ([bold]simulated[/bold]) from a CSV file") as conclude:
        code, out = await _snag(
            demo, "contacts", "import", str(path), "--source", "simulated-desk",
            "--complete-through", datetime.fromtimestamp(demo.end, UTC).isoformat(),
        )  # fmt: skip
        if code:
            raise DemoFailed(f"`snag contacts import` ended with {code}: {out}")
        conclude(out.strip().splitlines()[-1])


def _ask(demo: Demo) -> Found:
    store = open_store(demo.settings.store_dsn)
    try:
        return find(
            store,
            app="shop",
            since=datetime.fromtimestamp(demo.end - 86400, UTC),
            until=datetime.fromtimestamp(demo.end, UTC),
            time_zone=demo.time_zone,
            sources=WITH_SIMULATED,
        )
    finally:
        store.close()


async def _snag(demo: Demo, *args: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a command as a user beside the collector would."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SNAG_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "collector", *args,
        env={**clean, "SNAG_DATA_DIR": demo.settings.data_dir, **(env or {})},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, (out if process.returncode in (0, 1) else out + err).decode(
        errors="replace"
    )

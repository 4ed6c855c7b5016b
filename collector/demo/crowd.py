"""The visitors of a demo's afternoon: step by step, some of them with a broken Pay."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from playwright.async_api import Browser, Page

from collector.demo import world
from collector.demo.process import DemoFailed
from collector.demo.recording import as_another_s
from collector.demo.stage import Demo
from collector.demo.visitors import arrive, visit
from synthetic.post import NotTaken, post

REPLAYS_AT_ONCE = 8
APART_S = 0.15
"""Real time between the visitors of one step: nobody's page load should wait for three others'."""


async def send_visitors(demo: Demo, browser: Browser) -> None:
    """Five minutes of the afternoon after the other; what they met is in `demo.seen`, when replayed ones came in
    `demo.replays`."""
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
            demo.clock.put(demo.incident[0] + (step - world.BEFORE_STEPS) * world.STEP_S + luck.uniform(0, 120))
            visits = []
            for number, page in pages:
                broken = during and luck.random() < demo.scenario.pay_fault_share
                visits.append(_one(demo, page, number, broken, advance))
            if during and demo.scenario.traffic_factor > 1:
                visits.append(_replay(demo, (demo.scenario.traffic_factor - 1) * world.VISITS_PER_STEP, luck))
            await asyncio.gather(*visits)


async def _arrivals(demo: Demo, browser: Browser, step: int | None) -> list[tuple[int, Page]]:
    """The visitors of a step, by number; nobody for None."""
    numbers = range(step * world.VISITS_PER_STEP, (step + 1) * world.VISITS_PER_STEP) if step is not None else ()
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

    async def one() -> None:
        start = demo.clock() - luck.uniform(0, 60)
        async with gate:
            await post(as_another_s(luck.choice(recorded), start), demo.collector_url, demo.clock)
        demo.replays.append(start)

    try:
        await asyncio.gather(*(one() for _ in range(n)))
    except NotTaken as error:
        raise DemoFailed(f"a replayed beacon was not taken: {error}") from None

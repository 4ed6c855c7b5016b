"""Posts what a run found to the collector, as any agent does: there is one way in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import aiohttp
import msgspec

from collector.events import Beacon

TRIES = 5


class NotTaken(Exception):
    """The collector did not take a beacon; says what it answered."""


async def post(beacons: Sequence[Beacon], collector_url: str, clock: Callable[[], float]) -> None:
    """Post each beacon, trying again while the collector is away. Raises NotTaken."""
    url = f"{collector_url.rstrip('/')}/v1/beacons"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
        for beacon in beacons:
            await _post(http, url, beacon, clock)


async def _post(http: aiohttp.ClientSession, url: str, beacon: Beacon, clock: Callable[[], float]) -> None:
    problem = ""
    for attempt in range(TRIES):
        body = msgspec.json.encode(msgspec.structs.replace(beacon, sent_ts=int(clock() * 1000)))
        try:
            async with http.post(url, data=body, headers={"Content-Type": "text/plain"}) as answer:
                if answer.ok:
                    return
                problem = f"{answer.status}: {(await answer.text()).strip()}"
                if answer.status < 500 and answer.status != 429:
                    raise NotTaken(f"{url} answered {problem}")
        except (aiohttp.ClientError, TimeoutError) as error:
            problem = str(error) or type(error).__name__
        await asyncio.sleep(0.5 * 2**attempt)
    raise NotTaken(f"{url} took nothing in {TRIES} tries: {problem}")

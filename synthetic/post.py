"""Posts what a run found to the collector, as any agent does: there is one way in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import aiohttp
import msgspec

from collector.events import Beacon

TRIES = 5


class NotTaken(Exception):
    """The collector did not take a beacon, and may take it later; says what it answered."""


class Refused(NotTaken):
    """The collector will never take this beacon."""


async def post(beacons: Sequence[Beacon], collector_url: str, clock: Callable[[], float]) -> None:
    """Post each beacon, trying again while the collector is away. Raises NotTaken."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
        for beacon in beacons:
            for attempt in range(TRIES):
                try:
                    await send(http, collector_url, beacon, clock)
                    break
                except Refused:
                    raise
                except NotTaken:
                    if attempt == TRIES - 1:
                        raise
                await asyncio.sleep(0.5 * 2**attempt)


async def send(http: aiohttp.ClientSession, collector_url: str, beacon: Beacon, clock: Callable[[], float]) -> None:
    """Post one beacon once. Raises Refused if the collector will not have it, NotTaken if it is away."""
    url = f"{collector_url.rstrip('/')}/v1/beacons"
    body = msgspec.json.encode(msgspec.structs.replace(beacon, sent_ts=int(clock() * 1000)))
    try:
        async with http.post(url, data=body, headers={"Content-Type": "text/plain"}) as answer:
            if answer.ok:
                return
            problem = f"{answer.status}: {(await answer.text()).strip()[:300]}"
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise NotTaken(f"{url} took nothing: {str(error) or type(error).__name__}") from None
    if answer.status < 500 and answer.status not in (408, 429):
        raise Refused(f"{url} answered {problem}")
    raise NotTaken(f"{url} took nothing: {problem}")

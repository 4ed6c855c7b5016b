"""Post one beacon and wait until it can be read: `snag probe http://collector:8800`.

It is one page view of a journey (`traffic_source` is `synthetic`), so it is never counted among visitors. Exit codes:
0 it was read, 1 it was taken and not read in time, 2 it was not taken.
"""

from __future__ import annotations

import argparse
import asyncio
import time
import uuid
from collections.abc import Callable

from aiohttp import ClientError, ClientSession, ClientTimeout

from collector.errors import Failed
from collector.settings import Settings
from collector.store.client import StoreUnreachable
from collector.store.sql_port.owner import open_store

PAGE = "/snag-probe"


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Where to, and how it is to be read."""
    parser.add_argument("url", metavar="URL", help="the public port, such as http://collector:8800")
    parser.add_argument(
        "--private",
        metavar="URL",
        help="the private port: read is then that the queue has been emptied, for an embedded store elsewhere",
    )
    parser.add_argument("--wait-s", type=float, default=60, metavar="N", help="wait so long at most (60)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Probe; says how long it took."""
    view_id = str(uuid.uuid4())
    began = time.monotonic()
    asyncio.run(_post(args.url.rstrip("/"), settings.app or "probe", view_id))
    taken_s = time.monotonic() - began
    read = _emptied(args.private.rstrip("/")) if args.private else _stored(settings.store_dsn, view_id)
    while time.monotonic() - began < args.wait_s:
        if read():
            print(f"taken after {taken_s:.2f} s, read after {time.monotonic() - began:.1f} s")
            return 0
        time.sleep(0.5)
    print(f"taken after {taken_s:.2f} s, not read within {args.wait_s:g} s: what does the collector's log say?")
    return 1


async def _post(url: str, app: str, view_id: str) -> None:
    now = time.time_ns() // 1_000_000
    one = {
        "kind": "page_view",
        "event_id": str(uuid.uuid4()),
        "client_ts": now,
        "page_group": PAGE,
        "view_id": view_id,
    }
    beacon = {
        "beacon_id": str(uuid.uuid4()),
        "app": app,
        "session_id": str(uuid.uuid4()),
        "sent_ts": now,
        "traffic_source": "synthetic",
        "events": [one],
    }
    try:
        async with (
            ClientSession(timeout=ClientTimeout(10)) as session,
            session.post(f"{url}/v1/beacons", json=beacon) as answer,
        ):
            if answer.status != 204:
                raise Failed(f"{url} answered {answer.status}: {(await answer.text()).strip()[:300]}")
    except (ClientError, TimeoutError) as error:
        raise Failed(f"{url} cannot be reached: {error or 'no answer within 10 s'}") from None


def _stored(dsn: str, view_id: str) -> Callable[[], bool]:
    def read() -> bool:
        try:
            store = open_store(dsn)
        except StoreUnreachable as error:
            raise Failed(f"the beacon was taken, but cannot be read: {error}") from None
        try:
            return bool(store.rows("view_count", view_id=view_id)[0][0])
        finally:
            store.close()

    return read


def _emptied(url: str) -> Callable[[], bool]:
    async def waiting() -> float:
        async with (
            ClientSession(timeout=ClientTimeout(10)) as session,
            session.get(f"{url}/metrics") as answer,
        ):
            lines = (await answer.text()).splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("snag_collector_spool_bytes"))

    def read() -> bool:
        try:
            return asyncio.run(waiting()) == 0
        except (ClientError, TimeoutError) as error:
            raise Failed(f"the beacon was taken, but {url} cannot be reached: {error}") from None

    return read

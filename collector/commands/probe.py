"""Send one beacon and wait until it is stored: `snag probe http://collector:8800`.

It is one page view of a journey (`traffic_source` is `synthetic`), so it is never counted among visitors. Exit codes:
0 it was stored, 1 it was accepted and not stored in time, 2 it was not accepted.
"""

from __future__ import annotations

import argparse
import asyncio
import time
import uuid
from collections.abc import Callable
from uuid import UUID

from aiohttp import ClientError, ClientSession, ClientTimeout

from collector.errors import Failed
from collector.settings import Settings
from collector.store.client import StoreUnreachable
from collector.store.queries import operations as operation_queries
from collector.store.sql_port.owner import open_store

PAGE = "/snag-probe"


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The addresses and the time to wait."""
    parser.add_argument("url", metavar="URL", help="public port, for example http://collector:8800")
    parser.add_argument(
        "--private",
        metavar="URL",
        help="private port, for an embedded store elsewhere: wait until its queue is empty (default: read the store)",
    )
    parser.add_argument("--wait-s", type=float, default=60, metavar="N", help="maximum wait in seconds")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Probe, and print how long it took."""
    view_id = str(uuid.uuid4())
    started = time.monotonic()
    asyncio.run(_post(args.url.rstrip("/"), settings.app or "probe", view_id))
    accepted_s = time.monotonic() - started
    read = _emptied(args.private.rstrip("/")) if args.private else _stored(settings.store_dsn, view_id)
    while time.monotonic() - started < args.wait_s:
        if read():
            print(f"accepted after {accepted_s:.2f} s, stored after {time.monotonic() - started:.1f} s")
            return 0
        time.sleep(0.5)
    print(f"accepted after {accepted_s:.2f} s, not stored within {args.wait_s:g} s; see the collector's log")
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
                raise Failed(f"{url} {_reason(answer.status, (await answer.text()).strip())}")
    except (ClientError, TimeoutError) as error:
        raise Failed(f"{url}: cannot connect: {_short(error)}") from None


def _reason(status: int, text: str) -> str:
    """What an answer other than 204 means."""
    if status == 404:
        return "answered 404: this is not a public port; the private port is usually 8801, the public one 8800"
    return f"answered {status}: {text[:300]}"


def _short(error: BaseException) -> str:
    """Without the library's own words about sockets."""
    if isinstance(error, TimeoutError):
        return "no answer within 10 s"
    cause = getattr(error, "os_error", None)
    return str(getattr(cause, "strerror", None) or cause or type(error).__name__)


def _stored(dsn: str, view_id: str) -> Callable[[], bool]:
    def read() -> bool:
        try:
            store = open_store(dsn)
        except StoreUnreachable as error:
            raise Failed(f"the beacon was accepted, but the store cannot be read: {error}") from None
        try:
            return bool(operation_queries.view_count(store, view_id=UUID(view_id))[0].views)
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
            raise Failed(f"the beacon was accepted, but {url} cannot be reached: {_short(error)}") from None

    return read

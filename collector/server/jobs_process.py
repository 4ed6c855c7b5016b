"""`snag chores`: the chores of `snag serve` in a process of their own, for several collectors that share one server.

Collectors then run with SNAG_CHORES=0, and exactly one of these beside them. Two at once do no harm, every chore counts
anew and never adds to, but do the work twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry

from collector.intake.private_port import build_private
from collector.server.jobs import chores, tend
from collector.server.public_port import cannot_open
from collector.settings import BadSetting, Settings
from collector.store import Store
from collector.store.client import redacted
from collector.telemetry import Metrics, start_export

log = logging.getLogger(__name__)


async def tender(
    settings: Settings,
    *,
    stopping: asyncio.Event | None = None,
    clock: Callable[[], float] = time.time,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Do the chores until SIGTERM, SIGINT or `stopping`; what is in the middle breaks off and goes on at the next start.

    Serves /livez, /readyz and /metrics on the private port. A server that is away stops nothing: its turn comes again.
    Raises BadSetting for an embedded store, whose only process is `snag serve`.
    """
    if settings.store_dsn.startswith("chdb:"):
        raise BadSetting(
            "snag chores is for a ClickHouse server; an embedded store belongs to one `snag serve`, which does them. "
            "Set SNAG_DSN to clickhouse://user@host:8123/"
        )
    stopping = stopping or _signalled()
    metrics = Metrics(CollectorRegistry(), component="jobs")
    export = start_export(metrics.counts)
    private = build_private(metrics, lambda: "stopping" if stopping.is_set() else "", max_body=1024)
    runner = web.AppRunner(private, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.private_host, settings.private_port).start()
        except OSError as error:
            raise cannot_open("private", settings.private_host, settings.private_port, error) from None
        url = f"http://{settings.private_host}:{runner.addresses[0][1]}"
        log.info("doing the chores of %s, private port %s", redacted(settings.store_dsn), url)
        if on_ready:
            on_ready(url)
        todo = chores(settings, clock, metrics.counts, metrics.shown)
        tending = asyncio.create_task(tend(todo, lambda: Store.open(settings.store_dsn), metrics.counts, metrics.shown))
        await stopping.wait()
        tending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await tending
    finally:
        await runner.cleanup()
        export.stop()


def _signalled() -> asyncio.Event:
    stopping = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    return stopping

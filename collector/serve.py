"""`snag serve`: the collector as one process. Wires the rooms together and takes them down in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from aiohttp import web
from prometheus_client import CollectorRegistry

from collector import __version__
from collector.intake.private import build_private
from collector.intake.public import build_public
from collector.settings import BadSetting, Settings
from collector.spool import Spool
from collector.spool.shipper import Shipper
from collector.store import Store, StoreUnreachable
from collector.store.client import redacted
from collector.store.owner import MAX_BODY, add_sql_route, announced
from collector.telemetry import Metrics, start_tracing

log = logging.getLogger(__name__)

Clock = Callable[[], float]


class Running(NamedTuple):
    """A collector that is up: where to reach it."""

    public_url: str
    private_url: str


class _Sink:
    """The store as the shipper sees it: opened and migrated when it is first there, timed when it is used."""

    def __init__(self, dsn: str, metrics: Metrics) -> None:
        self._dsn = dsn
        self._metrics = metrics
        self._store: Store | None = None

    def insert(self, lines: Sequence[bytes]) -> list[bytes]:
        """As Store.insert."""
        store = self.opened()
        with self._metrics.insert_seconds.time():
            return store.insert(lines)

    def opened(self) -> Store:
        """Raises StoreUnreachable, StoreInUse, SchemaMismatch."""
        if self._store is None:
            store = Store.open(self._dsn)
            for migration in store.migrate():
                log.info("applied migration %s", migration.name)
            self._store = store
        return self._store

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()


async def serve(
    settings: Settings, *, clock: Clock = time.time, on_ready: Callable[[Running], None] | None = None
) -> None:
    """Run until SIGTERM or SIGINT, then drain: answer what came in, seal, ship, let go.

    Raises StoreUnreachable, StoreInUse, SchemaMismatch, SpoolInUse, BadSetting (a port is taken).
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with collector(settings, clock=clock, stopping=stop) as running:
        if on_ready:
            on_ready(running)
        await stop.wait()
        log.info("stopping: taking no more beacons, shipping what is queued")


@asynccontextmanager
async def collector(
    settings: Settings, *, clock: Clock = time.time, stopping: asyncio.Event | None = None
) -> AsyncIterator[Running]:
    """A running collector; on leaving it drains for up to `drain_s`. What is left then is shipped at the next start."""
    dsn = settings.store_dsn
    embedded = dsn.startswith("chdb:")
    async with AsyncExitStack() as stack:
        stack.callback(start_tracing())
        spool = Spool(
            settings.spool_path,
            max_bytes=settings.spool_max_mb * 2**20,
            min_free_bytes=settings.spool_min_free_mb * 2**20,
            clock=clock,
        )
        stack.push_async_callback(spool.close)
        metrics = Metrics(CollectorRegistry())
        sink = _Sink(dsn, metrics)
        stack.callback(sink.close)
        try:
            await asyncio.to_thread(sink.opened)
        except StoreUnreachable as error:
            if embedded:
                raise
            # A restart during the server's outage must not take the intake down.
            log.error("%s Beacons are taken and queued meanwhile", error)
        metrics.watch_spool(size=lambda: spool.bytes, limit=spool.max_bytes, oldest_s=spool.oldest_s)
        shipper = Shipper(
            spool,
            sink,
            quarantine=settings.spool_path / "quarantine",
            on_error=lambda error: metrics.insert_errors.inc(),
            on_quarantined=lambda lines: metrics.quarantined.inc(lines),
        )
        stack.push_async_callback(_drain, shipper, settings.drain_s)
        shipping = asyncio.create_task(shipper.run())
        stack.push_async_callback(_cancel, shipping)

        def not_ready() -> str:
            if stopping and stopping.is_set():
                return "stopping"
            return "the queue is full" if spool.bytes >= spool.max_bytes else ""

        private = build_private(metrics, not_ready, max_body=MAX_BODY)
        token = secrets.token_urlsafe(32)
        if embedded:
            add_sql_route(private, dsn, token)
        private_url = await _listen(stack, private, settings.private_host, settings.private_port, "private")
        if embedded:
            stack.enter_context(announced(dsn, private_url, token))
        public = build_public(spool, metrics, clock)
        public_url = await _listen(stack, public, settings.public_host, settings.public_port, "public")
        running = Running(public_url, private_url)
        log.info(
            "snag %s takes beacons at %s, private port %s, store %s",
            __version__, running.public_url, running.private_url, redacted(dsn),
        )  # fmt: skip
        yield running


async def _listen(stack: AsyncExitStack, app: web.Application, host: str, port: int, name: str) -> str:
    # Handlers say what went wrong and count it; what the server says besides is a traceback for each stray client.
    quiet = logging.getLogger("collector.http")
    quiet.setLevel(logging.CRITICAL)
    runner = web.AppRunner(app, access_log=None, logger=quiet, shutdown_timeout=5.0, auto_decompress=False)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        right = (
            "PORT to a free one" if error.errno and error.errno > 0 else "HOST to an address of this machine"
        )
        raise BadSetting(
            f"the {name} port {host}:{port} cannot be opened: {_why(error)}; set SNAG_{name.upper()}_{right}"
        ) from None
    return f"http://{host}:{runner.addresses[0][1]}"


def _why(error: OSError) -> str:
    return (
        os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error.strerror or error)
    )


async def _drain(shipper: Shipper, seconds: int) -> None:
    try:
        await asyncio.wait_for(shipper.ship(), seconds)
    except Exception as error:  # the store may be down: what is queued stays queued
        log.warning("not everything was shipped, the rest stays queued: %s", error or type(error).__name__)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

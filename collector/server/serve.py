"""`snag serve`: the collector. Wires the rooms together and takes them down in order.

With one worker everything is in one process; with more, each has its own, and this one owns the store.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CollectorRegistry

from collector import __version__
from collector.contacts.setup import counter, helpdesk
from collector.contacts.webhook import add_contact_routes
from collector.intake.client_info import Visitors
from collector.intake.private_port import build_private
from collector.server.jobs import all_jobs, run_jobs
from collector.server.public_port import public_port
from collector.server.service import Ending, open_port, run_service, stop
from collector.server.store_sink import StoreSink, reason_of
from collector.server.supervisor import workers
from collector.settings import Settings, networks
from collector.sourcemaps.receive import add_sourcemap_route
from collector.spool import SpoolInUse
from collector.spool.folder import lock, recover
from collector.spool.quarantine import QUARANTINE, folders, worker_folder
from collector.spool.shipper import Shipper
from collector.store import Store, StoreUnreachable
from collector.store.client import redacted
from collector.store.embedded import Limits
from collector.store.sql_port.endpoint import SqlEndpoint, build_readers, readers
from collector.store.sql_port.owner import MAX_BODY, add_sql_route, announced
from collector.telemetry import Metrics, start_export
from collector.telemetry.outward import Outward
from collector.web.routes import add_page_routes

log = logging.getLogger(__name__)

Clock = Callable[[], float]


class Running(NamedTuple):
    """The addresses of a collector that is up."""

    public_url: str
    private_url: str


async def serve(
    settings: Settings, *, clock: Clock = time.time, on_ready: Callable[[Running], None] | None = None
) -> None:
    """Run until SIGTERM or SIGINT, then in order: not ready, linger, answer what came in, seal, ship, close.

    Raises StoreUnreachable, StoreInUse, SchemaMismatch, SpoolInUse, BadSetting (a port is taken).
    """
    await run_service(
        lambda ending: collector(settings, clock=clock, ending=ending),
        on_ready=on_ready,
        linger_s=settings.linger_s,
        drain_s=settings.drain_s,
    )


@asynccontextmanager
async def collector(
    settings: Settings, *, clock: Clock = time.time, ending: Ending | None = None
) -> AsyncIterator[Running]:
    """Run a collector; on leaving it drains for up to `drain_s`. What is left then is shipped at the next start."""
    ending = ending or Ending.none()
    dsn = settings.store_dsn
    embedded = dsn.startswith("chdb:")
    queue = settings.spool_path
    async with AsyncExitStack() as stack:
        metrics = Metrics(CollectorRegistry())
        export = start_export(metrics.counts)
        stack.callback(export.stop)
        _own(stack, settings)
        metrics.watch_volume(settings.spool_path)
        limits = Limits(memory_bytes=settings.store_memory_mb * 2**20)
        desk = helpdesk(settings, clock)
        sink = StoreSink(
            dsn, metrics.counts, limits, min_free_bytes=settings.store_min_free_mb * 2**20, again=desk.again
        )
        stack.callback(sink.close)
        shipper = Shipper(
            lambda: folders(queue) if embedded or settings.workers == 1 else _orphaned(settings),
            sink,
            quarantine=queue / QUARANTINE,
            on_error=lambda error: metrics.counts.add("snag_store_insert_errors", reason_of(error)),
            on_quarantined=lambda lines: metrics.counts.add("snag_collector_spool_corrupt", n=lines),
        )
        stack.push_async_callback(_drain, shipper, settings.drain_s, ending)
        # The port first: beacons are queued while the store is being opened.
        port, full = await _public_port(stack, settings, metrics, clock, export.outward)
        await _open(sink, embedded)
        shipping = asyncio.create_task(shipper.run())
        stack.push_async_callback(stop, shipping)

        if settings.chores:
            running_jobs = asyncio.create_task(
                run_jobs(
                    all_jobs(settings, clock, metrics.counts, metrics.shown),
                    lambda: Store.open(dsn),
                    metrics.counts,
                    metrics.shown,
                )
            )
            stack.push_async_callback(stop, running_jobs)

        def not_ready() -> str:
            if ending.stopping.is_set():
                return "stopping"
            return "the queue is full" if full() else ""

        private = build_private(metrics, not_ready, max_body=MAX_BODY)
        put = await stack.enter_async_context(counter(settings))
        clients = Visitors(networks(settings.trusted_proxies, "SNAG_TRUSTED_PROXIES"))
        add_contact_routes(private, desk.sources, desk.people, put, metrics.counts, clients=clients, clock=clock)
        add_page_routes(private, settings, lambda: Store.open(dsn, limits), metrics.registry, clock=clock)
        add_sourcemap_route(private, lambda: Store.open(dsn, limits), settings.sourcemaps_token)
        token = secrets.token_urlsafe(32)
        if embedded:
            add_sql_route(private, dsn, token)
        private_url = await stack.enter_async_context(
            open_port("private", private, settings.private_host, settings.private_port)
        )
        if embedded:
            stack.enter_context(announced(dsn, private_url, token))
            if users := readers(settings.sql_password, settings.sql_ux_password):
                app = build_readers(SqlEndpoint(dsn), users)
                sql_url = await stack.enter_async_context(open_port("sql", app, settings.sql_host, settings.sql_port))
                log.info("SQL for %s at %s", " and ".join(users), sql_url)
        running = Running(f"http://{settings.public_host}:{port}", private_url)
        known = f"apps of {settings.apps_file}" if settings.apps_file else "any app (limit them with SNAG_APPS_FILE)"
        log.info(
            "snag %s accepts beacons at %s, private port %s, store %s, %s",
            __version__,
            running.public_url,
            running.private_url,
            redacted(dsn),
            known,
        )
        yield running


def _own(stack: AsyncExitStack, settings: Settings) -> None:
    """Own the queue, and recover what earlier workers left."""
    queue = settings.spool_path
    try:
        queue.mkdir(parents=True, exist_ok=True, mode=0o700)
        stack.callback(os.close, lock(queue))
    except OSError as error:
        raise SpoolInUse(
            f"cannot use the queue's folder {queue}: {error.strerror}; "
            "set SNAG_SPOOL_DIR or SNAG_DATA_DIR to another folder"
        ) from None
    for folder in _orphaned(settings):
        recover(folder)


def _orphaned(settings: Settings) -> list[Path]:
    """Return the folders of the queue that none of our workers writes."""
    mine = {worker_folder(settings.spool_path, number) for number in range(settings.workers)}
    return [folder for folder in folders(settings.spool_path) if folder not in mine]


async def _public_port(
    stack: AsyncExitStack, settings: Settings, metrics: Metrics, clock: Clock, outward: Outward | None
) -> tuple[int, Callable[[], bool]]:
    """Open the public port, here or in workers; return it, and a function that tells whether the queue is full."""
    limit = settings.spool_max_mb * 2**20
    if settings.workers == 1:
        opened = await stack.enter_async_context(
            public_port(
                settings,
                worker_folder(settings.spool_path, 0),
                metrics.counts,
                port=settings.public_port,
                clock=clock,
                outward=outward,
            )
        )
        _watch(metrics, clock, limit, lambda: [opened.report()])
        return opened.port, lambda: opened.spool.full
    port, crew = await stack.enter_async_context(workers(settings, metrics))
    _watch(metrics, clock, limit, lambda: [worker.last for worker in crew])
    return port, lambda: all(worker.last.get("full", False) for worker in crew)


def _watch(metrics: Metrics, clock: Clock, limit: int, reports: Callable[[], list[dict[str, float]]]) -> None:
    def oldest_s() -> float:
        since = min((ms for report in reports() if (ms := report.get("oldest_ms", 0))), default=0.0)
        return clock() - since / 1000 if since else 0.0

    metrics.watch_spool(
        size=lambda: sum(report.get("spool_bytes", 0) for report in reports()), limit=limit, oldest_s=oldest_s
    )
    metrics.watch_connections(lambda: sum(report.get("connections", 0) for report in reports()))


async def _open(sink: StoreSink, embedded: bool) -> None:
    try:
        await asyncio.to_thread(sink.opened)
    except StoreUnreachable as error:
        if embedded:
            raise
        # A restart during the server's outage must not take the intake down.
        log.error("%s Beacons are queued meanwhile", error)


async def _drain(shipper: Shipper, seconds: int, ending: Ending) -> None:
    try:
        await ending.unless_hurried(asyncio.wait_for(shipper.ship(), seconds))
    except Exception as error:  # the store may be down: what is queued stays queued
        log.warning("Cannot ship everything, the rest stays queued: %s", str(error) or type(error).__name__)

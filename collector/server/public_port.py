"""The public port of one process, with its own folder of the queue behind it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from collector.intake.admission import Policy
from collector.intake.apps import BadApps, load_apps
from collector.intake.client_info import NoCountries, Visitors, countries
from collector.intake.connections import Connections, room
from collector.intake.foreign import AGENTS
from collector.intake.http import Connection
from collector.intake.routes import Intake
from collector.server.service import LEAVING_S, cannot_open
from collector.settings import BadSetting, Settings, networks
from collector.spool import Spool, SpoolInUse
from collector.telemetry import Counts
from collector.telemetry.outward import Outward

log = logging.getLogger(__name__)

SPARE_FILES = 64
SPARE_FILES_OF_A_STORE = 512
"""The embedded engine keeps the files of its parts open."""

BACKLOG = 1024

LOCK_S = 30.0
"""How long to wait for a folder of the queue: after a parent was killed its workers still finish what they began."""

MiB = 2**20


class PublicPort(NamedTuple):
    """A public port that is open."""

    port: int
    spool: Spool
    connections: Connections

    def report(self) -> dict[str, Any]:
        """Return its state, for the metrics."""
        return {
            "spool_bytes": self.spool.held_bytes,
            "oldest_ms": self.spool.oldest_ms(),
            "full": self.spool.full,
            "connections": len(self.connections),
        }


def policy(settings: Settings) -> Policy:
    """Return what is accepted from whom. Raises BadSetting."""
    try:
        return Policy(
            apps=load_apps(settings.apps_file),
            visitors=Visitors(networks(settings.trusted_proxies, "SNAG_TRUSTED_PROXIES")),
            country=countries(settings.country_file),
            address_events_per_s=settings.address_events_per_s,
            links=not settings.consent_profile,
            foreign=foreign(settings.foreign_agents),
        )
    except (BadApps, NoCountries) as error:
        raise BadSetting(str(error)) from None


def foreign(text: str) -> frozenset[str]:
    """Return the other vendors' agents that SNAG_FOREIGN_AGENTS names. Raises BadSetting."""
    names = frozenset(filter(None, (name.strip() for name in text.split(","))))
    if unknown := sorted(names - set(AGENTS)):
        raise BadSetting(
            f"SNAG_FOREIGN_AGENTS: {unknown[0][:80]!r} is not a supported agent; expected {', '.join(AGENTS)} or nothing"
        )
    return names


@asynccontextmanager
async def public_port(
    settings: Settings,
    folder: Path,
    counts: Counts,
    *,
    port: int,
    share: float = 1.0,
    reuse_port: bool = False,
    clock: Callable[[], float] = time.time,
    outward: Outward | None = None,
) -> AsyncIterator[PublicPort]:
    """An open public port; on leaving, requests under way are answered, and the queue is sealed.

    share: of the queue's limit, if several processes have one port each.

    Raises SpoolInUse, BadSetting (the port is taken, a file cannot be used).
    """
    accepted = policy(settings)
    _tune_garbage_collector()
    spool = await _spool(settings, folder, share, clock)
    try:
        embedded = settings.store_dsn.startswith("chdb:") and not reuse_port
        most = room(settings.max_connections, spare=SPARE_FILES_OF_A_STORE if embedded else SPARE_FILES)
        connections = Connections(most=most, counts=counts, clock=time.monotonic)
        intake = Intake(spool, counts, accepted, clock=clock, outward=outward)
        server = await _listen(settings.public_host, port, reuse_port, intake, connections)
        running = [asyncio.create_task(connections.watch()), asyncio.create_task(spool.run())]
        try:
            yield PublicPort(server.sockets[0].getsockname()[1], spool, connections)
        finally:
            server.close()
            await _leave(connections)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
    finally:
        await spool.close()


async def _spool(settings: Settings, folder: Path, share: float, clock: Callable[[], float]) -> Spool:
    deadline = time.monotonic() + LOCK_S
    waiting = False
    while True:
        try:
            return Spool(
                folder,
                max_bytes=int(settings.spool_max_mb * MiB * share),
                min_free_bytes=settings.spool_min_free_mb * MiB,
                clock=clock,
            )
        except SpoolInUse as error:
            if time.monotonic() > deadline:
                raise
            if not waiting:
                log.warning("Waiting up to %g s: %s", LOCK_S, error)
            waiting = True
            await asyncio.sleep(0.1)


def _tune_garbage_collector() -> None:
    """Freeze startup objects so that garbage collection skips them, and collect less often: beacons have no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _listen(host: str, port: int, reuse_port: bool, intake: Intake, connections: Connections) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(
            lambda: Connection(intake, connections),
            host,
            port,
            backlog=BACKLOG,
            reuse_port=reuse_port or None,
        )
    except OSError as error:
        raise cannot_open("public", host, port, error) from None


async def _leave(connections: Connections) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LEAVING_S):
            while connections.leave():  # noqa: ASYNC110 (each look closes those that are done)
                await asyncio.sleep(0.02)
    for connection in connections.everyone():
        connection.expire("stopping")

"""One front: the public port of one process, with its own folder of the queue behind it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from collector.intake.apps import BadApps, load_apps
from collector.intake.client_info import BadNetwork, NoCountries, Visitors, countries, networks
from collector.intake.connections import Connections, room
from collector.intake.foreign import AGENTS
from collector.intake.http import Connection
from collector.intake.routes import Intake, Rules
from collector.settings import BadSetting, Settings
from collector.spool import Spool
from collector.telemetry import Counts
from collector.telemetry.outward import Outward

SPARE_FILES = 64
SPARE_FILES_OF_A_STORE = 512
"""The embedded engine keeps the files of its parts open."""

LEAVING_S = 5.0
"""How long answers that are owed at the end are waited for."""

BACKLOG = 1024

MiB = 2**20


class Front(NamedTuple):
    """A public port that is open."""

    port: int
    spool: Spool
    connections: Connections

    def report(self) -> dict[str, Any]:
        """How it is, for the metrics."""
        return {
            "spool_bytes": self.spool.held_bytes,
            "oldest_ms": self.spool.oldest_ms(),
            "full": self.spool.full,
            "connections": len(self.connections),
        }


def rules(settings: Settings) -> Rules:
    """What is taken from whom. Raises BadSetting."""
    try:
        return Rules(
            apps=load_apps(settings.apps_file),
            visitors=Visitors(networks(settings.trusted_proxies)),
            country=countries(settings.country_file),
            address_events_per_s=settings.address_events_per_s,
            links=not settings.consent_profile,
            foreign=foreign(settings.foreign_agents),
        )
    except BadNetwork as error:
        raise BadSetting(f"SNAG_TRUSTED_PROXIES: {error}") from None
    except (BadApps, NoCountries) as error:
        raise BadSetting(str(error)) from None


def foreign(text: str) -> frozenset[str]:
    """The agents of others that SNAG_FOREIGN_AGENTS names. Raises BadSetting."""
    names = frozenset(filter(None, (name.strip() for name in text.split(","))))
    if unknown := sorted(names - set(AGENTS)):
        raise BadSetting(
            f"SNAG_FOREIGN_AGENTS is {text!r}; right would be {', '.join(AGENTS)} or nothing: {unknown[0]!r} is none"
        )
    return names


@asynccontextmanager
async def front(
    settings: Settings,
    folder: Path,
    counts: Counts,
    *,
    port: int,
    share: float = 1.0,
    reuse_port: bool = False,
    clock: Callable[[], float] = time.time,
    outward: Outward | None = None,
) -> AsyncIterator[Front]:
    """An open public port; on leaving, what was begun is answered, and the queue is sealed.

    share: of the queue's limit, where several fronts have one each.

    Raises SpoolInUse, BadSetting (the port is taken, a file cannot be used).
    """
    taken = rules(settings)
    _calm_collector()
    spool = Spool(
        folder,
        max_bytes=int(settings.spool_max_mb * MiB * share),
        min_free_bytes=settings.spool_min_free_mb * MiB,
        clock=clock,
    )
    try:
        embedded = settings.store_dsn.startswith("chdb:") and not reuse_port
        most = room(settings.max_connections, spare=SPARE_FILES_OF_A_STORE if embedded else SPARE_FILES)
        connections = Connections(most=most, counts=counts, clock=time.monotonic)
        intake = Intake(spool, counts, taken, clock=clock, outward=outward)
        server = await _listen(settings.public_host, port, reuse_port, intake, connections)
        watching = [asyncio.create_task(connections.watch()), asyncio.create_task(spool.run())]
        try:
            yield Front(server.sockets[0].getsockname()[1], spool, connections)
        finally:
            server.close()
            await _leave(connections)
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
    finally:
        await spool.close()


def _calm_collector() -> None:
    """Beacons are freed as they go, without cycles: what was made until now need not be looked through again and again
    for garbage, nor after every 700 objects."""
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


def cannot_open(name: str, host: str, port: int, error: OSError) -> BadSetting:
    """Why a port cannot be opened, and what would be right."""
    system = error.errno is not None and error.errno > 0
    why = os.strerror(error.errno).lower() if system and error.errno else str(error.strerror or error)
    right = "PORT to a free one" if system else "HOST to an address of this machine"
    return BadSetting(f"the {name} port {host}:{port} cannot be opened: {why}; set SNAG_{name.upper()}_{right}")


async def _leave(connections: Connections) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LEAVING_S):
            while connections.leave():  # noqa: ASYNC110 (each look closes those that are done)
                await asyncio.sleep(0.02)
    for connection in connections.everyone():
        connection.expire("stopping")

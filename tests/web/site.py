"""The pages of a planted store on a port of their own, as `snag serve` serves them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import web
from prometheus_client import CollectorRegistry

from collector.intake.private_port import build_private
from collector.settings import Settings
from collector.store import Store
from collector.telemetry import Metrics
from collector.web.routes import add_page_routes
from tests.web.planted import END


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = END.timestamp()

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def served(dsn: str, settings: Settings, clock: Clock | None = None, **changes: str) -> AsyncIterator[str]:
    """The address of a private port with the pages."""
    metrics = Metrics(CollectorRegistry())
    metrics.counts.add("snag_collector_events_dropped", "shed", 7)
    app = build_private(metrics, lambda: "", max_body=2**20)
    add_page_routes(
        app, replace(settings, **changes), lambda: Store.open(dsn), metrics.registry, clock=clock or Clock()
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()

"""`snag journeys watch`: runs journeys as each says in `every`, posts what they find, and serves /metrics."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from collector.errors import Failed
from synthetic import processes
from synthetic.load import report_problems
from synthetic.messages import Listed, SetUp
from synthetic.metrics import Metrics
from synthetic.outbox import Outbox
from synthetic.result import Result
from synthetic.schedule import Due, Schedule, is_mine
from synthetic.slots import Overstayed, Slot

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 5.0
"""How long the schedule sleeps at most: a clock that is set does not put it off for longer."""

LAST_TRY_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How journeys are watched. `shard` is this replica's number, from 1, and how many there are."""

    slots: int = 1
    shard: tuple[int, int] = (1, 1)
    host: str = "127.0.0.1"
    port: int = 8810
    collector: str = ""
    buffer: Path | None = None


class Watch:
    """What one runner is at."""

    def __init__(self, set_up: SetUp, plan: Plan) -> None:
        self.plan = plan
        self.location = set_up.target.location
        self.artefacts = set_up.target.artefacts_path
        self.slots = [Slot(set_up) for _ in range(plan.slots)]
        self.metrics = Metrics(CollectorRegistry())
        self.outbox = Outbox(plan.collector, plan.buffer) if plan.collector else None
        self.journeys: dict[str, Listed] = {}
        self.running: dict[str, asyncio.Task[None]] = {}
        self.free = list(self.slots)
        self.ready = False
        self._counted: dict[tuple[str, str], int] = {}
        own = os.getpid()
        self.metrics.watch("snag_runner_processes", "Processes of this runner.", lambda: len(processes.tree(own)))
        self.metrics.watch(
            "snag_runner_rss_bytes",
            "Memory of this runner with all its processes.",
            lambda: sum(one.rss_mb for one in processes.tree(own)) * 1e6,
        )
        self.metrics.watch("snag_runner_running", "Runs under way.", lambda: len(self.running))
        self.metrics.watch(
            "snag_runner_outbox_beacons",
            "Beacons that wait for the collector.",
            self._waiting,
        )

    def _waiting(self) -> int:
        return 0 if self.outbox is None else len(self.outbox)

    async def load(self) -> None:
        """Hear which journeys there are. Raises Failed if none can be run."""
        try:
            await self.slots[0].load()
        except Overstayed as error:
            raise Failed(f"the journeys could not be loaded: {error}") from None
        listed = self.slots[0].listed
        report_problems(self.slots[0].problems, bool(listed))
        for problem in self.slots[0].problems:
            self.metrics.errors.labels("load").inc()
            log.error("%s", problem)
        self.journeys = {
            one.name: one
            for one in listed
            if is_mine(one.name, self.plan.shard) and (not one.locations or self.location in one.locations)
        }
        for name in self.journeys:
            self.metrics.expect(name, self.location)
        if problem := await self.slots[0].ready():
            raise Failed(problem)
        self.ready = True

    async def run(self) -> None:
        """For ever; to be cancelled."""
        schedule = Schedule({one.name: one.every_ms / 1000 for one in self.journeys.values()}, self.location)
        log.info("watching %d journeys in %d slots", len(self.journeys), len(self.slots))
        while True:
            now = time.time()
            schedule.advance(now)
            for name, missed in schedule.missed.items():
                self._count(self.metrics.missed.labels(name, self.location), ("missed", name), missed)
            while self.free and (due := schedule.take(list(self.running))):
                self.metrics.lag.set(max(0.0, time.time() - due.at))
                self.running[due.journey] = asyncio.ensure_future(self._one(due, self.free.pop()))
            pause_s = min(schedule.wait_s(time.time()), LONGEST_WAIT_S) + 0.01
            await asyncio.wait(
                [*self.running.values(), asyncio.ensure_future(asyncio.sleep(pause_s))],
                return_when="FIRST_COMPLETED",
            )

    async def _one(self, due: Due, slot: Slot) -> None:
        try:
            done = await slot.run(self.journeys[due.journey])
            self._take(done)
            for reason, times in slot.restarts.items():
                key = (f"slot {id(slot)}", reason)
                self._count(self.metrics.restarts.labels(reason), key, times)
        finally:
            self.free.append(slot)
            del self.running[due.journey]

    def _take(self, done: Result) -> None:
        self.metrics.add(done)
        level = logging.INFO if done.status in ("passed", "degraded") else logging.WARNING
        log.log(level, "%s: %s %s %s", done.journey, done.status, done.reason, done.message)
        if self.outbox is not None:
            self.outbox.put(done.beacons)
            for reason, times in self.outbox.dropped.items():
                self._count(self.metrics.dropped.labels(reason), ("dropped", reason), times)

    def _count(self, counter: Any, key: tuple[str, str], total: int) -> None:
        counter.inc(max(0, total - self._counted.get(key, 0)))
        self._counted[key] = total

    def application(self) -> web.Application:
        """/metrics, /livez, /readyz, and the artefacts where there are some."""

        async def metrics(request: web.Request) -> web.Response:
            return web.Response(body=generate_latest(self.metrics.registry), content_type="text/plain", charset="utf-8")

        async def alive(request: web.Request) -> web.Response:
            return web.Response(text="ok\n")

        async def ready(request: web.Request) -> web.Response:
            return web.Response(text="ok\n" if self.ready else "loading\n", status=200 if self.ready else 503)

        app = web.Application()
        app.router.add_get("/metrics", metrics)
        app.router.add_get("/livez", alive)
        app.router.add_get("/readyz", ready)
        if self.artefacts:
            self.artefacts.mkdir(parents=True, exist_ok=True)
            app.router.add_static("/artefacts", self.artefacts, show_index=True)
        return app

    async def close(self) -> None:
        """End all slots, and send what waits if that is quick."""
        for task in self.running.values():
            task.cancel()
        await asyncio.gather(*self.running.values(), return_exceptions=True)
        await asyncio.gather(*(slot.close() for slot in self.slots))
        if self.outbox is not None and not await self.outbox.flush(LAST_TRY_S):
            log.warning("%d beacons were not taken: %s", len(self.outbox), self.outbox.problem)


async def watch(set_up: SetUp, plan: Plan) -> int:
    """Watch until cancelled. Raises Failed."""
    here = Watch(set_up, plan)
    server = web.AppRunner(here.application(), access_log=None)
    sending = asyncio.ensure_future(here.outbox.keep_sending()) if here.outbox is not None else None
    try:
        if plan.port:
            await server.setup()
            try:
                await web.TCPSite(server, plan.host, plan.port).start()
            except OSError as error:
                raise Failed(f"port {plan.port} for /metrics is not to be had: {error.strerror}") from None
        await here.load()
        await here.run()
    finally:
        if sending:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
        await here.close()
        await server.cleanup()
    return 0

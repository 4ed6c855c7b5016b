"""Supervises several workers on one port: starts them, reads their reports, replaces one that dies.

Each is a new interpreter, never a fork: the embedded engine does not live through one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from collector.server.service import cannot_open
from collector.settings import BadSetting, Settings
from collector.telemetry import Counts, Metrics

log = logging.getLogger(__name__)

LEAVING_S = 15.0
"""A worker that has not ended by then is killed: what it acknowledged is on disk."""

LONGEST_WAIT_S = 5.0


class Worker:
    """One worker, whichever process it is at the moment."""

    def __init__(self, settings: Settings, number: int, port: int, metrics: Metrics) -> None:
        self._settings = settings
        self._number = number
        self._port = port
        self._metrics = metrics
        self._process: Process | None = None
        self._leaving = False
        self.last: dict[str, Any] = {}
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Keep one process running until asked to leave."""
        wait_s = 0.1
        while not self._leaving:
            began = asyncio.get_running_loop().time()
            code = await self._once()
            if self._leaving:
                return
            if not self.ready.done():
                self.ready.set_exception(
                    BadSetting(self.last.get("error", f"worker {self._number} ended with code {code}"))
                )
                return
            self._metrics.counts.add("snag_collector_worker_restarts")
            log.error("Worker %s ended with code %s; starting it again", self._number, code)
            steady = asyncio.get_running_loop().time() - began > 60
            wait_s = 0.1 if steady else min(LONGEST_WAIT_S, wait_s * 2)
            await asyncio.sleep(wait_s)

    async def leave(self) -> None:
        """Let it finish its requests and seal its queue."""
        self._leaving = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), LEAVING_S + self._settings.drain_s)
        except TimeoutError:
            log.error("Worker %s did not end; killing it. What it acknowledged is on disk", self._number)
            process.kill()
            await process.wait()

    async def _once(self) -> int:
        counts = Counts()
        self._metrics.sources.append(counts)  # those of processes before stay: a counter never goes back
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "collector.server.worker", stdin=PIPE, stdout=PIPE
        )
        assert process.stdin is not None  # noqa: S101 (both were asked for)
        assert process.stdout is not None  # noqa: S101
        given = {"settings": asdict(self._settings), "number": self._number, "port": self._port}
        process.stdin.write(json.dumps(given).encode() + b"\n")
        async for line in process.stdout:
            self.last = json.loads(line)
            if "counts" in self.last:
                counts.restore(self.last["counts"])
                if not self.ready.done():
                    self.ready.set_result(None)
        return await process.wait()


@asynccontextmanager
async def workers(settings: Settings, metrics: Metrics) -> AsyncIterator[tuple[int, list[Worker]]]:
    """Give the public port and its workers, all of them ready. Raises BadSetting."""
    with _reserved(settings.public_host, settings.public_port) as held:
        port = held.getsockname()[1]
        crew = [Worker(settings, number, port, metrics) for number in range(settings.workers)]
        running = [asyncio.create_task(worker.run()) for worker in crew]
        try:
            await asyncio.gather(*(worker.ready for worker in crew))
            yield port, crew
        finally:
            await asyncio.gather(*(worker.leave() for worker in crew))
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


def _reserved(host: str, port: int) -> socket.socket:
    """Hold the port, also while no worker listens on it; nobody connects to a socket that does not listen."""
    family, kind, protocol, _, address = _address(host, port)
    try:
        # Alone first: with SO_REUSEPORT two collectors would share a port, and nobody would notice.
        with socket.socket(family, kind, protocol) as alone:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind(address)
        held = socket.socket(family, kind, protocol)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(address)
    except OSError as error:
        raise cannot_open("public", host, port, error) from None
    return held


def _address(host: str, port: int) -> tuple[int, int, int, str, Any]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise cannot_open("public", host, port, error) from None

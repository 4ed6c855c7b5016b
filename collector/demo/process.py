"""The demo's collector: a process of its own, started again when it dies, as an orchestrator would."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing import parent_process
from multiprocessing.context import SpawnProcess
from pathlib import Path

import aiohttp

from collector.demo.clock import SPAWN, ShiftedClock
from collector.server.serve import serve
from collector.settings import Settings

START_S = 60


class DemoFailed(Exception):
    """The demo cannot go on; says what to look at."""


def free_port() -> int:
    """A port that nobody listens on, on loopback."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def running(
    settings: Settings, clock: ShiftedClock, log_file: Path, say: Callable[[str], None]
) -> AsyncIterator[None]:
    """While inside, a collector with `settings` runs."""
    process = _start(settings, clock, log_file)
    keeper: asyncio.Task[None] | None = None
    try:
        await _ready(settings, process, log_file)

        async def keep() -> None:
            nonlocal process
            while True:
                await asyncio.to_thread(process.join)
                say(f"the collector ended ({_how(process.exitcode)}); started again, agents send what it did not take")
                process = _start(settings, clock, log_file)

        keeper = asyncio.create_task(keep())
        yield
    finally:
        if keeper:
            keeper.cancel()
        process.terminate()
        await asyncio.to_thread(process.join, settings.drain_s + 10)
        if process.is_alive():
            process.kill()


def _start(settings: Settings, clock: ShiftedClock, log_file: Path) -> SpawnProcess:
    process = SPAWN.Process(target=_collect, args=(settings, clock, log_file), name="snag-demo-collector", daemon=True)
    process.start()
    return process


def _collect(settings: Settings, clock: ShiftedClock, log_file: Path) -> None:
    logging.basicConfig(level="INFO", filename=log_file, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
    threading.Thread(target=_end_with_the_demo, daemon=True).start()
    try:
        asyncio.run(serve(settings, clock=clock))
    except Exception:
        logging.exception("the collector could not go on")
        raise SystemExit(1) from None


def _end_with_the_demo() -> None:
    """A demo that is killed cannot end its collector: the collector watches over itself."""
    demo = parent_process()
    if demo is not None:
        demo.join()
        os.kill(os.getpid(), signal.SIGTERM)


async def _ready(settings: Settings, process: SpawnProcess, log_file: Path) -> None:
    url = f"http://{settings.private_host}:{settings.private_port}/readyz"
    async with aiohttp.ClientSession() as http:
        for _ in range(START_S * 10):
            if not process.is_alive():
                raise DemoFailed(f"the collector did not start; its log is {log_file}")
            try:
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise DemoFailed(f"the collector was not ready within {START_S} s; its log is {log_file}")


def _how(exitcode: int | None) -> str:
    return f"signal {-exitcode}" if exitcode is not None and exitcode < 0 else f"exit code {exitcode}"

"""The shell of every process of ours that serves: its ports, its signals, and its end.

A service is an async context manager: it is up inside, and drains on leaving. `run_service` keeps it up until SIGTERM or
SIGINT, and ends the process if draining does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from aiohttp import web

from collector.settings import BadSetting

log = logging.getLogger(__name__)

Up = TypeVar("Up")

STUCK_S = 45.0
"""After the time that a service has for its end: then its threads are shown and the process ends without them. What was
acknowledged is on disk."""

LEAVING_S = 5.0
"""For requests under way when a port is closed."""


class Ending(NamedTuple):
    """How far the end of a service is."""

    stopping: asyncio.Event
    """Not ready any more; still serving while it lingers."""
    hurry: asyncio.Event
    """Asked a second time: no lingering, no draining."""

    @classmethod
    def none(cls) -> Ending:
        """Nobody has asked yet."""
        return cls(asyncio.Event(), asyncio.Event())

    def ask(self) -> None:
        """Ask for the end; a second time, for a quick one."""
        if self.stopping.is_set():
            self.hurry.set()
        self.stopping.set()

    async def unless_hurried(self, doing: Coroutine[Any, Any, None]) -> None:
        """Await `doing` until there is a hurry. Raises what it raises."""
        task, hurried = asyncio.create_task(doing), asyncio.create_task(self.hurry.wait())
        await asyncio.wait([task, hurried], return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not task.done():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def run_service(
    service: Callable[[Ending], AbstractAsyncContextManager[Up]],
    *,
    on_ready: Callable[[Up], None] | None = None,
    linger_s: float = 0,
    drain_s: float = 0,
    ending: Ending | None = None,
) -> None:
    """Run `service` until SIGTERM, SIGINT or `ending`: not ready, linger, drain. A second signal hurries.

    After a signal the process ends in any case, at the latest STUCK_S after the time for lingering and draining.
    """
    asked = ending or Ending.none()

    def signalled() -> None:
        if not asked.stopping.is_set():
            stuck = threading.Timer(linger_s + drain_s + STUCK_S, _give_up)
            stuck.daemon = True
            stuck.start()
        asked.ask()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signalled)
    async with service(asked) as up:
        if on_ready:
            on_ready(up)
        await asked.stopping.wait()
        if linger_s and not asked.hurry.is_set():
            log.info("Stopping: not ready any more, serving for another %g s", linger_s)
            await asked.unless_hurried(asyncio.sleep(linger_s))
        log.info("Stopping")


@asynccontextmanager
async def open_port(name: str, app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve `app`; give its URL. Raises BadSetting: the port cannot be opened."""
    # Handlers report and count errors; what the server logs besides is a traceback for each stray client.
    quiet = logging.getLogger("collector.http")
    quiet.setLevel(logging.CRITICAL)
    runner = web.AppRunner(
        app, access_log=None, logger=quiet, shutdown_timeout=LEAVING_S, handle_signals=False, auto_decompress=False
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise cannot_open(name, host, port, error) from None
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def cannot_open(name: str, host: str, port: int, error: OSError) -> BadSetting:
    """Say why a port cannot be opened, and what to do."""
    system = error.errno is not None and error.errno > 0
    why = os.strerror(error.errno).lower() if system and error.errno else str(error.strerror or error)
    fix = "PORT to a free one" if system else "HOST to an address of this machine"
    return BadSetting(f"cannot open the {name} port {host}:{port}: {why}; set SNAG_{name.upper()}_{fix}")


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _give_up() -> None:
    log.critical("Stopping takes too long; the process ends here. What was acknowledged is on disk")
    faulthandler.dump_traceback(sys.stderr)
    os._exit(1)

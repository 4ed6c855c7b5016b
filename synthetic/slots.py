"""A slot: a worker process that is looked after. It is killed with everything it has started when a run overstays.

The process that holds slots never loads a journey or Playwright: nothing that happens in a run can hold it up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import msgspec

from synthetic import processes, temporary
from synthetic.messages import Answer, Listed, Request, SetUp
from synthetic.result import Result, monitors_own

log = logging.getLogger(__name__)

GRACE_S = 8.5
"""After a run's timeout: enough for the worker to end it in good order, and below 10 s with the killing."""

READY_S = 45.0
"""To load journeys or to launch a browser."""

CLOSE_S = 8.0
MARK = "SNAGWATCH_SLOT"
"""In the environment of all that a worker starts, so that it can be told from what is not ours."""

LINE = 2**26
"""A result with all its beacons stays far below so many bytes."""


class Overstayed(Exception):
    """The worker did not answer in time, or is gone; says which."""


class Slot:
    """One worker process, started anew whenever it was lost."""

    def __init__(self, set_up: SetUp) -> None:
        self._set_up = set_up
        self._mark = uuid4().hex
        self._folder = temporary.Folder()
        self._process: asyncio.subprocess.Process | None = None
        self.restarts: Counter[str] = Counter()
        """Browsers and workers that were replaced, by reason."""
        self.listed: list[Listed] = []
        self.problems: list[str] = []
        self.browser = ""
        processes.adopt_orphans()

    @property
    def pid(self) -> int:
        """Of the worker; 0 while there is none."""
        return self._process.pid if self._process else 0

    async def load(self) -> None:
        """Start the worker and hear which journeys there are. Raises Overstayed."""
        await self._start()

    async def ready(self) -> str:
        """Have the browser launched. Returns what is wrong, "" if nothing is."""
        try:
            await self._start()
            self._say(Request())
            answer = await self._hear(READY_S)
        except Overstayed as error:
            return str(error)
        self.browser = answer.browser
        return "; ".join(answer.problems)

    async def run(
        self, journey: Listed, *, step: Callable[[str], None] = lambda name: None, trace: bool = False
    ) -> Result:
        """Run a journey; never raises, and is done within its timeout + 10 s (and the start of a lost worker)."""
        target = self._set_up.target
        loop, at = asyncio.get_running_loop(), ""
        try:
            await self._start()
        except Overstayed as error:
            return monitors_own(journey.name, "worker.start", str(error), target)
        began = loop.time()
        until = began + journey.timeout_ms / 1000 + GRACE_S
        try:
            self._say(Request(run=journey.name, trace=trace))
            while True:
                answer = await self._hear(until - loop.time())
                if answer.result:
                    return answer.result
                at = answer.step
                step(at)
        except Overstayed as error:
            took_ms = round((loop.time() - began) * 1000)
            reason = "deadline" if loop.time() >= until else "worker.lost"
            return monitors_own(journey.name, reason, str(error), target, step=at, duration_ms=took_ms)

    async def close(self) -> None:
        """End the worker and everything it has started."""
        process = self._process
        if process and process.returncode is None and process.stdin:
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await process.wait()
        await self.kill()

    async def kill(self) -> None:
        """At once."""
        process, self._process = self._process, None
        if not process:
            return
        if left := await asyncio.to_thread(processes.kill_tree, process.pid):
            log.error("these processes could not be ended: %s", left)
        await process.wait()
        await asyncio.to_thread(processes.end_marked, f"{MARK}={self._mark}")
        await asyncio.to_thread(self._folder.remove)

    async def _start(self) -> None:
        if self._process and self._process.returncode is None:
            return
        if self._process:
            self.restarts["worker_lost"] += 1
            await self.kill()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "synthetic.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE,
            start_new_session=True,
            env={**os.environ, **self._folder.environment(), MARK: self._mark, "PYTHONUNBUFFERED": "1"},
        )
        self._say(self._set_up)
        answer = await self._hear(READY_S)
        self.listed, self.problems = answer.listed, answer.problems

    def _say(self, message: Any) -> None:
        if not self._process or not self._process.stdin:
            raise Overstayed("the worker is gone")
        with contextlib.suppress(OSError):  # it is gone, and the answer that does not come tells
            self._process.stdin.write(msgspec.json.encode(message) + b"\n")

    async def _hear(self, within_s: float) -> Answer:
        """The next answer. Raises Overstayed after killing the worker."""
        process = self._process
        if not process or not process.stdout:
            raise Overstayed("the worker is gone")
        try:
            async with asyncio.timeout(within_s):
                line = await process.stdout.readline()
        except TimeoutError:
            self.restarts["deadline"] += 1
            await self.kill()
            raise Overstayed("the worker did not answer in time and was killed") from None
        except asyncio.CancelledError:
            await self.kill()
            raise
        if not line:
            await self.kill()
            self.restarts["worker_lost"] += 1
            raise Overstayed("the worker ended by itself: killed from outside, or out of memory")
        answer = msgspec.json.decode(line, type=Answer)
        for reason, times in answer.restarts.items():
            self.restarts[reason] = max(self.restarts[reason], times)
        return answer

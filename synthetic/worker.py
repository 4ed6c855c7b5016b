"""A worker: one process with one warm browser, which runs the journeys that it is asked for, one at a time.

`python -m synthetic.worker` reads one JSON object a line from stdin, first the set-up, and answers on stdout. Whatever
a journey prints goes to stderr, without its secrets. It ends with its stdin, and with the process that started it.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import sys
from pathlib import Path
from typing import Any, TextIO

import msgspec

from collector import logs
from synthetic import processes, secrets
from synthetic.browser import NoBrowser, Warm
from synthetic.journey import Definition, Step
from synthetic.load import load
from synthetic.messages import Answer, Listed, Request, SetUp
from synthetic.playwright_tests import run_test
from synthetic.result import Result
from synthetic.runner import run
from synthetic.tracing import start_tracing


class Worker:
    """What one worker has: its journeys, its browser, and where its answers go."""

    def __init__(self, set_up: SetUp, out: io.RawIOBase) -> None:
        self.set_up = set_up
        self.out = out
        options: dict[str, Any] = {"chromium_sandbox": set_up.target.sandbox}
        if set_up.target.proxy:
            options["proxy"] = {"server": set_up.target.proxy}
        self.warm = Warm(set_up.chromium, options=options)
        self.definitions: dict[str, Definition] = {}
        self.secrets = secrets.Secrets()
        """All that any run has read or made; its log never shows one."""

    def tell(self, answer: Answer) -> None:
        """One line."""
        rest = memoryview(msgspec.json.encode(answer) + b"\n")
        while rest:
            rest = rest[self.out.write(rest) or 0 :]

    def load(self) -> None:
        """Load the journeys and say which there are."""
        found = load(self.set_up.paths)
        self.definitions = {one.name: one for one in found.definitions}
        _hide(self.secrets, {name for one in found.definitions for name in one.secrets}, self.set_up.target.secrets_dir)
        listed = [listed_of(one) for one in found.definitions]
        self.tell(Answer(listed=listed, problems=found.problems))

    async def serve(self, requests: asyncio.StreamReader) -> None:
        """Do what is asked until there is nothing more to read."""
        self.load()
        try:
            while line := await requests.readline():
                request = msgspec.json.decode(line, type=Request)
                if request.run:
                    self.tell(Answer(result=await self.run(request)))
                else:
                    self.tell(await self.make_ready())
        finally:
            await self.warm.close()

    async def make_ready(self) -> Answer:
        """Launch the browser before anything is timed."""
        try:
            await self.warm.ready()
        except NoBrowser as error:
            return Answer(problems=[str(error)])
        except TimeoutError:
            return Answer(problems=["the browser did not start in time"])
        return Answer(browser=self.warm.version, restarts=dict(self.warm.restarts))

    async def run(self, request: Request) -> Result:
        """Run one journey."""
        definition = self.definitions[request.run]
        target = self.set_up.target

        def begun(step: Step) -> None:
            self.tell(Answer(step=step.name))

        if definition.test:
            return await run_test(definition, target, self.set_up.chromium)
        return await run(definition, self.warm, target, begun=begun, trace=request.trace, everything=self.secrets)


def listed_of(one: Definition) -> Listed:
    """What a scheduler needs to know of a journey."""
    return Listed(
        name=one.name,
        every_ms=one.every_ms,
        timeout_ms=one.timeout_ms,
        retries=one.retries,
        place=one.place,
        locations=list(one.locations),
        tags=dict(one.tags),
    )


class _Discreet(io.TextIOBase):
    """A stream that never lets a secret through; whole lines, so that none is cut in two."""

    def __init__(self, to: TextIO, known: secrets.Secrets) -> None:
        self._to = to
        self._known = known
        self._line = ""

    def write(self, text: str) -> int:
        *whole, self._line = (self._line + text).split("\n")
        for line in whole:
            self._to.write(self._known.redact(line) + "\n")
        self._to.flush()
        return len(text)

    def flush(self) -> None:
        self._to.flush()


def _hide(known: secrets.Secrets, names: set[str], folder: str) -> None:
    for name in names:
        with contextlib.suppress(secrets.NoSecret):  # its journey says so when it is run
            secrets.read([name], Path(folder) if folder else None).join(known)
    discreet = _Discreet(sys.__stderr__ or sys.stderr, known)
    sys.stderr = sys.stdout = discreet
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(discreet)


async def main() -> None:
    """Serve one supervisor."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a journey prints is no answer
    requests = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(requests), sys.stdin)
    set_up = msgspec.json.decode(await requests.readline(), type=SetUp)
    logs.set_up(set_up.log_level, os.environ.get("SNAG_LOG_FORMAT", ""))
    stop = start_tracing()
    try:
        await Worker(set_up, out).serve(requests)
    finally:
        stop()


if __name__ == "__main__":
    processes.end_with_parent()
    asyncio.run(main())

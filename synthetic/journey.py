"""What a journey author sees: `@journey`, and `step` to name what a visitor does.

Slower than its `slow` limit is friction; an exception is a failed journey; the two never share a name.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from synthetic.durations import duration_ms

Script = Callable[..., Awaitable[None]]

_running: ContextVar[Journey] = ContextVar("journey")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A journey as its author wrote it. Durations in ms."""

    name: str
    script: Script
    every_ms: int
    timeout_ms: int
    slow_ms: int
    tags: Mapping[str, str]

    @property
    def place(self) -> str:
        """Where it was written."""
        code = self.script.__code__
        return f"{code.co_filename}:{code.co_firstlineno}"


@dataclass(slots=True)
class Step:
    """One step of a run, as it went. Times are ms since 1970 by the runner's clock."""

    name: str
    index: int
    threshold_ms: int
    started_ts: int
    ended_ts: int = 0
    duration_ms: int = 0
    failed: bool = False

    @property
    def slow(self) -> bool:
        """It took longer than its limit."""
        return self.threshold_ms > 0 and self.duration_ms > self.threshold_ms


@dataclass(slots=True)
class Journey:
    """One run that is under way; a script may take it as its second argument."""

    definition: Definition
    clock: Callable[[], float] = time.time
    steps: list[Step] = field(default_factory=list)

    @property
    def current(self) -> Step | None:
        """The step that is open, or was last."""
        return self.steps[-1] if self.steps else None


REGISTERED: dict[str, Definition] = {}


def journey(
    name: str,
    *,
    every: str = "5m",
    timeout: str = "60s",
    slow: str = "2.5s",
    tags: Mapping[str, str] | None = None,
) -> Callable[[Script], Script]:
    """Make a journey of a coroutine function that takes `page`, and if it likes the running `Journey`.

    `slow` is the limit of each step that names none; `timeout` ends the whole run.
    Raises ValueError: a duration that is none, a name that is taken.
    """

    def register(script: Script) -> Script:
        found = Definition(
            name=name,
            script=script,
            every_ms=duration_ms(every),
            timeout_ms=duration_ms(timeout),
            slow_ms=duration_ms(slow),
            tags=dict(tags or {}),
        )
        if name in REGISTERED and REGISTERED[name].place != found.place:
            raise ValueError(f"two journeys are called '{name}': {REGISTERED[name].place} and {found.place}")
        REGISTERED[name] = found
        return script

    return register


@asynccontextmanager
async def step(name: str, *, slow: str | None = None) -> AsyncIterator[Step]:
    """Name what the visitor does. Works in helper functions and page objects too.

    Raises RuntimeError outside of a journey.
    """
    try:
        run = _running.get()
    except LookupError:
        raise RuntimeError(
            f"step '{name}' is not inside a journey: run it with `snag journeys run`"
        ) from None
    limit_ms = duration_ms(slow) if slow else run.definition.slow_ms
    here = Step(name, len(run.steps), limit_ms, int(run.clock() * 1000))
    run.steps.append(here)
    began = time.monotonic()
    try:
        yield here
    except BaseException:
        here.failed = True
        raise
    finally:
        here.duration_ms = round((time.monotonic() - began) * 1000)
        here.ended_ts = here.started_ts + here.duration_ms


async def perform(run: Journey, page: Any) -> None:
    """Run the script with `page`; the steps that it opens are kept in `run`."""
    token = _running.set(run)
    try:
        script = run.definition.script
        if script.__code__.co_argcount > 1:
            await script(page, run)
        else:
            await script(page)
    finally:
        _running.reset(token)

"""Takes sealed segments to the store, oldest first, and tries again for as long as it takes."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from collector.spool.writer import Spool

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""How often what is being written is sealed and shipped: the store prefers few large inserts."""

LONGEST_WAIT_S = 30.0


class Sink(Protocol):
    """Where shipped lines go."""

    def insert(self, lines: Sequence[bytes]) -> list[bytes]:
        """Keep the events of `lines`; return the lines that are none, to be set aside. Runs in a thread."""


class Shipper:
    """Ships until it is told to drain. A segment is removed only after the store has it."""

    def __init__(
        self,
        spool: Spool,
        sink: Sink,
        *,
        quarantine: Path,
        on_error: Callable[[Exception], None] = lambda error: None,
        on_quarantined: Callable[[int], None] = lambda lines: None,
    ) -> None:
        self._spool = spool
        self._sink = sink
        self._quarantine = quarantine
        self._on_error = on_error
        self._on_quarantined = on_quarantined
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Ship for ever; ends by being cancelled."""
        wait_s = EVERY_S
        while True:
            await asyncio.sleep(wait_s)
            try:
                await self.ship()
                wait_s = EVERY_S
            except Exception as error:  # whatever the store's client raises: the lines stay where they are
                self._on_error(error)
                wait_s = min(LONGEST_WAIT_S, wait_s * 2) * random.uniform(0.7, 1.0)  # noqa: S311 (jitter, no secret)
                log.warning("the store did not take the queue, next try in %.0f s: %s", wait_s, error)

    async def ship(self) -> None:
        """Ship all that was acknowledged until now. Raises what the store's client raises."""
        async with self._turn:
            await self._spool.roll()
            for segment in self._spool.sealed():
                content = await asyncio.to_thread(segment.read_bytes)
                lines = [line for line in content.split(b"\n") if line]
                bad = await asyncio.to_thread(self._sink.insert, lines)
                if bad:
                    await asyncio.to_thread(self._set_aside, segment, bad)
                self._spool.shipped(segment)

    def _set_aside(self, segment: Path, bad: list[bytes]) -> None:
        self._quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._quarantine / segment.name).open("ab") as file:
            file.writelines(line + b"\n" for line in bad)
        self._on_quarantined(len(bad))
        log.error(
            "%s lines of %s are no beacons; they are kept in %s", len(bad), segment.name, self._quarantine
        )

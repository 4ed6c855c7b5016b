"""Takes sealed segments to the store, oldest first, and tries again for as long as it takes.

A segment that cannot be read, or that the store refuses while it takes others, holds up nothing: it is set aside
line by line in the folder `quarantine`, counted, and kept until somebody replays or drops it.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from collector.spool.writer import SEGMENT_BYTES, sealed_in

log = logging.getLogger(__name__)

EVERY_S = 1.0
LONGEST_EVERY_S = 5.0
SHARE = 20
"""An insert costs 0.1 s of CPU however little is in it, so that after each a rest of 20 times as long follows."""

LONGEST_WAIT_S = 30.0

STRIKES = 3
"""So often a segment may be refused, while others were taken, before its lines are tried one by one."""

BATCH_BYTES = SEGMENT_BYTES

TRIED = 3
"""Segments that are tried before it is said that the store takes none."""


class Sink(Protocol):
    """Where shipped lines go."""

    def insert(self, lines: Sequence[bytes]) -> list[bytes]:
        """Keep the events of `lines`; return the lines that are none, to be set aside. Runs in a thread."""


async def _nothing() -> None:
    pass


class Shipper:
    """Ships the segments in `folders()`. A segment is removed only after the store has it."""

    def __init__(
        self,
        folders: Callable[[], Sequence[Path]],
        sink: Sink,
        *,
        quarantine: Path,
        roll: Callable[[], Awaitable[None]] = _nothing,
        on_error: Callable[[Exception], None] = lambda error: None,
        on_quarantined: Callable[[int], None] = lambda lines: None,
    ) -> None:
        """`roll` is awaited before each turn, to seal what is being written in this process."""
        self._folders = folders
        self._sink = sink
        self._quarantine = quarantine
        self._roll = roll
        self._on_error = on_error
        self._on_quarantined = on_quarantined
        self._strikes: dict[Path, int] = {}
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Ship for ever; ends by being cancelled."""
        wait_s = EVERY_S
        failures = 0
        while True:
            await asyncio.sleep(wait_s)
            began = time.monotonic()
            try:
                await self.ship()
                failures = 0
                wait_s = min(LONGEST_EVERY_S, max(EVERY_S, SHARE * (time.monotonic() - began)))
            except Exception as error:  # whatever the store's client raises: the lines stay where they are
                self._on_error(error)
                failures += 1
                wait_s = min(LONGEST_WAIT_S, EVERY_S * 2**failures) * random.uniform(0.7, 1.0)  # noqa: S311 (jitter)
                log.warning("the store did not take the queue, next try in %.0f s: %s", wait_s, error)

    async def ship(self) -> None:
        """Ship all that was acknowledged until now. Raises what the store's client raises, when it took nothing, or
        refused a segment that may still be good."""
        async with self._turn:
            await self._roll()
            refused: list[Path] = []
            first: Exception | None = None
            taken = 0
            for batch in self._batches():
                # A batch that is refused is tried segment by segment: most of them were only in bad company.
                for segments in [batch, *([one] for one in batch)] if len(batch) > 1 else [batch]:
                    try:
                        await self._ship(segments)
                        taken += 1
                        if segments is batch:
                            break
                    except Exception as error:
                        first = first or error
                        refused += segments if len(segments) == 1 else []
                if not taken and len(refused) >= TRIED:
                    break  # it is the store
            for segment in refused:
                self._strikes[segment] = self._strikes.get(segment, 0) + 1
                if self._strikes[segment] >= STRIKES and (taken or len(refused) == 1):
                    await self._sift(segment, sure=bool(taken))
            if first and any(segment.exists() for segment in refused):
                raise first

    def _batches(self) -> list[list[Path]]:
        """Segments in the order in which they were begun, small ones together; those once refused last, and alone."""
        found = sorted((path for folder in self._folders() for path in sealed_in(folder)), key=lambda path: path.name)
        batches: list[list[Path]] = []
        room = 0
        for path in found:
            size = path.stat().st_size
            if size > room or path in self._strikes:
                batches.append([])
                room = BATCH_BYTES
            batches[-1].append(path)
            room = 0 if path in self._strikes else room - size
        return batches

    async def _ship(self, segments: list[Path]) -> None:
        contents = []
        for segment in segments:
            try:
                contents.append((segment, await asyncio.to_thread(_lines, segment)))
            except OSError as error:
                await asyncio.to_thread(self._unreadable, segment, error)
        bad = await asyncio.to_thread(self._sink.insert, [line for _, lines in contents for line in lines])
        if bad:
            await asyncio.to_thread(self._set_aside, segments[0], bad)
        for segment, _ in contents:
            self._remove(segment)

    async def _sift(self, segment: Path, *, sure: bool) -> None:
        """Keep what can be kept of a segment, and set the rest aside."""
        lines = await asyncio.to_thread(_lines, segment)
        poison = await self._poison(lines, sure=sure)
        if len(poison) == len(lines) and not sure:
            return  # nothing was taken at all: the store may just be away
        if poison:
            await asyncio.to_thread(self._set_aside, segment, poison)
        self._remove(segment)

    async def _poison(self, lines: list[bytes], *, sure: bool) -> list[bytes]:
        """The lines that are refused alone, by halving. Where the store is not `sure` to be there, a half that is
        refused is looked into only when the other one was taken."""
        try:
            return await asyncio.to_thread(self._sink.insert, lines)
        except Exception:
            if len(lines) == 1:
                return lines
        halves = [lines[: len(lines) // 2], lines[len(lines) // 2 :]]
        found: list[bytes] = []
        refused = []
        for half in halves:
            try:
                found += await asyncio.to_thread(self._sink.insert, half)
                sure = True
            except Exception:
                refused.append(half)
        if not sure:
            return lines
        for half in refused:
            found += await self._poison(half, sure=True) if len(half) > 1 else half
        return found

    def _remove(self, segment: Path) -> None:
        segment.unlink()
        self._strikes.pop(segment, None)

    def _set_aside(self, segment: Path, bad: list[bytes]) -> None:
        self._quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._quarantine / segment.name).open("ab") as file:
            file.writelines(line + b"\n" for line in bad)
        self._on_quarantined(len(bad))
        log.error(
            "%s lines of %s cannot be kept; they are set aside in %s: `snag spool status` says more",
            len(bad),
            segment.name,
            self._quarantine,
        )

    def _unreadable(self, segment: Path, error: OSError) -> None:
        self._quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
        log.error("%s cannot be read (%s); it is set aside in %s", segment, error.strerror, self._quarantine)
        segment.rename(self._quarantine / segment.name)
        self._on_quarantined(1)


def _lines(segment: Path) -> list[bytes]:
    return [line for line in segment.read_bytes().split(b"\n") if line]

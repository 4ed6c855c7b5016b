"""Takes sealed segments to the store, oldest first, and retries for as long as it takes.

A line whose checksum does not match, a segment that cannot be read, and lines that the store rejects while it accepts
others hold up nothing: they go to the folder `quarantine`, are counted, and stay until somebody replays or drops them.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from collector.logs import Limited
from collector.spool.folder import sealed_in, size_of
from collector.spool.line import Damaged, Line, read, write
from collector.spool.segment import sync_folder, write_synced
from collector.spool.writer import SEGMENT_BYTES

log = logging.getLogger(__name__)

EVERY_S = 1.0
LONGEST_EVERY_S = 5.0
SHARE = 20
"""An insert costs 0.1 s of CPU however little is in it, so a rest of 20 times as long follows each."""

LONGEST_WAIT_S = 30.0

STRIKES = 3
"""How often a segment may be rejected while others were accepted, before its lines are tried one by one."""

BATCH_BYTES = SEGMENT_BYTES

TRIED = 3
"""Segments to try before concluding that the store accepts none."""


class Sink(Protocol):
    """Where shipped lines go."""

    def insert(self, lines: Sequence[Line]) -> list[Line]:
        """Store the events of `lines`; return the lines that hold none, to be quarantined. Runs in a thread."""


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
        self._limited = Limited(log)

    async def run(self) -> None:
        """Ship for ever; ends by being cancelled."""
        wait_s = EVERY_S
        failures = 0
        while True:
            await asyncio.sleep(wait_s)
            started = time.monotonic()
            try:
                await self.ship()
                failures = 0
                wait_s = min(LONGEST_EVERY_S, max(EVERY_S, SHARE * (time.monotonic() - started)))
            except Exception as error:  # whatever the store's client raises: the lines stay where they are
                self._on_error(error)
                failures += 1
                wait_s = min(LONGEST_WAIT_S, EVERY_S * 2**failures) * random.uniform(0.7, 1.0)  # noqa: S311 (jitter)
                log.warning("Cannot ship the queue to the store, next try in %.0f s: %s", wait_s, error)

    async def ship(self) -> None:
        """Ship all that was acknowledged so far. Raises what the store's client raises, when it accepted nothing, or
        rejected a segment that may still be good."""
        async with self._turn:
            await self._roll()
            rejected, first, accepted = await self._ship_all(self._batches())
            for segment in rejected:
                self._strikes[segment] = self._strikes.get(segment, 0) + 1
                if self._strikes[segment] >= STRIKES and (accepted or len(rejected) == 1):
                    await self._sift(segment, sure=accepted)
            if first and any(segment.exists() for segment in rejected):
                raise first

    async def _ship_all(self, batches: list[list[Path]]) -> tuple[list[Path], Exception | None, bool]:
        """Return the segments that were rejected, the first reason, and whether the store accepted anything."""
        rejected: list[Path] = []
        first: Exception | None = None
        accepted = False
        for batch in batches:
            # A batch that is rejected is tried segment by segment: most of them were only in bad company.
            for segments in [batch, *([path] for path in batch)] if len(batch) > 1 else [batch]:
                try:
                    await self._ship(segments)
                    accepted = True
                    if segments is batch:
                        break
                except Exception as error:
                    first = first or error
                    rejected += segments if len(segments) == 1 else []
            if not accepted and len(rejected) >= TRIED:
                break  # it is the store
        return rejected, first, accepted

    def _batches(self) -> list[list[Path]]:
        """Segments in the order in which they were started, small ones together; those rejected before alone."""
        segments = sorted((path for folder in self._folders() for path in sealed_in(folder)), key=lambda p: p.name)
        batches: list[list[Path]] = []
        room = 0
        for path in segments:
            size = size_of(path)
            if size > room or path in self._strikes:
                batches.append([])
                room = BATCH_BYTES
            batches[-1].append(path)
            room = 0 if path in self._strikes else room - size
        return batches

    async def _ship(self, segments: list[Path]) -> None:
        whole: list[Path] = []
        lines: list[Line] = []
        for segment in segments:
            try:
                good = await asyncio.to_thread(self._read, segment)
            except OSError as error:
                await asyncio.to_thread(self._unreadable, segment, error)
                continue
            lines += good
            whole.append(segment)
        bad = await asyncio.to_thread(self._sink.insert, lines) if lines else []
        if bad:
            await asyncio.to_thread(self._set_aside, segments[0], [write(*line[:2]) for line in bad], "not readable")
        for segment in whole:
            self._remove(segment)

    def _read(self, segment: Path) -> list[Line]:
        """Return the lines of a segment; what was damaged on the disk is quarantined first. Raises OSError."""
        good: list[Line] = []
        damaged: list[bytes] = []
        for raw in segment.read_bytes().split(b"\n"):
            if raw:
                try:
                    good.append(read(raw))
                except Damaged:
                    damaged.append(raw + b"\n")
        if damaged:
            self._set_aside(segment, damaged, "damaged on the disk")
            # Without them, or a segment that the store rejects for now would add them to the quarantine each time.
            rest = segment.with_name(f".{segment.name}")
            rest.unlink(missing_ok=True)
            write_synced(rest, [write(line.payload, line.note) for line in good])
            rest.replace(segment)
            sync_folder(segment.parent)
        return good

    async def _sift(self, segment: Path, *, sure: bool) -> None:
        """Store what can be stored of a segment, and quarantine the rest."""
        lines = await asyncio.to_thread(self._read, segment)
        poison = await self._poison(lines, sure=sure)
        if len(poison) == len(lines) and not sure:
            return  # nothing was accepted at all: the store may just be away
        if poison:
            await asyncio.to_thread(self._set_aside, segment, [write(*line[:2]) for line in poison], "rejected")
        self._remove(segment)

    async def _poison(self, lines: list[Line], *, sure: bool) -> list[Line]:
        """Return the lines that are rejected alone, by halving. Unless the store is `sure` to be there, a half that is
        rejected is looked into only when the other one was accepted."""
        try:
            return await asyncio.to_thread(self._sink.insert, lines)
        except Exception:
            if len(lines) == 1:
                return lines
        poison: list[Line] = []
        rejected = []
        for half in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
            try:
                poison += await asyncio.to_thread(self._sink.insert, half)
                sure = True
            except Exception:
                rejected.append(half)
        if not sure:
            return lines
        for half in rejected:
            poison += await self._poison(half, sure=True) if len(half) > 1 else half
        return poison

    def _remove(self, segment: Path) -> None:
        segment.unlink()
        self._strikes.pop(segment, None)

    def _set_aside(self, segment: Path, lines: list[bytes], why: str) -> None:
        """Quarantine lines, durably: their segment is removed next."""
        self._quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_synced(self._quarantine / segment.name, lines)
        self._on_quarantined(len(lines))
        self._limited(
            logging.ERROR,
            why,
            "%s lines of segment %s are quarantined (%s) in %s; run `snag spool status`",
            len(lines),
            segment.name,
            why,
            self._quarantine,
        )

    def _unreadable(self, segment: Path, error: OSError) -> None:
        self._quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
        log.error("Cannot read segment %s: %s; it is quarantined in %s", segment, error.strerror, self._quarantine)
        segment.rename(self._quarantine / segment.name)
        sync_folder(self._quarantine)
        self._on_quarantined(1)

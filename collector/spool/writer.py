"""Appends lines of many requests to a segment and makes them durable together: one sync for all that came in 4 ms."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collector.logs import Limited
from collector.spool.folder import (
    SpoolInUse,
    lock,
    recover,
    seal_left,
    sealed_in,
    size_of,
    started_ms,
    strangers_in,
)
from collector.spool.line import Note, write
from collector.spool.segment import OPEN, Opener, Segment

log = logging.getLogger(__name__)

GROUP_S = 0.004
"""How long the first line of a group waits for others: a sync costs about a millisecond, however many share it."""

SEGMENT_BYTES = 16 * 2**20

SEAL_S = 1.0
BACKLOG = 8
OLD_S = 60.0
"""A segment is sealed every second; if more than BACKLOG wait already, when it is this old or full."""

Done = Callable[[Exception | None], None]


class Full(Exception):
    """The queue has no room; the sender should retry later. Says which limit was met."""


class SpoolFailed(Exception):
    """The lines could not be made durable; none of the group is acknowledged. Says why."""


class Spool:
    """The queue's writing side. Everything here runs in one event loop; only the disk is used in a thread.

    A payload is a JSON object whose first key is `type`; the rest is for whoever reads that type.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int,
        min_free_bytes: int = 0,
        clock: Callable[[], float] = time.time,
        opener: Opener = os.open,
    ) -> None:
        """Own `folder` and recover what a crash left in it. Raises SpoolInUse."""
        self.folder = folder
        self.max_bytes = max_bytes
        self.min_free_bytes = min_free_bytes
        self._clock = clock
        self._opener = opener
        self._thread = ThreadPoolExecutor(1, "spool")
        self._waiting: list[tuple[bytes, Done]] = []
        self._pending = 0
        self._group: asyncio.Task[None] | None = None
        self._current: Segment | None = None
        self._stranded: dict[Path, int] = {}
        """Segments that could not be sealed, with their acknowledged bytes; sealing them is tried again."""
        self._number = 0
        self._limited = Limited(log)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = lock(folder)
        except OSError as error:
            raise SpoolInUse(
                f"cannot use the queue's folder {folder}: {error.strerror}; "
                "set SNAG_SPOOL_DIR or SNAG_DATA_DIR to another folder"
            ) from None
        self.torn_bytes = recover(folder)
        for path in strangers_in(folder):
            log.warning("File %s is not part of the queue and is ignored", path)
        self._sealed_bytes = sum(map(size_of, self.sealed()))

    @property
    def full(self) -> bool:
        """Whether the queue or its disk has no room: the next line would most likely be rejected."""
        crowded = self.min_free_bytes and shutil.disk_usage(self.folder).free < self.min_free_bytes
        return bool(crowded) or self.held_bytes >= self.max_bytes

    def enqueue(self, payload: bytes, done: Done, note: Note = Note()) -> None:  # noqa: B008 (immutable)
        """Queue `payload`. `done` is called with None when it is on disk, or with Full or SpoolFailed.

        Raises Full when there is no room for it.
        """
        line = write(payload, note)
        if self.held_bytes + len(line) > self.max_bytes:
            raise Full(f"the queue in {self.folder} holds {self.held_bytes} bytes, its limit is {self.max_bytes}")
        # Counted before it is written, so that a burst cannot pass the limit together.
        self._pending += len(line)
        self._waiting.append((line, done))
        if self._group is None:
            self._group = asyncio.get_running_loop().create_task(self._commit())

    async def put(self, payload: bytes) -> None:
        """Queue `payload` and return when it is on disk. Raises Full, SpoolFailed."""
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: Exception | None) -> None:
            if durable.done():  # whoever waited may have gone away meanwhile
                return
            if error:
                durable.set_exception(error)
            else:
                durable.set_result(None)

        self.enqueue(payload, done)
        await durable

    @property
    def held_bytes(self) -> int:
        """Bytes that wait here: in sealed, stranded and open segments, and on their way to the disk."""
        current = self._current.bytes if self._current else 0
        return self._sealed_bytes + sum(self._stranded.values()) + current + self._pending

    def sealed(self) -> list[Path]:
        """Return the segments that are ready to be shipped, oldest first."""
        return sealed_in(self.folder)

    def recount(self) -> int:
        """Look at the disk for what is still there: another process may be the one that ships. Returns the number
        of sealed segments."""
        sealed = self.sealed()
        self._sealed_bytes = sum(map(size_of, sealed))
        return len(sealed)

    def oldest_ms(self) -> int:
        """Return when the oldest line came that is not in the store yet, ms since 1970 UTC; 0 when there is none."""
        current = [self._current.path] if self._current and self._current.bytes else []
        started = (started_ms(path) for path in (*self.sealed(), *self._stranded, *current))
        return min((ms for ms in started if ms is not None), default=0)

    async def roll(self) -> None:
        """Seal what is being written, so that it can be shipped. Raises OSError."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._seal)

    async def run(self) -> None:
        """Seal at intervals, for ever. While the shipper is away, a few large segments are better than thousands of
        small ones."""
        while True:
            await asyncio.sleep(SEAL_S)
            if self.recount() < BACKLOG or self._age_s() > OLD_S or self._stranded:
                try:
                    await self.roll()
                except OSError as error:
                    self._limited(logging.ERROR, "seal", "Cannot seal a segment in %s: %s", self.folder, error.strerror)

    def _age_s(self) -> float:
        return self._clock() - (started_ms(self._current.path) or 0) / 1000 if self._current else 0.0

    async def close(self) -> None:
        """Finish what was queued, seal, and let go of the folder."""
        if self._group:
            await self._group
        try:
            await self.roll()
        except OSError as error:  # it is recovered at the next start
            log.error("Cannot seal the last segment in %s: %s", self.folder, error.strerror)
        self._thread.shutdown()
        os.close(self._lock)

    async def _commit(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await asyncio.sleep(GROUP_S)
            while self._waiting:
                group, self._waiting = self._waiting, []
                try:
                    await loop.run_in_executor(self._thread, self._write, [line for line, _ in group])
                except Full as error:
                    self._settle(group, error)
                except Exception as error:  # a full disk, no memory left: whoever waits has to hear of it
                    why = getattr(error, "strerror", None) or type(error).__name__
                    self._limited(logging.ERROR, str(why), "Cannot write to the queue in %s: %s", self.folder, why)
                    self._settle(group, SpoolFailed(f"cannot write to the queue in {self.folder}: {why}"))
                else:
                    self._settle(group, None)
        finally:
            self._group = None

    def _settle(self, group: list[tuple[bytes, Done]], error: Exception | None) -> None:
        for line, done in group:
            self._pending -= len(line)
            try:
                done(error)
            except Exception:  # a failing response must not cost the others theirs
                self._limited(logging.ERROR, "settle", "Cannot send a response", trace=True)

    def _write(self, lines: list[bytes]) -> None:
        if self.min_free_bytes and (free := shutil.disk_usage(self.folder).free) < self.min_free_bytes:
            raise Full(f"the disk of {self.folder} has {free} bytes free, less than {self.min_free_bytes}")
        current = self._current = self._current or self._create()
        try:
            current.append(lines)
        except Exception:
            self._current = None
            self._put_away(current, current.abandon)
            raise
        if current.bytes >= SEGMENT_BYTES:
            self._seal()

    def _create(self) -> Segment:
        while True:
            self._number += 1
            name = f"{int(self._clock() * 1000):013d}-{os.getpid()}-{self._number:06d}{OPEN}"
            try:
                return Segment(self.folder / name, self._opener)
            except FileExistsError:  # the clock was set back, and another container had the same process id
                continue

    def _seal(self) -> None:
        for path in list(self._stranded):
            if path.exists():  # else it was renamed, and only the folder's sync failed
                seal_left(path)
            self._sealed_bytes += self._stranded.pop(path)
        if self._current is not None:
            whole, self._current = self._current, None
            self._put_away(whole, whole.seal, again=True)

    def _put_away(self, segment: Segment, seal: Callable[[], Path | None], *, again: bool = False) -> None:
        """Seal a segment; if the disk refuses, remember that its acknowledged lines are still to be sealed."""
        try:
            seal()
        except OSError:
            if segment.bytes:
                self._stranded[segment.path] = segment.bytes
            if again:
                raise
        else:
            self._sealed_bytes += segment.bytes

"""Takes lines from many requests and makes them durable together: one sync for all that came in 4 ms."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collector.spool.segment import OPEN, SEALED, Opener, Segment, cut_torn_tail, seal

log = logging.getLogger(__name__)

GROUP_S = 0.004
"""How long the first line of a group waits for others: a sync costs about a millisecond, whoever shares it."""

SEGMENT_BYTES = 16 * 2**20

SEAL_S = 1.0
BACKLOG = 8
OLD_S = 60.0
"""A segment is sealed every second; where more than BACKLOG wait already, when it is this old or full."""

Done = Callable[[Exception | None], None]


class Full(Exception):
    """The queue has no room; the sender should come back later. Says which limit was met."""


class SpoolFailed(Exception):
    """The disk refused; nothing of the group was kept. Says what it answered."""


class SpoolInUse(Exception):
    """The queue's folder cannot be used: another process owns it, or it cannot be written."""


class Spool:
    """The queue's writing side. Everything here runs in one event loop; only the disk is touched in a thread.

    A line is a JSON object whose first key is `type`; what else is in it is the business of whoever takes that type.
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
        self._number = 0
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = lock(folder)
        except OSError as error:
            raise SpoolInUse(
                f"the queue's folder {folder} cannot be used: {error.strerror}; "
                "set SNAG_SPOOL_DIR or SNAG_DATA_DIR to another"
            ) from None
        self.torn_bytes = recover(folder)
        self._sealed_bytes = sum(map(_size, self.sealed()))

    @property
    def full(self) -> bool:
        """Whether the queue or its disk has no room: the next line would most likely be refused."""
        crowded = self.min_free_bytes and shutil.disk_usage(self.folder).free < self.min_free_bytes
        return bool(crowded) or self.held_bytes >= self.max_bytes

    def enqueue(self, line: bytes, done: Callable[[Exception | None], None]) -> None:
        """Keep `line`, which ends with a newline; `done` hears None when it is on disk, or why it is not: Full, or
        SpoolFailed when the disk refused it.

        Raises Full when there is no room for it.
        """
        if self.held_bytes + len(line) > self.max_bytes:
            raise Full(f"the queue in {self.folder} holds {self.held_bytes} bytes, its limit is {self.max_bytes}")
        # Counted before it is written, so that a burst cannot pass the limit together.
        self._pending += len(line)
        self._waiting.append((line, done))
        if self._group is None:
            self._group = asyncio.get_running_loop().create_task(self._commit())

    async def put(self, line: bytes) -> None:
        """`enqueue`, for one who waits. Raises Full, SpoolFailed."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: Exception | None) -> None:
            if kept.done():  # whoever waited may have gone away meanwhile
                return
            if error:
                kept.set_exception(error)
            else:
                kept.set_result(None)

        self.enqueue(line, done)
        await kept

    @property
    def held_bytes(self) -> int:
        """Bytes that wait here: those in sealed segments, in the open one, and on their way to it."""
        return self._sealed_bytes + (self._current.bytes if self._current else 0) + self._pending

    def sealed(self) -> list[Path]:
        """Segments that are complete, oldest first."""
        return sealed_in(self.folder)

    def recount(self) -> int:
        """Look at the disk for what is still there: another process may be the one that ships. Returns the number
        of segments."""
        found = self.sealed()
        self._sealed_bytes = sum(map(_size, found))
        return len(found)

    def oldest_ms(self) -> int:
        """When the oldest line came that is not in the store yet, ms since 1970 UTC; 0 when there is none."""
        waiting = [*self.sealed(), *([self._current.path] if self._current and self._current.bytes else [])]
        return min((int(path.name.split("-")[0]) for path in waiting), default=0)

    async def roll(self) -> None:
        """Seal what is being written, so that it can be shipped."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._seal)

    async def run(self) -> None:
        """Seal every so often, for ever: for a shipper in another process. While it is away, a few large segments are
        better than thousands of small ones."""
        while True:
            await asyncio.sleep(SEAL_S)
            if self.recount() < BACKLOG or self._age_s() > OLD_S:
                await self.roll()

    def _age_s(self) -> float:
        return self._clock() - int(self._current.path.name.split("-")[0]) / 1000 if self._current else 0.0

    async def close(self) -> None:
        """Finish what was put, seal, and let go of the folder."""
        if self._group:
            await self._group
        await self.roll()
        self._thread.shutdown()
        os.close(self._lock)

    async def _commit(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await asyncio.sleep(GROUP_S)
            while self._waiting:
                group, self._waiting = self._waiting, []
                lines = [line for line, _ in group]
                try:
                    await loop.run_in_executor(self._thread, self._write, lines)
                except Full as error:
                    self._settle(group, error)
                except OSError as error:
                    what = f"the disk of {self.folder} refused {sum(map(len, lines))} bytes: {error.strerror}"
                    log.error("%s; nothing of it was acknowledged", what)
                    self._settle(group, SpoolFailed(what))
                else:
                    self._settle(group, None)
        finally:
            self._group = None

    def _settle(self, group: list[tuple[bytes, Done]], error: Exception | None) -> None:
        for line, done in group:
            self._pending -= len(line)
            try:
                done(error)
            except Exception:  # one who waits must not cost the others their answer
                log.exception("an answer could not be given")

    def _write(self, lines: list[bytes]) -> None:
        if self.min_free_bytes and (free := shutil.disk_usage(self.folder).free) < self.min_free_bytes:
            raise Full(f"the disk of {self.folder} has {free} bytes free, less than {self.min_free_bytes}")
        if self._current is None:
            self._number += 1
            name = f"{int(self._clock() * 1000):013d}-{os.getpid()}-{self._number:06d}{OPEN}"
            self._current = Segment(self.folder / name, self._opener)
        try:
            self._current.append(lines)
        except OSError:
            broken, self._current = self._current, None
            broken.abandon()
            self._sealed_bytes += broken.bytes
            raise
        if self._current.bytes >= SEGMENT_BYTES:
            self._seal()

    def _seal(self) -> None:
        if self._current is not None:
            whole, self._current = self._current, None
            whole.seal()
            self._sealed_bytes += whole.bytes


def sealed_in(folder: Path) -> list[Path]:
    """The complete segments of a folder, oldest first."""
    return sorted(path for path in folder.glob(f"*{SEALED}") if path.is_file())


def recover(folder: Path) -> int:
    """Make whole what a crash left open, so that it can be shipped. Returns the bytes of torn lines cut off."""
    return sum(_recover(path) for path in sorted(folder.glob(f"*{OPEN}")))


def lock(folder: Path) -> int:
    """Own the folder until the descriptor is closed. Raises SpoolInUse, OSError."""
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.read(fd, 32).decode() or "unknown"
        os.close(fd)
        raise SpoolInUse(
            f"the queue's folder {folder} is in use by process {owner}; stop it, or set SNAG_SPOOL_DIR to another folder"
        ) from None
    os.ftruncate(fd, 0)
    os.write(fd, str(os.getpid()).encode())
    return fd


def _recover(path: Path) -> int:
    cut = cut_torn_tail(path)
    if cut:
        log.warning("%s ended in a torn line of %s bytes, never acknowledged: cut off", path.name, cut)
    seal(path, path.stat().st_size)
    return cut


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # shipped meanwhile
        return 0

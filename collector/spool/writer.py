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


class Full(Exception):
    """The queue has no room; the sender should come back later. Says which limit was met."""


class SpoolFailed(Exception):
    """The disk refused; nothing of the group was kept. Says what it answered."""


class SpoolInUse(Exception):
    """The queue's folder cannot be used: another process owns it, or it cannot be written."""


class Spool:
    """The queue's writing side. Everything here runs in one event loop; only the disk is touched in a thread."""

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
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._group: asyncio.Task[None] | None = None
        self._current: Segment | None = None
        self._number = 0
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _lock(folder)
        except OSError as error:
            raise SpoolInUse(
                f"the queue's folder {folder} cannot be used: {error.strerror}; "
                "set SNAG_SPOOL_DIR or SNAG_DATA_DIR to another"
            ) from None
        self.torn_bytes = sum(_recover(path) for path in sorted(folder.glob(f"*{OPEN}")))
        self.bytes = sum(path.stat().st_size for path in self.sealed())

    async def put(self, line: bytes) -> None:
        """Return when `line`, which ends with a newline, is on disk.

        Raises Full when there is no room for it, SpoolFailed when the disk refused it.
        """
        if self.bytes + len(line) > self.max_bytes:
            raise Full(f"the queue in {self.folder} holds {self.bytes} bytes, its limit is {self.max_bytes}")
        self.bytes += len(
            line
        )  # counted before it is written, so that a burst cannot pass the limit together
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((line, done))
        if self._group is None:
            self._group = asyncio.create_task(self._commit())
        await done

    def sealed(self) -> list[Path]:
        """Segments that are complete, oldest first."""
        return sorted(path for path in self.folder.glob(f"*{SEALED}") if path.is_file())

    def oldest_s(self) -> float:
        """Age in seconds of the oldest line that is not in the store yet; 0 when there is none."""
        waiting = [*self.sealed(), *([self._current.path] if self._current and self._current.bytes else [])]
        return max((self._clock() - int(path.name.split("-")[0]) / 1000 for path in waiting), default=0.0)

    async def roll(self) -> None:
        """Seal what is being written, so that it can be shipped."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._seal)

    def shipped(self, segment: Path) -> None:
        """Remove a segment that is in the store."""
        size = segment.stat().st_size
        segment.unlink()
        self.bytes -= size

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
                    self._refuse(group, error)
                except OSError as error:
                    what = f"the disk of {self.folder} refused {sum(map(len, lines))} bytes: {error.strerror}"
                    log.error("%s; nothing of it was acknowledged", what)
                    self._refuse(group, SpoolFailed(what))
                else:
                    for _, done in group:
                        if not done.done():  # the sender may have gone away meanwhile
                            done.set_result(None)
        finally:
            self._group = None

    def _refuse(self, group: list[tuple[bytes, asyncio.Future[None]]], error: Exception) -> None:
        for line, done in group:
            self.bytes -= len(line)
            if not done.done():
                done.set_exception(error)

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
            raise
        if self._current.bytes >= SEGMENT_BYTES:
            self._seal()

    def _seal(self) -> None:
        if self._current is not None:
            whole, self._current = self._current, None
            whole.seal()


def _lock(folder: Path) -> int:
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

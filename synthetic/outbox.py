"""Beacons on their way to the collector: tried again while it is away, kept in bounds, counted when they are let go.

With a folder they outlive the process: one file a beacon, sent by whoever opens the folder next.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from pathlib import Path

import aiohttp
import msgspec

from collector.events import Beacon
from synthetic.post import NotTaken, Refused, send

log = logging.getLogger(__name__)

MOST_MB = 20.0
OLDEST_S = 23 * 3600.0
"""The collector refuses what is older than a day."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0


class Outbox:
    """Oldest first; beyond its bounds the oldest are let go."""

    def __init__(
        self,
        url: str,
        folder: Path | None = None,
        *,
        most_mb: float = MOST_MB,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.url = url
        self.dropped: Counter[str] = Counter()
        """Beacons that were let go, by reason."""
        self.problem = ""
        """Why the collector took nothing at the last try; "" if it did."""
        self._folder = folder
        self._most_bytes = most_mb * 1e6
        self._clock = clock
        self._waiting: deque[tuple[float, bytes, Path | None]] = deque()
        self._size = 0
        self._news = asyncio.Event()
        self._ask_disk = folder is not None
        if folder:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._no_disk(error)
            for file in sorted(folder.glob("*.json")):
                with contextlib.suppress(OSError):
                    self._keep(file.stat().st_mtime, file.read_bytes(), file)

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def size_bytes(self) -> int:
        """Of all that waits."""
        return self._size

    def put(self, beacons: Iterable[Beacon]) -> None:
        """Take beacons in; they are on disk when this returns, if there is a folder that takes them."""
        for beacon in beacons:
            body, file = msgspec.json.encode(beacon), None
            if self._folder:
                file = self._on_disk(self._folder / f"{time.time_ns()}-{beacon.beacon_id}.json", body)
            self._keep(self._clock(), body, file)
        self._news.set()

    def _on_disk(self, file: Path, body: bytes) -> Path | None:
        """The file; None where the disk is full, read-only or gone: the beacon then waits in memory."""
        part = file.with_suffix(".part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(body)
            part.replace(file)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            self._no_disk(error)
            return None
        self._ask_disk = True
        return file

    def _no_disk(self, error: OSError) -> None:
        if self._ask_disk:  # once, until it works again
            log.warning("beacons wait in memory: %s takes no file: %s", self._folder, error.strerror)
        self._ask_disk = False

    def _keep(self, at: float, body: bytes, file: Path | None) -> None:
        self._waiting.append((at, body, file))
        self._size += len(body)
        while self._size > self._most_bytes and len(self._waiting) > 1:
            self._let_go("full")

    def _let_go(self, reason: str) -> None:
        _, body, file = self._waiting.popleft()
        self._size -= len(body)
        if file:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        if reason:
            self.dropped[reason] += 1

    async def flush(self, within_s: float) -> bool:
        """Send all that waits, trying again until `within_s` have passed. Whether nothing is left."""
        until, pause_s = time.monotonic() + within_s, FIRST_PAUSE_S
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
            while self._waiting:
                if await self._send_first(http):
                    pause_s = FIRST_PAUSE_S
                    continue
                if time.monotonic() + pause_s > until:
                    return False
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        return True

    async def keep_sending(self) -> None:
        """Send for ever; to be cancelled."""
        while True:
            self._news.clear()
            if not await self.flush(LONGEST_PAUSE_S):
                log.warning("%d beacons wait for the collector: %s", len(self), self.problem)
                continue
            await self._news.wait()

    async def _send_first(self, http: aiohttp.ClientSession) -> bool:
        """Whether the oldest one is dealt with."""
        at, body, _ = self._waiting[0]
        now = self._clock()
        if now - at > OLDEST_S:
            self._let_go("too_old")
            return True
        try:
            beacon = msgspec.json.decode(body, type=Beacon)
        except msgspec.DecodeError:  # a file that was cut off by a full disk
            self._let_go("unreadable")
            return True
        try:
            await send(http, self.url, beacon, self._clock)
        except Refused as error:
            self.problem = str(error)
            log.warning("%s", error)
            self._let_go("refused")
            return True
        except NotTaken as error:
            self.problem = str(error)
            return False
        self.problem = ""
        self._let_go("")
        return True

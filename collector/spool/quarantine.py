"""Operations on the queue by hand: show it, replay what was quarantined, drop it.

Layout: `worker-N/` is written by one worker each, the folder itself takes what is replayed, `quarantine/` holds lines
that could not be stored.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from collector.spool.folder import open_in, sealed_in, started_ms
from collector.spool.segment import OPEN, seal, write_synced
from collector.spool.writer import SEGMENT_BYTES

QUARANTINE = "quarantine"


class Waiting(NamedTuple):
    """Contents of one folder of the queue."""

    folder: str
    segments: int
    lines: int
    bytes: int
    oldest_s: float
    """Age of the oldest segment; 0 if there is none."""


def worker_folder(queue: Path, worker: int | str) -> Path:
    """Return the folder that a worker writes, by its number or name."""
    return queue / f"worker-{worker}"


def folders(queue: Path) -> list[Path]:
    """Return every folder with segments to ship: the queue's own, and one for each worker that there ever was."""
    return [queue, *sorted(path for path in queue.glob("worker-*") if path.is_dir())]


def status(queue: Path, clock: Callable[[], float] = time.time) -> list[Waiting]:
    """Return what waits in each folder, the quarantine last."""
    return [_waiting(folder, clock) for folder in [*folders(queue), queue / QUARANTINE]]


def replay(queue: Path, clock: Callable[[], float] = time.time) -> int:
    """Put quarantined lines back into the queue, to be tried again; returns the number of lines.

    Each file is written whole and synced before the one in the quarantine goes, so that a crash can at most replay
    a line twice, and event ids make that harmless.
    """
    lines = 0
    for file in _files(queue / QUARANTINE):
        content = file.read_bytes()
        first = file.stem.rsplit("replay-", 1)[-1]  # of an earlier replay, or names would grow each time
        started = started_ms(file)
        started = int(clock() * 1000) if started is None else started
        path = queue / f"{started:013d}-{os.getpid()}-replay-{first}{OPEN}"
        path.unlink(missing_ok=True)
        write_synced(path, [content if content.endswith(b"\n") else content + b"\n"])
        seal(path, max(1, len(content)))
        file.unlink()
        lines += content.count(b"\n")
    return lines


def drop(queue: Path) -> int:
    """Delete quarantined lines; returns their number."""
    lines = 0
    for file in _files(queue / QUARANTINE):
        lines += _count(file)
        file.unlink()
    return lines


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))


def _waiting(folder: Path, clock: Callable[[], float]) -> Waiting:
    files = [*sealed_in(folder), *open_in(folder)]
    lines = size = 0
    oldest = 0.0
    for file in files:
        try:
            size += file.stat().st_size
            lines += _count(file)
        except FileNotFoundError:  # shipped meanwhile
            continue
        oldest = max(oldest, clock() - (started_ms(file) or 0) / 1000)
    return Waiting(folder.name, len(files), lines, size, oldest)


def _count(file: Path) -> int:
    lines = 0
    with file.open("rb") as content:
        while block := content.read(SEGMENT_BYTES):
            lines += block.count(b"\n")
    return lines

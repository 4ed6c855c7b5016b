"""What a person does with the queue: look at it, put back what was set aside, throw it away.

Layout: `worker-N/` is written by one worker each, the folder itself takes what is put back, `quarantine/` what could
not be kept.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from collector.spool.segment import OPEN, seal
from collector.spool.writer import SEGMENT_BYTES, sealed_in

QUARANTINE = "quarantine"


class Waiting(NamedTuple):
    """What is in one folder of the queue."""

    folder: str
    segments: int
    lines: int
    bytes: int
    oldest_s: float
    """Age of the oldest segment; 0 where there is none."""


def worker_folder(queue: Path, worker: int | str) -> Path:
    """Where a worker writes, or another who has a folder of its own."""
    return queue / f"worker-{worker}"


def folders(queue: Path) -> list[Path]:
    """Every folder with segments to ship: the queue's own, and one for each worker that there ever was."""
    return [queue, *sorted(path for path in queue.glob("worker-*") if path.is_dir())]


def status(queue: Path, clock: Callable[[], float] = time.time) -> list[Waiting]:
    """What waits in each folder, the quarantine last."""
    return [_waiting(folder, clock) for folder in [*folders(queue), queue / QUARANTINE]]


def replay(queue: Path) -> int:
    """Put what was set aside back into the queue, to be tried again; returns the number of lines.

    Each file is written whole and synced before the one in the quarantine goes, so that a crash can at most put back
    something twice, and event ids make that harmless.
    """
    lines = 0
    for file in sorted((queue / QUARANTINE).glob("*")):
        content = file.read_bytes()
        first = file.stem.rsplit("replay-", 1)[-1]  # of what was put back before, or names would grow each time
        path = queue / f"{file.name.split('-')[0]}-{os.getpid()}-replay-{first}{OPEN}"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(content if content.endswith(b"\n") else content + b"\n")
            out.flush()
            os.fsync(out.fileno())
        seal(path, max(1, len(content)))
        file.unlink()
        lines += content.count(b"\n")
    return lines


def drop(queue: Path) -> int:
    """Throw away what was set aside; returns the number of lines."""
    lines = 0
    for file in sorted((queue / QUARANTINE).glob("*")):
        lines += _count(file)
        file.unlink()
    return lines


def _waiting(folder: Path, clock: Callable[[], float]) -> Waiting:
    files = [*sealed_in(folder), *folder.glob(f"*{OPEN}")] if folder.is_dir() else []
    lines = size = 0
    oldest = 0.0
    for file in files:
        try:
            size += file.stat().st_size
            lines += _count(file)
        except FileNotFoundError:  # shipped meanwhile
            continue
        began = file.name.split("-")[0]
        oldest = max(oldest, clock() - int(began) / 1000 if began.isdigit() else 0.0)
    return Waiting(folder.name, len(files), lines, size, oldest)


def _count(file: Path) -> int:
    lines = 0
    with file.open("rb") as content:
        while block := content.read(SEGMENT_BYTES):
            lines += block.count(b"\n")
    return lines

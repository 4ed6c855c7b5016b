"""One folder of the queue: whose it is, which of its files are segments, and what a crash left open."""

from __future__ import annotations

import fcntl
import logging
import os
import re
from pathlib import Path

from collector.spool.segment import OPEN, SEALED, cut_torn_tail, seal

log = logging.getLogger(__name__)

_SEGMENT = re.compile(r"(\d{13})-.+")
"""Name of a segment: when it was started, ms since 1970 UTC, then what makes it unique. Other files are not ours."""


class SpoolInUse(Exception):
    """The queue's folder cannot be used: another process owns it, or it cannot be written."""


def lock(folder: Path) -> int:
    """Own the folder until the returned descriptor is closed. Raises SpoolInUse, OSError."""
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.read(fd, 32).decode("ascii", "replace") or "unknown"
        os.close(fd)
        raise SpoolInUse(
            f"the queue's folder {folder} is in use by process {owner}; stop it, or set SNAG_SPOOL_DIR to another folder"
        ) from None
    os.ftruncate(fd, 0)
    os.write(fd, str(os.getpid()).encode())
    return fd


def started_ms(path: Path) -> int | None:
    """Return when a segment was started, by its name; None for any other file."""
    match = _SEGMENT.fullmatch(path.name)
    return int(match[1]) if match else None


def sealed_in(folder: Path) -> list[Path]:
    """Return the sealed segments of a folder, oldest first."""
    return _segments(folder, SEALED)


def open_in(folder: Path) -> list[Path]:
    """Return the segments of a folder that are being written, or that a crash left open."""
    return _segments(folder, OPEN)


def strangers_in(folder: Path) -> list[Path]:
    """Return the files of a folder that are not the queue's; they are left alone."""
    named = [path for path in folder.glob("*") if path.suffix in (OPEN, SEALED)]
    return sorted(path for path in named if started_ms(path) is None)


def recover(folder: Path) -> int:
    """Make whole what a crash left open, so that it can be shipped. Returns the bytes of torn lines cut off."""
    cut = 0
    for path in open_in(folder):
        try:
            cut += seal_left(path)
        except OSError as error:  # the others must not wait for it
            log.error("Cannot recover segment %s: %s; it is left where it is", path, error.strerror)
    return cut


def seal_left(path: Path) -> int:
    """Seal one segment that nobody writes any more. Returns the bytes of a torn line cut off. Raises OSError."""
    cut = cut_torn_tail(path)
    if cut:
        log.warning("Segment %s ended in a torn line of %s bytes that was never acknowledged; cut off", path.name, cut)
    seal(path, path.stat().st_size)
    return cut


def size_of(path: Path) -> int:
    """Return a file's size; 0 if it was shipped meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _segments(folder: Path, suffix: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{suffix}") if started_ms(path) is not None and path.is_file())

"""One file of the queue: lines appended, synced, cut where a crash tore them.

A line is whole if it ends with a newline. Files grow only at the end and are synced before anything in them
is acknowledged, so a crash can leave at most one torn line, behind every acknowledged one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

OPEN = ".open"
SEALED = ".ndjson"

Opener = Callable[[str, int, int], int]
"""As os.open: path, flags, mode -> file descriptor."""


class Segment:
    """A file that is being appended to."""

    def __init__(self, path: Path, opener: Opener = os.open) -> None:
        """Create it. Raises FileExistsError if one of this name is there, sealed or not; OSError."""
        if path.with_suffix(SEALED).exists():
            raise FileExistsError(path)
        self.path = path
        self.bytes = 0
        """Acknowledged so far."""
        self._fd = opener(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            sync_folder(path.parent)
        except OSError:
            os.close(self._fd)
            path.unlink(missing_ok=True)
            raise

    def append(self, lines: Sequence[bytes]) -> None:
        """Append and sync `lines`, each ending with a newline. Returns when they would survive a power cut.

        Raises OSError; then none of `lines` is acknowledged and the segment must not be used any more: after a
        failed fsync the kernel may have dropped the dirty pages and report success on the next one
        (Rebello et al. 2020, "Can Applications Recover from fsync Failures?").
        """
        block = b"".join(lines)
        view = memoryview(block)
        while view:
            view = view[os.write(self._fd, view) :]
        os.fdatasync(self._fd)
        self.bytes += len(block)

    def seal(self) -> Path | None:
        """Close it and give it its final name; None if it is empty. Raises OSError; then it stays open by name."""
        os.close(self._fd)
        return seal(self.path, self.bytes)

    def abandon(self) -> Path | None:
        """After an error: cut it back to what was acknowledged, if the disk allows it, and seal it. Raises OSError."""
        try:
            os.ftruncate(self._fd, self.bytes)
            os.fsync(self._fd)
        except OSError:
            pass  # the rest was never acknowledged: its senders retry, and event ids make that harmless
        return self.seal()


def seal(path: Path, size: int) -> Path | None:
    """Give a segment that is not appended to any more its final name. An empty one is removed."""
    if size == 0:
        path.unlink(missing_ok=True)
        return None
    sealed = path.with_suffix(SEALED)
    path.rename(sealed)
    sync_folder(path.parent)
    return sealed


def write_synced(path: Path, lines: Iterable[bytes]) -> None:
    """Append lines to a file of a folder so that both would survive a power cut."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(fd, "ab") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def cut_torn_tail(path: Path) -> int:
    """Cut what stands after the last newline: a line that was never acknowledged. Returns the bytes cut."""
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        end = size
        while end > 0:
            start = max(0, end - 65536)
            file.seek(start)
            at = file.read(end - start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end < size:
            file.truncate(end)
            os.fsync(file.fileno())
    return size - end


def sync_folder(path: Path) -> None:
    """Sync the names in a folder."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

"""Loaded by every interpreter of the kill test: writes down how much of each segment is synced, and, if asked, breaks
the promise on purpose by answering before the sync."""

import os
import time

_FOLDER = os.environ.get("HARNESS_SYNCED")
_EARLY = bool(os.environ.get("HARNESS_EARLY"))
_SYNC_EVERY_S = 0.5

if _FOLDER:
    _sync = os.fdatasync
    _last = [0.0]

    def _note(fd: int) -> None:
        path = os.readlink(f"/proc/self/fd/{fd}").removesuffix(" (deleted)")
        if not path.endswith(".open"):
            return _sync(fd)
        note = os.path.join(_FOLDER, os.path.basename(path))
        size = os.fstat(fd).st_size  # before the sync: what is written meanwhile does not count
        if not os.path.exists(note):
            _write(note, path, 0)
        if _EARLY and time.monotonic() - _last[0] < _SYNC_EVERY_S:
            return None  # acknowledged, and only in the page cache
        _last[0] = time.monotonic()
        _sync(fd)
        _write(note, path, size)
        return None

    def _write(note: str, path: str, size: int) -> None:
        with open(note + ".new", "w") as file:
            file.write(f"{path} {size}")
        os.rename(note + ".new", note)

    os.fdatasync = _note

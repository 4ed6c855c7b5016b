"""One folder for all temporary files of a worker and its browser, in the hands of whoever kills them.

A killed browser leaves its profile and its downloads, a killed worker its uncleaned artefacts. The supervisor removes the
folder with the worker; what a killed supervisor left is removed by the next one on the machine.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

_NAME = re.compile(r"snag-slot-(\d+)-")


class Folder:
    """Made when it is asked for, and gone after `remove`."""

    def __init__(self) -> None:
        self._path: Path | None = None
        sweep()

    def environment(self) -> dict[str, str]:
        """The variables that make a process use it; none where no folder can be made (a full or read-only disk)."""
        if self._path is None or not self._path.is_dir():
            with contextlib.suppress(OSError):
                self._path = Path(tempfile.mkdtemp(prefix=f"snag-slot-{os.getpid()}-"))
        return {"TMPDIR": str(self._path)} if self._path else {}

    def remove(self) -> None:
        """With all that is in it."""
        path, self._path = self._path, None
        if path:
            shutil.rmtree(path, ignore_errors=True)


def sweep() -> int:
    """Remove the folders of supervisors that are no more. Returns how many there were."""
    gone = 0
    with contextlib.suppress(OSError):
        for path in Path(tempfile.gettempdir()).glob("snag-slot-*"):
            found = _NAME.match(path.name)
            if found and not _lives(int(found[1])):
                shutil.rmtree(path, ignore_errors=True)
                gone += 1
    return gone


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def size_mb(folder: Path) -> float:
    """Of all files below."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total / 1e6

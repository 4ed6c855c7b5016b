"""Whether the machine had time for us: a run that had to wait for a processor cannot be timed fairly."""

from __future__ import annotations

import re
import time
from pathlib import Path

SHARE = 0.5
"""Of a run's time during which somebody waited for a processor (Linux, pressure stall information)."""


class Pressure:
    """Measured from when it is made."""

    def __init__(self, file: Path = Path("/proc/pressure/cpu")) -> None:
        own = Path("/sys/fs/cgroup/cpu.pressure")  # of our container, where there is one
        self._file = own if own.exists() else file
        self._waited_s, self._since = self._read(), time.monotonic()

    def contended(self) -> bool:
        """Whether it has been too busy since. Not known (no such file): False."""
        took_s = time.monotonic() - self._since
        return took_s > 0 and (self._read() - self._waited_s) / took_s > SHARE

    def _read(self) -> float:
        try:
            found = re.search(r"some .*total=(\d+)", self._file.read_text())
        except OSError:
            return 0.0
        return int(found[1]) / 1e6 if found else 0.0

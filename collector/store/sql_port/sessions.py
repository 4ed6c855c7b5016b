"""Handles on the embedded engine: one for each request, or kept over several for a client that names a session."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from collector.store.client import SETTINGS
from collector.store.sql_port import allowlist
from collector.store.sql_port.protocol import Handle, failed

SESSIONS = 64
SESSION_S = 60


class Role(NamedTuple):
    """Who asks, and what that name may do."""

    name: str
    writes: bool
    databases: frozenset[str] = allowlist.DATABASES


class Sessions:
    """Handles that clients keep over several requests by a `session_id`; the oldest go first, idle ones in time."""

    def __init__(self, connect: Callable[[bool], Handle]) -> None:
        self._connect = connect
        self._open: OrderedDict[tuple[str, str], tuple[Handle, threading.Lock, list[float]]] = OrderedDict()
        self._guard = threading.Lock()

    @contextmanager
    def handle(self, role: Role, session_id: str) -> Iterator[Handle]:
        """A handle for one request: of its own, or the session's. Raises EngineError when the session is busy."""
        if not session_id:
            handle = self._connect(role.writes)
            try:
                yield handle
            finally:
                handle.close()
            return
        with self._guard:
            self._expire()
            key = (role.name, session_id)
            if key not in self._open:
                self._open[key] = (self._connect(role.writes), threading.Lock(), [0.0])
            handle, lock, used = self._open[key]
            self._open.move_to_end(key)
            if not lock.acquire(timeout=0.2):  # its last answer may still be on its way out
                raise failed(373, f"Session {session_id} is locked by a concurrent client", "SESSION_IS_LOCKED")
        try:
            yield handle
        finally:
            used[0] = time.monotonic()
            lock.release()

    def close(self) -> None:
        """Let go of all of them."""
        with self._guard:
            for handle, _, _ in self._open.values():
                handle.close()
            self._open.clear()

    def _expire(self) -> None:
        now = time.monotonic()
        for key, (handle, lock, used) in list(self._open.items()):
            idle = used[0] and now - used[0] > SESSION_S
            if (idle or len(self._open) >= SESSIONS) and lock.acquire(blocking=False):
                handle.close()
                del self._open[key]


def opened(connect: Callable[[str], Handle], path: str, writes: bool) -> Handle:
    """A handle with the settings that every client of ours has; without `writes` the engine refuses all but reading."""
    handle = connect(path if writes else f"{path}?mode=ro")
    for name, value in SETTINGS.items():
        handle.query(f"SET {name} = '{value}'")
    return handle

"""Processes by Linux's /proc: what a browser takes, and that nothing of it is left behind.

A browser makes a process group of its own, so a group alone does not hold everything: the tree is followed too.
Where there is no /proc (macOS) nothing is measured, and only groups are ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36
"""prctl(2)."""


class Process(NamedTuple):
    """One line of the table."""

    pid: int
    name: str
    state: str
    parent: int
    group: int
    cpu_s: float
    """Its own, and that of its children that have ended."""
    rss_mb: float


def table(since: int = 0) -> dict[int, Process]:
    """All processes that can be seen; with `since` only those whose number is not below it: a fraction of the work.

    Children have higher numbers than their parents, until the system begins to count anew.
    """
    found = {}
    for name in os.listdir(PROC) if PROC.is_dir() else ():
        if not name.isdigit() or (pid := int(name)) < since:
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                text = file.read().decode(errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        called, _, rest = text.partition("(")[2].rpartition(")")
        f = rest.split()
        cpu_s = (int(f[11]) + int(f[12]) + int(f[13]) + int(f[14])) / _TICKS
        found[pid] = Process(pid, called, f[0], int(f[1]), int(f[2]), cpu_s, int(f[21]) * _PAGE / 1e6)
    return found


def tree(pid: int, known: dict[int, Process] | None = None) -> list[Process]:
    """The process and all that descend from it, parents first; ended ones that nobody has asked about are no more."""
    known = table() if known is None else known
    children: dict[int, list[Process]] = {}
    for one in known.values():
        children.setdefault(one.parent, []).append(one)
    found = [known[pid]] if pid in known else []
    for one in found:
        found += children.get(one.pid, [])
    return [one for one in found if one.state not in "ZX"]


def kill_tree(pid: int, patience_s: float = 3.0) -> list[int]:
    """End `pid` and all that descend from it, and their groups. Returns what is still there: nothing, as a rule.

    What descends from it is stopped first: a process that is ended could otherwise be replaced while we look.
    """
    ours = os.getpgid(0)
    doomed: dict[int, Process] = {}
    until = time.monotonic() + patience_s
    while True:
        known = table()
        for root in [pid, *doomed]:
            doomed |= {one.pid: one for one in tree(root, known)}
        doomed |= {p.pid: p for p in known.values() if p.group in doomed and p.group != ours}
        left = [p for p in doomed if p in known and known[p].state not in "ZX" and p != os.getpid()]
        if not left or time.monotonic() > until:
            return left
        for sort in (signal.SIGSTOP, signal.SIGKILL):
            for one in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(one, sort)
        time.sleep(0.02)


def adopt_orphans() -> None:
    """Become the parent of whatever our children leave behind, so that it can be found and ended (Linux)."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def end_with_parent() -> None:
    """Be killed when the process that started us is gone, however it went (Linux)."""
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)


def end_marked(mark: str) -> int:
    """End whatever was started with `mark` (NAME=value) in its environment. Returns how many there were."""
    wanted = mark.encode()
    found = 0
    for pid in table():
        try:
            environment = (PROC / str(pid) / "environ").read_bytes()
        except OSError:  # ended, or somebody else's
            continue
        if pid != os.getpid() and wanted in environment.split(b"\0"):
            found += 1
            kill_tree(pid)
    reap()
    return found


def reap() -> None:
    """Ask about adopted children that have ended, so that nothing is left of them."""
    for pid, one in table().items():
        if one.parent == os.getpid() and one.state == "Z" and one.name.startswith(("chrom", "node", "cat")):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)

"""One browser that stays warm from run to run, and is replaced before it can go stale or grow."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections import Counter
from typing import Any

from synthetic import processes
from synthetic.browser import Launched, launch

log = logging.getLogger(__name__)

MOST_RUNS = 50
LONGEST_S = 3600.0
MOST_RSS_MB = 1500.0
"""Of the browser with all its processes while no page is open: a fresh one takes a third of it."""

WEIGHED = 5
"""Every so many runs its memory is looked at."""

LAUNCH_S = 30.0
CLOSE_S = 3.0
"""How long a browser may take to close before it is killed."""


class Warm:
    """Hands out the browser for one run at a time. `options` are Playwright's own for launching, such as `proxy`."""

    def __init__(
        self,
        chromium: str = "",
        *,
        most_runs: int = MOST_RUNS,
        longest_s: float = LONGEST_S,
        most_rss_mb: float = MOST_RSS_MB,
        options: dict[str, Any] | None = None,
    ) -> None:
        self._chromium = chromium
        self._limits = (most_runs, longest_s, most_rss_mb)
        self._options = options or {}
        self._launched: Launched | None = None
        self._runs = 0
        self._since = 0.0
        self.restarts: Counter[str] = Counter()
        """Browsers that were replaced, by reason."""
        self.crashes: dict[str, str] = {}
        """How pages were lost, by target."""
        self.pid = 0
        self.version = ""

    @property
    def driver(self) -> Any:
        """Playwright itself, for its list of devices; None while there is no browser."""
        return self._launched.playwright if self._launched else None

    async def browser(self) -> Any:
        """The browser for one more attempt. Raises NoBrowser, and TimeoutError if it does not start in 30 s."""
        launched = await self.ready()
        self._runs += 1
        return launched.browser

    async def ready(self) -> Launched:
        """Launch a browser when there is none, replace it when it is lost or worn. Raises as `browser` does."""
        if self._launched and (reason := self._worn(self._launched)):
            await self.retire(reason)
        if not self._launched:
            async with asyncio.timeout(LAUNCH_S):
                self._launched = await launch(self._chromium, **self._options)
                await self._know(self._launched)
            self._runs, self._since = 0, time.monotonic()
        return self._launched

    async def _know(self, launched: Launched) -> None:
        self.version = f"Chromium {launched.browser.version}"
        session = await launched.browser.new_browser_cdp_session()
        listed = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        self.pid = next(int(one["id"]) for one in listed if one["type"] == "browser")
        session.on("Target.targetCrashed", self._crashed)
        await session.send("Target.setDiscoverTargets", {"discover": True, "filter": [{"type": "page"}]})

    def _crashed(self, event: dict[str, Any]) -> None:
        self.crashes[event["targetId"]] = event["status"]

    def _worn(self, launched: Launched) -> str:
        """Why the browser has to go; "" if it need not."""
        most_runs, longest_s, most_rss_mb = self._limits
        if not launched.browser.is_connected():
            return "lost"
        if self._runs >= most_runs:
            return "runs"
        if time.monotonic() - self._since > longest_s:
            return "age"
        if self._runs % WEIGHED == 0 and sum(one.rss_mb for one in self.family()) > most_rss_mb:
            return "memory"
        return ""

    def family(self) -> list[processes.Process]:
        """The browser's processes."""
        if not self.pid:
            return []
        found = processes.tree(self.pid, processes.table(self.pid))
        # A browser is never alone: the numbers have begun anew since it was started.
        return found if len(found) > 1 else processes.tree(self.pid)

    def pages(self) -> list[processes.Process]:
        """The processes that draw pages: those that have no other name on their command line."""
        return [one for one in self.family() if _is_renderer(one.pid)]

    async def retire(self, reason: str) -> None:
        """Close the browser within a few seconds, or kill it with its whole group."""
        launched, self._launched = self._launched, None
        if not launched:
            return
        self.restarts[reason] += 1
        log.debug("the browser goes: %s", reason)
        group, pid, self.pid = _group(self.pid), self.pid, 0
        self.crashes.clear()
        if reason in ("lost", "hung") or not await _bounded(launched.browser.close()):
            await asyncio.to_thread(processes.kill_tree, pid)
            if group:
                await asyncio.to_thread(processes.kill_tree, group)
        driver = launched.driver_pid
        if not await _bounded(launched.playwright.stop()) and driver:
            await asyncio.to_thread(processes.kill_tree, driver)

    async def close(self) -> None:
        """For good."""
        await self.retire("end")


async def _bounded(closing: Any) -> bool:
    """Whether it was done in time."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_S):
            await closing
            return True
    return False


def _group(pid: int) -> int:
    """The leader of its group, unless that is ours."""
    with contextlib.suppress(OSError):
        if pid and (group := os.getpgid(pid)) != os.getpgid(0):
            return group
    return 0


def _is_renderer(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"--type=renderer" in file.read()
    except OSError:
        return False

"""Which Chromium to use, and one that stays warm from run to run until it is replaced."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from synthetic import processes

if TYPE_CHECKING:
    from playwright.async_api import Browser

log = logging.getLogger(__name__)

ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

BESIDE_WRAPPERS = {"/usr/bin/chromium": "/usr/lib/chromium/chromium"}
"""Debian's wrapper adds desktop flags and prints shell errors where there is no desktop; the binary does not."""

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
"""A measuring browser has no business of its own."""


MOST_RUNS = 50
LONGEST_S = 3600.0
MOST_RSS_MB = 1500.0
"""Of the browser with all its processes while no page is open: a fresh one takes a third of it."""

WEIGHED = 5
"""Every so many runs its memory is looked at."""

LAUNCH_S = 30.0
CLOSE_S = 3.0
"""How long a browser may take to close before it is killed."""


class NoBrowser(Exception):
    """No Chromium was found; says where was looked and how to get one."""


class Found(NamedTuple):
    """A browser: where it is, and how it was found."""

    path: str
    origin: str


def find(explicit: str = "", bundled: str = "") -> Found:
    """The browser to use. `bundled` is where Playwright's own would be.

    Raises NoBrowser.
    """
    if explicit:
        if not os.access(explicit, os.X_OK):
            raise NoBrowser(f"SNAG_CHROMIUM is {explicit}, which is not a program; empty it to let us look for one")
        return Found(explicit, "SNAG_CHROMIUM")
    if bundled and Path(bundled).exists():
        return Found(bundled, "Playwright's own")
    for name in ON_PATH:
        if (path := shutil.which(name)) and not _only_advises(Path(path)):
            real = BESIDE_WRAPPERS.get(path, path)
            return Found(real if Path(real).exists() else path, "the system's")
    raise NoBrowser(
        f"no Chromium was found: neither Playwright's own nor {', '.join(ON_PATH)}. Install one with "
        "`playwright install --only-shell chromium` or `apt-get install chromium-headless-shell`, or set SNAG_CHROMIUM"
    )


def bundled_path(playwright: Any) -> str:
    """Playwright's own browser, the headless shell if only that was installed; "" if none is there."""
    path = Path(playwright.chromium.executable_path)
    if path.exists():
        return str(path)
    root = path.parents[2] if len(path.parents) > 2 else path.parent
    shells = sorted(root.glob("chromium_headless_shell-*/*/*headless*shell*"))
    return str(shells[-1]) if shells else ""


def _only_advises(path: Path) -> bool:
    """Ubuntu's chromium-browser is a script that tells its caller to install a snap."""
    try:
        return path.stat().st_size < 10_000 and b"snap install" in path.read_bytes()
    except OSError:
        return False


class Launched(NamedTuple):
    """A browser that runs, with the driver that runs it."""

    playwright: Any
    browser: Any
    found: Found
    driver_pid: int
    """Of Playwright's own process; 0: not known."""


async def launch(explicit: str = "", more: Sequence[str] = (), **options: Any) -> Launched:
    """A headless browser, to be closed by who asks for it. `more` are switches, `options` go to Playwright's `launch`.

    Raises NoBrowser, whatever is missing.
    """
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        raise NoBrowser("Playwright is not installed: pip install 'snagwatch[synthetic]'") from None
    before = {one.pid for one in processes.tree(os.getpid())}
    try:
        playwright = await async_playwright().start()
    except Exception as error:  # the driver is a program of its own, and says in its own way why it does not start
        raise NoBrowser(
            f"Playwright's driver does not start: {_first_line(error)}. A minimal Debian or Ubuntu lacks what it needs: "
            "apt-get install libatomic1"
        ) from None
    driver = next((one.pid for one in processes.tree(os.getpid()) if one.pid not in before), 0)
    try:
        found = find(explicit, bundled_path(playwright))
        try:
            browser = await playwright.chromium.launch(executable_path=found.path, **arguments(more), **options)
        except Exception as error:
            raise NoBrowser(f"{found.path} does not start: {_first_line(error)}") from None
    except BaseException:
        await playwright.stop()
        raise
    return Launched(playwright, browser, found, driver)


def arguments(more: Sequence[str] = ()) -> dict[str, Any]:
    """How our browsers are launched, for Playwright's `launch`."""
    # /dev/shm is 64 MiB in most containers, too small for a page.
    return {
        "args": [*QUIET, "--disable-dev-shm-usage", *more],
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }


@asynccontextmanager
async def launched(explicit: str = "") -> AsyncIterator[tuple[Browser, Found]]:
    """A headless browser, and which one it is. Raises NoBrowser, whatever is missing."""
    here = await launch(explicit)
    try:
        yield here.browser, here.found
    finally:
        await here.browser.close()
        await here.playwright.stop()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]


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

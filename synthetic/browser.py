"""Which Chromium: an explicit path, Playwright's own if it was installed, else one of the system's."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from synthetic import processes

if TYPE_CHECKING:
    from playwright.async_api import Browser

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
            raise NoBrowser(f"SNAG_CHROMIUM is {explicit}, which is no program; empty it to let us look for one")
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

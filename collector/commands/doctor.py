"""Check the browser, the store and the versions in use, and name what is missing."""

from __future__ import annotations

import argparse
import json
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from rich.table import Table

from collector import __version__
from collector.commands.tables import show
from collector.settings import Settings
from collector.store.client import StoreUnreachable, redacted
from collector.store.sql_port.owner import open_store

PACKAGES = ("aiohttp", "clickhouse-connect", "msgspec", "numpy", "prometheus-client", "opentelemetry-sdk")
"""What every process needs."""

PARTS = {
    "chdb": ("embedded", "the embedded store"),
    "plotly": ("pages", "charts that can be zoomed"),
    "playwright": ("synthetic", "journeys"),
}
"""Packages that only a part needs: the extra that installs them, and the part."""


class Finding(NamedTuple):
    """One thing that was checked."""

    what: str
    good: bool
    is_: str
    needed: bool = True


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The output format."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Check everything; returns 1 if something that is needed does not work."""
    findings = [
        Finding("snag", True, f"{__version__}, Python {platform.python_version()}, {platform.platform()}"),
        *(_package(name) for name in PACKAGES),
        *(_part(name, settings) for name in PARTS),
        _browser(settings.chromium),
        _store(settings),
        _space(settings),
    ]
    if args.json:
        print(json.dumps([{"what": f.what, "good": f.good, "is": f.is_, "needed": f.needed} for f in findings]))
    else:
        table = Table("", "checked", "result")
        for finding in findings:
            table.add_row(_mark(finding), finding.what, finding.is_)
        show(table)
    return 0 if all(finding.good for finding in findings if finding.needed) else 1


def _mark(finding: Finding) -> str:
    if finding.good:
        return "[green]✓[/green]"
    return "[red]✗[/red]" if finding.needed else "–"


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, f"not installed: pip install {name}")


def _part(name: str, settings: Settings) -> Finding:
    extra, part = PARTS[name]
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        needed = name == "chdb" and settings.store_dsn.startswith("chdb:")
        return Finding(name, False, f"not installed; {part}: pip install 'snagwatch[{extra}]'", needed)


def _browser(explicit: str) -> Finding:
    import asyncio

    if find_spec("playwright") is None and not explicit:
        return Finding("browser", False, "not looked for: journeys are not installed", needed=False)

    from synthetic.browser import NoBrowser, launched

    async def version_of() -> str:
        async with launched(explicit) as (browser, executable):
            return f"Chromium {browser.version}, {executable.origin}: {executable.path}"

    try:
        return Finding("browser", True, asyncio.run(version_of()))
    except NoBrowser as error:
        return Finding("browser", False, str(error))


def _store(settings: Settings) -> Finding:
    dsn = settings.store_dsn
    if dsn.startswith("chdb:") and not Path(urlsplit(dsn).path).exists():
        return Finding("store", True, f"{dsn}, does not exist yet; `snag serve` creates it")
    try:
        store = open_store(dsn)
    except StoreUnreachable as error:
        return Finding("store", False, str(error))
    try:
        waiting = len(store.pending())
        state = f"{waiting} migrations pending" if waiting else "schema up to date"
        return Finding("store", True, f"{redacted(dsn)}, ClickHouse {store.version()}, {state}")
    finally:
        store.close()


def _space(settings: Settings) -> Finding:
    folder = settings.spool_path
    at = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free_mb = shutil.disk_usage(at).free // 2**20
    return Finding("queue", free_mb > settings.spool_min_free_mb, f"{folder}, {free_mb} MB free")

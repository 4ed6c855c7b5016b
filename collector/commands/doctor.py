"""Check the browser, the store and the versions in use, and name what is missing."""

from __future__ import annotations

import argparse
import json
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from rich.table import Table

from collector import __version__
from collector.commands.tables import show
from collector.settings import Settings
from collector.store.client import StoreUnreachable, redacted
from collector.store.sql_port.owner import open_store

PACKAGES = (
    "aiohttp",
    "clickhouse-connect",
    "chdb",
    "msgspec",
    "numpy",
    "playwright",
    "prometheus-client",
    "opentelemetry-sdk",
)


class Finding(NamedTuple):
    """One thing that was checked."""

    what: str
    good: bool
    is_: str


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The output format."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Check everything; returns 1 if something that is needed does not work."""
    findings = [
        Finding("snag", True, f"{__version__}, Python {platform.python_version()}, {platform.platform()}"),
        *(_package(name) for name in PACKAGES),
        _browser(settings.chromium),
        _store(settings),
        _space(settings),
    ]
    if args.json:
        print(json.dumps([{"what": f.what, "good": f.good, "is": f.is_} for f in findings]))
    else:
        table = Table("", "checked", "result")
        for finding in findings:
            table.add_row("[green]✓[/green]" if finding.good else "[red]✗[/red]", finding.what, finding.is_)
        show(table)
    return 0 if all(finding.good for finding in findings) else 1


def _package(name: str) -> Finding:
    extra = {"chdb": "embedded", "playwright": "synthetic"}
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        need = f"not installed: pip install 'snagwatch[{extra[name]}]'" if name in extra else "not installed"
        return Finding(name, False, need)


def _browser(explicit: str) -> Finding:
    import asyncio

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

"""Poll the sources of SNAG_SOURCES_FILE for changes, once; a running collector does it by itself."""

from __future__ import annotations

import argparse
import asyncio
import sys

from collector.commands.tables import print_rows
from collector.contacts.pulls import Pulled, PullFailed, pull
from collector.contacts.setup import helpdesk
from collector.errors import Failed
from collector.settings import Settings
from collector.spool.quarantine import QUARANTINE
from collector.store.sql_port.owner import open_store


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which ones."""
    parser.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="name of a source (default: all with a [SOURCE.pull])"
    )
    parser.add_argument("--json", action="store_true", help="print JSON lines")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Returns 1 if one of them could not be asked, or something was set aside."""
    desk = helpdesk(settings)
    chosen = args.sources or [name for name, source in desk.sources.items() if source.table.pull]
    if not chosen:
        raise Failed("no source can be pulled; give one a [NAME.pull] in the file of SNAG_SOURCES_FILE")
    if unknown := [name for name in chosen if name not in desk.sources]:
        raise Failed(f"{unknown[0][:80]!r} is not a source; expected one of {', '.join(desk.sources) or '(none)'}")
    rows, failed = [], False
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        desk.people.use(store.suppressed)
        for name in chosen:
            try:
                found: Pulled = asyncio.run(
                    pull(desk.sources[name], store, desk.people, settings.spool_path / QUARANTINE)
                )
            except PullFailed as error:
                print(f"snag: {error}", file=sys.stderr)
                failed = True
                continue
            failed |= bool(found.set_aside)
            rows.append((name, *found[:4], found.complete_through))
    finally:
        store.close()
    names = ["source", "pages", "records", "set_aside", "suppressed", "complete_through"]
    return print_rows(names, rows, args, failed=failed)

"""Migrate, check, back up or query the store."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from collector.commands.tables import print_rows, show
from collector.errors import Failed
from collector.settings import Settings
from collector.store import rollups
from collector.store.backup import BackupError, backup, restore
from collector.store.check import check
from collector.store.queries import operations as operation_queries
from collector.store.schema.migrate import applied
from collector.store.sql_port.owner import open_store
from collector.store.store import Store

_HELP = {
    "migrate": "Apply pending migrations",
    "status": "List applied and pending migrations",
    "check": "Compare the store with the expected schema, and read every part",
    "size": "Show the size of each table",
    "backup": "Write the whole store to one file",
    "restore": "Restore a backup into this store",
    "rebuild": "Count the rollups of recent hours again",
    "roles": "Print the SQL that creates the roles of a ClickHouse server",
    "query": "Run one SQL statement and print its rows",
}


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """One action, most with `--json`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_HELP))
    each = {name: actions.add_parser(name, parents=[common], help=text) for name, text in _HELP.items()}
    each["migrate"].add_argument("--dry-run", action="store_true", help="list pending migrations, change nothing")
    each["migrate"].add_argument(
        "--sql",
        action="store_true",
        help="with --dry-run: print the statements for this store",
    )
    each["backup"].add_argument("file", type=Path, metavar="FILE", help="a zip file that does not exist yet")
    each["restore"].add_argument("file", type=Path, metavar="FILE", help="a file that `snag store backup` wrote")
    each["rebuild"].add_argument("--hours", type=int, default=48, metavar="N", help="number of hours")
    each["query"].add_argument(
        "sql", metavar="SQL", help="ClickHouse SQL; tables are in snag_experience and snag_performance"
    )
    each["query"].add_argument("--write", action="store_true", help="allow a statement that changes the store")
    each["query"].add_argument("--csv", action="store_true", help="print CSV with a header")
    for name in ("migrate", "status", "check", "size", "query"):
        each[name].add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run one of them."""
    if args.action == "roles":
        print(files("collector.store").joinpath("roles.sql").read_text(encoding="utf-8"), end="")
        return 0
    actions: dict[str, Callable[[Store, argparse.Namespace], int]] = {
        "migrate": _migrate,
        "status": _status,
        "check": _check,
        "size": _size,
        "backup": _backup,
        "restore": _restore,
        "rebuild": _rebuild,
        "query": _query,
    }
    store = open_store(settings.store_dsn)
    try:
        return actions[args.action](store, args)
    except BackupError as error:
        raise Failed(str(error)) from None
    finally:
        store.close()


def _migrate(store: Store, args: argparse.Namespace) -> int:
    done = store.pending() if args.dry_run else store.migrate()
    names = [migration.name for migration in done]
    if args.json:
        print(json.dumps({"pending" if args.dry_run else "applied": names}))
    elif args.dry_run and args.sql:
        for migration in done:
            print(f"-- {migration.name}", *migration.statements(store.cluster), sep=";\n", end=";\n\n")
    elif names:
        print(f"{'pending' if args.dry_run else 'applied'}: {', '.join(names)}")
    else:
        print("the schema is up to date")
    return 0


def _status(store: Store, args: argparse.Namespace) -> int:
    have, todo = applied(store.client), store.pending()
    rows = [(one.name, "applied", f"{one.applied_ts[:19]} UTC") for one in have]
    rows += [(one.name, "pending", "") for one in todo]
    return print_rows(("migration", "state", "applied_ts"), rows, args, failed=bool(todo))


def _check(store: Store, args: argparse.Namespace) -> int:
    results = check(store.client)
    rows = [(result.what, result.wrong or "ok") for result in results]
    return print_rows(("what", "state"), rows, args, failed=any(result.wrong for result in results))


def _size(store: Store, args: argparse.Namespace) -> int:
    rows = operation_queries.sizes(store)
    if args.json or not sys.stdout.isatty():
        return print_rows(("table", "rows", "bytes_on_disk", "bytes_plain", "parts", "oldest"), rows, args)
    table = Table(title="Size of the store", title_justify="left")
    for heading in ("table", "rows", "on disk", "bytes per row", "compressed to", "parts", "oldest month"):
        table.add_column(heading, justify="left" if heading in ("table", "oldest month") else "right")
    for name, n, disk, plain, parts, oldest in rows:
        each = f"{disk / n:.1f}" if n else "–"
        table.add_row(
            name,
            f"{n:,}",
            f"{disk / 2**20:,.1f} MiB",
            each,
            f"{disk / plain:.0%}" if plain else "–",
            str(parts),
            oldest,
        )
    show(table)
    return 0


def _backup(store: Store, args: argparse.Namespace) -> int:
    with _bar("backing up") as bar:
        rows = backup(store.client, args.file, bar.step)
    print(
        f"{args.file}: {sum(rows.values()):,} rows of {len(rows)} tables, {args.file.stat().st_size / 2**20:,.1f} MiB"
    )
    return 0


def _restore(store: Store, args: argparse.Namespace) -> int:
    store.migrate()
    with _bar("restoring") as bar:
        rows = restore(store.client, args.file, bar.step)
    print(f"restored: the store now has {sum(rows.values()):,} rows in {len(rows)} tables")
    return 0


def _rebuild(store: Store, args: argparse.Namespace) -> int:
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    days = [timedelta(hours=back) for back in range(args.hours, 0, -24)]
    with _bar("counting again") as bar:
        for done, back in enumerate(days):
            first = end - back
            bar.step(f"{first:%d %b %H:%M}", done, len(days))
            stretch = rollups.Stretch(first, min(end, first + timedelta(hours=24)), 0)
            for span in rollups.SPANS:
                rollups.rebuild(store.client, stretch, span)
    print(f"counted the rollups of {args.hours} hours again")
    return 0


READS = ("select", "with", "show", "describe", "desc", "explain", "exists")
_OPAQUE = re.compile(r"'(?:[^'\\]|\\.|'')*'|`[^`]*`|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_CHANGES = re.compile(r"\b(insert\s+into|into\s+outfile)\b|\$\w*\$", re.IGNORECASE)
"""Also here-documents, in which quotes are plain text."""


def only_reads(sql: str) -> bool:
    """Whether a statement only reads: one statement, of a kind that changes nothing.

    >>> only_reads("SELECT 1"), only_reads("DROP TABLE x"), only_reads("SELECT 1; DROP TABLE x"), only_reads("SELECT ';'")
    (True, False, False, True)
    """
    bare = _OPAQUE.sub(lambda found: " " if found[0][:1] in "-/" else " '' ", sql).strip().rstrip(";").strip(" (\n\t")
    first = bare.split(maxsplit=1)[0].lower() if bare else ""
    return first in READS and ";" not in bare and not _CHANGES.search(sql)


def _query(store: Store, args: argparse.Namespace) -> int:
    if not args.write and not only_reads(args.sql):
        raise Failed("this statement may change the store; expected one that reads, or --write")
    try:
        result = store.client.query(args.sql)
    except ClickHouseError as error:
        raise Failed(str(error).splitlines()[0]) from None
    return print_rows(tuple(result.column_names), result.result_rows, args)


class _bar:
    """A progress bar on stderr, in a terminal."""

    def __init__(self, what: str) -> None:
        self._progress = Progress(
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._progress.add_task("", total=None)

    def step(self, name: str, done: int, of: int) -> None:
        self._progress.update(self._task, description=name, completed=done, total=of)

    def __enter__(self) -> _bar:
        self._progress.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._progress.stop()

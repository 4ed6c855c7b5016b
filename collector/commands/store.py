"""Look after the store: `migrate` brings its schema up to date, `query` runs one SQL statement."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clickhouse_connect.driver.exceptions import ClickHouseError
from rich.console import Console
from rich.table import Table

from collector.commands import Failed
from collector.settings import Settings
from collector.store.owner import open_store


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`migrate [--dry-run]` and `query SQL`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="migrate|query")
    change = actions.add_parser("migrate", parents=[common], help="apply what is pending")
    change.add_argument("--dry-run", action="store_true", help="say what is pending and change nothing")
    change.add_argument("--json", action="store_true", help="print JSON")
    ask = actions.add_parser("query", parents=[common], help="run one SQL statement and print its rows")
    ask.add_argument("sql", help="ClickHouse SQL; tables are in snag_experience and snag_performance")
    ask.add_argument("--json", action="store_true", help="print JSON, one object for each row")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it."""
    store = open_store(settings.store_dsn)
    try:
        return _migrate(store, args) if args.action == "migrate" else _query(store, args)
    finally:
        store.close()


def _migrate(store: Any, args: argparse.Namespace) -> int:
    done = store.pending() if args.dry_run else store.migrate()
    names = [migration.name for migration in done]
    if args.json:
        print(json.dumps({"pending" if args.dry_run else "applied": names}))
    elif names:
        print(f"{'pending' if args.dry_run else 'applied'}: {', '.join(names)}")
    else:
        print("the schema is up to date")
    return 0


def _query(store: Any, args: argparse.Namespace) -> int:
    try:
        result = store.client.query(args.sql)
    except ClickHouseError as error:
        raise Failed(str(error).splitlines()[0]) from None
    if args.json:
        for row in result.result_rows:
            print(json.dumps(dict(zip(result.column_names, row, strict=True)), default=_plain))
        return 0
    if not sys.stdout.isatty():  # a table would be cut to a width that nobody looks at
        for row in (result.column_names, *result.result_rows):
            print("\t".join(str(value) for value in row))
        return 0
    table = Table(*result.column_names)
    for row in result.result_rows:
        table.add_row(*(str(value) for value in row))
    Console().print(table)
    return 0


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")

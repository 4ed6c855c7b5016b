"""Rows of a result, for a person or a program: a table, tabs, CSV, or JSON lines."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

MAX_WIDTH = 1000
"""Columns of a table that no terminal shows: in a pipe nothing is cut."""


def print_rows(
    names: Sequence[str], rows: Iterable[Sequence[Any]], args: argparse.Namespace, *, failed: bool = False
) -> int:
    """Print them as `--json` or `--csv` say, else as a table, or with tabs in a pipe. Returns 1 if `failed`."""
    if getattr(args, "json", False):
        for row in rows:
            print(json.dumps(dict(zip(names, row, strict=True)), default=_plain))
    elif getattr(args, "csv", False):
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    elif not sys.stdout.isatty():
        for row in (names, *rows):
            print("\t".join(str(value) for value in row))
    else:
        table = Table(*names)
        for row in rows:
            table.add_row(*(str(value) for value in row))
        show(table)
    return 1 if failed else 0


def show(table: Table, console: Console | None = None) -> None:
    """Print a table with all of its columns: in a pipe as wide as it is, in a narrow terminal row by row."""
    console = console or Console()
    if not console.is_terminal:
        console = Console(width=MAX_WIDTH, file=console.file)
        table.expand = False
        console.width = min(MAX_WIDTH, console.measure(table).maximum)
        console.print(table)
    elif console.measure(table, options=console.options.update(width=MAX_WIDTH)).minimum <= console.width:
        console.print(table)
    else:
        _row_by_row(table, console)


def _row_by_row(table: Table, console: Console) -> None:
    if table.title:
        console.print(table.title, style="bold")
    headings = [str(column.header).replace("\n", " ") for column in table.columns]
    for row in zip(*(column.cells for column in table.columns), strict=True):
        first, *rest = [cell if isinstance(cell, Text) else Text.from_markup(str(cell)) for cell in row]
        first.stylize("bold")
        console.print(first)
        for heading, cell in zip(headings[1:], rest, strict=True):
            line = f"  {heading}: {cell.plain.replace(chr(10), ', ')}"
            console.print(line, highlight=False, markup=False, soft_wrap=True)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")

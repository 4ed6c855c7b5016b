"""Rows of a result, as the person or the program that asked wants them: a table, tabs, CSV, or JSON lines."""

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


def print_rows(
    names: Sequence[str], rows: Iterable[Sequence[Any]], args: argparse.Namespace, *, failed: bool = False
) -> int:
    """Print them as `--json` or `--csv` say, else as a table, or with tabs where nobody looks. Returns 1 if `failed`."""
    if getattr(args, "json", False):
        for row in rows:
            print(json.dumps(dict(zip(names, row, strict=True)), default=_plain))
    elif getattr(args, "csv", False):
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    elif not sys.stdout.isatty():  # a table would be cut to a width that nobody looks at
        for row in (names, *rows):
            print("\t".join(str(value) for value in row))
    else:
        table = Table(*names)
        for row in rows:
            table.add_row(*(str(value) for value in row))
        Console().print(table)
    return 1 if failed else 0


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")

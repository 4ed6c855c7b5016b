"""`snag metrics import-customers FILE`: counts of active customers, for the churn rate.

A CSV file with a header: period_start, period_end (first day of the period, first day after it), customers_at_start,
customers_lost, and if you have it segment. A period that is given again replaces the one before."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from collector.errors import Failed
from collector.settings import Settings
from collector.store.sql_port.owner import open_store

REQUIRED = ("period_start", "period_end", "customers_at_start", "customers_lost")
COLUMNS = ("segment", *REQUIRED)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Take them in; 1 if a line was refused."""
    if len(args.names) != 2:
        raise Failed("import-customers needs one file: snag metrics import-customers FILE")
    try:
        with Path(args.names[1]).open(encoding="utf-8-sig", newline="") as file:
            rows, refused = read(file)
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"{args.names[1]} cannot be read: {error}") from None
    if not args.dry_run and rows:
        store = open_store(settings.store_dsn)
        try:
            store.migrate()
            version = int(time.time() * 1000)
            store.insert_columns(
                "snag_experience.active_customers",
                {name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)} | {"version": [version] * len(rows)},
            )
        finally:
            store.close()
    for line, why in refused:
        print(f"{args.names[1]}, line {line}: {why}", file=sys.stderr)
    if args.json:
        print(json.dumps({"kept": len(rows), "refused": len(refused), "dry_run": args.dry_run}))
    else:
        done = "would be kept" if args.dry_run else "kept"
        print(f"{len(rows)} periods {done}, {len(refused)} lines refused")
    return 1 if refused else 0


Row = tuple[str, date, date, int, int]


def read(lines: Iterable[str]) -> tuple[list[Row], list[tuple[int, str]]]:
    """Rows as COLUMNS says, and the lines that were refused, with why. Raises Failed for a file without the columns."""
    reader = csv.DictReader(lines)
    header = [name.strip() for name in reader.fieldnames or ()]
    if missing := [name for name in REQUIRED if name not in header]:
        raise Failed(f"the first line lacks {', '.join(missing)}; needed are {', '.join(REQUIRED)}")
    rows: list[Row] = []
    refused: list[tuple[int, str]] = []
    for cells in reader:
        try:
            rows.append(_row({(k or "").strip(): (v or "").strip() for k, v in cells.items() if isinstance(v, str)}))
        except ValueError as error:
            refused.append((reader.line_num, str(error)))
    return rows, refused


def _row(cells: dict[str, str]) -> Row:
    start, end = (_day(cells, name) for name in ("period_start", "period_end"))
    at_start, lost = (_whole(cells, name) for name in ("customers_at_start", "customers_lost"))
    if end <= start:
        raise ValueError(f"period_end is {end}, not after period_start {start}; it is the first day after the period")
    if lost > at_start:
        raise ValueError(
            f"customers_lost is {lost}, more than the {at_start} at the start; customers won since do not count"
        )
    return cells.get("segment", ""), start, end, at_start, lost


def _day(cells: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(cells.get(name, ""))
    except ValueError:
        raise ValueError(f"{name} is '{cells.get(name, '')[:40]}'; expected a day such as 2026-11-01") from None


def _whole(cells: dict[str, str], name: str) -> int:
    text = cells.get(name, "")
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} is '{text[:40]}'; expected a whole number")
    return int(text)

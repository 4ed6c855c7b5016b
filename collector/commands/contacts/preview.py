"""What an import takes the columns of a file for, before anything is stored."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.contacts.exports import Export
from collector.contacts.files import BadTable
from collector.contacts.records import Records
from collector.errors import Failed

HIDDEN = ("requester_id", "subject")
"""Fields whose values are about people: they are not shown."""


def explain(args: argparse.Namespace, export: Export, records: Records) -> None:
    """Show what the columns are taken for, and ask where that is doubtful. Raises BadTable and Failed."""
    if missing := records.missing():
        raise BadTable(
            f"{export.kind}: no column for {' and '.join(missing)}; the file has {', '.join(records.names)[:600]}; "
            f"expected --column {missing[0]}=NAME with the name of a column"
        )
    guessed = {ours: theirs for ours, theirs in records.fields.items() if ours != theirs}
    if not guessed and not records.doubts and not records.constants:
        return
    console = Console(stderr=True)
    table = Table(title=f"{args.file.name}: {export.kind}", title_justify="left")
    for heading in ("field", "column", "first value"):
        table.add_column(heading, overflow="fold")
    first = next((row.record for row in records.sample if not row.odd), {})
    for ours, theirs in records.fields.items():
        table.add_row(
            ours, Text(theirs), Text(str(first.get(theirs, ""))[:60] if ours not in HIDDEN else "(not shown)")
        )
    for ours, value in records.constants.items():
        table.add_row(ours, "–", f"{value}, on every line")
    if unused := [name for name in records.names if name not in records.fields.values() and "." not in name]:
        table.caption = Text(f"not read: {', '.join(unused)[:300]}")
    console.print(table)
    if not records.doubts or args.yes:
        return
    for doubt in records.doubts:
        console.print(Text(f"Not certain: {doubt}"))
    if not sys.stdin.isatty():
        raise Failed(f"{args.file}: {records.doubts[0]}; or accept the guess with --yes")
    if console.input("Import like this? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Failed("nothing was imported")

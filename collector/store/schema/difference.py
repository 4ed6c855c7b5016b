"""How a store's schema differs from the desired one, as the statements of the migration that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from collector.store.schema.desired import to_sql
from collector.store.schema.migrate import statements

_DATABASE = re.compile(r"\bsnag_(experience|performance|intake)\b")
_SCRATCH = "desired_snag_"


class Column(NamedTuple):
    """A column as the engine describes it."""

    type: str
    default: str
    codec: str
    comment: str


class Table(NamedTuple):
    """A table or view as the engine describes it; retention, a setting of each installation, is not compared."""

    engine: str
    partition_key: str
    sorting_key: str
    select: str
    columns: dict[str, Column]


def missing(client: Client) -> list[str]:
    """Return the statements that bring the store to the desired schema; none where it is there.

    The desired schema is made in databases of its own on the same engine, and removed. A materialised view is changed in
    place, so that no event that arrives meanwhile is lost. Other views that show `*` of a table with a new column are made
    again; views of such views are named by the next call.

    Raises ValueError for what no statement can change, such as a sorting key.
    """
    scratch = _DATABASE.sub(lambda found: _SCRATCH + found[1], to_sql())
    try:
        for statement in statements(scratch):
            client.command(statement)
        desired = {name.replace(_SCRATCH, "snag_"): table for name, table in _tables(client, _SCRATCH).items()}
    finally:
        for database in ("intake", "experience", "performance"):
            client.command(f"DROP DATABASE IF EXISTS {_SCRATCH}{database}")
    there = _tables(client, "snag_")
    changes = [change for name, table in desired.items() for change in _changes(name, there.get(name), table)]
    changes.sort(key=lambda change: " MODIFY QUERY " in change)  # a view may select what a table has first to have
    return changes + [change for name, view in there.items() for change in _renewed(client, name, view)]


def _tables(client: Client, prefix: str) -> dict[str, Table]:
    columns: dict[str, dict[str, Column]] = {}
    for table, name, *rest in client.query(
        "SELECT concat(database, '.', table), name, type, trimRight(concat(default_kind, ' ', default_expression)), "
        "compression_codec, comment FROM system.columns "
        "WHERE startsWith(database, {prefix:String}) ORDER BY table, position",
        parameters={"prefix": prefix},
    ).result_rows:
        columns.setdefault(table, {})[name] = Column(*rest)
    rows = client.query(
        "SELECT concat(database, '.', name), engine, partition_key, sorting_key, as_select FROM system.tables "
        "WHERE startsWith(database, {prefix:String}) ORDER BY engine = 'MaterializedView', name",
        parameters={"prefix": prefix},
    ).result_rows
    return {
        name: Table(engine, partition, sorting, select.replace(_SCRATCH, "snag_"), columns.get(name, {}))
        for name, engine, partition, sorting, select in rows
    }


def _changes(name: str, there: Table | None, desired: Table) -> Iterator[str]:
    if there is None:
        yield _created(name)
        return
    for what in ("engine", "partition_key", "sorting_key"):
        if getattr(there, what) != getattr(desired, what):
            raise ValueError(f"{name}: {what} is {getattr(there, what)}; expected {getattr(desired, what)}")
    if desired.engine == "MaterializedView":
        if there.select != desired.select:
            yield f"ALTER TABLE {name} MODIFY QUERY {desired.select}"
        return
    names = list(desired.columns)
    for at, (column, wanted) in enumerate(desired.columns.items()):
        if column not in there.columns:
            place = f"AFTER {names[at - 1]}" if at else "FIRST"
            yield f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {column} {_described(wanted)} {place}"
        elif there.columns[column] != wanted:
            yield f"ALTER TABLE {name} MODIFY COLUMN {column} {_described(wanted)}"
    for column in set(there.columns) - set(desired.columns):
        yield f"ALTER TABLE {name} DROP COLUMN IF EXISTS {column}"


def _described(column: Column) -> str:
    comment = column.comment.replace("\\", "\\\\").replace("'", "''")
    return " ".join(
        filter(None, (column.type, column.default, f"COMMENT '{comment}'" if comment else "", column.codec))
    )


def _created(name: str) -> str:
    """Return the desired statement that makes the table or view `name`."""
    return next(one for one in statements(to_sql()) if re.search(rf"IF NOT EXISTS {re.escape(name)}\b", one))


def _renewed(client: Client, name: str, view: Table) -> Iterator[str]:
    """Drop and create a view whose `*` has more columns than when it was made."""
    if view.engine != "View" or "*" not in view.select:
        return
    described = client.query(f"DESCRIBE ({view.select})").result_rows
    if [row[0] for row in described] != list(view.columns):
        yield f"DROP VIEW IF EXISTS {name}"
        yield f"CREATE VIEW IF NOT EXISTS {name} AS {view.select}"

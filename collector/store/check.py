"""Whether the store is as this version expects it: schema, columns, parts."""

from __future__ import annotations

from typing import NamedTuple

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from collector.events import TABLES
from collector.store.schema.desired import columns
from collector.store.schema.migrate import SchemaMismatch, pending


class Finding(NamedTuple):
    """One thing that was looked at; `wrong` is empty where it is as it should be."""

    what: str
    wrong: str


def check(client: Client) -> list[Finding]:
    """Look at everything; reads every part, so on a big store it takes as long as that does."""
    found = [_schema(client)]
    tables = client.query(
        "SELECT concat(database, '.', name), engine FROM system.tables WHERE database LIKE 'snag%' ORDER BY 1"
    ).result_rows
    there = {row[0]: row[1] for row in tables}
    for table in TABLES:
        found.append(_columns(client, table) if table in there else Finding(table, "the table is missing"))
    for table, engine in there.items():
        if engine.endswith("MergeTree"):
            found.append(_parts(client, table))
    detached = client.query("SELECT count() FROM system.detached_parts WHERE database LIKE 'snag%'").result_rows[0][0]
    found.append(Finding("detached parts", f"{detached} parts were set aside by the engine" if detached else ""))
    return found


def _schema(client: Client) -> Finding:
    try:
        todo = pending(client)
    except SchemaMismatch as error:
        return Finding("schema", str(error))
    names = ", ".join(migration.name for migration in todo)
    return Finding("schema", f"pending: {names}; run `snag store migrate`" if todo else "")


def _columns(client: Client, table: str) -> Finding:
    database, _, name = table.partition(".")
    rows = client.query(
        "SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}",
        parameters={"database": database, "table": name},
    ).result_rows
    have = {row[0]: row[1] for row in rows}
    wrong = [f"{c.name} is {have.get(c.name, 'missing')}" for c in columns(table) if have.get(c.name) != c.sql]
    return Finding(f"columns of {table}", "; ".join(wrong))


def _parts(client: Client, table: str) -> Finding:
    try:
        answer = client.raw_query(f"CHECK TABLE {table}", fmt="TSV").decode()
    except ClickHouseError as error:
        return Finding(f"parts of {table}", str(error).splitlines()[0][:200])
    broken = [line for line in answer.splitlines() if line.split("\t")[1:2] == ["0"]]
    return Finding(f"parts of {table}", "; ".join(broken[:5]).replace("\t", " "))

"""Numbered, forward-only migrations: each .sql file is applied once, its checksum kept.

Every statement is idempotent, so that two pods that start at once, or a crash half-way, do no harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from collector.store.schema.cluster_ddl import render

_TABLE = """CREATE TABLE IF NOT EXISTS snag_experience.schema_migrations (
    number UInt16 COMMENT 'number of the migration',
    name String COMMENT 'its file',
    checksum String COMMENT 'SHA-256 of the file',
    applied_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was applied'
) ENGINE = ReplacingMergeTree ORDER BY number"""


class SchemaMismatch(Exception):
    """The store's schema and this version of the program do not belong together."""


class Migration(NamedTuple):
    """One numbered file."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def statements(self, cluster: str = "") -> list[str]:
        """What it runs, on one server or on a cluster."""
        return [rendered for one in statements(self.sql) for rendered in render(one, cluster)]


class Applied(NamedTuple):
    """A migration that the store says it has."""

    number: int
    name: str
    checksum: str
    applied_ts: str


def migrations() -> list[Migration]:
    """All that this version knows, in order."""
    found = []
    for file in files("collector.store.schema").joinpath("migrations").iterdir():
        if file.name.endswith(".sql"):
            found.append(Migration(int(file.name.split("_")[0]), file.name, file.read_text(encoding="utf-8")))
    return sorted(found)


def pending(client: Client) -> list[Migration]:
    """What `migrate` would apply.

    Raises SchemaMismatch where an applied migration was changed, or the store is newer than this program.
    """
    known = {m.number: m for m in migrations()}
    done = applied(client)
    for one in done:
        if one.number not in known:
            raise SchemaMismatch(
                f"the store has migration {one.name}, which this version does not know; "
                f"its newest is {max(known):04d}: use a newer version"
            )
        if known[one.number].checksum != one.checksum:
            raise SchemaMismatch(
                f"migration {one.name} was changed after it was applied; a change needs a new, higher number"
            )
    there = {one.number for one in done}
    return [m for number, m in known.items() if number not in there]


def migrate(client: Client, cluster: str = "") -> list[Migration]:
    """Apply what is pending; returns it."""
    todo = pending(client)
    for migration in todo:
        for statement in migration.statements(cluster):
            client.command(statement)
        if migration.number == min(m.number for m in migrations()):
            for statement in render(_TABLE, cluster):
                client.command(statement)
        client.insert(
            "snag_experience.schema_migrations",
            [[migration.number, migration.name, migration.checksum]],
            column_names=["number", "name", "checksum"],
        )
    return todo


def statements(sql: str) -> list[str]:
    """Cut at each `;` that ends a line, which is how the files are written."""
    cleaned = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return [part.strip().rstrip(";") for part in (cleaned + "\n").split(";\n") if part.strip().rstrip(";")]


def applied(client: Client) -> Sequence[Applied]:
    """What the store says it has, in order; nothing for an empty store."""
    there = client.query(
        "SELECT count() FROM system.tables WHERE database = 'snag_experience' AND name = 'schema_migrations'"
    )
    if not there.result_rows[0][0]:
        return []
    rows = client.query(
        "SELECT number, name, checksum, toString(applied_ts) FROM snag_experience.schema_migrations FINAL ORDER BY number"
    ).result_rows
    return [Applied(*row) for row in rows]

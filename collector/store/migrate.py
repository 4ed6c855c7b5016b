"""Numbered, forward-only migrations: each .sql file is applied once, its checksum kept."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

_TABLE = """
CREATE TABLE IF NOT EXISTS snag_experience.schema_migrations (
    number UInt16 COMMENT 'number of the migration',
    name String COMMENT 'its file',
    checksum String COMMENT 'SHA-256 of the file',
    applied_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was applied'
) ENGINE = ReplacingMergeTree ORDER BY number
"""


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


def migrations() -> list[Migration]:
    """All that this version knows, in order."""
    found = []
    for file in files("collector.store").joinpath("migrations").iterdir():
        if file.name.endswith(".sql"):
            found.append(Migration(int(file.name.split("_")[0]), file.name, file.read_text(encoding="utf-8")))
    return sorted(found)


def pending(client: Client) -> list[Migration]:
    """What `migrate` would apply.

    Raises SchemaMismatch where an applied migration was changed, or the store is newer than this program.
    """
    known = {m.number: m for m in migrations()}
    applied = _applied(client)
    for number, (name, checksum) in applied.items():
        if number not in known:
            raise SchemaMismatch(
                f"the store has migration {name}, which this version does not know; "
                f"its newest is {max(known):04d}: use a newer version"
            )
        if known[number].checksum != checksum:
            raise SchemaMismatch(
                f"migration {name} was changed after it was applied; a change needs a new, higher number"
            )
    return [m for number, m in known.items() if number not in applied]


def migrate(client: Client) -> list[Migration]:
    """Apply what is pending; returns it. Statements are idempotent, so two at once or a crash between do no harm."""
    todo = pending(client)
    for migration in todo:
        for statement in statements(migration.sql):
            client.command(statement)
        if migration.number == min(m.number for m in migrations()):
            client.command(_TABLE)
        client.insert(
            "snag_experience.schema_migrations",
            [[migration.number, migration.name, migration.checksum]],
            column_names=["number", "name", "checksum"],
        )
    return todo


def statements(sql: str) -> list[str]:
    """Cut at each `;` that ends a line, which is how the files are written."""
    cleaned = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
    return [part.strip() for part in cleaned.split(";\n") if part.strip().rstrip(";")]


def _applied(client: Client) -> dict[int, tuple[str, str]]:
    there = client.query(
        "SELECT count() FROM system.tables WHERE database = 'snag_experience' AND name = 'schema_migrations'"
    )
    if not there.result_rows[0][0]:
        return {}
    rows = client.query(
        "SELECT number, name, checksum FROM snag_experience.schema_migrations FINAL ORDER BY number"
    ).result_rows
    return {number: (name, checksum) for number, name, checksum in rows}

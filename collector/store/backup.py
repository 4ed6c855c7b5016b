"""The whole store as one zip file, and back: every table in the engine's Native format, with the schema that it has.

Made with nothing but SELECT and INSERT, so it works for an embedded store, through the collector that owns it, and
for a server or cluster alike, and moves data from one to another. (A server's own BACKUP is quicker for a big one.)
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from clickhouse_connect.driver.client import Client

from collector import __version__
from collector.store.schema.migrate import applied

MANIFEST = "snagwatch.json"
_TABLES = (
    "SELECT database, name FROM system.tables WHERE database IN ('snag_experience', 'snag_performance') "
    "AND engine NOT LIKE '%View' AND NOT endsWith(name, '_local') AND name != 'schema_migrations' ORDER BY database, name"
)
_COLUMNS = (
    "SELECT name FROM system.columns WHERE database = {database:String} AND table = {table:String} "
    "AND default_kind NOT IN ('ALIAS', 'MATERIALIZED') ORDER BY position"
)
_CHUNK = 1 << 20

Progress = Callable[[str, int, int], None]
"""Told the table, how many are done, and how many there are."""


class BackupError(Exception):
    """A backup cannot be made or taken back; says which file, and what would be right."""


def backup(client: Client, path: Path, progress: Progress) -> dict[str, int]:
    """Write the store to `path`, which must not exist; returns rows by table.

    A table is read at one moment, the tables one after the other. Raises BackupError.
    """
    if path.exists():
        raise BackupError(f"{path} exists already; choose a new name")
    tables = [f"{row[0]}.{row[1]}" for row in client.query(_TABLES).result_rows]
    rows: dict[str, int] = {}
    unfinished = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
            for done, table in enumerate(tables):
                progress(table, done, len(tables))
                names = ", ".join(_columns(client, table))
                with archive.open(f"{table}.native", "w", force_zip64=True) as member:
                    for chunk in client.raw_stream(f"SELECT {names} FROM {table}", fmt="Native"):
                        member.write(chunk)
                rows[table] = int(client.query(f"SELECT count() FROM {table}").result_rows[0][0])
            manifest = {
                "version": __version__,
                "made_ts": datetime.now(UTC).isoformat(timespec="seconds"),
                "migrations": {one.name: one.checksum for one in applied(client)},
                "columns": {table: _columns(client, table) for table in tables},
            }
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        unfinished.replace(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def restore(client: Client, path: Path, progress: Progress) -> dict[str, int]:
    """Put what `path` holds into a migrated store; returns rows by table. Repeating it changes nothing.

    Rows that are there already stay, and the newer version of a row holds. Raises BackupError.
    """
    try:
        archive = zipfile.ZipFile(path)
        manifest = json.loads(archive.read(MANIFEST))
    except FileNotFoundError:
        raise BackupError(f"{path} does not exist") from None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise BackupError(f"{path} is no backup made by `snag store backup`") from None
    with archive:
        if broken := _damaged(archive):
            raise BackupError(f"{path} is damaged at {broken}: take another copy")
        ours = {one.name for one in applied(client)}
        if unknown := sorted(set(manifest["migrations"]) - ours):
            raise BackupError(f"{path} was made by a newer version ({', '.join(unknown)}); use {manifest['version']}")
        rows: dict[str, int] = {}
        for done, (table, columns) in enumerate(manifest["columns"].items()):
            progress(table, done, len(manifest["columns"]))
            _put(client, archive, table, columns)
            rows[table] = int(client.query(f"SELECT count() FROM {table}").result_rows[0][0])
    return rows


def _damaged(archive: zipfile.ZipFile) -> str:
    """The first member that cannot be read whole; empty for none."""
    for name in archive.namelist():
        try:
            with archive.open(name) as member:
                while member.read(_CHUNK):
                    pass
        except (zipfile.BadZipFile, zlib.error, EOFError):
            return name
    return ""


def _put(client: Client, archive: zipfile.ZipFile, table: str, columns: list[str]) -> None:
    known = set(_columns(client, table))
    if missing := [name for name in columns if name not in known]:
        raise BackupError(f"this store's {table} has no column {missing[0]}: `snag store migrate` first")
    with archive.open(f"{table}.native") as member, tempfile.TemporaryFile() as whole:
        shutil.copyfileobj(member, whole)
        if not whole.tell():
            return
        whole.seek(0)
        client.raw_insert(table, column_names=columns, insert_block=_chunks(whole), fmt="Native")


def _chunks(file: IO[bytes]) -> Generator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _columns(client: Client, table: str) -> list[str]:
    database, _, name = table.partition(".")
    found = client.query(_COLUMNS, parameters={"database": database, "table": name}).result_rows
    return [row[0] for row in found]

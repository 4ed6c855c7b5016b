"""One set of migrations, two stores: a statement as it is written, or for a cluster.

Migrations are written for one server. On a cluster every table becomes a replicated one (`<name>_local`, on every
shard) and a Distributed one of the plain name over all shards, so that queries are the same everywhere. Rows of one
sort key always land on one shard: only there can a newer version replace an older one.
"""

from __future__ import annotations

import re

REPLICA_PATH = "/clickhouse/tables/{uuid}/{shard}"

_CREATE_DATABASE = re.compile(r"CREATE DATABASE IF NOT EXISTS (\w+)\Z")
_CREATE_TABLE = re.compile(
    r"CREATE TABLE IF NOT EXISTS (\w+)\.(\w+) (\(.*\n\)) ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?(.*)\Z",
    re.DOTALL,
)
_CREATE_NULL = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+\.\w+) (\(.*\n\) ENGINE = Null)\Z", re.DOTALL)
_CREATE_VIEW = re.compile(r"CREATE (MATERIALIZED )?VIEW IF NOT EXISTS (\w+\.\w+)(.*)\Z", re.DOTALL)
_DROP_VIEW = re.compile(r"DROP VIEW IF EXISTS (\w+\.\w+)\Z")
_ALTER = re.compile(r"ALTER TABLE (\w+)\.(\w+) (.*)\Z", re.DOTALL)
_ORDER_BY = re.compile(r"ORDER BY (\((?:[^()]|\([^()]*\))*\)|\w+)")
_SHARD_BY = ("session_id", "run_id")
"""What belongs together, if the sort key holds it: one session's events stand on one shard."""

_OF_COLUMNS = re.compile(r"(?:ADD|DROP|MODIFY|RENAME|COMMENT) COLUMN\b", re.IGNORECASE)


class NotRendered(ValueError):
    """A statement of a migration has a form that is not known here; says which."""


def render(statement: str, cluster: str = "") -> list[str]:
    """The statements that do on `cluster` what `statement` does on one server; without a cluster, that one.

    Raises NotRendered.

    >>> render("CREATE DATABASE IF NOT EXISTS a", "main")
    ["CREATE DATABASE IF NOT EXISTS a ON CLUSTER 'main'"]
    """
    if not cluster:
        return [statement]
    on = f"ON CLUSTER '{cluster}'"
    if found := _CREATE_DATABASE.match(statement):
        return [f"CREATE DATABASE IF NOT EXISTS {found[1]} {on}"]
    if found := _CREATE_TABLE.match(statement):
        return _table(found, cluster, on)
    if found := _CREATE_NULL.match(statement):
        return [f"CREATE TABLE IF NOT EXISTS {found[1]} {on} {found[2]}"]
    if found := _CREATE_VIEW.match(statement):
        return [f"CREATE {found[1] or ''}VIEW IF NOT EXISTS {found[2]} {on}{found[3]}"]
    if found := _DROP_VIEW.match(statement):
        return [f"DROP VIEW IF EXISTS {found[1]} {on} SYNC"]
    if found := _ALTER.match(statement):
        database, table, change = found.groups()
        if database == "snag_intake":  # the landing table and its views are the same on every server
            return [f"ALTER TABLE {database}.{table} {on} {change}"]
        done = [f"ALTER TABLE {database}.{table}_local {on} {change}"]
        if _OF_COLUMNS.match(change):  # a TTL, a setting or an index is the local table's alone
            done.append(f"ALTER TABLE {database}.{table} {on} {change}")
        return done
    raise NotRendered(f"this statement is not known how to run on a cluster: {statement[:80]}")


def _table(found: re.Match[str], cluster: str, on: str) -> list[str]:
    database, table, columns, engine, arguments, rest = found.groups()
    order = _ORDER_BY.search(rest)
    if order is None:
        raise NotRendered(f"{database}.{table} has no ORDER BY")
    key = order[1]
    shard_by = next((name for name in _SHARD_BY if re.search(rf"\b{name}\b", key)), key)
    replicated = ", ".join([f"'{REPLICA_PATH}'", "'{replica}'", *([arguments] if arguments else [])])
    return [
        f"CREATE TABLE IF NOT EXISTS {database}.{table}_local {on} {columns} "
        f"ENGINE = Replicated{engine}({replicated}){rest}",
        f"CREATE TABLE IF NOT EXISTS {database}.{table} {on} AS {database}.{table}_local "
        f"ENGINE = Distributed('{cluster}', {database}, {table}_local, sipHash64({shard_by.strip('()')}))",
    ]

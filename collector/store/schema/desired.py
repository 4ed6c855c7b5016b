"""The schema that the vocabulary asks for: the tables of events, the landing table, and its materialised views.

Applied migrations are history. Their sum has to equal this; `difference.py` says what is missing.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from msgspec import Meta, Struct
from msgspec.structs import fields

from collector.events import KINDS, NO_ID, TABLES, Beacon, Edge

KEYS = {
    "snag_experience.page_views": "app, toStartOfHour(client_ts), session_id, event_id",
    "snag_experience.friction_events": "app, kind, toStartOfHour(client_ts), session_id, event_id",
    "snag_experience.help_events": "app, kind, toStartOfHour(client_ts), session_id, event_id",
    "snag_experience.survey_answers": "app, metric, toStartOfHour(client_ts), session_id, event_id",
    "snag_experience.journey_runs": "app, journey, toStartOfHour(client_ts), run_id, event_id",
    "snag_experience.journey_steps": "app, journey, toStartOfHour(client_ts), run_id, event_id",
    "snag_performance.web_vitals": "app, metric, toStartOfHour(client_ts), session_id, event_id",
    "snag_performance.resource_timings": "app, toStartOfHour(client_ts), session_id, event_id",
}
"""How each table is sorted. The end is the event's id and the client's own time, which no retry changes, so
that a retried event is the same row."""

KEPT_DAYS = 90
"""Raw rows are kept so long: the correlation's eight weeks of history and a month to look back."""

FROM_BEACON = (
    "app",
    "env",
    "release",
    "traffic_source",
    "consent",
    "device",
    "sample_rate",
    "session_id",
    "run_id",
)
"""What a row takes from its beacon."""

FROM_EDGE = ("country", "browser_family", "is_bot")
"""What a row takes from what the collector knows of its beacon, beside the times."""

_STORED = (
    "    stored_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when the store took it, for the rollups'"
    " CODEC(Delta(8), ZSTD(1)),\n"
    "    INDEX ts_range ts TYPE minmax GRANULARITY 1,\n"
    "    INDEX stored_range stored_ts TYPE minmax GRANULARITY 1"
)
"""Rows are sorted by the client's own time and seldom come late: a granule covers an hour or two of each time."""

LANDING = "snag_intake.landing"
"""Where queued beacons enter the store: a table that keeps nothing, and whose views spread the events over their
tables inside the engine. It is a database of its own, which no reader needs a grant on."""


class Column(NamedTuple):
    """One column of a table of events."""

    name: str
    sql: str
    meaning: str


class Field(NamedTuple):
    """One field on the wire."""

    name: str
    python: Any
    meta: Meta
    required: bool
    default: Any


def wire_fields(struct: type[Struct]) -> Iterator[Field]:
    """Fields in the order of declaration, with their meaning and column."""
    hints = typing.get_type_hints(struct, include_extras=True)
    declared = {field.name: field for field in fields(struct)}
    for name in struct.__struct_fields__:
        python, *rest = typing.get_args(hints[name]) if _annotated(hints[name]) else (hints[name],)
        meta = next((m for m in rest if isinstance(m, Meta)), Meta())
        yield Field(name, python, meta, declared[name].required, declared[name].default)


def columns(table: str) -> list[Column]:
    """The columns of one table of events, time first, then the beacon's fields, then the events' own."""
    found = {
        "ts": Column(
            "ts",
            "DateTime64(3, 'UTC')",
            "when it happened, corrected for a visitor clock that is over 2 s wrong",
        ),
        "received_ts": Column("received_ts", "DateTime64(3, 'UTC')", "when the collector received it"),
        "kind": Column("kind", "LowCardinality(String)", "kind of event, see docs/vocabulary.md"),
    }
    beacon = {field.name: field for field in wire_fields(Beacon)}
    for name in FROM_BEACON:
        meta = beacon[name].meta
        sql = (meta.extra or {}).get("sql", "LowCardinality(String)")
        found[name] = Column(name, sql, meta.description or "")
    edge = {field.name: field for field in wire_fields(Edge)}
    for name in FROM_EDGE:
        found[name] = Column(name, (edge[name].meta.extra or {})["sql"], edge[name].meta.description or "")
    for field in own_fields(table):
        found[field.name] = Column(field.name, (field.meta.extra or {})["sql"], field.meta.description or "")
    return list(found.values())


def own_fields(table: str) -> list[Field]:
    """The fields of all kinds of event that one table keeps."""
    return list({f.name: f for cls in KINDS.values() if cls.table == table for f in wire_fields(cls)}.values())


def to_sql() -> str:
    """Return the statements that make it on an empty server; every column has its meaning."""
    out = [
        "-- Written by `python -m tools.generate`. Do not edit. The sum of the migrations equals it.",
        "CREATE DATABASE IF NOT EXISTS snag_experience;",
    ]
    out.append("CREATE DATABASE IF NOT EXISTS snag_performance;")
    for table in TABLES:
        body = ",\n".join(
            f"    {c.name} {c.sql} COMMENT '{c.meaning.replace(chr(39), chr(39) * 2)}'"
            + (" CODEC(Delta(8), ZSTD(1))" if c.sql.startswith("DateTime64") else "")
            for c in columns(table)
        )
        body += f",\n{_STORED}"
        out.append(
            f"CREATE TABLE IF NOT EXISTS {table} (\n{body}\n) ENGINE = ReplacingMergeTree(revision)\n"
            # A clock that is years off must not make a partition of its own for every month it dreams of.
            "PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))\n"
            f"ORDER BY ({KEYS[table]}, client_ts)\n"
            f"TTL toDateTime(ts) + INTERVAL {KEPT_DAYS} DAY\n"
            "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';"
        )
    return "\n\n".join([*out, *_landing()]) + "\n"


def _landing() -> Iterator[str]:
    """The way in: one insert is parsed once and spread by the engine, a third of the work of rows made here."""
    arrays = [f"{_name(table)} Array(Tuple({_members_sql(table)}))" for table in TABLES]
    shared = ["type String", "received_ts Int64", "skew_ms Int64"]
    shared += [f"{c.name} {_plain(c.sql)}" for c in columns(TABLES[0]) if c.name in (*FROM_BEACON, *FROM_EDGE)]
    yield "CREATE DATABASE IF NOT EXISTS snag_intake;"
    body = ",\n".join(f"    {column}" for column in [*shared, *arrays])
    yield f"CREATE TABLE IF NOT EXISTS {LANDING} (\n{body}\n) ENGINE = Null;"
    for table in TABLES:
        values = {
            "ts": "fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC')",
            "received_ts": f"fromUnixTimestamp64Milli({_name(LANDING)}.received_ts, 'UTC')",
            "kind": "event.kind",
            **{name: name for name in (*FROM_BEACON, *FROM_EDGE)},
            **{field.name: _value(field) for field in own_fields(table)},
        }
        chosen = ",\n".join(f"    {value} AS {name}" for name, value in values.items())
        yield (
            f"CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.{_name(table)} TO {table} AS\n"
            f"SELECT\n{chosen}\nFROM {LANDING} ARRAY JOIN {_name(table)} AS event;"
        )


def _name(table: str) -> str:
    return table.partition(".")[2]


def _members_sql(table: str) -> str:
    members = ["kind String"]
    for field in own_fields(table):
        sql = _plain((field.meta.extra or {})["sql"])
        members.append(f"{field.name} {f'Nullable({sql})' if _telling(field) else sql}")
    return ", ".join(members)


def _plain(sql: str) -> str:
    return "Int64" if sql.startswith("DateTime64") else sql.replace("LowCardinality(String)", "String")


def _telling(field: Field) -> bool:
    """Whether a field that is left out means something else than the zero of its column."""
    return not field.required and field.default not in (0, "", False, NO_ID)


def _value(field: Field) -> str:
    if (field.meta.extra or {})["sql"].startswith("DateTime64"):
        return f"fromUnixTimestamp64Milli(event.{field.name}, 'UTC')"
    if not _telling(field):
        return f"event.{field.name}"
    default = str(field.default).lower() if isinstance(field.default, bool) else repr(field.default)
    return f"ifNull(event.{field.name}, {default})"


def _annotated(hint: Any) -> bool:
    return typing.get_origin(hint) is Annotated

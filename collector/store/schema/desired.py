"""What is written from the vocabulary: the agent's types, the first migration, the table in the docs.

Run by `python -m collector.events`. Only a checkout has these places; an installed package never runs this.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields

from collector.events import KINDS, MAX_EVENTS, NO_ID, TABLES, Beacon, Edge, Event, RageClick

ROOT = Path(__file__).parents[3]

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
    """The first migration: one table for each group of kinds, every column with its meaning."""
    out = [
        "-- Written by `python -m collector.events`. Do not edit.",
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


def to_typescript() -> str:
    """The agent's types: one interface for each kind, and the beacon."""
    out = ["// Written by `python -m collector.events`. Do not edit.", "", f"/** {_doc(Event)} */"]
    common = {field.name for field in wire_fields(Event)}
    out += _interface("Common", wire_fields(Event))
    shared: dict[type, str] = {}
    for cls in KINDS.values():
        base = cls.__mro__[1]
        if base is not Event and base not in shared:
            shared[base] = f"{base.__name__}Fields"
            own = [field for field in wire_fields(base) if field.name not in common]
            out += [f"/** {_doc(base)} */", *_interface(f"{base.__name__}Fields extends Common", own)]
    for kind, cls in KINDS.items():
        base = cls.__mro__[1]
        parent = shared.get(base, "Common")
        known = {field.name for field in wire_fields(base)}
        own = [field for field in wire_fields(cls) if field.name not in known]
        out += [
            f"/** {_doc(cls)} */",
            f"export interface {cls.__name__} extends {parent} {{",
            f'  kind: "{kind}";',
        ]
        out += [*_members(own), "}"]
    out.append("export type Event =" + "".join(f"\n  | {c.__name__}" for c in KINDS.values()) + ";")
    out += [
        'export type Kind = Event["kind"];',
        f"/** {_doc(Beacon)} */",
        *_interface("Beacon", wire_fields(Beacon)),
    ]
    return "\n".join(out) + "\n"


def to_markdown() -> str:
    """docs/vocabulary.md: every kind and every field with its unit and meaning."""
    out = ["<!-- Written by `python -m collector.events`. Do not edit. -->", "# The vocabulary", ""]
    out += ["One spelling everywhere: wire field, column, metric label, panel and page.", ""]
    out += ["## A beacon", "", "`POST /v1/beacons`, JSON, as `text/plain` or `application/json`.", ""]
    out += _rows(wire_fields(Beacon))
    out += ["", "## What the collector adds to a beacon", "", *_rows(wire_fields(Edge))]
    for table in TABLES:
        kinds = {kind: cls for kind, cls in KINDS.items() if cls.table == table}
        out += ["", f"## Kept in `{table}`", "", "| kind | meaning |", "|---|---|"]
        out += [f"| `{kind}` | {_doc(cls)} |" for kind, cls in kinds.items()]
        every: dict[str, Field] = {}
        for cls in kinds.values():
            every |= {field.name: field for field in wire_fields(cls)}
        out += ["", *_rows(iter(every.values()))]
    return "\n".join(out) + "\n"


def to_json_schema() -> str:
    """docs/beacon.schema.json: what a beacon may be, for machines (JSON Schema 2020-12)."""
    schema = msgspec.json.schema(Beacon)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by `python -m collector.events`. Do not edit.",
        **schema,
    }
    return json.dumps(schema, indent=1) + "\n"


def to_wire_format() -> str:
    """docs/wire-format.md: how a beacon travels, with an example that is taken as it is."""
    example = Beacon(
        beacon_id=UUID("0b1c1de0-0000-4000-8000-000000000001"),
        app="shop",
        sent_ts=1_795_260_000_500,
        session_id=UUID("0b1c1de0-0000-4000-8000-000000000002"),
        release="2.4.1",
        consent="measurement",
        events=[
            RageClick(
                event_id=UUID("0b1c1de0-0000-4000-8000-000000000003"),
                client_ts=1_795_260_000_000,
                page_group="/checkout/pay",
                target="main > form > button",
                target_name="Pay",
                repeat_count=4,
            )
        ],
    )
    shown = json.dumps({k: v for k, v in msgspec.to_builtins(example).items() if v not in ("", str(NO_ID))}, indent=2)
    return f"""<!-- Written by `python -m collector.events`. Do not edit. -->
# The wire format

`POST /v1/beacons` with one beacon as JSON in UTF-8, at most {MAX_EVENTS} events. Every field is in
[vocabulary.md](vocabulary.md), the same for machines in [beacon.schema.json](beacon.schema.json) (JSON Schema), what an
answer means in [intake.md](intake.md).

```json
{shown}
```

| part | what is taken |
|---|---|
| Content-Type | `text/plain` (needs no preflight), `application/json`, `application/*+json`, `application/octet-stream`, \
`application/x-www-form-urlencoded` (what `curl -d` says), or none; the body is JSON in each case |
| Content-Encoding | `identity`, `gzip`, `deflate`, `br` |
| size | 64 KiB on the wire, 256 KiB unpacked |
| app | in the body, or in the URL: `/v1/beacons?app=shop`; not two different ones |
| times | ms since 1970 UTC by the sender's clock; each `client_ts` within 24 hours of `sent_ts` |
| ids | UUIDs. A retry repeats `beacon_id` and each `event_id`, with a new `sent_ts` |
| unknown fields, kinds, values | refuse the whole beacon, with their place |
| cookies, credentials | neither read nor set |
"""


def write(root: Path = ROOT) -> None:
    """Write all of it into the checkout at `root`."""
    for path, make in WRITTEN.items():
        (root / path).write_text(make(), encoding="utf-8")


WRITTEN = {
    "agent/src/events.gen.ts": to_typescript,
    "collector/store/schema/migrations/0001_events.sql": to_sql,
    "docs/beacon.schema.json": to_json_schema,
    "docs/vocabulary.md": to_markdown,
    "docs/wire-format.md": to_wire_format,
}


def _annotated(hint: Any) -> bool:
    return typing.get_origin(hint) is Annotated


def _doc(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split())


def _interface(head: str, members: Any) -> list[str]:
    return [f"export interface {head} {{", *_members(members), "}"]


def _members(members: Any) -> list[str]:
    return [
        f"  /** {m.meta.description} */\n  {m.name}{'' if m.required else '?'}: {_typescript(m.python)};"
        for m in members
    ]


def _typescript(python: Any) -> str:
    if typing.get_origin(python) is Literal:
        return " | ".join(f'"{value}"' for value in typing.get_args(python))
    if typing.get_origin(python) is list:
        return "Event[]"
    if typing.get_origin(python) is dict:
        return "Record<string, number>"
    return {str: "string", UUID: "string", bool: "boolean", int: "number", float: "number"}[python]


def _rows(of: Iterator[Field]) -> list[str]:
    out = ["| field | type | meaning |", "|---|---|---|"]
    for field in of:
        kind = _typescript(field.python).replace("|", "\\|")
        need = "" if field.required else " (optional)"
        out.append(f"| `{field.name}` | {kind}{need} | {field.meta.description} |")
    return out

"""What is generated from the vocabulary: the agent's types, the pages of docs, the JSON schema of a beacon."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

import msgspec

from collector.events import KINDS, MAX_EVENTS, NO_ID, TABLES, Beacon, Edge, Event, RageClick
from collector.store.schema.desired import Field, wire_fields


def to_typescript() -> str:
    """The agent's types: one interface for each kind, and the beacon."""
    out = ["// Written by `python -m tools.generate`. Do not edit.", "", f"/** {_doc(Event)} */"]
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
    out = ["<!-- Written by `python -m tools.generate`. Do not edit. -->", "# The vocabulary", ""]
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
        "$comment": "Written by `python -m tools.generate`. Do not edit.",
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
    return f"""<!-- Written by `python -m tools.generate`. Do not edit. -->
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

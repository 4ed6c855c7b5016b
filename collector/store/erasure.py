"""Finds and removes what the store holds of one person. Deletes are waited for: when a call returns, the rows are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from clickhouse_connect.driver.client import Client

from collector.store.rollups import SPANS, rebuild, stretches
from collector.store.schema.cluster_ddl import render

AT_ONCE = 500
"""Ids in one statement: they travel in the address of the request, which servers bound."""


_UNDER_KEYS = (
    "lower(hex(requester_key)) IN {keys:Array(String)} OR lower(hex(requester_key_before)) IN {keys:Array(String)}"
)


class ContactId(NamedTuple):
    """One contact, and the visit that it named."""

    source: str
    source_contact_id: str
    session_ref: str


class Request(NamedTuple):
    """An erasure: when it was asked for, what was removed until now, which hours are still to be counted again."""

    request_id: UUID
    requested_ts: datetime
    subject_key: bytes
    scope: str
    state: str
    done_ts: datetime | None
    removed: dict[str, int]
    touched_hours: list[datetime]


def tables_with(client: Client, column: str) -> list[tuple[str, str]]:
    """Every table of ours that keeps rows and has `column`, with the column that its rows' time is in."""
    rows = client.query(
        "SELECT concat(t.database, '.', t.name) AS name, groupArray(c.name) FROM system.tables AS t "
        "INNER JOIN system.columns AS c ON c.database = t.database AND c.table = t.name "
        "WHERE t.database LIKE 'snag%' AND t.engine LIKE '%MergeTree' GROUP BY name ORDER BY name"
    ).result_rows
    times = ("ts", "start_ts", "hour", "created_ts", "answered_ts")
    return [
        (name.removesuffix("_local"), next((one for one in times if one in columns), ""))
        for name, columns in rows
        if column in columns
    ]


def request_of(client: Client, subject_key: bytes) -> Request | None:
    """The open request about this subject: what was broken off goes on."""
    rows = client.query(
        "SELECT request_id, requested_ts, subject_key, scope, state, done_ts, removed, touched_hours "
        "FROM snag_experience.erasure_requests FINAL WHERE state = 'open' AND hex(subject_key) = {key:String}",
        parameters={"key": subject_key.hex().upper()},
    ).result_rows
    if not rows:
        return None
    found = Request(*rows[0])
    return found._replace(
        subject_key=subject_key, touched_hours=[hour.replace(tzinfo=UTC) for hour in found.touched_hours]
    )


def note(client: Client, request: Request) -> None:
    """Keep how far a request is."""
    client.insert("snag_experience.erasure_requests", [list(request)], column_names=list(Request._fields))


def suppress(client: Client, keys: Sequence[bytes]) -> None:
    """From now on rows under these keys are taken in no more."""
    if keys:
        client.insert("snag_experience.erasure_suppressions", [[key] for key in keys], column_names=["subject_key"])


def contacts_of(client: Client, keys: Sequence[bytes]) -> list[ContactId]:
    """Every contact, in any version, that stands under one of these keys."""
    rows = client.query(
        "SELECT DISTINCT source, source_contact_id, session_ref FROM snag_experience.support_contacts "
        f"WHERE {_UNDER_KEYS}",
        parameters={"keys": [key.hex() for key in keys]},
    ).result_rows
    answers = client.query(
        "SELECT DISTINCT contact_source, source_contact_id, session_ref FROM snag_experience.survey_responses "
        "WHERE lower(hex(requester_key)) IN {keys:Array(String)}",
        parameters={"keys": [key.hex() for key in keys]},
    ).result_rows
    return [ContactId(*row) for row in {*map(tuple, rows), *map(tuple, answers)}]


def sessions_of(client: Client, refs: Sequence[str]) -> list[UUID]:
    """The visits that these codes, or whole ids, name."""
    refs = [ref.lower() for ref in refs if len(ref) >= 8]
    found: set[UUID] = set()
    for table, _ in tables_with(client, "session_id") if refs else ():
        rows = client.query(
            f"SELECT DISTINCT session_id FROM {table} "
            "WHERE substring(toString(session_id), 1, 8) IN {codes:Array(String)} "
            "AND arrayExists(ref -> startsWith(toString(session_id), ref), {refs:Array(String)})",
            parameters={"codes": sorted({ref[:8] for ref in refs}), "refs": list(refs)},
        ).result_rows
        found.update(row[0] for row in rows)
    return sorted(found)


def hours_of(client: Client, sessions: Sequence[UUID]) -> list[datetime]:
    """The hours in which these visits left something, in order."""
    found: set[datetime] = set()
    for table, ts in tables_with(client, "session_id"):
        for ids in _batches([str(one) for one in sessions]):
            rows = client.query(
                f"SELECT DISTINCT toStartOfHour({ts}) FROM {table} WHERE toString(session_id) IN {{ids:Array(String)}}",
                parameters={"ids": ids},
            ).result_rows
            found.update(row[0].replace(tzinfo=UTC) for row in rows)
    return sorted(found)


def remove(
    client: Client,
    cluster: str,
    keys: Sequence[bytes],
    contacts: Sequence[ContactId],
    sessions: Sequence[UUID],
    refs: Sequence[str],
) -> dict[str, int]:
    """Remove all of it; returns the rows that went, by table. Contacts go last: they say what belongs to whom."""
    removed: dict[str, int] = {}

    def gone(table: str, where: str, **values: Any) -> None:
        if rows := _delete(client, cluster, table, where, values):
            removed[table] = removed.get(table, 0) + rows

    for ids in _batches([str(one) for one in sessions]):
        for table, _ in tables_with(client, "session_id"):
            gone(table, "toString(session_id) IN {ids:Array(String)}", ids=ids)
    for some in _batches(sorted(set(refs))):
        gone("snag_experience.survey_responses", "session_ref IN {refs:Array(String)}", refs=some)
    pairs = sorted({f"{one.source}\0{one.source_contact_id}" for one in contacts if one.source_contact_id})
    for some in _batches(pairs):
        of = "concat({0}, '\\0', source_contact_id) IN {{pairs:Array(String)}}"
        gone("snag_experience.survey_responses", of.format("contact_source"), pairs=some)
        gone("snag_experience.support_contact_events", of.format("source"), pairs=some)
    hexed = [key.hex() for key in keys]
    gone("snag_experience.survey_responses", "lower(hex(requester_key)) IN {keys:Array(String)}", keys=hexed)
    for some in _batches(pairs):
        gone("snag_experience.support_contacts", of.format("source"), pairs=some)
    gone(
        "snag_experience.support_contacts",
        _UNDER_KEYS,
        keys=hexed,
    )
    for some in _batches(sorted(set(refs))):
        gone("snag_experience.support_contacts", "session_ref IN {refs:Array(String)}", refs=some)
    return removed


def sweep(client: Client, cluster: str = "") -> int:
    """Remove what came in, by whatever way, under the key of somebody who asked to be forgotten; returns the rows.

    Intakes ask the suppression list first; one that read it just before an erasure is caught here.
    """
    forgotten = "requester_key IN (SELECT subject_key FROM snag_experience.erasure_suppressions)"
    removed = 0
    for table in ("snag_experience.support_contacts", "snag_experience.survey_responses"):
        rows = client.query(f"SELECT DISTINCT lower(hex(requester_key)) FROM {table} WHERE {forgotten}").result_rows
        for some in _batches([row[0] for row in rows]):
            removed += _delete(
                client, cluster, table, "lower(hex(requester_key)) IN {keys:Array(String)}", {"keys": some}
            )
    return removed


def unlink(client: Client, cluster: str = "") -> int:
    """Take the visit out of every contact and answer, for the profile that links nobody; returns the rows."""
    changed = 0
    for table in ("snag_experience.support_contacts", "snag_experience.survey_responses"):
        (n,) = client.query(f"SELECT count() FROM {table} WHERE session_ref != ''").result_rows[0]
        if n:
            statement = (
                f"ALTER TABLE {table} UPDATE session_ref = '' WHERE session_ref != '' SETTINGS mutations_sync = 2"
            )
            for one in render(statement, cluster):
                client.command(one)
        changed += int(n)
    return changed


def recount(client: Client, hours: Sequence[datetime]) -> None:
    """Count the rollups of these hours, and of their days, again."""
    width = SPANS["1h"]
    for stretch in stretches([(hour, 1) for hour in sorted(hours)], width):
        for span in SPANS:
            rebuild(client, stretch, span)


def _delete(client: Client, cluster: str, table: str, where: str, values: Mapping[str, Any]) -> int:
    """Remove rows and wait until they are gone; returns how many there were."""
    (n,) = client.query(f"SELECT count() FROM {table} WHERE {where}", parameters=dict(values)).result_rows[0]
    if n:
        statement = f"ALTER TABLE {table} DELETE WHERE {where} SETTINGS mutations_sync = 2"
        for one in render(statement, cluster):
            client.command(one, parameters=dict(values))
    return int(n)


def _batches(items: Sequence[str]) -> list[list[str]]:
    return [list(items[i : i + AT_ONCE]) for i in range(0, len(items), AT_ONCE)]

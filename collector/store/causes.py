"""What the cause rules ask of the store, and where their verdicts and the visits' loads are kept.

Like a rollup, what is kept of a stretch of time is written anew as a whole: with a newer `built_ts`, and what is no
longer there is marked deleted. So late events, retries and changed verdicts cannot make it drift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, NamedTuple

from collector.store import rollups, windows
from collector.store.queries import causes as cause_queries
from collector.store.scoring import Scoring
from collector.store.store import Store

CAUSES = "snag_experience.friction_causes"
EXCEPTIONS = "snag_experience.event_causes"
SESSIONS = "snag_experience.friction_sessions"
PROGRESS = "causes"
HOUR = timedelta(hours=1)
SAYS = ("cause_class", "cause_sub", "cause_rule", "cause_confidence", "watch", "evidence")
"""Columns of a verdict, in the order of `Verdict`."""

GROUP = (
    "traffic_source, release, fingerprint, hour, cue, kind, page_group, step, is_bot, is_strange, script_error, broken, "
    "failed, failed_status, failed_place, failed_first_party, is_cut_off, slow, refused_point, tries, recovered, "
    "arrived_from, run_fault, run_places"
)


class Cue(NamedTuple):
    """Events of one friction point in one hour that saw the same around them; names as in queries/causes/sum_cues.sql."""

    traffic_source: str
    release: str
    fingerprint: int
    hour: datetime
    cue: int
    kind: str
    page_group: str
    step: str
    is_bot: bool
    is_strange: bool
    script_error: str
    broken: str
    failed: bool
    failed_status: int
    failed_place: str
    failed_first_party: bool
    is_cut_off: bool
    slow: bool
    refused_point: int
    tries: int
    recovered: bool
    arrived_from: str
    run_fault: str
    run_places: int
    failing_sessions: int
    events: int
    sessions: int


class Verdict(NamedTuple):
    """What was decided of a group of events, in the columns SAYS."""

    cause_class: str
    cause_sub: str
    cause_rule: str
    cause_confidence: float
    watch: bool
    evidence: str


class Outages(NamedTuple):
    """Outages as columns: places that failed many visits, from and to in ms since 1970."""

    sources: Sequence[str] = ()
    places: Sequence[str] = ()
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    sessions: Sequence[int] = ()


def touched(store: Store) -> tuple[datetime, list[rollups.Stretch]]:
    """The store's time, and the hours of which events came in since the last time, as `rollups.stretches`."""
    (now,) = store.client.query("SELECT now64(3)").result_rows[0]
    rows = store.client.query(
        "SELECT through_ts FROM snag_experience.rollup_progress FINAL WHERE name = {name:String}",
        parameters={"name": PROGRESS},
    ).result_rows
    since = _utc(rows[0][0]) - timedelta(seconds=rollups.OVERLAP_S) if rows else datetime.fromtimestamp(0, UTC)
    found = cause_queries.touched(store, since=since)
    return _utc(now), rollups.stretches([(_utc(hour), events) for hour, events in found], HOUR)


def done(store: Store, through: datetime) -> None:
    """Remember that everything stored before `through` has been judged."""
    store.client.insert("snag_experience.rollup_progress", [[PROGRESS, through]], column_names=["name", "through_ts"])


def apps(store: Store, first: datetime, end: datetime) -> list[str]:
    """The sites with events in [first, end)."""
    return [row.app for row in cause_queries.apps(store, start=first, end=end)]


def cues(store: Store, app: str, first: datetime, end: datetime, outages: Outages) -> list[Cue]:
    """What was near the events of [first, end), grouped by all of it."""
    rows = store.client.query(
        f"SELECT {GROUP}, max(failing_sessions), count(), uniqExact(session_id) FROM ({_cues()}) GROUP BY {GROUP}",
        parameters=_parameters(app, first, end, outages),
    ).result_rows
    return [Cue(*row) for row in rows]


def keep(
    store: Store,
    app: str,
    first: datetime,
    end: datetime,
    outages: Outages,
    points: Mapping[tuple[datetime, str, str, int], tuple[str, int, Verdict]],
    exceptions: Mapping[tuple[datetime, str, str, int, int], Verdict],
) -> None:
    """Write the verdicts on the events of [first, end).

    `points`: (hour, traffic_source, release, fingerprint) → kind, events and what most of them are; `exceptions`: the same
    with a cue → what the events with that cue are instead.
    """
    built = datetime.now(UTC)
    rows = [
        [app, *key[:3], key[3], kind, *verdict, events, VERSION, built]
        for key, (kind, events, verdict) in points.items()
    ]
    if rows:
        store.client.insert(
            CAUSES,
            rows,
            column_names=[
                "app",
                "hour",
                "traffic_source",
                "release",
                "fingerprint",
                "kind",
                *SAYS,
                "events",
                "classifier_version",
                "built_ts",
            ],
        )
    verdicts = list(dict.fromkeys(exceptions.values()))
    if exceptions:
        says = ", ".join(f"{{{name}:Array({sql})}}[verdict] AS {name}" for name, sql in _SQL.items())
        store.client.command(
            f"INSERT INTO {EXCEPTIONS} (app, hour, session_id, event_id, {', '.join(SAYS)}, built_ts) "
            f"SELECT {{app:String}}, hour, session_id, event_id, {says}, {{built:DateTime64(3)}} FROM ("
            "SELECT hour, session_id, event_id, {verdicts:Array(UInt32)}[indexOf({keys:Array(UInt64)}, "
            "sipHash64(toUnixTimestamp(hour), traffic_source, release, fingerprint, cue))] AS verdict "
            f"FROM ({_cues()})) WHERE verdict > 0",
            parameters={
                **_parameters(app, first, end, outages),
                "built": built,
                "keys": _keys(store, list(exceptions)),
                "verdicts": [verdicts.index(verdict) + 1 for verdict in exceptions.values()],
                **{name: [_plain(v[i]) for v in verdicts] for i, name in enumerate(SAYS)},
            },
        )
    for table, keys in (
        (CAUSES, "traffic_source, fingerprint, release"),
        (EXCEPTIONS, "session_id, event_id"),
    ):
        names = f"app, hour, {keys}"
        store.client.command(
            f"INSERT INTO {table} ({names}, built_ts, is_deleted) SELECT {names}, {{built:DateTime64(3)}}, 1 "
            f"FROM {table} FINAL WHERE app = {{app:String}} AND hour >= {{start:DateTime64(3)}} "
            "AND hour < {end:DateTime64(3)} AND built_ts < {built:DateTime64(3)}",
            parameters={"app": app, "start": first, "end": end, "built": built},
        )


def weigh(store: Store, app: str, first: datetime, end: datetime, scoring: Scoring) -> None:
    """Write again what the visits active in [first, end) met: one row per visit, see docs/score.md."""
    built = datetime.now(UTC)
    parameters = {
        "app": app,
        "start": first,
        "end": end,
        "built": built,
        "visit_hours": windows.VISIT_HOURS,
        **scoring.moments(),
    }
    columns = ", ".join(
        f"`{name}`"
        for (name,) in store.client.query(
            "SELECT name FROM system.columns WHERE database = 'snag_experience' AND table = 'friction_sessions' "
            "AND name != 'is_deleted' ORDER BY position"
        ).result_rows
    )
    store.client.command(f"INSERT INTO {SESSIONS} ({columns}) {_text('friction/sum_sessions')}", parameters=parameters)
    store.client.command(
        f"INSERT INTO {SESSIONS} (app, hour, session_id, built_ts, is_deleted) "
        f"SELECT app, hour, session_id, {{built:DateTime64(3)}}, 1 FROM {SESSIONS} FINAL WHERE app = {{app:String}} "
        "AND end_ts >= {start:DateTime64(3)} AND start_ts < {end:DateTime64(3)} AND built_ts < {built:DateTime64(3)}",
        parameters=parameters,
    )


VERSION = 1
"""Of the rules and the cues: kept with each verdict."""

_SQL = {
    "cause_class": "String", "cause_sub": "String", "cause_rule": "String", "cause_confidence": "Float32",
    "watch": "UInt8", "evidence": "String",
}  # fmt: skip


def _keys(store: Store, exceptions: list[tuple[datetime, str, str, int, int]]) -> list[int]:
    """The engine's own hash of each key."""
    columns = list(zip(*exceptions, strict=True))
    rows = store.client.query(
        "SELECT sipHash64(hour, source, release, point, cue) FROM (SELECT "
        "arrayJoin(arrayZip({hours:Array(UInt32)}, {sources:Array(String)}, {releases:Array(String)}, "
        "{points:Array(UInt64)}, {cues:Array(UInt64)})) AS row, row.1 AS hour, row.2 AS source, row.3 AS release, "
        "row.4 AS point, row.5 AS cue)",
        parameters={
            "hours": [int(hour.timestamp()) for hour in columns[0]],
            "sources": list(columns[1]),
            "releases": list(columns[2]),
            "points": list(columns[3]),
            "cues": list(columns[4]),
        },
    ).result_rows
    return [row[0] for row in rows]


def _parameters(app: str, first: datetime, end: datetime, outages: Outages) -> dict[str, Any]:
    return {
        "app": app,
        "start": first,
        "end": end,
        **{f"outage_{name}": list(getattr(outages, name)) for name in Outages._fields},
    }


def _cues() -> str:
    return _text("causes/sum_cues")


def _text(query: str) -> str:
    return files("collector.store").joinpath("queries", f"{query}.sql").read_text(encoding="utf-8")


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)

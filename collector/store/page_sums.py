"""Keeps the sums that pages read: scores and friction points by hour, funnels by day, counted anew where visits changed.

Like a rollup, what is kept of an hour or day is written anew as a whole with a newer `built_ts`, and what is no longer there
is marked deleted: so it is what its visits are, however often and late they were sent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.store import rollups, windows
from collector.store.queries import funnels
from collector.store.queries import scores as score_queries
from collector.store.scoring import Scoring
from collector.store.store import Store, read_query

BACK = timedelta(days=90)
"""As long as visits are kept."""

SCORES = "snag_experience.friction_scores_1h"
POINTS = "snag_experience.friction_points_1h"
STEPS = "snag_experience.funnel_steps_1d"
STEP_POINTS = "snag_experience.funnel_points_1d"

HOUR = timedelta(hours=1)

KEYS = {
    SCORES: "app, hour, traffic_source, release",
    POINTS: "app, hour, traffic_source, release, fingerprint, cause_class, cause_sub, cause_rule",
    STEPS: "app, journey, day, traffic_source, position",
    STEP_POINTS: "app, journey, day, traffic_source, position, fingerprint",
}
"""What a row of each table is told from others by."""


Progress = Callable[[int, int], None]


def refresh(store: Store, progress: Progress | None = None) -> int:
    """Count the hours whose visits have changed; returns how many stretches. `progress(done, of)` may raise to break off."""
    stale: dict[str, list[tuple[datetime, int]]] = {}
    for app, hour in score_queries.stale_hours(store, since=datetime.fromtimestamp(0, UTC)):
        stale.setdefault(app, []).append((_utc(hour), 1))
    todo = [(app, one) for app, some in stale.items() for one in rollups.stretches(some, HOUR)]
    for done, (app, one) in enumerate(todo):
        hours(store, app, one.first, one.end)
        if progress:
            progress(done + 1, len(todo))
    return len(todo)


def refresh_funnels(store: Store, scoring: Scoring, progress: Progress | None = None) -> int:
    """The same for days of journeys, the newest first; returns how many."""
    todo = funnels.stale(store, since=datetime.now(UTC) - BACK)
    for done, (app, journey, day) in enumerate(todo):
        funnel(store, scoring, app, journey, day)
        if progress:
            progress(done + 1, len(todo))
    return len(todo)


def hours(store: Store, app: str, first: datetime, end: datetime) -> None:
    """Count scores and friction points of the visits that began in [first, end), whole hours."""
    scope = {"app": app, "start": first, "end": end}
    where = "app = {app:String} AND hour >= {start:DateTime64(3)} AND hour < {end:DateTime64(3)}"
    # The points first: an hour is counted when its scores are, so that one that breaks off in between comes again.
    _write(store, POINTS, "friction/sum_points", where, scope)
    _write(store, SCORES, "scores/sum_scores", where, scope)


def funnel(store: Store, scoring: Scoring, app: str, journey: str, day: Any) -> None:
    """Count a journey of the visits that entered it on `day`, UTC."""
    scope = {"app": app, "journey": journey, "day": datetime(day.year, day.month, day.day, tzinfo=UTC)}
    where = "app = {app:String} AND journey = {journey:String} AND day = toDate({day:DateTime64(3)})"
    scope["visit_hours"] = windows.VISIT_HOURS
    _write(store, STEP_POINTS, "funnels/sum_points", where, scope)
    scored = {**scope, **scoring.loads(), "linked_hours": windows.LINKED_HOURS}
    built = _write(store, STEPS, "funnels/sum_steps", where, scored)
    # A day on which nobody entered is counted too: a row without a step says so.
    store.client.insert(
        STEPS,
        [[app, journey, day, "", 0, built]],
        column_names=["app", "journey", "day", "traffic_source", "position", "built_ts"],
    )


def _write(store: Store, table: str, query: str, where: str, scope: dict[str, Any]) -> datetime:
    built = datetime.now(UTC)
    parameters = {**scope, "built": built}
    columns = ", ".join(
        f"`{name}`"
        for (name,) in store.client.query(
            "SELECT name FROM system.columns WHERE concat(database, '.', table) = {table:String} "
            "AND name != 'is_deleted' ORDER BY position",
            parameters={"table": table},
        ).result_rows
    )
    store.client.command(f"INSERT INTO {table} ({columns}) {read_query(query)}", parameters=parameters)
    keys = KEYS[table]
    store.client.command(
        f"INSERT INTO {table} ({keys}, built_ts, is_deleted) SELECT {keys}, {{built:DateTime64(3)}}, 1 "
        f"FROM {table} FINAL WHERE {where} AND built_ts < {{built:DateTime64(3)}}",
        parameters=parameters,
    )
    return built


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)

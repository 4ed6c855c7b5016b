"""Judges what came in: asks the store what was near each event, lets the rules decide, and keeps what they said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from collector.friction.cause_evidence import Cause, Evidence, Prevalence, Waits
from collector.friction.cause_rules import classify
from collector.friction.outages import Failure, Outage, outages
from collector.friction.wait_shares import Request, Wait, shares
from collector.metrics.score import scoring
from collector.store import causes
from collector.store.causes import Cue, Outages, Verdict
from collector.store.queries import causes as cause_queries
from collector.store.store import Store

PREVALENCE = timedelta(days=7)
"""How far is looked back for how often a step refuses."""

HOUR = timedelta(hours=1)

Point = tuple[str, str, int]
"""A friction point of one release: traffic source, release, fingerprint."""


class Context(NamedTuple):
    """What is known of the points of a stretch beyond the single visit."""

    prevalence: Mapping[Point, Prevalence]
    waits: Mapping[Point, Waits]


def refresh(store: Store, progress: Callable[[int, int], None] | None = None) -> int:
    """Judge every hour of which events came in since the last time; returns how many stretches of hours.

    `progress(done, of)` is told after each stretch, and may raise to break off.
    """
    now, todo = causes.touched(store)
    for done, stretch in enumerate(todo):
        judge(store, stretch.first, stretch.end, now)
        if progress:
            progress(done + 1, len(todo))
    causes.done(store, now)
    return len(todo)


def again(store: Store, span: timedelta) -> None:
    """Judge the last `span` anew: an outage that has shown itself, or a form that turns out to refuse many, changes what
    was said before."""
    (now, _) = causes.touched(store)
    first = now.replace(minute=0, second=0, microsecond=0) - span
    while first <= now:
        judge(store, first, min(first + timedelta(hours=12), now + HOUR), now)
        first += timedelta(hours=12)


def judge(store: Store, first: datetime, end: datetime, now: datetime) -> None:
    """Judge [first, end), whole hours, of every site, and weigh its visits."""
    for app in causes.apps(store, first, end):
        found = outages(Failure(*row) for row in cause_queries.failures(store, app=app, start=first, end=end))
        columns = _columns(found)
        cues = causes.cues(store, app, first, end, columns)
        context = Context(
            _prevalence(store, app, cues, first, max(end, min(now, end + PREVALENCE))),
            _waits(store, app, first, end) if any(cue.kind == "slow_step" for cue in cues) else {},
        )
        points, exceptions = decide(cues, context)
        causes.keep(store, app, first, end, columns, points, exceptions)
        causes.weigh(store, app, first, end, scoring())


def decide(
    cues: Sequence[Cue], context: Context
) -> tuple[
    dict[tuple[datetime, str, str, int], tuple[str, int, Verdict]],
    dict[tuple[datetime, str, str, int, int], Verdict],
]:
    """What most events of each point and hour are, and what those are that differ: by (hour, source, release, point), and
    with the cue as well."""
    groups: dict[tuple[datetime, str, str, int], list[tuple[Cue, Verdict]]] = defaultdict(list)
    for cue in cues:
        groups[cue.hour, cue.traffic_source, cue.release, cue.fingerprint].append(
            (cue, _verdict(classify(evidence(cue, context))))
        )
    points, exceptions = {}, {}
    for key, group in groups.items():
        events: dict[Verdict, int] = defaultdict(int)
        for cue, verdict in group:
            events[verdict] += cue.events
        usual = max(events, key=lambda verdict: (events[verdict], verdict))
        points[key] = (group[0][0].kind, sum(events.values()), usual)
        exceptions.update({(*key, cue.cue): verdict for cue, verdict in group if verdict != usual})
    return points, exceptions


def evidence(cue: Cue, context: Context) -> Evidence:
    """What the rules judge by, from what was near and what is known of the point."""
    own = (cue.traffic_source, cue.release, cue.fingerprint)
    refused = (cue.traffic_source, cue.release, cue.refused_point)
    return Evidence(
        kind=cue.kind,
        is_bot=cue.is_bot,
        is_strange=bool(cue.is_strange),
        is_cut_off=bool(cue.is_cut_off),
        failed_status=cue.failed_status if cue.failed else None,
        failed_place=cue.failed_place,
        failed_first_party=bool(cue.failed_first_party),
        failing_sessions=cue.failing_sessions,
        failing_places=cue.run_places,
        run_fault=cue.run_fault,
        script_error=cue.script_error,
        broken=cue.broken,
        arrived_from=cue.arrived_from,
        slow=bool(cue.slow),
        waits=context.waits.get(own, Waits()),
        refused=bool(cue.refused_point),
        tries=cue.tries,
        recovered=bool(cue.recovered),
        prevalence=context.prevalence.get(refused),
    )


def _verdict(cause: Cause) -> Verdict:
    # a Float32 as the store keeps it, so that equal verdicts stay equal
    return Verdict(cause.cause_class, cause.sub, cause.rule, cause.confidence, cause.watch, cause.evidence)


def _columns(found: Sequence[Outage]) -> Outages:
    return Outages(*zip(*found, strict=True)) if found else Outages()


def _prevalence(store: Store, app: str, cues: Sequence[Cue], first: datetime, end: datetime) -> dict[Point, Prevalence]:
    points = sorted({cue.refused_point for cue in cues if cue.refused_point})
    if not points:
        return {}
    rows = cause_queries.prevalence(store, app=app, start=first - PREVALENCE, end=end, points=points)
    found = {}
    for source, release, point, hit, at_step, on_page in rows:
        # a step that shows itself after its page was opened is not on the page's view
        visits = at_step if at_step >= hit else max(on_page, hit)
        found[source, release, point] = Prevalence(hit, visits)
    return found


def _waits(store: Store, app: str, first: datetime, end: datetime) -> dict[Point, Waits]:
    steps: dict[Point, list[Wait]] = defaultdict(list)
    blocked: list[Wait] = []
    for source, release, point, session, at_ms, duration_ms, is_step in cause_queries.slow_steps(
        store, app=app, start=first, end=end
    ):
        wait = Wait(session, at_ms, duration_ms)
        if is_step:
            steps[source, release, point].append(wait)
        else:
            blocked.append(wait)
    sessions = [UUID(one) for one in sorted({wait.session for waits in steps.values() for wait in waits})]
    requests = (
        [Request(*row) for row in cause_queries.waits(store, app=app, start=first, end=end, sessions=sessions)]
        if sessions
        else []
    )
    return {point: shares(waits, blocked, requests) for point, waits in steps.items()}

"""`snag friction show`: one friction point in full, or the errors of visits, with their place in the source."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from collector.commands.friction.top import share, where
from collector.commands.tables import show as show_table
from collector.friction import points
from collector.friction.points import NoPoint
from collector.metrics.period import Period
from collector.sourcemaps.lookup import Sources
from collector.store import Store
from collector.store.fingerprint import format_fingerprint
from collector.store.queries import friction as friction_queries
from collector.surges.wording import kind_name, probability
from collector.times import clock
from collector.web.format import count, decimal
from collector.web.friction import cause_words


def show(args: argparse.Namespace, store: Store, period: Period, tz: ZoneInfo) -> int:
    """Print the requested point, else the errors."""
    return _point(args, store, period, tz) if args.fingerprint else _errors(args, store, period, tz)


def _point(args: argparse.Namespace, store: Store, period: Period, tz: ZoneInfo) -> int:
    fingerprint = points.read(args.fingerprint)
    # 0 would be all of them.
    matching = points.points(store, period, point=fingerprint, limit=1) if fingerprint else []
    details = points.explained(store, period, [fingerprint]).get(format_fingerprint(fingerprint))
    if not matching and not details:
        raise NoPoint(f"{args.fingerprint}: no visit on {period.app} met it in this time; try a longer --since")
    point: dict[str, Any] = (matching or [_without_occurrence(fingerprint, details or {})])[0] | (details or {})
    point["source"] = Sources(store, period.app).of(point.get("release", ""), point.get("error_place", ""))
    point["affected"] = points.segments(store, period, fingerprint)
    point["examples"] = points.examples(store, period, fingerprint)
    point["override"] = next(
        (one for one in points.overrides(store, period.app) if one["fingerprint"] == format_fingerprint(fingerprint)),
        None,
    )
    if args.json:
        print(json.dumps({"app": period.app, **point}))
        return 0
    _print(Console(), point, tz)
    return 0


def _without_occurrence(fingerprint: int, details: dict[str, Any]) -> dict[str, Any]:
    """A point of evidence only, such as a rejected field, counts in no score."""
    return {
        "fingerprint": format_fingerprint(fingerprint),
        "page_group": "",
        "kind": "",
        "target": "",
        "target_name": "",
        "sessions": 0,
        "events": 0,
        "points": 0.0,
        "share": None,
        "share_95": None,
        **details,
    }


def _print(console: Console, point: dict[str, Any], tz: ZoneInfo) -> None:
    console.print(
        f"[bold]{kind_name(point['kind'])} on {where(point)}[/bold], {point['page_group']}  ({point['fingerprint']})"
    )
    console.print(f"Cause: {cause_words(point)}{_confidence(point)}")
    console.print(f"Evidence: {point.get('cause_evidence', '') or 'not classified yet'}", highlight=False)
    if point.get("cause_watch"):
        console.print("Borderline: little evidence would change the cause.")
    if point["override"]:
        console.print(
            f"Overridden by {point['override']['who']} until "
            f"{clock(datetime.fromisoformat(point['override']['until']), tz)}: {point['override']['why']}"
        )
    if error := ": ".join(filter(None, [point.get("error_type"), point.get("error_message")])):
        console.print(f"Error: {error}, {point['source'] or point.get('error_place', '')}", highlight=False)
    if point.get("route"):
        console.print(f"Request: {point['route']}, status {point.get('status', 0)}", highlight=False)
    console.print(
        f"Visits: {count(point['sessions'])}, {share(point['share'], point['share_95'])} of the page's visits; "
        f"{decimal(point['points'], 2)} points of the friction score"
    )
    since = point.get("first_release") or "(no name)"
    releases = ", ".join(release or "(no name)" for release in point.get("releases", []))
    console.print(f"Since release {since}; seen in {releases}")
    if point["affected"]:
        table = Table("segment", "visits", "affected", "share (95 %)", title="Who is affected", title_justify="left")
        for part in point["affected"]:
            name = f"{part['dimension']} {part['value']}"
            table.add_row(name, count(part["sessions"]), count(part["met"]), share(part["share"], part["share_95"]))
        show_table(table, console)
    for visit in point["examples"]:
        console.print(f"Visit {visit['session']} (times in {tz.key})")
        for step in visit["sequence"]:
            mark = "▶" if step["is_it"] else " "
            console.print(
                f" {mark} {_time_of_day(step['ts'], tz)}  {step['kind']:<18} {step['where'] or ''}  {step['page_group']}",
                highlight=False,
            )


def _confidence(point: dict[str, Any]) -> str:
    """A rule's confidence; a person's decision has none."""
    if point["override"] or not point.get("cause_confidence"):
        return ""
    return f", confidence {probability(point['cause_confidence'])}"


def _time_of_day(ts: str, tz: ZoneInfo) -> str:
    at = datetime.fromisoformat(ts)
    return f"{(at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(tz):%H:%M:%S}"


def _errors(args: argparse.Namespace, store: Store, period: Period, tz: ZoneInfo) -> int:
    rows = friction_queries.errors(store, **period.parameters(), limit=args.limit)
    sourced = Sources(store, period.app)
    errors = [(row, sourced.of(row.release, row.error_place)) for row in rows]
    if args.json:
        times = {"since": period.start.isoformat(), "until": period.end.isoformat()}
        printed = [{**row._asdict(), "source": source} for row, source in errors]
        for one in printed:
            one |= {name: one[name].isoformat() for name in ("first_ts", "last_ts")}
        print(json.dumps({"app": period.app, **times, "errors": printed}))
        return 0
    table = Table(
        title=f"Errors on {period.app}, {clock(period.start, tz)} to {clock(period.end, tz)} ({tz.key})",
        title_justify="left",
    )
    table.add_column("kind")
    table.add_column("error", overflow="fold")
    table.add_column("where", overflow="fold", min_width=18)
    table.add_column("release")
    table.add_column("page", overflow="fold")
    for heading in ("visits", "repeats"):
        table.add_column(heading, justify="right")
    for row, source in errors:
        table.add_row(
            kind_name(row.kind),
            ": ".join(filter(None, [row.error_type, row.error_message])),
            source or row.error_place,
            row.release,
            row.page_group,
            count(row.sessions),
            count(row.repeats),
        )
    if errors:
        show_table(table)
    else:
        print(f"No errors on {period.app} in this time.")
    return 0

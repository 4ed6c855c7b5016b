"""`snag friction show`: one friction point in full, or the errors that people met, and where in the source."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rich.console import Console
from rich.table import Table

from collector.commands.friction.top import cause_words, share, where
from collector.friction import points
from collector.friction.points import NoPoint
from collector.metrics.period import Period
from collector.sourcemaps.lookup import Sources
from collector.store import Store
from collector.store.fingerprint import format_fingerprint
from collector.surges.wording import KIND_WORDS


def show(args: argparse.Namespace, store: Store, period: Period) -> int:
    """Print the point that was asked for, else the errors."""
    return _point(args, store, period) if args.fingerprint else _errors(args, store, period)


def _point(args: argparse.Namespace, store: Store, period: Period) -> int:
    fingerprint = points.read(args.fingerprint)
    found = points.points(store, period, point=fingerprint, limit=1) if fingerprint else []  # 0: all of them
    details = points.explained(store, period, [fingerprint]).get(format_fingerprint(fingerprint))
    if not found and not details:
        raise NoPoint(f"nobody met {args.fingerprint} on {period.app} in this time; try a longer one with --since")
    point: dict[str, Any] = (found or [_no_moment(fingerprint, details or {})])[0] | (details or {})
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
    _print(Console(), point)
    return 0


def _no_moment(fingerprint: int, details: dict[str, Any]) -> dict[str, Any]:
    """A point of evidence only, such as a refused field, counts in no score."""
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


def _print(console: Console, point: dict[str, Any]) -> None:
    what = KIND_WORDS.get(point["kind"], point["kind"].replace("_", " "))
    console.print(f"[bold]{what} on {where(point)}[/bold], {point['page_group']}  ({point['fingerprint']})")
    console.print(f"Whose fault: {cause_words(point)}, confidence {point.get('cause_confidence', 0):.1f}")
    console.print(f"Because: {point.get('cause_evidence', '') or 'not judged yet'}", highlight=False)
    if point.get("cause_watch"):
        console.print("To be watched: close to being decided otherwise.")
    if point["override"]:
        console.print(
            f"Said by {point['override']['who']} until {point['override']['until']}: {point['override']['why']}"
        )
    if said := ": ".join(filter(None, [point.get("error_type"), point.get("error_message")])):
        console.print(f"Error: {said}, {point['source'] or point.get('error_place', '')}", highlight=False)
    if point.get("route"):
        console.print(f"Request: {point['route']}, status {point.get('status', 0)}", highlight=False)
    console.print(
        f"Visits hit: {point['sessions']}, of the page's visits {share(point['share'], point['share_95'])}; "
        f"adds {point['points']:.2f} points to the friction score"
    )
    since = point.get("first_release") or "an unnamed release"
    console.print(f"Since release {since}; seen in {', '.join(r or '(none)' for r in point.get('releases', []))}")
    if point["affected"]:
        table = Table("who", "visits", "met it", "share (95 %)", title="Who is affected", title_justify="left")
        for one in point["affected"]:
            table.add_row(
                f"{one['dimension']} {one['value']}",
                str(one["sessions"]),
                str(one["met"]),
                share(one["share"], one["share_95"]),
            )
        console.print(table)
    for one in point["examples"]:
        console.print(f"Visit {one['session']}")
        for step in one["sequence"]:
            mark = "▶" if step["is_it"] else " "
            console.print(
                f" {mark} {step['ts'][11:19]}  {step['kind']:<18} {step['where'] or ''}  {step['page_group']}",
                highlight=False,
            )


def _errors(args: argparse.Namespace, store: Store, period: Period) -> int:
    rows = store.rows("friction_errors", **period.parameters(), limit=args.limit)
    sourced = Sources(store, period.app)
    errors = [
        {
            "kind": kind,
            "release": release,
            "page_group": page,
            "error_type": error,
            "error_message": message,
            "error_place": place,
            "source": sourced.of(release, place),
            "sessions": sessions,
            "repeats": repeats,
            "first_ts": first.isoformat(),
            "last_ts": last.isoformat(),
        }
        for kind, release, page, error, message, place, sessions, repeats, first, last in rows
    ]
    if args.json:
        times = {"since": period.start.isoformat(), "until": period.end.isoformat()}
        print(json.dumps({"app": period.app, **times, "errors": errors}))
        return 0
    table = Table(
        title=f"Errors on {period.app}, {period.start:%d %b %H:%M} to {period.end:%d %b %H:%M} UTC",
        title_justify="left",
    )
    table.add_column("what")
    table.add_column("error", overflow="fold")
    table.add_column("where", overflow="fold", min_width=18)
    table.add_column("release")
    table.add_column("page", overflow="fold")
    for heading in ("sessions", "times"):
        table.add_column(heading, justify="right")
    for one in errors:
        what = KIND_WORDS.get(one["kind"], one["kind"].replace("_", " "))
        said = ": ".join(filter(None, [one["error_type"], one["error_message"]]))
        table.add_row(
            what,
            said,
            one["source"] or one["error_place"],
            one["release"],
            one["page_group"],
            str(one["sessions"]),
            str(one["repeats"]),
        )
    Console().print(table if errors else f"No errors on {period.app} in this time.")
    return 0

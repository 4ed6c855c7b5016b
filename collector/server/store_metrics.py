"""Reads from the store what Prometheus is shown of it: what visitors met, contacts, open surges.

A visit is counted once: as friction when it first met something of severity 3 or more (see docs/score.md), as good when it
has been over for QUIET without. Only five minutes that are past and wholly counted are looked at, so that a counter
never takes anything back; what comes in later than GRACE is in the boards, and not in the counters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from collector.correlate.types import Verdict
from collector.store import Store, metric_totals
from collector.store.metric_totals import FRICTION, SESSIONS, Key
from collector.surges.answer import STATES, ask
from collector.surges.find import VISITORS
from collector.telemetry import Shown
from collector.telemetry.counts import OTHER

BLOCKING = 3
"""Severity from which a visit counts as held up: repeated, detoured, blocked or left."""

QUIET = timedelta(minutes=10)
GRACE = timedelta(minutes=1)
FIRST = timedelta(hours=1)
LONGEST = timedelta(days=7)
"""The first look goes back FIRST; after an interruption no look goes back further than LONGEST."""

RECENT = timedelta(days=14)
"""A source that has been silent for longer is a retired desk or last year's file, and no longer shown."""

OPEN = timedelta(hours=1)
DAY = timedelta(days=1)

MOST_APPS = 20
MOST_SOURCES = 50
QUALITIES = ("good", "friction")


def show(store: Store, shown: Shown, now: datetime, names: Iterable[str] = (), zone: str = "UTC") -> None:
    """Bring it all up to date. `names`: sites that are always told apart, those of the apps file."""
    totals = count(store, now, names)
    for metric in (SESSIONS, FRICTION):
        shown.show(metric, {(key.app, key.label): total for key, total in totals.items() if key.metric == metric})
    sources = list(metric_totals.last_received(store, now - RECENT).items())[:MOST_SOURCES]
    shown.show(
        "snag_contacts_last_received_timestamp_seconds",
        {(source,): at.timestamp() for source, at in sources},
    )
    shown.show("snag_correlation_open_surges", _open(metric_totals.open_surges(store, now - OPEN), _apps(totals)))
    _answers(store, shown, now, sorted(_apps(totals)), ZoneInfo(zone))


def _answers(store: Store, shown: Shown, now: datetime, apps: Iterable[str], zone: ZoneInfo) -> None:
    """What the pages say of the last day."""
    answers: dict[tuple[str, ...], float] = {}
    through: dict[tuple[str, ...], float] = {}
    for app in apps:
        said = ask(store, app, now - DAY, now, now, VISITORS, zone)
        answers |= {(app, state): float(state == said.state) for state in STATES}
        if said.through > said.start:
            through[(app,)] = said.through.timestamp()
    shown.show("snag_correlation_answer", answers)
    shown.show("snag_correlation_judged_through_timestamp_seconds", through)


def count(store: Store, now: datetime, names: Iterable[str] = ()) -> dict[Key, int]:
    """The totals, with what is new since the last time added and kept. A site is there with zeros before its first five
    minutes are counted, or Prometheus would see no increase in them."""
    names = list(names)
    known = metric_totals.totals(store)
    found = {Key(SESSIONS, app, "good"): 0 for app in (*names, *store.apps())}
    through = _five_minutes(min(now, metric_totals.countable_through(store)) - GRACE)
    since = max(known.through or through - FIRST, through - LONGEST)
    if since >= through:
        return added(known.by_key, found, names)
    found |= metric_totals.counted(store, since, through, severity=BLOCKING, quiet_s=int(QUIET.total_seconds()))
    totals = added(known.by_key, found, names)
    metric_totals.keep_totals(store, totals, through)
    return totals


def added(totals: Mapping[Key, int], new: Mapping[Key, int], names: Iterable[str] = ()) -> dict[Key, int]:
    """`totals` and `new`. Beyond MOST_APPS a site that is new and not one of `names` is counted as `other`; which sites
    have a name of their own never changes, or counters would go back.

    >>> added({Key(SESSIONS, "shop", "good"): 2}, {Key(SESSIONS, "shop", "good"): 3})[Key(SESSIONS, "shop", "good")]
    5
    """
    sum_ = dict(totals)
    named = _apps(totals) | set(list(names)[:MOST_APPS])
    for key, n in new.items():
        if key.app not in named and len(named) < MOST_APPS:
            named.add(key.app)
        app = key.app if key.app in named else OTHER
        for quality in QUALITIES:  # both are there from the start, or the first of one would be no increase
            sum_.setdefault(Key(SESSIONS, app, quality), 0)
        sum_[key._replace(app=app)] = sum_.get(key._replace(app=app), 0) + n
    return sum_


def _apps(totals: Mapping[Key, int]) -> set[str]:
    return {key.app for key in totals} - {OTHER}


def _open(found: Mapping[tuple[str, str], int], named: set[str]) -> dict[tuple[str, ...], float]:
    """With a zero for each verdict of each site that is known, so that an alert ends."""
    apps = sorted(named | {app for app, _ in found})
    kept = set(apps[:MOST_APPS])
    by_label: dict[tuple[str, ...], float] = {(app, verdict): 0 for app in kept for verdict in get_args(Verdict)}
    for (app, verdict), n in found.items():
        label = (app if app in kept else OTHER, verdict)
        by_label[label] = by_label.get(label, 0) + n
    return by_label


def _five_minutes(at: datetime) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // 300 * 300, UTC)
